//! Reading and scoring: every change is kept at once, and only then does a screen say 已保存.

use review::{
    points::Points,
    round::Centre,
    scheme::Dimension,
    sheet::{Evidence, MAX_COMMENT, MAX_EVIDENCE, MAX_OPINION},
};
use seal::meeting::Meeting;
use store::{
    Op,
    tables::{evidence, opinions, scores},
};

use super::{
    packs::require_promise,
    state::{Draft, dossiers, summary},
};
use crate::{
    Desk, DeskError,
    dto::{DraftChange, DraftScore, ReviewView, Saved, ScoreRow},
    views,
};

/// Everything that the review page shows of one dossier.
///
/// # Errors
/// `PROMISE_MISSING`, `NOT_FOUND`.
pub fn review_view(desk: &mut Desk, round: &str, centre: &str) -> Result<ReviewView, DeskError> {
    require_promise(desk, round)?;
    let meeting = desk.meeting(round)?;
    let centre = find(&meeting, centre)?;
    let summary = summary(desk, &meeting, centre)?;
    let draft = Draft::load(desk, round, centre.id.as_str())?;
    let drafts = draft.scores.iter().zip(draft.comments);
    Ok(ReviewView {
        round: round.to_owned(),
        round_title: meeting.round().title.clone(),
        locked: (summary.state == "recused").then(|| "RECUSED".to_owned()),
        summary,
        centre: views::centre(meeting.rulebook(), centre),
        scheme: meeting.round().scheme.clone(),
        drafts: drafts.map(|(score, comment)| DraftScore { score: *score, comment }).collect(),
        evidence: draft.evidence,
        recommended: draft.recommended,
        opinion: draft.opinion,
    })
}

pub(super) fn find<'a>(meeting: &'a Meeting, centre: &str) -> Result<&'a Centre, DeskError> {
    let found = meeting.round().centres.iter().find(|known| known.id.as_str() == centre);
    found.ok_or_else(|| DeskError::not_found("centre"))
}

/// Keeps one change to a draft: checked, written and synced to the disk before this returns.
///
/// # Errors
/// `PROMISE_MISSING`, `RECUSED`, `SCORE_ABOVE_MAXIMUM`, `SCORE_OFF_STEP`, `TEXT_LONG`, `EVIDENCE_PAGE`; those of the store.
pub fn save_draft(desk: &mut Desk, round: &str, centre: &str, change: DraftChange) -> Result<Saved, DeskError> {
    require_promise(desk, round)?;
    let meeting = desk.meeting(round)?;
    let place = find(&meeting, centre)?;
    if summary(desk, &meeting, place)?.state == "recused" {
        return Err(DeskError::new("RECUSED"));
    }
    let at = desk.now();
    let subject = |op: Op, dimension: Dimension| op.on_all(&[round, centre, &dimension.index().to_string()]);
    match change {
        DraftChange::Score { dimension, score } => {
            let dimension = dimension_of(dimension)?;
            if let Some(score) = score {
                meeting.round().scheme.check_score(dimension, score)?;
            }
            let number = number(dimension);
            let hundredths = score.map(Points::hundredths);
            desk.store.transact(&at, subject(Op::ScoreSaved, dimension), |tx| {
                scores::save_points(tx, round, centre, number, hundredths)
            })?;
        }
        DraftChange::Comment { dimension, text } => {
            let dimension = dimension_of(dimension)?;
            check_length(&text, "comment", MAX_COMMENT)?;
            let number = number(dimension);
            desk.store.transact(&at, subject(Op::CommentSaved, dimension), |tx| {
                scores::save_comment(tx, round, centre, number, &text)
            })?;
        }
        DraftChange::Opinion { text } => {
            check_length(&text, "opinion", MAX_OPINION)?;
            let recommended = opinions::get(&desk.store, round, centre)?.and_then(|row| row.recommended);
            desk.store.transact(&at, Op::OpinionSaved.on_all(&[round, centre]), |tx| {
                opinions::save(tx, round, centre, recommended.as_deref(), &text)
            })?;
        }
        DraftChange::Recommended { grade } => {
            let opinion = opinions::get(&desk.store, round, centre)?.map(|row| row.opinion).unwrap_or_default();
            let grade = grade.map(|grade| serde_json::to_string(&grade)).transpose().map_err(DeskError::internal)?;
            desk.store.transact(&at, Op::OpinionSaved.on_all(&[round, centre]), |tx| {
                opinions::save(tx, round, centre, grade.as_deref(), &opinion)
            })?;
        }
        DraftChange::Evidence { pieces } => save_evidence(desk, &at, (round, place), &pieces)?,
    }
    Ok(Saved { at, summary: summary(desk, &meeting, place)? })
}

/// Replaces the evidence of a centre.
fn save_evidence(
    desk: &mut Desk,
    at: &str,
    (round, centre): (&str, &Centre),
    pieces: &[Evidence],
) -> Result<(), DeskError> {
    let unknown = |piece: &&Evidence| {
        piece.page == 0 || !centre.dossier.documents.iter().any(|document| document.name == piece.document)
    };
    if let Some(piece) = pieces.iter().find(unknown) {
        return Err(DeskError::new("EVIDENCE_PAGE").with("document", &piece.document));
    }
    if pieces.len() > MAX_EVIDENCE {
        return Err(DeskError::new("TEXT_LONG").with("field", "evidence").with("maximum", MAX_EVIDENCE));
    }
    let id = centre.id.as_str();
    desk.store.transact(at, Op::EvidenceSaved.on_all(&[round, id]), |tx| {
        for dimension in Dimension::ALL {
            let of_dimension = pieces.iter().filter(|piece| piece.dimension == dimension);
            let pages: Vec<_> = of_dimension.map(|piece| (piece.document.clone(), piece.page)).collect();
            evidence::replace(tx, round, id, number(dimension), &pages)?;
        }
        Ok(())
    })
}

fn dimension_of(place: u8) -> Result<Dimension, DeskError> {
    Dimension::ALL.get(usize::from(place)).copied().ok_or_else(|| DeskError::not_found("dimension"))
}

/// The place of a dimension as the store keeps it.
fn number(dimension: Dimension) -> u8 {
    u8::try_from(dimension.index()).unwrap_or(u8::MAX)
}

fn check_length(text: &str, field: &str, maximum: usize) -> Result<(), DeskError> {
    if text.chars().count() > maximum {
        return Err(DeskError::new("TEXT_LONG").with("field", field).with("maximum", maximum));
    }
    Ok(())
}

/// My scores side by side: every dossier, in the order of the agenda.
///
/// # Errors
/// `PROMISE_MISSING`.
pub fn my_scores(desk: &mut Desk, round: &str) -> Result<Vec<ScoreRow>, DeskError> {
    require_promise(desk, round)?;
    let meeting = desk.meeting(round)?;
    dossiers(desk, &meeting)?
        .into_iter()
        .map(|summary| {
            let draft = Draft::load(desk, round, &summary.centre)?;
            Ok(ScoreRow { summary, scores: draft.scores.to_vec() })
        })
        .collect()
}
