//! What a recount says: numbered checks, and precisely what does not agree.

use std::collections::BTreeMap;

use review::{
    ids::{CentreId, Digest, KeyId},
    panel::Violation,
    points::Points,
    result::{Cell, CentreResult, ResultHead},
    scheme::Grade,
    sheet::{Absence, Sheet, SheetError},
};

use crate::{
    jws::{JwsError, Verified},
    meeting::{Meeting, MeetingError, SheetRefusal},
    packages::PackageError,
};

/// What a check looks at, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKey {
    /// The package has its one form, and every file its digest.
    Form,
    /// The round is issued by the bureau that is trusted.
    Round,
    /// The roster is approved by that bureau.
    Roster,
    /// Secretary and chair signed the head.
    Signatures,
    /// Every sheet and absence verifies and is bound to this meeting.
    Sheets,
    /// Every cell is settled, and no file is missing, added or out of order.
    Complete,
    /// Article 11 on the effective panel of each centre.
    Composition,
    /// The combined totals.
    Totals,
    /// Grades, findings and consequences, Article 22.
    Grades,
    /// The tree over all files.
    Tree,
}

impl CheckKey {
    /// All, in the order of the report.
    pub const ALL: [Self; 10] = [
        Self::Form,
        Self::Round,
        Self::Roster,
        Self::Signatures,
        Self::Sheets,
        Self::Complete,
        Self::Composition,
        Self::Totals,
        Self::Grades,
        Self::Tree,
    ];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Round => "round",
            Self::Roster => "roster",
            Self::Signatures => "signatures",
            Self::Sheets => "sheets",
            Self::Complete => "complete",
            Self::Composition => "composition",
            Self::Totals => "totals",
            Self::Grades => "grades",
            Self::Tree => "tree",
        }
    }
}

/// What does not agree.
#[derive(Debug, thiserror::Error)]
pub enum Discrepancy {
    /// The package or one of its heads.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The round was issued by another bureau than the one that is trusted.
    #[error("issued by a bureau that is not trusted")]
    Bureau {
        /// Its key.
        key: KeyId,
    },
    /// The head does not verify.
    #[error("head: {error}")]
    Head {
        /// Why.
        error: JwsError,
    },
    /// The chair has not signed.
    #[error("the chair has not signed")]
    NotCountersigned,
    /// The head is bound to another meeting.
    #[error("the head is bound to another meeting")]
    Binding {
        /// To what.
        error: SheetError,
    },
    /// A sheet or an absence is refused.
    #[error("{path}: {refusal}")]
    Sheet {
        /// Where it stands.
        path: String,
        /// Why.
        refusal: SheetRefusal,
    },
    /// The head lists a file that is not there.
    #[error("{path} is listed and not there")]
    EntryMissing {
        /// Where it should stand.
        path: String,
    },
    /// A file is there that the head does not list.
    #[error("{path} is there and not listed")]
    EntryExtra {
        /// Where it stands.
        path: String,
    },
    /// A listed file has another digest.
    #[error("{path} is not the file that is listed")]
    EntryDiffers {
        /// Where it stands.
        path: String,
    },
    /// The list is not in the fixed order, or names a file otherwise than its content does.
    #[error("the list of files is not in its order")]
    EntryOrder,
    /// A cell is not settled by any signed file.
    #[error("a cell is missing")]
    CellMissing {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// The sheets of a cell do not fit together.
    #[error("a cell is in conflict")]
    CellConflict {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// A centre is not computed again, since not every cell of it is settled by signed files that verify: nothing that the
    /// head says of it is borne out.
    #[error("a centre could not be computed")]
    NotCompiled {
        /// The centre.
        centre: CentreId,
    },
    /// The head's matrix says something else about a cell than the signed files.
    #[error("the matrix says otherwise")]
    Matrix {
        /// The centre.
        centre: CentreId,
        /// The member.
        expert: KeyId,
    },
    /// The head names other effective members, or another standing under Article 11.
    #[error("the composition differs")]
    Composition {
        /// The centre.
        centre: CentreId,
    },
    /// The panel that effectively scored a centre does not meet Article 11, and the head hides it.
    #[error("Article 11 is not met")]
    Unlawful {
        /// The centre.
        centre: CentreId,
        /// What is not met.
        violations: Vec<Violation>,
    },
    /// The head states another combined total.
    #[error("the total differs")]
    Total {
        /// The centre.
        centre: CentreId,
        /// As stated.
        stated: Option<Points>,
        /// As computed.
        computed: Option<Points>,
    },
    /// The head states another grade.
    #[error("the grade differs")]
    Grade {
        /// The centre.
        centre: CentreId,
        /// As stated.
        stated: Option<Grade>,
        /// As computed.
        computed: Option<Grade>,
    },
    /// The head states another consequence.
    #[error("the consequence differs")]
    Consequence {
        /// The centre.
        centre: CentreId,
    },
    /// The head's list of centres is not that of the round.
    #[error("the list of centres differs")]
    CentreList,
    /// A finding names no centre of the round, or has no evidence.
    #[error("a finding is not sound")]
    Finding {
        /// The centre as stated.
        centre: CentreId,
    },
    /// The tree hash differs.
    #[error("the tree differs")]
    Tree {
        /// As stated.
        stated: Digest,
        /// As computed.
        computed: Digest,
    },
}

/// One numbered check.
#[derive(Debug)]
pub struct Check {
    /// What it looks at.
    pub key: CheckKey,
    /// Whether it could be made at all: an earlier failure can take its ground away.
    pub made: bool,
    /// What was seen, in figures.
    pub figures: BTreeMap<&'static str, String>,
    /// What does not agree; empty when it passes.
    pub problems: Vec<Discrepancy>,
}

impl Check {
    /// Made, and without a problem.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.made && self.problems.is_empty()
    }
}

/// Everything recounted.
#[derive(Debug, Default)]
pub struct Recount {
    /// The checks, in the order of [`CheckKey::ALL`].
    pub checks: Vec<Check>,
    /// The meeting, where round and roster verify.
    pub meeting: Option<Meeting>,
    /// The head, where it verifies.
    pub head: Option<Verified<ResultHead>>,
    /// The verified sheets, by path.
    pub sheets: BTreeMap<String, Verified<Sheet>>,
    /// The verified absences, by path.
    pub absences: BTreeMap<String, Verified<Absence>>,
    /// The settled cells as computed.
    pub matrix: Vec<Cell>,
    /// The results as computed, of the centres of which every listed file verifies and every cell is settled.
    pub centres: Vec<CentreResult>,
}

impl Recount {
    /// Whether every check passes.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.checks.iter().all(Check::passed)
    }

    /// Whether every check passes but that the chair's signature is still missing.
    #[must_use]
    pub fn awaits_chair(&self) -> bool {
        let mut open = self.checks.iter().flat_map(|check| &check.problems);
        self.checks.iter().all(|check| check.made)
            && matches!(open.next(), Some(Discrepancy::NotCountersigned))
            && open.next().is_none()
    }

    /// The check of that key.
    pub(super) fn check(&mut self, key: CheckKey) -> &mut Check {
        if let Some(place) = self.checks.iter().position(|check| check.key == key) {
            return &mut self.checks[place];
        }
        self.checks.push(Check { key, made: true, figures: BTreeMap::new(), problems: vec![] });
        let last = self.checks.len() - 1;
        &mut self.checks[last]
    }

    pub(super) fn problem(&mut self, key: CheckKey, problem: impl Into<Discrepancy>) {
        self.check(key).problems.push(problem.into());
    }

    pub(super) fn figure(&mut self, key: CheckKey, name: &'static str, value: impl ToString) {
        self.check(key).figures.insert(name, value.to_string());
    }

    /// Puts the checks in order, with those that could not be made.
    pub(super) fn finished(mut self) -> Self {
        for key in CheckKey::ALL {
            if !self.checks.iter().any(|check| check.key == key) {
                self.check(key).made = false;
            }
        }
        self.checks.sort_by_key(|check| check.key);
        self
    }
}

impl From<MeetingError> for Discrepancy {
    fn from(error: MeetingError) -> Self {
        Self::Package(error.into())
    }
}
