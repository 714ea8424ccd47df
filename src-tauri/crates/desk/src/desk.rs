//! An open desk: one person's folder, and what every use case needs from it.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use review::{
    ids::{KeyId, RoundId},
    roster::{Card, Person, Role},
    text::is_line,
    unit::Unit,
};
use seal::{
    jws::{self, Verified},
    key::{SigningKey, WrappedKey},
    limits::check_path,
    meeting::{Issued, Meeting},
};
use serde::{Deserialize, Serialize};
use store::{
    Op, PlainStore, Store,
    tables::{identity, rosters, rounds, trusted_bureaus},
};
use zeroize::Zeroizing;

use crate::{
    DeskError,
    dto::{DeskEntry, DeskView, NewDesk, UnitInput},
    host::Host,
    keys::{self, Secrets, replace},
    patience, views,
};

/// The fewest characters of a passphrase.
const MIN_PASSPHRASE: usize = 8;
/// The most characters of a name.
const MAX_NAME: usize = 50;
/// The most characters of a unit's name.
const MAX_UNIT_NAME: usize = 100;
/// What the start page reads without opening the desk.
pub(crate) const LABEL: &str = "desk.json";
/// Stands in a restored folder until it was opened and found whole.
const RESTORED: &str = "desk.restored";

/// The version of the software as it stands on everything signed.
pub const SOFTWARE: &str = concat!("hengjian ", env!("CARGO_PKG_VERSION"));

/// What `desk.json` says, in plain, since one must choose a desk before opening it: nothing else of what was typed lies in the
/// folder unencrypted, and nothing of this is trusted.
#[derive(Serialize, Deserialize)]
struct Label {
    name: String,
    unit_name: String,
    roles: Vec<Role>,
    sample_passphrase: Option<String>,
}

/// An open desk (工作台): the folder, its person, and the meetings verified so far.
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) host: Arc<Host>,
    pub(crate) card: Verified<Card>,
    sample_passphrase: Option<String>,
    meetings: HashMap<RoundId, Arc<Meeting>>,
    recovery_key: Option<Zeroizing<String>>,
}

impl Desk {
    /// Makes an identity in a new desk folder and opens it.
    ///
    /// `sample` marks a desk of the sample meeting: its passphrase is kept beside it, in plain sight.
    ///
    /// # Errors
    /// `ROLE_MISSING`, `NAME_EMPTY`, `NAME_LONG`, `UNIT_NAME_EMPTY`, `TEXT_LONG`, `UNIT_CODE_*`, `PASSPHRASE_SHORT`,
    /// `DESK_EXISTS`, and those of the store.
    pub fn create(host: Arc<Host>, folder: &Path, new: &NewDesk, sample: bool) -> Result<Self, DeskError> {
        let name = sound(&required(&new.name, "NAME_EMPTY", "NAME_LONG", MAX_NAME)?, "name")?;
        let unit = unit(&new.unit)?;
        let title = sound(new.title.trim(), "title")?;
        if title.chars().count() > MAX_NAME {
            return Err(DeskError::new("TEXT_LONG").with("field", "title").with("maximum", MAX_NAME));
        }
        if new.roles.is_empty() {
            return Err(DeskError::new("ROLE_MISSING"));
        }
        long_enough(&new.passphrase)?;
        if Store::is_desk(folder) || keys::exist(folder) {
            return Err(DeskError::new("DESK_EXISTS"));
        }
        let mut roles = new.roles.clone();
        roles.sort_unstable();
        roles.dedup();

        let made_at = host.clock.now();
        let key = SigningKey::generate(&host.random)?;
        let person = Person { key: key.id().clone(), jwk: key.public().clone(), name, unit, title };
        let card = Card { person, roles, made_at };
        let card_bytes = jws::sign(&card, &key, &host.random)?;
        let (secrets, recovery_key) = keys::make(&host, folder, &new.passphrase)?;
        let wrapped = secrets.wrap(&key)?;
        drop(key);

        let row = identity::Identity {
            name: card.person.name.clone(),
            unit_name: card.person.unit.name.clone(),
            unit_code: card.person.unit.code.as_ref().map(ToString::to_string),
            title: card.person.title.clone(),
            roles: serde_json::to_string(&card.roles).map_err(DeskError::internal)?,
            key_id: card.person.key.to_string(),
            card_bytes,
            wrapped_key: wrapped,
            made_at: made_at.to_rfc3339(),
        };
        let mut store = Store::open(folder, &secrets.store_key())?;
        store.transact(&row.made_at, Op::IdentityMade.on(row.key_id.as_str()), |tx| identity::insert(tx, &row))?;
        write_label(folder, &card, sample.then_some(new.passphrase.as_str()))?;
        let mut desk = Self::from_store(host, store)?;
        desk.recovery_key = Some(recovery_key.printed());
        Ok(desk)
    }

    /// Opens a desk folder. A store of the first version is encrypted first, and then has a recovery key to show.
    ///
    /// What the passphrase opens is dropped again but for the key of the database: a signing key is in memory only while
    /// something is being signed.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PASSPHRASE_WRONG`, `PASSPHRASE_WAIT`, `DESK_IN_USE`, `DESK_DAMAGED`, `DESK_NEWER`.
    pub fn open(host: Arc<Host>, folder: &Path, passphrase: &str) -> Result<Self, DeskError> {
        if !Store::is_desk(folder) {
            return Err(DeskError::not_found("desk").with("path", folder.display()));
        }
        if PlainStore::is_in(folder)? {
            return Self::encrypt(host, folder, passphrase);
        }
        let secrets = keys::by_passphrase(&host, folder, passphrase)?;
        Self::unlocked(host, folder, &secrets)
    }

    /// Opens a desk folder by its recovery key and sets a new passphrase. The recovery key stays as it is.
    ///
    /// # Errors
    /// `NOT_FOUND`, `PASSPHRASE_SHORT`, `RECOVERY_KEY_*`, `DESK_IN_USE`, `DESK_DAMAGED`, `DESK_NEWER`.
    pub fn open_with_recovery(
        host: Arc<Host>,
        folder: &Path,
        recovery_key: &str,
        new_passphrase: &str,
    ) -> Result<Self, DeskError> {
        if !Store::is_desk(folder) {
            return Err(DeskError::not_found("desk").with("path", folder.display()));
        }
        long_enough(new_passphrase)?;
        let secrets = keys::by_recovery_key(folder, recovery_key)?;
        // Opened first: what cannot be opened keeps its passphrase.
        let mut desk = Self::unlocked(Arc::clone(&host), folder, &secrets)?;
        keys::set_passphrase(&host, folder, &secrets, new_passphrase)?;
        patience::forget(folder);
        desk.note(Op::Recovered)?;
        Ok(desk)
    }

    /// The recovery key (恢复密钥) of a desk that was just made: given once, to be shown and then forgotten.
    pub fn take_recovery_key(&mut self) -> Option<Zeroizing<String>> {
        self.recovery_key.take()
    }

    /// Makes a new recovery key; the one before no longer opens the desk.
    ///
    /// # Errors
    /// `PASSPHRASE_WRONG`, `PASSPHRASE_WAIT`; those of writing.
    pub fn renew_recovery_key(&mut self, passphrase: &str) -> Result<Zeroizing<String>, DeskError> {
        let secrets = self.secrets(passphrase)?;
        let key = keys::renew_recovery_key(&self.host, self.folder(), &secrets)?;
        self.note(Op::RecoveryKeyRenewed)?;
        Ok(key.printed())
    }

    /// Changes the passphrase: at any moment, whatever breaks off, exactly one of the two opens the desk.
    ///
    /// # Errors
    /// `PASSPHRASE_WRONG` or `PASSPHRASE_WAIT` for the old one, `PASSPHRASE_SHORT` for the new one; those of writing.
    pub fn change_passphrase(&mut self, old: &str, new: &str) -> Result<(), DeskError> {
        long_enough(new)?;
        let secrets = self.secrets(old)?;
        keys::set_passphrase(&self.host, self.folder(), &secrets, new)?;
        if self.sample_passphrase.is_some() {
            self.sample_passphrase = Some(new.to_owned());
            write_label(self.folder(), &self.card, Some(new))?;
        }
        self.note(Op::PassphraseChanged)
    }

    /// Gives a restored desk folder its label, and has it checked at its first opening.
    pub(crate) fn restored(folder: &Path) -> Result<DeskEntry, DeskError> {
        if PlainStore::is_in(folder)? {
            let row = PlainStore::open(folder)?.identity()?.ok_or_else(|| DeskError::not_found("identity"))?;
            write_label(folder, jws::read_card(&row.card_bytes)?.value(), None)?;
        }
        replace(&folder.join(RESTORED), b"")?;
        entry(folder).ok_or_else(|| DeskError::not_found("desk"))
    }

    /// The label for a backup: a sample's passphrase stays behind.
    pub(crate) fn label_for_backup(&self) -> Result<Vec<u8>, DeskError> {
        serde_json::to_vec_pretty(&Label::of(&self.card, None)).map_err(DeskError::internal)
    }

    /// Makes a store of the first version an encrypted one and opens it.
    fn encrypt(host: Arc<Host>, folder: &Path, passphrase: &str) -> Result<Self, DeskError> {
        let plain = PlainStore::open(folder)?;
        let row = plain.identity()?.ok_or_else(|| DeskError::not_found("identity"))?;
        let key = patience::tried(&host, folder, || WrappedKey::unwrap(&row.wrapped_key, passphrase))?;
        // Keys that are here already are those of an attempt that broke off, or of what else is in the folder: never replaced.
        let (secrets, recovery_key) = if keys::exist(folder) {
            let secrets = keys::by_passphrase(&host, folder, passphrase)?;
            let recovery_key = keys::renew_recovery_key(&host, folder, &secrets)?;
            (secrets, recovery_key)
        } else {
            keys::make(&host, folder, passphrase)?
        };
        plain.encrypt(&secrets.store_key(), &secrets.wrap(&key)?)?;
        drop(key);
        let mut desk = Self::unlocked(host, folder, &secrets)?;
        desk.recovery_key = Some(recovery_key.printed());
        desk.note(Op::StoreEncrypted)?;
        // The copies in plain are gone: one that is not takes their place.
        desk.store.keep_backup()?;
        Ok(desk)
    }

    /// The desk that these secrets open.
    fn unlocked(host: Arc<Host>, folder: &Path, secrets: &Secrets) -> Result<Self, DeskError> {
        let mut desk = Self::from_store(host, Store::open(folder, &secrets.store_key())?)?;
        let row = identity::get(&desk.store)?.ok_or_else(|| DeskError::not_found("identity"))?;
        // Found now rather than when the meeting waits for a signature.
        secrets.unwrap(&row.wrapped_key)?;
        desk.check_restored()?;
        Ok(desk)
    }

    /// A backup can be forged by whoever has the key, and damaged by anybody: its first opening reads it whole.
    fn check_restored(&mut self) -> Result<(), DeskError> {
        let mark = self.folder().join(RESTORED);
        if !mark.exists() {
            return Ok(());
        }
        let damaged = |file: &str| DeskError::new("DESK_DAMAGED").with("file", file).with("detail", "restored");
        self.store.check_audit()?;
        if !self.store.integrity_ok()? {
            return Err(damaged("desk.db"));
        }
        for file in self.store.files().all()? {
            match file {
                Ok(digest) => self.store.files().check(&digest)?,
                Err(name) => return Err(damaged(&name)),
            }
        }
        self.note(Op::Restored)?;
        fs::remove_file(&mark).map_err(|error| DeskError::io(&mark, &error))
    }

    /// An audit row of its own.
    fn note(&mut self, op: Op) -> Result<(), DeskError> {
        let at = self.now();
        self.store.transact(&at, op, |_| Ok::<_, DeskError>(()))
    }

    fn from_store(host: Arc<Host>, store: Store) -> Result<Self, DeskError> {
        let row = identity::get(&store)?.ok_or_else(|| DeskError::not_found("identity"))?;
        let card = jws::read_card(&row.card_bytes)?;
        let sample_passphrase = read_label(store.folder()).and_then(|label| label.sample_passphrase);
        Ok(Self { store, host, card, sample_passphrase, meetings: HashMap::new(), recovery_key: None })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.store.folder()
    }

    /// Whose desk it is.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.card.value().person
    }

    /// The desk as screens show it.
    #[must_use]
    pub fn view(&self) -> DeskView {
        DeskView {
            folder: self.folder().display().to_string(),
            person: views::person(self.person()),
            roles: self.card.roles.clone(),
            made_at: self.card.made_at.to_rfc3339(),
            sample_passphrase: self.sample_passphrase.clone(),
        }
    }

    /// The signing key, for as long as the caller holds it.
    pub(crate) fn key(&self, passphrase: &str) -> Result<SigningKey, DeskError> {
        let row = identity::get(&self.store)?.ok_or_else(|| DeskError::not_found("identity"))?;
        self.secrets(passphrase)?.unwrap(&row.wrapped_key)
    }

    /// What the passphrase opens; see [`Secrets`].
    pub(crate) fn secrets(&self, passphrase: &str) -> Result<Secrets, DeskError> {
        keys::by_passphrase(&self.host, self.folder(), passphrase)
    }

    /// Now, as everything is stamped.
    pub(crate) fn now(&self) -> String {
        self.host.clock.now().to_rfc3339()
    }

    /// A round that was issued or received, verified again from its kept bytes.
    ///
    /// # Errors
    /// `NOT_FOUND`; those of verifying.
    pub(crate) fn issued(&self, round: &str) -> Result<Issued, DeskError> {
        let row = rounds::get(&self.store, round)?.ok_or_else(|| DeskError::not_found("round"))?;
        let (Some(bytes), Some(card)) = (&row.bytes, &row.bureau_card) else {
            return Err(DeskError::not_found("round"));
        };
        Ok(Issued::read(card, bytes, &row.rulebook)?)
    }

    /// The meeting of a round: with its newest roster.
    ///
    /// # Errors
    /// `NOT_FOUND`, `ROSTER_MISSING`; those of verifying.
    pub(crate) fn meeting(&mut self, round: &str) -> Result<Arc<Meeting>, DeskError> {
        let id: RoundId = round.parse().map_err(|_| DeskError::not_found("round"))?;
        if let Some(meeting) = self.meetings.get(&id) {
            return Ok(Arc::clone(meeting));
        }
        let roster = rosters::latest(&self.store, round)?.ok_or_else(|| DeskError::new("ROSTER_MISSING"))?;
        let meeting = Arc::new(Meeting::read(self.issued(round)?, &roster.bytes)?);
        self.meetings.insert(id, Arc::clone(&meeting));
        Ok(meeting)
    }

    /// Forgets the verified meeting of a round: after a new roster came in.
    pub(crate) fn forget_meeting(&mut self, round: &RoundId) {
        self.meetings.remove(round);
    }

    /// The bureau keys that this desk trusts to issue rounds; its own where it is a bureau's desk.
    pub(crate) fn trusted_bureaus(&self) -> Result<Vec<KeyId>, DeskError> {
        let mut keys: Vec<KeyId> =
            trusted_bureaus::all(&self.store)?.into_iter().filter_map(|row| row.key_id.parse().ok()).collect();
        if self.card.roles.contains(&Role::Bureau) {
            keys.push(self.person().key.clone());
        }
        Ok(keys)
    }

    /// Demands that this desk has a role.
    pub(crate) fn require(&self, role: Role) -> Result<(), DeskError> {
        if self.card.roles.contains(&role) { Ok(()) } else { Err(DeskError::new("ROLE_MISSING")) }
    }
}

/// The desks in a folder of desks, by name; what is no desk is passed over.
#[must_use]
pub fn list(home: &Path) -> Vec<DeskEntry> {
    let folders = fs::read_dir(home).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut desks: Vec<DeskEntry> = folders.filter(|folder| Store::is_desk(folder)).filter_map(|f| entry(&f)).collect();
    desks.sort_by(|a, b| a.folder.cmp(&b.folder));
    desks
}

/// One desk as the start page lists it.
fn entry(folder: &Path) -> Option<DeskEntry> {
    let label = read_label(folder)?;
    Some(DeskEntry {
        folder: folder.display().to_string(),
        name: label.name,
        unit_name: label.unit_name,
        roles: label.roles,
        sample: label.sample_passphrase.is_some(),
    })
}

/// The passphrase of a desk of the sample meeting.
#[must_use]
pub fn sample_passphrase(folder: &Path) -> Option<String> {
    read_label(folder)?.sample_passphrase
}

impl Label {
    fn of(card: &Card, sample_passphrase: Option<&str>) -> Self {
        Self {
            name: card.person.name.clone(),
            unit_name: card.person.unit.name.clone(),
            roles: card.roles.clone(),
            sample_passphrase: sample_passphrase.map(str::to_owned),
        }
    }
}

fn write_label(folder: &Path, card: &Card, sample_passphrase: Option<&str>) -> Result<(), DeskError> {
    let text = serde_json::to_vec_pretty(&Label::of(card, sample_passphrase)).map_err(DeskError::internal)?;
    replace(&folder.join(LABEL), &text)
}

fn long_enough(passphrase: &str) -> Result<(), DeskError> {
    if passphrase.chars().count() < MIN_PASSPHRASE {
        return Err(DeskError::new("PASSPHRASE_SHORT").with("minimum", MIN_PASSPHRASE));
    }
    Ok(())
}

fn read_label(folder: &Path) -> Option<Label> {
    serde_json::from_slice(&fs::read(folder.join(LABEL)).ok()?).ok()
}

/// A new folder for a desk of that name, under the folder of desks.
#[must_use]
pub fn new_folder(home: &Path, name: &str) -> PathBuf {
    let base = crate::output::name_part(name);
    let base = if base.is_empty() { "desk".to_owned() } else { base };
    // A name that Windows keeps for a device, such as CON, is none with a number behind it; CON.x still is.
    let numbered = format!("{base}-1");
    let base = [base, numbered].into_iter().find(|base| check_path(base).is_ok()).unwrap_or_else(|| "desk".to_owned());
    let first = home.join(&base);
    let others = (2_u32..).map(|number| home.join(format!("{base}-{number}")));
    std::iter::once(first).chain(others).find(|folder| !folder.exists()).unwrap_or_else(|| home.join(base))
}

/// A unit from what was typed.
///
/// # Errors
/// `UNIT_NAME_EMPTY`, `TEXT_LONG`, `UNIT_CODE_LENGTH`, `UNIT_CODE_ALPHABET`, `UNIT_CODE_CHECK`.
pub fn unit(input: &UnitInput) -> Result<Unit, DeskError> {
    let name =
        required(&input.name, "UNIT_NAME_EMPTY", "TEXT_LONG", MAX_UNIT_NAME).map_err(|e| e.with("field", "unit"))?;
    let name = sound(&name, "unit")?;
    let code = input.code.trim();
    let code = if code.is_empty() { None } else { Some(code.parse()?) };
    Ok(Unit { name, code })
}

/// A trimmed text that must not be empty, nor longer than so many characters.
pub(crate) fn required(text: &str, empty: &str, long: &str, maximum: usize) -> Result<String, DeskError> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(DeskError::new(empty)),
        length if length > maximum => Err(DeskError::new(long).with("maximum", maximum)),
        _ => Ok(text.to_owned()),
    }
}

/// A text that can stand on a form: nothing in it that nobody sees, or that turns what is around it.
///
/// # Errors
/// `TEXT_UNSOUND`.
pub(crate) fn sound(text: &str, field: &str) -> Result<String, DeskError> {
    if is_line(text, 0, usize::MAX) {
        Ok(text.to_owned())
    } else {
        Err(DeskError::new("TEXT_UNSOUND").with("field", field))
    }
}

/// A day from `YYYY-MM-DD`.
///
/// # Errors
/// `DATE_INVALID`.
pub(crate) fn day(text: &str, field: &str) -> Result<chrono::NaiveDate, DeskError> {
    text.trim().parse().map_err(|_| DeskError::new("DATE_INVALID").with("field", field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_named_like_a_device_of_windows_gets_a_folder_that_windows_takes() {
        let home = tempfile::tempdir().unwrap();
        for (name, folder) in
            [("con", "con-1"), ("NUL", "NUL-1"), ("con.x", "desk"), ("陈示范", "陈示范"), ("", "desk")]
        {
            assert_eq!(new_folder(home.path(), name), home.path().join(folder));
        }
    }
}
