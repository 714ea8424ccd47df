//! Packages and documents in `files/`: named by what they hold, and checked when read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
};

use store::{Store, StoreError, StoreKey, sha256_hex};

fn key() -> StoreKey {
    StoreKey::from_bytes([0xA5; 32])
}

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
    let store = Store::open(place.path(), &key()).unwrap();
    // Larger than one piece, and not a multiple of it.
    let bytes: Vec<u8> = (0..3_000_001_u32).map(|number| number.to_le_bytes()[0]).collect();
    let stored = store.put_file(bytes.as_slice()).unwrap();
    assert_eq!((stored.digest.clone(), stored.size), (sha256_hex(&bytes), 3_000_001));
    let path = store.files().path(&stored.digest).unwrap();
    assert!(path.is_file() && !path.to_str().unwrap().contains(&stored.digest), "the name does not tell what it is");
    for _ in 0..2 {
        let mut back = Vec::new();
        store.open_file(&stored.digest).unwrap().read_to_end(&mut back).unwrap();
        assert!(back == bytes, "the file opens at its beginning, checked anew or not");
    }
}

#[test]
fn the_empty_file_is_a_file() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let stored = store.put_file(io::empty()).unwrap();
    assert_eq!((stored.digest.as_str(), stored.size), (sha256_hex(b"").as_str(), 0));
    assert_eq!(store.files().read(&stored.digest).unwrap(), b"");
}

#[test]
fn keeping_the_same_bytes_twice_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let first = store.put_file(&b"dossier"[..]).unwrap();
    let again = store.put_file(&b"dossier"[..]).unwrap();
    assert_eq!(first, again);
    assert_eq!(store.files().all().unwrap(), [Ok(first.digest)]);
    assert_eq!(entries(&place.path().join("files")).len(), 1, "nothing half written stays");
}

#[test]
fn an_altered_file_is_refused_when_read() {
    let place = tempfile::tempdir().unwrap();
    let stored = Store::open(place.path(), &key()).unwrap().put_file(&b"dossier"[..]).unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    fs::write(store.files().path(&stored.digest).unwrap(), b"d0ssier").unwrap();
    let error = store.open_file(&stored.digest).unwrap_err();
    assert!(matches!(error, StoreError::FileAltered { digest } if digest == stored.digest));
}

#[test]
fn an_alteration_after_the_first_reading_is_seen_too() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let stored = store.put_file(&b"dossier"[..]).unwrap();
    store.open_file(&stored.digest).unwrap();
    let path = store.files().path(&stored.digest).unwrap();
    fs::OpenOptions::new().append(true).open(path).unwrap().write_all(b"!").unwrap();
    assert_eq!(store.open_file(&stored.digest).unwrap_err().code(), "store.file-altered");
}

#[test]
fn the_good_bytes_again_mend_an_altered_file_and_the_altered_one_is_set_aside() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let stored = store.put_file(&b"dossier"[..]).unwrap();
    let path = store.files().path(&stored.digest).unwrap();
    fs::write(&path, b"d0ssier, altered").unwrap();
    store.put_file(&b"dossier"[..]).unwrap();
    assert_eq!(store.files().read(&stored.digest).unwrap(), b"dossier");
    assert_eq!(fs::read(path.with_extension("age.altered")).unwrap(), b"d0ssier, altered");
    drop(store);
    let store = Store::open(place.path(), &key()).unwrap();
    assert_eq!(fs::read(path.with_extension("age.altered")).unwrap(), b"d0ssier, altered", "evidence stays");
    assert_eq!(store.files().all().unwrap(), [Ok(stored.digest)]);
}

#[test]
fn a_file_never_kept_and_a_name_that_is_no_digest_are_told_apart() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    assert_eq!(store.open_file(&sha256_hex(b"never")).unwrap_err().code(), "store.file-missing");
    for name in ["", "..", "../../desk.db", &sha256_hex(b"never").to_uppercase(), &"é".repeat(32)] {
        assert_eq!(store.open_file(name).unwrap_err().code(), "store.bad-digest", "{name}");
        assert!(!store.files().has(name));
    }
}

#[test]
fn a_stick_pulled_out_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    store.put_file(PulledOut(2_000_000)).unwrap_err();
    assert!(entries(&place.path().join("files")).is_empty());
}

#[test]
fn what_a_crash_left_half_written_is_gone_after_the_next_opening() {
    let place = tempfile::tempdir().unwrap();
    drop(Store::open(place.path(), &key()).unwrap());
    fs::write(place.path().join("files").join("0.part"), b"half").unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    assert!(entries(&place.path().join("files")).is_empty());
    store.put_file(&b"whole"[..]).unwrap();
}

#[test]
fn any_range_of_a_large_file_is_read_in_place() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    // The first three end exactly with a piece of the encryption, once with the digest behind it and once without.
    for size in [64 * 1024, 64 * 1024 - 32, 128 * 1024 - 32, 300_001_usize] {
        let bytes: Vec<u8> = (0..size).map(|place| place.to_le_bytes()[0] ^ place.to_le_bytes()[1]).collect();
        let stored = store.put_file(bytes.as_slice()).unwrap();
        let mut kept = store.open_file(&stored.digest).unwrap();
        assert_eq!(kept.size(), u64::try_from(size).unwrap());
        for from in [size - 1, 0, size / 2, 65_535.min(size - 1), 1, size - 33, size] {
            let mut back = vec![];
            kept.seek(SeekFrom::Start(u64::try_from(from).unwrap())).unwrap();
            Read::by_ref(&mut kept).take(70_000).read_to_end(&mut back).unwrap();
            assert!(back == bytes[from..size.min(from + 70_000)], "{size} from {from}");
        }
        assert_eq!(kept.seek(SeekFrom::End(-1)).unwrap(), kept.size() - 1);
        kept.seek(SeekFrom::Start(kept.size() + 100_000)).unwrap();
        assert_eq!(kept.read(&mut [0; 8]).unwrap(), 0, "beyond the end there is nothing, and no digest");
        kept.seek(SeekFrom::Start(0)).unwrap();
        assert!(kept.seek(SeekFrom::Current(-1)).is_err());
    }
}

#[test]
fn no_flipped_bit_and_no_cut_of_a_kept_file_goes_unnoticed() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let stored = store.put_file(&[7; 1000][..]).unwrap();
    let path = store.files().path(&stored.digest).unwrap();
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(store.files().check(&stored.digest).unwrap_err().code(), "store.file-altered", "byte {at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(store.files().check(&stored.digest).unwrap_err().code(), "store.file-altered", "cut to {at}");
    }
}

#[test]
fn a_kept_file_put_under_the_name_of_another_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let (one, two) = (store.put_file(&b"one"[..]).unwrap(), store.put_file(&b"two"[..]).unwrap());
    let paths = [&one, &two].map(|stored| store.files().path(&stored.digest).unwrap());
    fs::copy(&paths[0], &paths[1]).unwrap();
    assert_eq!(store.open_file(&two.digest).unwrap_err().code(), "store.file-altered");
    assert_eq!(store.files().all().unwrap().into_iter().filter(Result::is_err).count(), 1);
}

#[test]
fn what_lies_in_plain_as_the_first_version_kept_it_is_taken_in_at_the_next_opening() {
    let place = tempfile::tempdir().unwrap();
    drop(Store::open(place.path(), &key()).unwrap());
    let digest = sha256_hex(b"dossier");
    let shelf = place.path().join("files").join(&digest[..2]);
    fs::create_dir_all(&shelf).unwrap();
    fs::write(shelf.join(&digest), b"dossier").unwrap();
    fs::write(shelf.join(format!("{digest}.altered")), b"d0ssier").unwrap();
    fs::write(shelf.join("notes.txt"), b"not ours").unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    assert_eq!(store.files().read(&digest).unwrap(), b"dossier");
    assert_eq!(store.files().read(&sha256_hex(b"d0ssier")).unwrap(), b"d0ssier", "evidence is kept as what it is");
    assert!(!shelf.join(&digest).exists() && !shelf.join(format!("{digest}.altered")).exists());
    assert!(shelf.join("notes.txt").exists(), "what is not ours is left alone");
}

#[test]
fn an_opener_outlives_the_borrow_of_the_store() {
    let place = tempfile::tempdir().unwrap();
    let store = Store::open(place.path(), &key()).unwrap();
    let stored = store.put_file(&b"dossier"[..]).unwrap();
    let open = store.files().opener(&stored.digest).unwrap();
    drop(store);
    for _ in 0..2 {
        let mut back = vec![];
        open().unwrap().read_to_end(&mut back).unwrap();
        assert_eq!(back, b"dossier");
    }
}
