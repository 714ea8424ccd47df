//! Rounds in preparation: what the wizard's pages give, and what still keeps a round from being issued.

use std::{fs::File, io::Read, path::Path};

use chrono::{Datelike, NaiveDate};
use review::{
    naming,
    roster::Role,
    round::{Centre, Dossier, Period, RoundKind},
    rulebook::{InForce, JINZHONG_2023_33, Rulebook},
    scheme::{Confirmation, Scheme, SchemeError},
    sheet::MAX_REASON,
};
use serde::{Deserialize, Serialize};
use store::{
    Op, Reader,
    tables::rounds::{self, RoundRow, RoundStatus},
};

use super::centres;
use crate::{
    Desk, DeskError,
    common::built_in_rulebook,
    desk::{day, required, sound},
    dto::{DraftView, RoundInput, RoundSummary},
    views::{self, count},
};

/// The most characters of a round's title.
const MAX_TITLE: usize = 100;
/// The most characters of what a confirmation rests on.
const MAX_BASIS: usize = 500;
/// The most bytes of a rulebook file.
const MAX_RULEBOOK: u64 = 1 << 20;
/// Years that a round can lie in; outside them somebody mistyped.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2199;

/// A round in preparation, as `rounds.draft_json` keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) kind: RoundKind,
    pub(super) held_on: NaiveDate,
    pub(super) period: Period,
    /// Empty where there is none.
    pub(super) out_of_force_reason: String,
    pub(super) scheme: Scheme,
}

/// A drafted round with its rules and centres.
pub(super) struct Drafted {
    pub(super) row: RoundRow,
    pub(super) draft: Draft,
    pub(super) rulebook: Rulebook,
    pub(super) centres: Vec<Centre>,
}

/// All rounds of this desk, newest first: drafted, issued here, received.
///
/// # Errors
/// Those of the store; those of verifying a round again.
pub fn rounds(desk: &Desk) -> Result<Vec<RoundSummary>, DeskError> {
    let summary = |row: RoundRow| match row.status {
        RoundStatus::Draft => Ok(read(&desk.store, row)?.summary(desk)),
        RoundStatus::Issued | RoundStatus::Received => views::round_summary(&desk.store, &row),
    };
    rounds::all(&desk.store)?.into_iter().map(summary).collect()
}

/// Begins a round under the built-in rulebook, with its default scheme: unconfirmed.
///
/// # Errors
/// `ROLE_MISSING`, `TEXT_EMPTY`, `TEXT_LONG`, `TEXT_UNSOUND`, `DATE_INVALID`, `ROUND_PERIOD`; those of the store.
pub fn round_new(desk: &mut Desk, input: &RoundInput) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let scheme = built_in_rulebook()?.default_scheme();
    let draft = checked(input, scheme)?;
    let at = desk.now();
    let row = RoundRow {
        id: format!("r-{}", desk.host.names.next()?),
        status: RoundStatus::Draft,
        title: draft.title.clone(),
        draft_json: Some(json(&draft)?),
        bytes: None,
        bureau_card: None,
        rulebook: JINZHONG_2023_33.as_bytes().to_vec(),
        file_digest: None,
        package_name: None,
        created_at: at.clone(),
    };
    desk.store.transact(&at, Op::RoundDrafted.on(row.id.as_str()), |tx| rounds::insert(tx, &row))?;
    self::draft(desk, &row.id)
}

/// Changes a draft's title, dates and reason; its scheme and centres stay.
///
/// # Errors
/// As [`round_new`]; `NOT_FOUND`, `ROUND_ISSUED`.
pub fn round_update(desk: &mut Desk, round: &str, input: &RoundInput) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let drafted = load(desk, round)?;
    let draft = checked(input, drafted.draft.scheme)?;
    keep(desk, round, Op::RoundChanged, &draft)
}

/// A draft as it stands, with everything that keeps it from being issued.
///
/// # Errors
/// `NOT_FOUND`, `ROUND_ISSUED`; those of the store.
pub fn draft(desk: &Desk, round: &str) -> Result<DraftView, DeskError> {
    let drafted = load(desk, round)?;
    let today = desk.host.clock.now().date_naive();
    Ok(DraftView {
        summary: drafted.summary(desk),
        in_force: match drafted.in_force(today) {
            InForce::Yes => "in_force",
            InForce::Before { .. } => "before",
            InForce::After { .. } => "after",
        }
        .to_owned(),
        rulebook_from: drafted.rulebook.force.from.to_string(),
        rulebook_last: drafted.rulebook.force.last.to_string(),
        centres: drafted.centres.iter().map(|centre| views::centre(&drafted.rulebook, centre)).collect(),
        problems: drafted.problems(today),
        period: drafted.draft.period,
        out_of_force_reason: drafted.draft.out_of_force_reason,
        scheme: drafted.draft.scheme,
    })
}

/// Replaces the scheme. Whatever was confirmed before is confirmed no longer. An unsound scheme is kept as typed and stands
/// among the draft's problems.
///
/// # Errors
/// `ROLE_MISSING`, `NOT_FOUND`, `ROUND_ISSUED`; those of the store.
pub fn set_scheme(desk: &mut Desk, round: &str, scheme: Scheme) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let draft = Draft { scheme: Scheme { confirmed: None, ..scheme }, ..load(desk, round)?.draft };
    keep(desk, round, Op::RoundChanged, &draft)
}

/// Confirms the scheme (主管部门确认) on a basis that the bureau names, as of today.
///
/// # Errors
/// Those of an unsound scheme (`SCHEME_SUM` and so on), `SCHEME_NO_BASIS`, `TEXT_LONG`; as [`set_scheme`].
pub fn confirm_scheme(desk: &mut Desk, round: &str, basis: &str) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let draft = load(desk, round)?.draft;
    draft.scheme.check()?;
    let basis =
        required(basis, "SCHEME_NO_BASIS", "TEXT_LONG", MAX_BASIS).map_err(|error| error.with("field", "basis"))?;
    let on = desk.host.clock.now().date_naive();
    let scheme = Scheme { confirmed: Some(Confirmation { on, basis }), ..draft.scheme };
    keep(desk, round, Op::SchemeConfirmed, &Draft { scheme, ..draft })
}

/// Puts a draft under another rulebook file. Its scheme becomes that rulebook's default, unconfirmed: what was confirmed was
/// confirmed under other rules.
///
/// # Errors
/// `RULEBOOK_LINE` with the line and the key that are wrong; `FILE_TOO_LARGE`, `IO`; as [`set_scheme`].
pub fn set_rulebook(desk: &mut Desk, round: &str, path: &Path) -> Result<DraftView, DeskError> {
    desk.require(Role::Bureau)?;
    let draft = load(desk, round)?.draft;
    let failed = |error: std::io::Error| DeskError::io(path, &error);
    let mut text = String::new();
    let size =
        File::open(path).and_then(|file| file.take(MAX_RULEBOOK + 1).read_to_string(&mut text)).map_err(failed)?;
    if u64::try_from(size).is_ok_and(|size| size > MAX_RULEBOOK) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        return Err(DeskError::new("FILE_TOO_LARGE").with("name", name).with("maximum", "1 MB"));
    }
    let draft = Draft { scheme: Rulebook::parse(&text)?.default_scheme(), ..draft };
    let json = json(&draft)?;
    let at = desk.now();
    desk.store.transact(&at, Op::RoundChanged.on(round).with_detail(&text), |tx| {
        rounds::set_rulebook(tx, round, text.as_bytes())?;
        rounds::update_draft(tx, round, &draft.title, &json)
    })?;
    self::draft(desk, round)
}

/// Reads a drafted round.
///
/// # Errors
/// `NOT_FOUND`, `ROUND_ISSUED`.
pub(super) fn load(desk: &Desk, round: &str) -> Result<Drafted, DeskError> {
    let row = rounds::get(&desk.store, round)?.ok_or_else(|| DeskError::not_found("round"))?;
    match row.status {
        RoundStatus::Draft => read(&desk.store, row),
        RoundStatus::Issued | RoundStatus::Received => Err(DeskError::new("ROUND_ISSUED")),
    }
}

fn read(reader: &Reader, row: RoundRow) -> Result<Drafted, DeskError> {
    let json = row.draft_json.as_deref().ok_or_else(|| DeskError::not_found("round"))?;
    let draft = serde_json::from_str(json).map_err(DeskError::internal)?;
    let rulebook = Rulebook::parse(std::str::from_utf8(&row.rulebook).map_err(DeskError::internal)?)?;
    let centres = centres::of_round(reader, &row.id)?;
    Ok(Drafted { row, draft, rulebook, centres })
}

fn keep(desk: &mut Desk, round: &str, op: Op, draft: &Draft) -> Result<DraftView, DeskError> {
    let json = json(draft)?;
    let at = desk.now();
    let change = op.on(round).with_detail(&json);
    desk.store.transact(&at, change, |tx| rounds::update_draft(tx, round, &draft.title, &json))?;
    self::draft(desk, round)
}

fn json(draft: &Draft) -> Result<String, DeskError> {
    serde_json::to_string(draft).map_err(DeskError::internal)
}

/// What the wizard gave, as far as it is wrong in itself.
fn checked(input: &RoundInput, scheme: Scheme) -> Result<Draft, DeskError> {
    let title =
        required(&input.title, "TEXT_EMPTY", "TEXT_LONG", MAX_TITLE).map_err(|error| error.with("field", "title"))?;
    let title = sound(&title, "title")?;
    let date = |text: &str, field: &str| {
        let date = day(text, field)?;
        if YEARS.contains(&date.year()) { Ok(date) } else { Err(DeskError::new("DATE_INVALID").with("field", field)) }
    };
    let held_on = date(&input.held_on, "held_on")?;
    let period = Period { from: date(&input.period_from, "period_from")?, to: date(&input.period_to, "period_to")? };
    if period.to < period.from {
        return Err(DeskError::new("ROUND_PERIOD"));
    }
    let reason = input.out_of_force_reason.trim().to_owned();
    if reason.chars().count() > MAX_REASON {
        return Err(DeskError::new("TEXT_LONG").with("field", "out_of_force_reason").with("maximum", MAX_REASON));
    }
    Ok(Draft { title, kind: input.kind, held_on, period, out_of_force_reason: reason, scheme })
}

impl Drafted {
    /// As a list shows it.
    fn summary(&self, desk: &Desk) -> RoundSummary {
        RoundSummary {
            id: self.row.id.clone(),
            title: self.draft.title.clone(),
            kind: self.draft.kind,
            status: RoundStatus::Draft.as_str().to_owned(),
            held_on: self.draft.held_on.to_string(),
            centres: count(self.centres.len()),
            roster_version: 0,
            digest_short: String::new(),
            bureau: desk.person().unit.name.clone(),
        }
    }

    /// Whether the measures apply on the day of the meeting and on the day of issue: a meeting said to lie in their period
    /// is prepared in it.
    fn in_force(&self, today: NaiveDate) -> InForce {
        match self.rulebook.in_force(self.draft.held_on) {
            InForce::Yes => self.rulebook.in_force(today),
            outside => outside,
        }
    }

    /// Everything that keeps the round from being issued on this day.
    pub(super) fn problems(&self, today: NaiveDate) -> Vec<DeskError> {
        let scheme = &self.draft.scheme;
        let confirmation = match &scheme.confirmed {
            None => Some(SchemeError::Unconfirmed),
            Some(_) => scheme.check_issuable().err().filter(|error| *error == SchemeError::NoBasis),
        };
        let mut problems: Vec<DeskError> =
            scheme.check().err().into_iter().chain(confirmation).map(DeskError::from).collect();
        if self.in_force(today) != InForce::Yes && self.draft.out_of_force_reason.is_empty() {
            let out_of_force = DeskError::new("ROUND_OUT_OF_FORCE")
                .with("held_on", self.draft.held_on)
                .with("today", today)
                .with("from", self.rulebook.force.from)
                .with("last", self.rulebook.force.last);
            problems.push(out_of_force);
        }
        if self.centres.is_empty() {
            problems.push(DeskError::new("ROUND_NO_CENTRES"));
        }
        for Centre { name, dossier: Dossier { documents, .. }, .. } in &self.centres {
            if naming::check(&self.rulebook.name, name).is_err() {
                problems.push(centres::misnamed(&self.rulebook.name, name));
            }
            if documents.is_empty() {
                problems.push(DeskError::new("CENTRE_NO_DOCUMENTS").with("name", name));
            }
        }
        problems
    }
}
