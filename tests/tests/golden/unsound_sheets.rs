//! Sheets that are truly signed and cannot stand: for another meeting, out of order, or saying what no sheet may say.

use review::{
    points::Points,
    scheme::Dimension,
    sheet::{ConflictKind, Evidence, Scoring, Sheet, Statement},
};
use seal::key::sha256;

use crate::{
    fixture::{sheet, signed, split},
    sheets::{Stage, refused, set_aside},
};

fn scoring(sheet: &mut Sheet) -> &mut Scoring {
    match &mut sheet.statement {
        Statement::Scoring(scoring) => scoring,
        Statement::Recusal { .. } => panic!("a recusal"),
    }
}

#[test]
fn a_sheet_for_another_meeting_is_refused_with_what_is_another() {
    let stage = Stage::new();
    let row = |name, code, change: fn(&mut Sheet)| refused(name, code, stage.changed(change));
    stage.try_all(&[
        row("another_round", "SHEET_ROUND_MISMATCH", |s| s.binding.round = "r-another".parse().unwrap()),
        row("another_issue_of_the_round", "SHEET_ROUND_MISMATCH", |s| s.binding.round_digest = sha256(b"another")),
        row("another_roster", "SHEET_ROSTER_MISMATCH", |s| s.binding.roster_digest = sha256(b"another")),
        row("another_rulebook", "SHEET_RULEBOOK_MISMATCH", |s| s.binding.rulebook_digest = sha256(b"another")),
        row("another_scheme", "SHEET_SCHEME_MISMATCH", |s| s.binding.scheme_digest = sha256(b"another")),
        row("unknown_centre", "SHEET_CENTRE_UNKNOWN", |s| s.dossier.centre = "c-99".parse().unwrap()),
        row("another_dossier_version", "SHEET_DOSSIER_MISMATCH", |s| s.dossier.version = 2),
        row("another_manifest", "SHEET_DOSSIER_MISMATCH", |s| s.dossier.manifest = sha256(b"another")),
    ]);
}

#[test]
fn a_sheet_that_says_what_no_sheet_may_say_is_refused() {
    const SCORES: &str = "SHEET_SCORES";
    let stage = Stage::new();
    let row = |name, code, change: fn(&mut Sheet)| refused(name, code, stage.changed(change));
    fn evidence(document: &str, page: u32) -> Vec<Evidence> {
        vec![Evidence { dimension: Dimension::Team, document: document.to_owned(), page }]
    }
    fn recusal(sheet: &mut Sheet, reason: String) {
        sheet.statement = Statement::Recusal { kind: ConflictKind::Other, reason };
    }
    stage.try_all(&[
        row("score_above_maximum", SCORES, |s| scoring(s).scores[0] = Points::from_hundredths(1050)),
        row("score_beyond_everything", SCORES, |s| scoring(s).scores[0] = Points::from_hundredths(u32::MAX)),
        row("score_off_step", SCORES, |s| scoring(s).scores[0] = Points::from_hundredths(825)),
        row("comment_too_long", SCORES, |s| scoring(s).comments[2] = "长".repeat(2001)),
        row("opinion_too_long", SCORES, |s| scoring(s).opinion = "长".repeat(10_001)),
        row("evidence_of_no_document", SCORES, |s| scoring(s).evidence = evidence("别的.pdf", 1)),
        row("evidence_of_page_nought", SCORES, |s| scoring(s).evidence = evidence("申报书.pdf", 0)),
        row("evidence_without_end", SCORES, |s| {
            scoring(s).evidence = (1..=201).flat_map(|page| evidence("申报书.pdf", page)).collect();
        }),
        row("recusal_without_a_reason", SCORES, |s| recusal(s, "  ".to_owned())),
        row("recusal_that_is_too_long", SCORES, |s| recusal(s, "由".repeat(501))),
        row("seq_nought", "SHEET_SUPERSEDES", |s| s.seq = 0),
        row("first_that_supersedes", "SHEET_SUPERSEDES", |s| s.supersedes = vec![sha256(b"none")]),
        row("second_that_supersedes_nothing", "SHEET_SUPERSEDES", |s| s.seq = 2),
    ]);
}

#[test]
fn sheets_that_do_not_fit_together_are_set_aside_and_none_of_them_counts() {
    let stage = Stage::new();
    let version = |seq: u32, supersedes: Vec<&[u8]>, total: u32| {
        let mut sheet = sheet(&stage.meeting, crate::sheets::EXPERT, 0, split(total));
        sheet.seq = seq;
        sheet.supersedes = supersedes.into_iter().map(sha256).collect();
        signed(&sheet, stage.key())
    };
    let first = version(1, vec![], 8450);
    let second = version(2, vec![&first], 8500);
    let elsewhere = signed(&sheet(&stage.meeting, crate::sheets::EXPERT, 1, split(8450)), stage.key());
    let gap = version(3, vec![&second], 9000);
    let beyond = version(u32::MAX, vec![&second], 9000);
    let replayed = version(1, vec![], 9000);
    let forked = version(1, vec![], 9050);
    let second_fork = version(2, vec![&first], 9000);
    let unfounded = version(2, vec![b"never made"], 9000);
    let crossing = version(2, vec![&first, &elsewhere], 9000);
    let doubled = version(2, vec![&first, &first], 9000);
    stage.try_all(&[
        set_aside("seq_gap", &["SHEET_SEQ_GAP"], vec![gap.clone()]),
        set_aside("seq_gap_after_the_first", &["SHEET_SEQ_GAP"], vec![first.clone(), gap]),
        set_aside("seq_of_the_end", &["SHEET_SEQ_GAP"], vec![first.clone(), second.clone(), beyond]),
        set_aside("seq_replayed", &["SHEET_SEQ_REPLAYED"], vec![first.clone(), second.clone(), replayed.clone()]),
        set_aside("forked", &["SHEET_FORK", "SHEET_FORK"], vec![first.clone(), forked]),
        set_aside(
            "forked_at_the_second",
            &["SHEET_FORK", "SHEET_FORK"],
            vec![first.clone(), second.clone(), second_fork],
        ),
        // Nor does the first count, since the second does not take its place and is newer.
        set_aside(
            "supersedes_the_unknown",
            &["SHEET_SEQ_REPLAYED", "SHEET_SUPERSEDES"],
            vec![first.clone(), unfounded],
        ),
        set_aside("supersedes_another_cell", &["SHEET_SUPERSEDES"], vec![first.clone(), crossing]),
        set_aside("supersedes_one_twice", &["SHEET_SUPERSEDES"], vec![first, doubled]),
    ]);
}
