//! Panels sent for filing (备案, Article 6(2)), and the rosters that approving them makes.

use std::{
    fs::File,
    io::{Cursor, Read},
    path::Path,
};

use review::{
    panel,
    roster::{Panel, Role, Roster},
};
use seal::{
    jws,
    key::sha256,
    meeting::{Issued, Meeting},
    packages::PanelFile,
};
use store::{
    Op,
    tables::{
        panel_files::{self, PanelStatus},
        rosters::{self, RosterRow},
        rounds::{self, RoundStatus},
    },
};

use crate::{
    Desk, DeskError,
    dto::{PanelFiling, Written},
    incoming::about,
    output::{name_part, write_bytes},
    views,
};

/// The most bytes of a panel file.
const MAX_PANEL_FILE: u64 = 64 << 20;

/// A panel file that verifies, and the round of ours that it is for.
struct Filed {
    bytes: Vec<u8>,
    file: PanelFile,
    issued: Issued,
    /// The newest roster of the round, if any.
    latest: Option<(u32, RosterRow)>,
}

/// Reads a panel file: verified, and with everything that stands against approving it.
///
/// # Errors
/// `PANEL_ROUND_MISMATCH` where it is for no round issued here; those of reading and verifying.
pub fn read_panel(desk: &mut Desk, path: &Path) -> Result<PanelFiling, DeskError> {
    desk.require(Role::Bureau)?;
    let filed = read(desk, path)?;
    let round = filed.issued.round();
    let digest = sha256(&filed.bytes).to_string();
    if panel_files::get(&desk.store, &digest)?.is_none() {
        let at = desk.now();
        let change = Op::PanelImported.on(round.id.as_str()).with_detail(&digest);
        desk.store
            .transact(&at, change, |tx| panel_files::insert(tx, &filed.row(&at, PanelStatus::Received)).map(drop))?;
    }
    let panel = filed.panel();
    Ok(PanelFiling {
        path: path.display().to_string(),
        round: views::summary(&desk.store, &filed.issued, RoundStatus::Issued.as_str())?,
        secretary: views::person(&panel.secretary),
        members: panel.members.iter().map(views::person).collect(),
        chair: panel.chair.to_string(),
        term_from: panel.term.from.to_string(),
        term_to: panel.term.to.to_string(),
        compositions: views::compositions(filed.issued.rulebook(), round, &panel.members),
        problems: problems(&filed.issued, panel),
        next_version: filed.approved(desk)?.unwrap_or_else(|| filed.next_version()),
    })
}

/// Signs the roster of a panel and writes it into a folder as `名册-…-v1.hjroster`. The panel that the newest roster already
/// approves is written out again, and makes no new version.
///
/// # Errors
/// The first thing that stands against the panel; `PASSPHRASE_WRONG`; as [`read_panel`]; those of writing, in which case
/// nothing is approved.
pub fn approve_panel(desk: &mut Desk, path: &Path, folder: &Path, passphrase: &str) -> Result<Written, DeskError> {
    desk.require(Role::Bureau)?;
    let filed = read(desk, path)?;
    if let Some(problem) = problems(&filed.issued, filed.panel()).into_iter().next() {
        return Err(problem);
    }
    let key = desk.key(passphrase)?;
    let title = name_part(&filed.issued.round().title);
    if let (Some(version), Some((_, row))) = (filed.approved(desk)?, &filed.latest) {
        return write_bytes(folder, &format!("名册-{title}-v{version}.hjroster"), &row.bytes);
    }
    let version = filed.next_version();
    let previous = match &filed.latest {
        Some((_, row)) => Some(row.digest.parse().map_err(DeskError::internal)?),
        None => None,
    };
    let approved_at = desk.host.clock.now();
    let roster = Roster { panel: filed.panel().clone(), version, previous, approved_at };
    let bytes = jws::sign(&roster, &key, &desk.host.random)?;
    drop(key);
    let meeting = Meeting::read(filed.issued.clone(), &bytes)?;

    let written = write_bytes(folder, &format!("名册-{title}-v{version}.hjroster"), &bytes)?;
    let at = approved_at.to_rfc3339();
    let round = meeting.round().id.clone();
    let row = RosterRow {
        digest: meeting.roster().digest().to_string(),
        round_id: round.to_string(),
        version,
        bytes,
        received_at: at.clone(),
    };
    let change = Op::RosterApproved.on(round.as_str()).with_detail(&row.digest);
    desk.store.transact(&at, change, |tx| {
        rosters::insert(tx, &row)?;
        let file = filed.row(&at, PanelStatus::Approved);
        panel_files::insert(tx, &file)?;
        panel_files::set_status(tx, &file.digest, PanelStatus::Approved)
    })?;
    desk.forget_meeting(&round);
    Ok(written)
}

fn read(desk: &Desk, path: &Path) -> Result<Filed, DeskError> {
    let mut bytes = vec![];
    let opened = File::open(path).and_then(|file| file.take(MAX_PANEL_FILE + 1).read_to_end(&mut bytes));
    opened.map_err(|error| DeskError::io(path, &error))?;
    let file = PanelFile::read(Cursor::new(&bytes)).map_err(about(path))?;
    let mismatch = || DeskError::new("PANEL_ROUND_MISMATCH");
    let round = rounds::get(&desk.store, file.panel.round.as_str())?.ok_or_else(mismatch)?;
    if round.status != RoundStatus::Issued {
        return Err(mismatch());
    }
    let issued = desk.issued(&round.id)?;
    if file.panel.round_digest != issued.round().digest() {
        return Err(mismatch());
    }
    let latest = rosters::latest(&desk.store, &round.id)?.map(|row| (row.version, row));
    Ok(Filed { bytes, file, issued, latest })
}

impl Filed {
    fn panel(&self) -> &Panel {
        self.file.panel.value()
    }

    fn row(&self, at: &str, status: PanelStatus) -> panel_files::PanelFile {
        panel_files::PanelFile {
            digest: sha256(&self.bytes).to_string(),
            round_id: self.panel().round.to_string(),
            bytes: self.bytes.clone(),
            status,
            received_at: at.to_owned(),
        }
    }

    fn next_version(&self) -> u32 {
        self.latest.as_ref().map_or(1, |(version, _)| version.saturating_add(1))
    }

    /// The version of the newest roster, where it is this very panel that it approves.
    fn approved(&self, desk: &Desk) -> Result<Option<u32>, DeskError> {
        let Some((version, row)) = &self.latest else { return Ok(None) };
        let roster = jws::verify::<Roster>(&row.bytes, &[&desk.person().jwk])?;
        Ok((roster.panel == *self.panel()).then_some(*version))
    }
}

/// Everything that stands against a panel: the people whatever the centre, then Article 11 for each centre.
fn problems(issued: &Issued, panel: &Panel) -> Vec<DeskError> {
    let rules = &issued.rulebook().panel;
    let (members, secretary, held_on) = (&panel.members, &panel.secretary.key, issued.round().held_on);
    let people = panel::check_people(rules, members, &panel.chair, secretary, panel.term, held_on);
    let mut problems: Vec<DeskError> =
        people.err().map(|error| views::people_problem(rules, error, members)).into_iter().collect();
    let compositions = views::compositions(issued.rulebook(), issued.round(), &panel.members);
    problems.extend(compositions.iter().flat_map(DeskError::violations));
    // Whatever else a verifier of the roster would refuse.
    if problems.is_empty() {
        problems.extend(issued.check_panel(panel).err().map(DeskError::from));
    }
    problems
}
