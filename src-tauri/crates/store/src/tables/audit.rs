//! The audit trail (审计记录): one row for each change, chained by hash to the one before.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{AuditHead, Reader, StoreError, sha256_hex};

pub(crate) const CREATE: &str = "
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    op TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
";

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When, as the caller gave it (RFC 3339). Informative: order comes from `seq`.
    pub at: String,
    /// What, in the text form of [`crate::Op`].
    pub op: String,
    /// On what: ids joined by `/`.
    pub subject: String,
    /// SHA-256 of a canonical text of the change, or empty.
    pub detail: String,
    /// Digest of the row before; empty in the first.
    pub previous: String,
    /// SHA-256 over all of the above; see [`AuditRow::computed_digest`].
    pub digest: String,
}

impl AuditRow {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get("seq")?,
            at: row.get("at")?,
            op: row.get("op")?,
            subject: row.get("subject")?,
            detail: row.get("detail")?,
            previous: row.get("previous")?,
            digest: row.get("digest")?,
        })
    }

    /// SHA-256 over `seq` (decimal), `at`, `op`, `subject`, `detail` and `previous`, each as UTF-8 after its length in
    /// bytes as eight big-endian bytes: no two different rows give the same input.
    #[must_use]
    pub fn computed_digest(&self) -> String {
        let seq = self.seq.to_string();
        let mut input = Vec::new();
        for field in [&seq, &self.at, &self.op, &self.subject, &self.detail, &self.previous] {
            input.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            input.extend_from_slice(field.as_bytes());
        }
        sha256_hex(&input)
    }
}

pub(crate) fn append(conn: &Connection, at: &str, op: &str, subject: &str, detail: &str) -> Result<(), StoreError> {
    let AuditHead { seq, digest } = head(conn)?;
    let mut row = AuditRow {
        seq: seq + 1,
        at: at.to_owned(),
        op: op.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
        previous: digest,
        digest: String::new(),
    };
    row.digest = row.computed_digest();
    conn.prepare_cached(
        "INSERT INTO audit (seq, at, op, subject, detail, previous, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((&row.seq, &row.at, &row.op, &row.subject, &row.detail, &row.previous, &row.digest))?;
    Ok(())
}

/// The last row as it stands, unchecked.
pub(crate) fn head(conn: &Connection) -> Result<AuditHead, StoreError> {
    let last = conn
        .prepare_cached("SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok(AuditHead { seq: row.get(0)?, digest: row.get(1)? }))
        .optional()?;
    Ok(last.unwrap_or(AuditHead { seq: 0, digest: String::new() }))
}

pub(crate) fn check(conn: &Connection) -> Result<AuditHead, StoreError> {
    let mut head = AuditHead { seq: 0, digest: String::new() };
    let mut statement = conn.prepare("SELECT * FROM audit ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let row = AuditRow::from_row(row)?;
        let next = head.seq + 1;
        if row.seq != next || row.previous != head.digest || row.digest != row.computed_digest() {
            return Err(StoreError::AuditBroken { seq: next });
        }
        head = AuditHead { seq: row.seq, digest: row.digest };
    }
    Ok(head)
}

pub(crate) fn page(reader: &Reader, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
    reader.all(
        "SELECT * FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
        (before.unwrap_or(i64::MAX), limit),
        AuditRow::from_row,
    )
}
