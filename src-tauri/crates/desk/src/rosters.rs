//! One history of rosters: a newer one takes the place of the one before, and nothing else does.

use review::roster::Roster;
use seal::jws::Verified;
use store::tables::rosters::RosterRow;

use crate::DeskError;

/// Checks that a roster may take the place of the newest one here.
///
/// # Errors
/// `ROSTER_ROLLBACK` where it is not newer; `ROSTER_HISTORY` where it names another roster as the one before: the bureau's key
/// has then signed two histories.
pub(crate) fn check_history(roster: &Verified<Roster>, newest: Option<&RosterRow>) -> Result<(), DeskError> {
    let before = newest.map_or(0, |newest| newest.version);
    if roster.version <= before {
        return Err(DeskError::new("ROSTER_ROLLBACK").with("version", roster.version).with("newest", before));
    }
    let previous = roster.previous.map(|digest| digest.to_string());
    let first = roster.version == 1;
    // Where versions between were never seen here, what they name as the one before cannot be compared.
    let follows =
        newest.is_none_or(|newest| newest.version + 1 < roster.version || previous == Some(newest.digest.clone()));
    if first != previous.is_none() || !follows {
        return Err(DeskError::new("ROSTER_HISTORY").with("version", roster.version));
    }
    Ok(())
}
