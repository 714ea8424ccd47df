//! The one door for changes: the change and its audit row in one commit, or nothing.

use std::ops::Deref;

use chrono::DateTime;
use rusqlite::{Params, Transaction, TransactionBehavior};

use crate::{
    Reader, Store, StoreError, sha256_hex,
    tables::audit::{self, AuditRow},
};

macro_rules! ops {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What was done: the name that stands in the audit trail. Says nothing of whom or how much.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Op {
            $($(#[$doc])* $name,)*
        }

        impl Op {
            /// Every operation, in the order of a meeting.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text form. Once released it never changes: audit digests are made over it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

ops! {
    /// The desk's person made an identity.
    IdentityMade = "identity-made",
    /// The own enrolment card was written out.
    CardExported = "card-exported",
    /// Somebody's enrolment card came in.
    CardImported = "card-imported",
    /// A bureau's key was confirmed after comparison, and is trusted from now on.
    BureauTrusted = "bureau-trusted",
    /// A round was begun.
    RoundDrafted = "round-drafted",
    /// A drafted round was changed.
    RoundChanged = "round-changed",
    /// A centre was added to a drafted round.
    CentreAdded = "centre-added",
    /// A centre of a drafted round was changed.
    CentreChanged = "centre-changed",
    /// A centre was taken out of a drafted round.
    CentreRemoved = "centre-removed",
    /// The bureau confirmed the scoring scheme.
    SchemeConfirmed = "scheme-confirmed",
    /// The round was signed and written out.
    RoundIssued = "round-issued",
    /// A round file came in.
    RoundImported = "round-imported",
    /// The composition of the panel was changed.
    PanelChanged = "panel-changed",
    /// The panel was sent to the bureau for filing.
    PanelSubmitted = "panel-submitted",
    /// A panel to be filed came in.
    PanelImported = "panel-imported",
    /// The bureau signed the roster.
    RosterApproved = "roster-approved",
    /// A signed roster came in.
    RosterImported = "roster-imported",
    /// Dossier packages were handed out.
    PacksIssued = "packs-issued",
    /// A dossier package came in.
    PackImported = "pack-imported",
    /// The expert promised confidentiality.
    PromiseMade = "promise-made",
    /// Points of one dimension were kept.
    ScoreSaved = "score-saved",
    /// The comment on one dimension was kept.
    CommentSaved = "comment-saved",
    /// The overall opinion on a centre was kept.
    OpinionSaved = "opinion-saved",
    /// The evidence for one dimension was kept.
    EvidenceSaved = "evidence-saved",
    /// A score sheet was signed.
    SheetSigned = "sheet-signed",
    /// A recusal was signed.
    Recused = "recused",
    /// Signed sheets were written out.
    SheetsExported = "sheets-exported",
    /// A signed file was collected.
    FileCollected = "file-collected",
    /// A problem with a file was noted.
    ProblemNoted = "problem-noted",
    /// A problem with a file was settled.
    ProblemResolved = "problem-resolved",
    /// An absence was recorded.
    AbsenceRecorded = "absence-recorded",
    /// A finding was recorded.
    FindingRecorded = "finding-recorded",
    /// A finding was taken back.
    FindingRemoved = "finding-removed",
    /// Receipts for what was collected were written out.
    ReceiptsExported = "receipts-exported",
    /// The result was signed by the secretary.
    ResultSigned = "result-signed",
    /// The result was signed by the panel chair.
    ResultCountersigned = "result-countersigned",
    /// The result package was written out.
    ResultExported = "result-exported",
    /// Proofs of inclusion in the result were written out.
    InclusionsExported = "inclusions-exported",
    /// The expert's desk took note of which result there is for a round.
    ResultSeen = "result-seen",
    /// A result package came in.
    ResultImported = "result-imported",
    /// The bureau decided on a centre.
    Decided = "decided",
    /// The passphrase was changed.
    PassphraseChanged = "passphrase-changed",
    /// A new passphrase was set by the recovery key.
    Recovered = "recovered",
    /// A new recovery key took the place of the one before.
    RecoveryKeyRenewed = "recovery-key-renewed",
    /// A store of the first version was encrypted.
    StoreEncrypted = "store-encrypted",
    /// The desk was backed up on demand.
    BackedUp = "backed-up",
    /// The desk was restored from a backup.
    Restored = "restored",
    /// A setting was changed.
    SettingChanged = "setting-changed",
}

impl Op {
    /// The operation on `subject`: ids joined by `/`, never a name or a score.
    #[must_use]
    pub fn on(self, subject: impl Into<String>) -> Change {
        Change { op: self, subject: subject.into(), detail: String::new() }
    }

    /// The operation on something named by several ids.
    #[must_use]
    pub fn on_all(self, ids: &[&str]) -> Change {
        self.on(ids.join("/"))
    }
}

/// An operation with its subject and, if given, the digest of what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    op: Op,
    subject: String,
    detail: String,
}

impl Change {
    /// Binds the change itself: only the SHA-256 of `text`, a canonical text of the change, is kept.
    #[must_use]
    pub fn with_detail(mut self, text: impl AsRef<[u8]>) -> Self {
        self.detail = sha256_hex(text.as_ref());
        self
    }
}

impl From<Op> for Change {
    fn from(op: Op) -> Self {
        op.on("")
    }
}

/// An open change. Reads see what it has written so far.
#[derive(Debug)]
pub struct Tx<'a> {
    reader: &'a Reader,
    at: &'a str,
}

impl Tx<'_> {
    /// The time of the change, as the caller gave it.
    #[must_use]
    pub fn at(&self) -> &str {
        self.at
    }

    /// Runs one statement; the number of rows it changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.reader.conn().prepare_cached(sql)?.execute(params)?)
    }

    /// Runs one statement that must change exactly one row of `table`.
    pub(crate) fn run_one(&self, table: &'static str, sql: &str, params: impl Params) -> Result<(), StoreError> {
        if self.run(sql, params)? == 1 { Ok(()) } else { Err(StoreError::NotFound { table }) }
    }

    pub(crate) fn last_id(&self) -> i64 {
        self.reader.conn().last_insert_rowid()
    }
}

impl Deref for Tx<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        self.reader
    }
}

/// The end of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the last row; 0 where nothing was changed yet.
    pub seq: i64,
    /// Digest of the last row; empty where there is none.
    pub digest: String,
}

impl Store {
    /// Makes a change at the time `at` (RFC 3339): what `work` writes and one audit row, in one commit.
    ///
    /// # Errors
    /// Whatever `work` returns, or the store's own; in both cases nothing of the change is kept.
    pub fn transact<R, E, F>(&mut self, at: &str, change: impl Into<Change>, work: F) -> Result<R, E>
    where
        E: From<StoreError>,
        F: FnOnce(&Tx<'_>) -> Result<R, E>,
    {
        DateTime::parse_from_rfc3339(at).map_err(|_| StoreError::BadTime)?;
        let conn = self.conn();
        let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate).map_err(StoreError::from)?;
        let tx = Tx { reader: self, at };
        let made = work(&tx)?;
        // SQLite ends a transaction by itself on some errors (a full disk); were `work` to swallow such an error, the
        // audit row would otherwise be committed alone.
        if conn.is_autocommit() {
            return Err(StoreError::TransactionLost.into());
        }
        let Change { op, subject, detail } = change.into();
        audit::append(&transaction, at, op.as_str(), &subject, &detail)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(made)
    }
}

impl Reader {
    /// Recomputes the whole audit trail.
    ///
    /// A trail cut off at its end is whole in itself: who wants to see that, too, keeps the head elsewhere and compares.
    ///
    /// # Errors
    /// [`StoreError::AuditBroken`] with the first row that does not follow from the one before.
    pub fn check_audit(&self) -> Result<AuditHead, StoreError> {
        audit::check(self.conn())
    }

    /// The audit trail, newest first: at most `limit` rows below `before` (from the end without it).
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn audit_rows(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        audit::page(self, before, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{settings, testing::desk};

    #[test]
    fn a_transaction_that_sqlite_ended_by_itself_leaves_no_lone_audit_row() {
        let (_folder, mut store) = desk();
        let lost = store.transact("2025-06-01T09:00:00+08:00", Op::SettingChanged, |tx| {
            settings::set(tx, "language", "en")?;
            Ok::<_, StoreError>(tx.conn().execute_batch("ROLLBACK")?)
        });
        assert!(matches!(lost, Err(StoreError::TransactionLost)));
        assert_eq!(store.check_audit().unwrap().seq, 0);
    }
}
