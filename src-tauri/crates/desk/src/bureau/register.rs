//! The register (名录): every centre that was decided on, over the years.

use std::{collections::BTreeMap, path::Path};

use report::{RegisterLine, register_xlsx};
use review::text::normalised;
use seal::meeting::Issued;
use store::tables::decisions::{self, Decision};

use super::results::decision_view;
use crate::{
    Desk, DeskError,
    dto::{RegisterRow, Written},
    output::write_bytes,
};

/// A decision together with the round that it was taken in.
pub(super) struct Decided<'a> {
    pub(super) decision: &'a Decision,
    pub(super) issued: &'a Issued,
    pub(super) centre_name: &'a str,
    pub(super) host_name: &'a str,
}

/// The centres by name, each with its decisions from the oldest to the newest.
///
/// # Errors
/// Those of the store; those of verifying the rounds again.
pub fn register(desk: &Desk) -> Result<Vec<RegisterRow>, DeskError> {
    over_the_years(desk, |centres| {
        let row = |decided: &Vec<Decided<'_>>| {
            let view = |d: &Decided<'_>| decision_view(d.decision, &d.issued.round().title, d.centre_name);
            Ok(RegisterRow {
                centre_name: decided.last().map(|d| d.centre_name.to_owned()).unwrap_or_default(),
                host_name: decided.last().map(|d| d.host_name.to_owned()).unwrap_or_default(),
                decisions: decided.iter().map(view).collect::<Result<_, DeskError>>()?,
            })
        };
        centres.iter().map(row).collect()
    })
}

/// Writes the register as a workbook: one line for each decision.
///
/// # Errors
/// As [`register`]; those of writing.
pub fn export_register(desk: &mut Desk, path: &Path) -> Result<Written, DeskError> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(DeskError::not_found("folder").with("path", path.display()));
    };
    let rows = register(desk)?;
    let line = |row: &RegisterRow| -> Vec<RegisterLine> {
        let line = |decision: &crate::dto::DecisionView| RegisterLine {
            centre: row.centre_name.clone(),
            host: row.host_name.clone(),
            round: decision.round_title.clone(),
            grade: decision.grade,
            consequence: decision.consequence.clone(),
            note: decision.note.clone(),
            decided_on: decision.at.chars().take(10).collect(),
        };
        row.decisions.iter().map(line).collect()
    };
    let lines: Vec<RegisterLine> = rows.iter().flat_map(line).collect();
    let bytes = register_xlsx(&lines, desk.host.clock.now()).map_err(DeskError::internal)?;
    write_bytes(folder, &name.to_string_lossy(), &bytes)
}

/// Hands the decisions of every centre to `work`: centres by name, each with its decisions from the oldest to the newest.
pub(super) fn over_the_years<R>(
    desk: &Desk,
    work: impl FnOnce(&[Vec<Decided<'_>>]) -> Result<R, DeskError>,
) -> Result<R, DeskError> {
    let mut decisions = decisions::all(&desk.store)?;
    decisions.reverse();
    let mut rounds: BTreeMap<&str, Issued> = BTreeMap::new();
    for decision in &decisions {
        if !rounds.contains_key(decision.round_id.as_str()) {
            rounds.insert(&decision.round_id, desk.issued(&decision.round_id)?);
        }
    }
    let mut centres: BTreeMap<String, Vec<Decided<'_>>> = BTreeMap::new();
    for decision in &decisions {
        let Some(issued) = rounds.get(decision.round_id.as_str()) else { continue };
        let Some(centre) = issued.round().centres.iter().find(|c| c.id.as_str() == decision.centre_id) else {
            continue;
        };
        let decided = Decided { decision, issued, centre_name: &centre.name, host_name: &centre.host.name };
        centres.entry(normalised(&centre.name)).or_default().push(decided);
    }
    work(&centres.into_values().collect::<Vec<_>>())
}
