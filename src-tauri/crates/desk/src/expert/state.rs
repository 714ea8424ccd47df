//! How my dossiers stand: what is drafted, what is signed, whether the two still agree.

use std::collections::BTreeMap;

use review::{
    ids::Digest,
    points::Points,
    round::Centre,
    scheme::{Dimension, Grade},
    sheet::{Evidence, Scoring, Sheet, SheetError, Statement},
    versions::Version,
};
use seal::{
    jws::Verified,
    meeting::{Meeting, SheetRefusal},
};
use store::tables::{evidence, opinions, scores, signed_files};

use crate::{Desk, DeskError, checks, dto::DossierSummary, views};

/// The draft of one centre.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) scores: [Option<Points>; 6],
    pub(super) comments: [String; 6],
    pub(super) evidence: Vec<Evidence>,
    pub(super) recommended: Option<Grade>,
    pub(super) opinion: String,
}

impl Draft {
    /// The draft as it is kept.
    pub(super) fn load(desk: &Desk, round: &str, centre: &str) -> Result<Self, DeskError> {
        let mut draft = Self::default();
        for row in scores::of_centre(&desk.store, round, centre)? {
            let place = usize::from(row.dimension);
            if let (Some(score), Some(comment)) = (draft.scores.get_mut(place), draft.comments.get_mut(place)) {
                *score = row.hundredths.map(Points::from_hundredths);
                *comment = row.comment;
            }
        }
        if let Some(row) = opinions::get(&desk.store, round, centre)? {
            draft.recommended = row.recommended.and_then(|grade| serde_json::from_str(&grade).ok());
            draft.opinion = row.opinion;
        }
        for row in evidence::of_centre(&desk.store, round, centre)? {
            if let Some(dimension) = Dimension::ALL.get(usize::from(row.dimension)) {
                draft.evidence.push(Evidence { dimension: *dimension, document: row.document, page: row.page });
            }
        }
        Ok(draft)
    }

    /// What a sheet of this draft would say.
    ///
    /// # Errors
    /// `SCORE_MISSING`, `SCORE_ABOVE_MAXIMUM`, `SCORE_OFF_STEP`.
    pub(super) fn scoring(&self, meeting: &Meeting) -> Result<Scoring, DeskError> {
        Ok(Scoring {
            scores: meeting.round().scheme.check_scores(&self.scores)?,
            comments: self.comments.clone(),
            evidence: self.evidence.clone(),
            recommended: self.recommended,
            opinion: self.opinion.clone(),
        })
    }

    fn is_untouched(&self) -> bool {
        *self == Self::default()
    }
}

/// My signed sheets for one centre in this meeting, oldest first, verified again from the kept bytes.
///
/// What was signed under an older roster is kept and counts no longer: under the new one signing begins anew.
pub(super) fn signed(desk: &Desk, meeting: &Meeting, centre: &str) -> Result<Vec<Verified<Sheet>>, DeskError> {
    let me = desk.person().key.as_str();
    let rows = signed_files::of_cell(&desk.store, meeting.round().id.as_str(), centre, me)?;
    let mut sheets = vec![];
    for row in rows.iter().filter(|row| row.kind != signed_files::SignedKind::Absence) {
        match meeting.read_sheet(&row.bytes) {
            Ok(sheet) => sheets.push(sheet),
            Err(SheetRefusal::Unsound { error: SheetError::Roster, .. }) => {}
            Err(refusal) => return Err(checks::refusal(meeting, &refusal)),
        }
    }
    sheets.sort_by_key(|sheet| (sheet.seq, sheet.digest()));
    Ok(sheets)
}

/// The order of my sheets for one centre, for [`review::versions`].
pub(super) fn versions(sheets: &[Verified<Sheet>]) -> Vec<Version> {
    let version = |sheet: &Verified<Sheet>| Version {
        digest: sheet.digest(),
        seq: sheet.seq,
        supersedes: sheet.supersedes.clone(),
    };
    sheets.iter().map(version).collect()
}

/// The list entries of all my dossiers, in the order of the agenda.
pub(super) fn dossiers(desk: &Desk, meeting: &Meeting) -> Result<Vec<DossierSummary>, DeskError> {
    meeting.round().centres.iter().map(|centre| summary(desk, meeting, centre)).collect()
}

/// One list entry.
pub(super) fn summary(desk: &Desk, meeting: &Meeting, centre: &Centre) -> Result<DossierSummary, DeskError> {
    let round = meeting.round();
    let draft = Draft::load(desk, round.id.as_str(), centre.id.as_str())?;
    let sheets = signed(desk, meeting, centre.id.as_str())?;
    let scored = draft.scores.iter().flatten().count();
    let total: Points = draft.scores.iter().flatten().copied().sum();
    let newest = sheets.last();
    let state = match newest.map(|sheet| &sheet.statement) {
        Some(Statement::Recusal { .. }) => "recused",
        Some(Statement::Scoring(said)) if draft.scoring(meeting).is_ok_and(|now| now == *said) => "signed",
        Some(Statement::Scoring(_)) => "changed",
        None if draft.is_untouched() => "untouched",
        None if scored == 6 => "complete",
        None => "in_progress",
    };
    let unit = &desk.person().unit;
    let related = std::iter::once(&centre.host).chain(&centre.partners).any(|other| other.is_same(unit));
    Ok(DossierSummary {
        centre: centre.id.to_string(),
        centre_name: centre.name.clone(),
        centre_short: views::short_name(meeting.rulebook(), &centre.name),
        host_name: centre.host.name.clone(),
        state: state.to_owned(),
        scored: views::count(scored),
        total,
        grade: (scored == 6).then(|| round.scheme.bands.grade(total)),
        evidence: views::count(draft.evidence.len()),
        signed_seq: newest.map_or(0, |sheet| sheet.seq),
        conflict_suggested: related,
    })
}

/// Digest and time of my newest signed sheet for each centre that has one.
pub(super) fn newest_signed(desk: &Desk, meeting: &Meeting) -> Result<BTreeMap<String, (Digest, String)>, DeskError> {
    let mut newest = BTreeMap::new();
    for centre in &meeting.round().centres {
        if let Some(sheet) = signed(desk, meeting, centre.id.as_str())?.last() {
            newest.insert(centre.id.to_string(), (sheet.digest(), sheet.signed_at.to_rfc3339()));
        }
    }
    Ok(newest)
}
