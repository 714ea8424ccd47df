//! The one door: change and audit row together or not at all, and a trail in which every alteration shows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{collections::HashSet, path::Path};

use rusqlite::Connection;
use store::{
    Op, Store, StoreError, StoreKey, sha256_hex,
    tables::{scores, settings},
};

const AT: &str = "2025-06-01T09:00:00+08:00";

/// An error of the caller's own, as `desk` has.
#[derive(Debug)]
enum Refused {
    ByRule,
    ByStore(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::ByStore(error)
    }
}

fn key() -> StoreKey {
    StoreKey::from_bytes([0xA5; 32])
}

fn with_five_changes(folder: &Path) {
    let mut store = Store::open(folder, &key()).unwrap();
    for number in 0..5_u32 {
        let change = Op::ScoreSaved.on_all(&["round-1", "centre-1"]).with_detail(format!("0={number}"));
        store.transact(AT, change, |tx| scores::save_points(tx, "round-1", "centre-1", 0, Some(number * 100))).unwrap();
    }
}

fn broken_at(folder: &Path, sql: &str) -> i64 {
    let conn = Connection::open(folder.join("desk.db")).unwrap();
    conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", "a5".repeat(32))).unwrap();
    conn.execute_batch(sql).unwrap();
    match Store::open(folder, &key()).unwrap().check_audit() {
        Err(StoreError::AuditBroken { seq }) => seq,
        other => panic!("the alteration went unnoticed: {other:?}"),
    }
}

#[test]
fn a_change_leaves_one_audit_row_that_names_no_score() {
    let place = tempfile::tempdir().unwrap();
    with_five_changes(place.path());
    let store = Store::open(place.path(), &key()).unwrap();
    let rows = store.audit_rows(None, 2).unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [5, 4], "newest first");
    assert_eq!((rows[0].op.as_str(), rows[0].subject.as_str()), ("score-saved", "round-1/centre-1"));
    assert_eq!(rows[0].detail, sha256_hex(b"0=4"));
    assert_eq!(rows[0].previous, rows[1].digest);
    let head = store.check_audit().unwrap();
    assert_eq!((head.seq, head.digest), (5, rows[0].digest.clone()));
    assert_eq!(store.audit_rows(Some(3), 10).unwrap().len(), 2, "a page ends before the row asked for");
}

#[test]
fn an_error_of_the_caller_undoes_the_change_and_its_audit_row() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    let refused = store.transact(AT, Op::SettingChanged, |tx| {
        settings::set(tx, "language", "en")?;
        Err::<(), _>(Refused::ByRule)
    });
    assert!(matches!(refused, Err(Refused::ByRule)));
    assert_eq!(settings::get(&store, "language").unwrap(), None);
    assert_eq!(store.check_audit().unwrap().seq, 0);
    store.transact(AT, Op::SettingChanged, |tx| settings::set(tx, "language", "en")).unwrap();
    assert_eq!(store.check_audit().unwrap().seq, 1, "the door opens again afterwards");
}

#[test]
fn an_error_of_the_store_undoes_what_went_before_it() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    let refused = store.transact(AT, Op::ScoreSaved, |tx| {
        scores::save_points(tx, "r", "c", 0, Some(850))?;
        scores::save_points(tx, "r", "c", 6, Some(850))?;
        Ok::<_, Refused>(())
    });
    assert!(matches!(refused, Err(Refused::ByStore(StoreError::Conflict { .. }))));
    assert!(scores::of_round(&store, "r").unwrap().is_empty());
    assert_eq!(store.check_audit().unwrap().seq, 0);
}

#[test]
fn a_panic_within_a_change_undoes_it() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.transact(AT, Op::SettingChanged, |tx| {
            settings::set(tx, "language", "en")?;
            assert!(tx.at().is_empty(), "meant to fail");
            Ok::<_, StoreError>(())
        })
    }));
    assert!(caught.is_err());
    assert_eq!(settings::get(&store, "language").unwrap(), None);
    store.transact(AT, Op::SettingChanged, |tx| settings::set(tx, "language", "zh-CN")).unwrap();
}

#[test]
fn a_change_without_a_proper_time_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    for at in ["", "2025-06-01", "yesterday", "2025-02-30T09:00:00Z"] {
        let refused = store.transact(at, Op::SettingChanged, |tx| settings::set(tx, "a", "b"));
        assert!(matches!(refused, Err(StoreError::BadTime)), "{at}");
    }
    assert_eq!(store.check_audit().unwrap().seq, 0);
}

#[test]
fn what_a_change_wrote_can_be_read_within_it() {
    let place = tempfile::tempdir().unwrap();
    let mut store = Store::open(place.path(), &key()).unwrap();
    store
        .transact(AT, Op::SettingChanged.on("language").with_detail("en"), |tx| {
            settings::set(tx, "language", "en")?;
            assert_eq!(settings::get(tx, "language")?.as_deref(), Some("en"));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let row = store.audit_rows(None, 1).unwrap().remove(0);
    assert_eq!((row.subject.as_str(), row.detail), ("language", sha256_hex(b"en")));
}

#[test]
fn each_field_of_an_audit_row_altered_shows_at_that_row() {
    for field in ["at", "op", "subject", "detail", "digest", "previous"] {
        let place = tempfile::tempdir().unwrap();
        with_five_changes(place.path());
        let sql = format!("UPDATE audit SET {field} = {field} || '0' WHERE seq = 3");
        assert_eq!(broken_at(place.path(), &sql), 3, "{field}");
    }
}

#[test]
fn an_audit_row_removed_inserted_or_renumbered_shows() {
    for (sql, seq) in [
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit SET seq = 9 WHERE seq = 5", 5),
        ("INSERT INTO audit SELECT 6, at, op, subject, detail, digest, digest FROM audit WHERE seq = 5", 6),
    ] {
        let place = tempfile::tempdir().unwrap();
        with_five_changes(place.path());
        assert_eq!(broken_at(place.path(), sql), seq, "{sql}");
    }
}

#[test]
fn a_row_forged_with_its_own_digest_shows_at_the_next() {
    let place = tempfile::tempdir().unwrap();
    with_five_changes(place.path());
    let mut row = Store::open(place.path(), &key()).unwrap().audit_rows(Some(4), 1).unwrap().remove(0);
    row.op = Op::CommentSaved.as_str().to_owned();
    let sql = format!("UPDATE audit SET op = '{}', digest = '{}' WHERE seq = 3", row.op, row.computed_digest());
    assert_eq!(broken_at(place.path(), &sql), 4);
}

#[test]
fn fields_run_together_differently_have_another_digest() {
    let place = tempfile::tempdir().unwrap();
    with_five_changes(place.path());
    let row = Store::open(place.path(), &key()).unwrap().audit_rows(None, 1).unwrap().remove(0);
    let mut shifted = row.clone();
    shifted.op = row.op[..row.op.len() - 1].to_owned();
    shifted.subject = format!("{}{}", &row.op[row.op.len() - 1..], row.subject);
    assert_ne!(shifted.computed_digest(), row.computed_digest());
}

#[test]
fn no_two_operations_share_a_name() {
    let names: HashSet<_> = Op::ALL.iter().map(|op| op.as_str()).collect();
    assert_eq!(names.len(), Op::ALL.len());
}
