//! Which bureau this desk believes: a key (科技局公钥) is compared once, over a way other than the file itself, and then kept.

use review::roster::Card;
use seal::jws::Verified;
use store::{Op, tables::trusted_bureaus};

use crate::{Desk, DeskError};

/// Whether this desk has confirmed that bureau key before, or it is its own.
///
/// A shell asks this of the key that a preview gives. Where the answer is no, the user compares name and key with what the
/// bureau says itself before anything is taken in: taking in is the confirmation.
///
/// # Errors
/// Those of the store.
pub fn is_trusted(desk: &Desk, key: &str) -> Result<bool, DeskError> {
    Ok(desk.trusted_bureaus()?.iter().any(|trusted| trusted.as_str() == key))
}

/// Keeps a bureau's key as confirmed, with its line in the audit trail. Confirming it twice changes nothing.
pub(crate) fn trust(desk: &mut Desk, bureau: &Verified<Card>) -> Result<(), DeskError> {
    let key = bureau.person.key.as_str();
    if trusted_bureaus::get(&desk.store, key)?.is_some() {
        return Ok(());
    }
    let at = desk.now();
    desk.store.transact(&at, Op::BureauTrusted.on(key).with_detail(bureau.bytes()), |tx| {
        trusted_bureaus::insert(tx, key, bureau.bytes()).map(drop).map_err(DeskError::from)
    })
}
