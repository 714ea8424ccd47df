//! The bureau's round, taken in.

use std::path::Path;

use review::roster::Role;
use seal::{
    meeting::Issued,
    packages::{RoundFile, check_dossiers},
};
use store::{Op, tables::rounds};

use crate::{
    Desk, DeskError,
    dto::RoundView,
    incoming::{about, name, open},
    trust::trust,
    views,
};

/// A round file before it is taken in: the round, and the bureau's key. Where [`is_trusted`](crate::is_trusted) does not know
/// that key, it is to be compared with what the bureau says itself, before [`import_round`].
///
/// # Errors
/// `ROLE_MISSING`; those of the package.
pub fn preview_round(desk: &Desk, path: &Path) -> Result<RoundView, DeskError> {
    desk.require(Role::Secretary)?;
    let file = RoundFile::open(open(path)?).map_err(about(path))?;
    view(desk, &file.issued, "received")
}

/// Takes a round file in: verifies every byte, keeps it as it came, and trusts the bureau that signed it. Calling this is the
/// confirmation that the key of [`preview_round`] was compared; nothing here could find out by itself whose key it is. The
/// same file twice changes nothing.
///
/// # Errors
/// `ROLE_MISSING`, `ROUND_DIFFERENT` where another round has this id; those of the package.
pub fn import_round(desk: &mut Desk, path: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<RoundView, DeskError> {
    desk.require(Role::Secretary)?;
    let RoundFile { mut bag, issued } = RoundFile::open(open(path)?).map_err(about(path))?;
    let id = issued.round().id.to_string();
    let known = rounds::get(&desk.store, &id)?;
    if known.as_ref().is_some_and(|row| row.bytes.as_deref() != Some(issued.round().bytes())) {
        return Err(DeskError::new("ROUND_DIFFERENT").with("title", &issued.round().title));
    }
    if let Some(row) = known.as_ref().filter(|row| row.file_digest.is_some()) {
        check_dossiers(&mut bag, progress)?;
        return view(desk, &issued, row.status.as_str());
    }
    drop(bag);
    let digest = keep(desk, path, &issued, progress)?;
    let bureau = issued.bureau();
    trust(desk, bureau)?;
    let at = desk.now();
    let package_name = name(path);
    desk.store.transact(&at, Op::RoundImported.on(&id).with_detail(&digest), |tx| {
        if known.is_some() {
            return Ok::<_, DeskError>(rounds::set_package(tx, &id, &digest, &package_name)?);
        }
        let row = rounds::RoundRow {
            id: id.clone(),
            status: rounds::RoundStatus::Received,
            title: issued.round().title.clone(),
            draft_json: None,
            bytes: Some(issued.round().bytes().to_vec()),
            bureau_card: Some(bureau.bytes().to_vec()),
            rulebook: issued.rulebook_bytes().to_vec(),
            file_digest: Some(digest.clone()),
            package_name: Some(package_name.clone()),
            created_at: at.clone(),
        };
        Ok(rounds::insert(tx, &row)?)
    })?;
    let status = rounds::get(&desk.store, &id)?.map_or("received", |row| row.status.as_str());
    view(desk, &issued, status)
}

/// Copies the package in and checks the copy, so that what was checked is what is kept; what fails is not.
fn keep(desk: &Desk, path: &Path, issued: &Issued, progress: &mut dyn FnMut(u64, u64)) -> Result<String, DeskError> {
    let digest = desk.store.put_file(open(path)?)?.digest;
    let mut check = || {
        let mut kept = RoundFile::open(desk.store.open_file(&digest)?)?;
        if kept.issued.round().digest() != issued.round().digest() {
            return Err(DeskError::new("ROUND_DIFFERENT").with("title", &issued.round().title));
        }
        Ok(check_dossiers(&mut kept.bag, progress)?)
    };
    if let Err(error) = check() {
        // No row names the copy; that removing it may fail too changes nothing for the caller.
        let _ = desk.store.files().remove(&digest);
        return Err(error);
    }
    Ok(digest)
}

fn view(desk: &Desk, issued: &Issued, status: &str) -> Result<RoundView, DeskError> {
    Ok(views::round(issued, views::summary(&desk.store, issued, status)?))
}
