//! What opens a desk: `desk.keys`, with its secrets wrapped by the passphrase (口令) and by the recovery key (恢复密钥).
//!
//! ```json
//! {"version": 1, "passphrase": "<age file in base64>", "recovery": "<age file in base64>"}
//! ```
//!
//! Both slots hold the same 64 bytes: the key of the database, then the key by which the signing key in the database is wrapped
//! once more, so that an open desk cannot sign without the passphrase. Changing the passphrase replaces one slot of one small
//! file in one rename: at any moment exactly one passphrase opens the desk. Copies of the file from before still open with
//! the old passphrase: whoever has such a copy and a copy of the database needs no more than that.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use seal::{
    key::{KeyError, SecureRandom, SigningKey, WrappedKey},
    secret::{self, RecoveryKey, RecoveryKeyError},
};
use serde::{Deserialize, Serialize};
use store::StoreKey;
use zeroize::Zeroizing;

use crate::{DeskError, host::Host, patience};

/// The file in the desk folder.
pub(crate) const KEYS: &str = "desk.keys";
/// Two wrapped secrets need under a kilobyte.
const MAX_FILE: u64 = 16 * 1024;
const VERSION: u8 = 1;

/// What is inside the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slots {
    version: u8,
    passphrase: String,
    recovery: String,
}

/// The secrets of a desk, in memory only while they are needed.
pub(crate) struct Secrets {
    bytes: Zeroizing<[u8; 64]>,
}

impl Secrets {
    fn generate(host: &Host) -> Result<Self, DeskError> {
        let mut bytes = Zeroizing::new([0; 64]);
        host.random.fill(bytes.as_mut()).map_err(|_| DeskError::internal("no randomness"))?;
        Ok(Self { bytes })
    }

    fn from_slot(secret: &[u8]) -> Result<Self, DeskError> {
        let bytes = secret.try_into().map(Zeroizing::new).map_err(|_| damaged("length"))?;
        Ok(Self { bytes })
    }

    /// The key of the database.
    pub(crate) fn store_key(&self) -> StoreKey {
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(&self.bytes[..32]);
        StoreKey::from_bytes(*key)
    }

    /// Wraps a private key for the database: without the passphrase an open desk cannot use it.
    pub(crate) fn wrap(&self, key: &SigningKey) -> Result<Vec<u8>, DeskError> {
        // 256 random bits need no work against guessing.
        Ok(WrappedKey::wrap(key, &self.vault(), 1)?.into_bytes())
    }

    /// Opens a private key from the database.
    pub(crate) fn unwrap(&self, wrapped: &[u8]) -> Result<SigningKey, DeskError> {
        WrappedKey::unwrap(wrapped, &self.vault()).map_err(|error| match error {
            // The passphrase was right, or these secrets would not be here.
            KeyError::WrongPassphrase => damaged("wrapped key"),
            other => other.into(),
        })
    }

    fn vault(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(&self.bytes[32..]))
    }
}

/// Whether the folder has such a file.
pub(crate) fn exist(folder: &Path) -> bool {
    folder.join(KEYS).exists()
}

/// The file as it is, for a backup.
pub(crate) fn bytes(folder: &Path) -> Result<Vec<u8>, DeskError> {
    let path = folder.join(KEYS);
    fs::read(&path).map_err(|error| DeskError::io(&path, &error))
}

/// New secrets, kept in the folder, and the recovery key that opens them too.
pub(crate) fn make(host: &Host, folder: &Path, passphrase: &str) -> Result<(Secrets, RecoveryKey), DeskError> {
    let (secrets, recovery) = (Secrets::generate(host)?, RecoveryKey::generate(&host.random)?);
    let slots = Slots {
        version: VERSION,
        passphrase: STANDARD.encode(secret::wrap(&*secrets.bytes, passphrase, host.scrypt_log_n)?),
        recovery: STANDARD.encode(recovery.wrap(&*secrets.bytes)?),
    };
    slots.write(folder)?;
    Ok((secrets, recovery))
}

/// The secrets by the passphrase.
///
/// # Errors
/// `PASSPHRASE_WRONG`; `PASSPHRASE_WAIT` after several wrong ones; `DESK_DAMAGED`.
pub(crate) fn by_passphrase(host: &Host, folder: &Path, passphrase: &str) -> Result<Secrets, DeskError> {
    let slots = Slots::read(folder)?;
    let wrapped = slot(&slots.passphrase)?;
    Secrets::from_slot(&patience::tried(host, folder, || secret::unwrap(&wrapped, passphrase))?)
}

/// The secrets by the recovery key as it was typed.
///
/// # Errors
/// `RECOVERY_KEY_LENGTH`, `RECOVERY_KEY_CHARACTER`, `RECOVERY_KEY_CHECK`, `RECOVERY_KEY_WRONG`, `DESK_DAMAGED`.
pub(crate) fn by_recovery_key(folder: &Path, typed: &str) -> Result<Secrets, DeskError> {
    let key = RecoveryKey::parse(typed).map_err(|error| match error {
        RecoveryKeyError::Length { found } => DeskError::new("RECOVERY_KEY_LENGTH").with("found", found),
        RecoveryKeyError::Character { place } => DeskError::new("RECOVERY_KEY_CHARACTER").with("place", place),
        RecoveryKeyError::Check => DeskError::new("RECOVERY_KEY_CHECK"),
    })?;
    let slots = Slots::read(folder)?;
    let secret = key.unwrap(&slot(&slots.recovery)?).map_err(|error| match error {
        KeyError::WrongPassphrase => DeskError::new("RECOVERY_KEY_WRONG"),
        other => other.into(),
    })?;
    Secrets::from_slot(&secret)
}

/// From now on this passphrase opens the desk, and the one before no longer does.
pub(crate) fn set_passphrase(host: &Host, folder: &Path, secrets: &Secrets, new: &str) -> Result<(), DeskError> {
    let mut slots = Slots::read(folder)?;
    slots.passphrase = STANDARD.encode(secret::wrap(&*secrets.bytes, new, host.scrypt_log_n)?);
    slots.write(folder)
}

/// A new recovery key; the one before no longer opens the desk.
pub(crate) fn renew_recovery_key(host: &Host, folder: &Path, secrets: &Secrets) -> Result<RecoveryKey, DeskError> {
    let mut slots = Slots::read(folder)?;
    let key = RecoveryKey::generate(&host.random)?;
    slots.recovery = STANDARD.encode(key.wrap(&*secrets.bytes)?);
    slots.write(folder)?;
    Ok(key)
}

impl Slots {
    fn read(folder: &Path) -> Result<Self, DeskError> {
        let path = folder.join(KEYS);
        let size = fs::metadata(&path).map_err(|_| damaged("missing"))?.len();
        if size > MAX_FILE {
            return Err(damaged("size"));
        }
        let bytes = fs::read(&path).map_err(|error| DeskError::io(&path, &error))?;
        let slots: Self = serde_json::from_slice(&bytes).map_err(|_| damaged("form"))?;
        if slots.version == VERSION { Ok(slots) } else { Err(damaged("version")) }
    }

    fn write(&self, folder: &Path) -> Result<(), DeskError> {
        fs::create_dir_all(folder).map_err(|error| DeskError::io(folder, &error))?;
        replace(&folder.join(KEYS), &serde_json::to_vec(self).map_err(DeskError::internal)?)
    }
}

/// Puts bytes in place of a file, in one step that a power cut leaves either undone or done.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), DeskError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&part, path)?;
        // Windows has no such call and does not need it: NTFS journals its names.
        #[cfg(unix)]
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(|error| DeskError::io(path, &error))
}

fn slot(text: &str) -> Result<Vec<u8>, DeskError> {
    STANDARD.decode(text).map_err(|_| damaged("base64"))
}

fn damaged(detail: &str) -> DeskError {
    DeskError::new("DESK_DAMAGED").with("file", KEYS).with("detail", detail)
}
