//! Packages and documents in `files/`: named by what they hold, and checked when read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{self, Read, Write},
};

use store::{Store, StoreError, sha256_hex};

/// Gives some bytes, then fails, as a stick does that is pulled out.
struct PulledOut(usize);

impl Read for PulledOut {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let count = self.0.min(buffer.len());
        self.0 -= count;
        buffer[..count].fill(7);
        Ok(count)
    }
}

fn entries(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_file_is_found_by_its_digest_with_exactly_its_bytes() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    // Larger than one piece, and not a multiple of it.
    let bytes: Vec<u8> = (0..3_000_001_u32).map(|number| number.to_le_bytes()[0]).collect();
    let stored = store.put_file(bytes.as_slice()).unwrap();
    assert_eq!((stored.digest.clone(), stored.size), (sha256_hex(&bytes), 3_000_001));
    assert!(place.path().join("files").join(&stored.digest[..2]).join(&stored.digest).is_file());
    for _ in 0..2 {
        let mut back = Vec::new();
        store.open_file(&stored.digest).unwrap().read_to_end(&mut back).unwrap();
        assert!(back == bytes, "the file opens at its beginning, checked anew or not");
    }
}

#[test]
fn the_empty_file_is_a_file() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    let stored = store.put_file(io::empty()).unwrap();
    assert_eq!((stored.digest.as_str(), stored.size), (sha256_hex(b"").as_str(), 0));
    assert_eq!(store.files().read(&stored.digest).unwrap(), b"");
}

#[test]
fn keeping_the_same_bytes_twice_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    let first = store.put_file(&b"dossier"[..]).unwrap();
    let again = store.put_file(&b"dossier"[..]).unwrap();
    assert_eq!(first, again);
    assert_eq!(store.files().digests().unwrap(), std::slice::from_ref(&first.digest));
    assert_eq!(entries(&place.path().join("files")), [first.digest[..2].to_owned()], "nothing half written stays");
}

#[test]
fn an_altered_file_is_refused_when_read() {
    let place = tempfile::tempdir().unwrap();
    let stored = Store::open(place.path()).unwrap().put_file(&b"dossier"[..]).unwrap();
    let store = Store::open(place.path()).unwrap();
    fs::write(store.files().path(&stored.digest).unwrap(), b"d0ssier").unwrap();
    let error = store.open_file(&stored.digest).unwrap_err();
    assert!(matches!(error, StoreError::FileAltered { digest } if digest == stored.digest));
}

#[test]
fn an_alteration_after_the_first_reading_is_seen_too() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    let stored = store.put_file(&b"dossier"[..]).unwrap();
    store.open_file(&stored.digest).unwrap();
    let path = store.files().path(&stored.digest).unwrap();
    fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"!").unwrap();
    assert_eq!(store.open_file(&stored.digest).unwrap_err().code(), "store.file-altered");
}

#[test]
fn the_good_bytes_again_mend_an_altered_file_and_the_altered_one_is_set_aside() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    let stored = store.put_file(&b"dossier"[..]).unwrap();
    let path = store.files().path(&stored.digest).unwrap();
    fs::write(&path, b"d0ssier, altered").unwrap();
    store.put_file(&b"dossier"[..]).unwrap();
    assert_eq!(store.files().read(&stored.digest).unwrap(), b"dossier");
    assert_eq!(fs::read(path.with_extension("altered")).unwrap(), b"d0ssier, altered");
}

#[test]
fn a_file_never_kept_and_a_name_that_is_no_digest_are_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    assert_eq!(store.open_file(&sha256_hex(b"never")).unwrap_err().code(), "store.file-missing");
    for name in ["", "..", "../../desk.db", &sha256_hex(b"never").to_uppercase(), &"é".repeat(32)] {
        assert_eq!(store.open_file(name).unwrap_err().code(), "store.bad-digest", "{name}");
        assert!(!store.files().has(name));
    }
}

#[test]
fn a_stick_pulled_out_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path()).unwrap();
    store.put_file(PulledOut(2_000_000)).unwrap_err();
    assert!(entries(&place.path().join("files")).is_empty());
}

#[test]
fn what_a_crash_left_half_written_is_gone_after_the_next_opening() {
    let place = tempfile::tempdir().unwrap();
    drop(Store::open(place.path()).unwrap());
    fs::write(place.path().join("files").join("0.part"), b"half").unwrap();
    let store = Store::open(place.path()).unwrap();
    assert!(entries(&place.path().join("files")).is_empty());
    store.put_file(&b"whole"[..]).unwrap();
}
