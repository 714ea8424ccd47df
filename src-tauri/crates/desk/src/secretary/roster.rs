//! The roster (名册) that the bureau approved, taken in.

use std::path::Path;

use review::roster::{Role, Roster};
use seal::{
    jws::{self, Signed},
    meeting::{Meeting, MeetingError},
};
use store::{
    Op,
    tables::{rosters, rounds},
};

use super::{collected::settle_all, require_ours};
use crate::{Desk, DeskError, dto::RoundSummary, incoming::read, rosters::check_history, views};

/// Takes a roster in. The same roster twice changes nothing; a newer one takes the place of the one before, and sheets that
/// were signed under the older are set aside.
///
/// # Errors
/// `BUREAU_UNKNOWN` where no round here is by the bureau that signed it, `ROSTER_ROUND_MISMATCH`, `NOT_A_MEMBER` where it
/// names another secretary, `ROSTER_ROLLBACK`; those of the signature and of Article 11.
pub fn import_roster(desk: &mut Desk, path: &Path) -> Result<RoundSummary, DeskError> {
    desk.require(Role::Secretary)?;
    let bytes = read(path, Roster::MAX_BYTES)?;
    let meeting = meeting(desk, &bytes)?;
    require_ours(desk, &meeting)?;
    let round = meeting.round().id.clone();
    let roster = meeting.roster();
    let digest = roster.digest().to_string();
    let newest = rosters::latest(&desk.store, round.as_str())?;
    if newest.as_ref().is_none_or(|newest| newest.digest != digest) {
        check_history(roster, newest.as_ref())?;
        let at = desk.now();
        let row = rosters::RosterRow {
            digest,
            round_id: round.to_string(),
            version: roster.version,
            bytes: bytes.clone(),
            received_at: at.clone(),
        };
        desk.store.transact(&at, Op::RosterImported.on_all(&[round.as_str(), &row.digest]), |tx| {
            rosters::insert(tx, &row)?;
            settle_all(tx, &meeting)
        })?;
        desk.forget_meeting(&round);
    }
    let status = rounds::get(&desk.store, round.as_str())?.map_or("received", |row| row.status.as_str());
    views::summary(&desk.store, meeting.issued(), status)
}

/// The meeting that a roster makes of one of the rounds here: a roster names its round only within what must first be
/// verified, so each round of the bureau is tried.
fn meeting(desk: &Desk, bytes: &[u8]) -> Result<Meeting, DeskError> {
    let claimed = jws::kids(bytes, Roster::MAX_BYTES)?;
    let mut refused = None;
    for row in rounds::all(&desk.store)?.iter().filter(|row| row.bytes.is_some()) {
        let issued = desk.issued(&row.id)?;
        if !claimed.contains(&issued.round().bureau_key) {
            continue;
        }
        match Meeting::read(issued, bytes) {
            Ok(meeting) => return Ok(meeting),
            Err(MeetingError::AnotherRound) => {
                refused.get_or_insert_with(|| DeskError::new("ROSTER_ROUND_MISMATCH"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let key = claimed.first().map(review::ids::KeyId::short).unwrap_or_default();
    Err(refused.unwrap_or_else(|| DeskError::new("BUREAU_UNKNOWN").with("name", "").with("key", key)))
}
