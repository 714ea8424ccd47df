//! What goes wrong at a desk: a stable code and the data to say it, never the words.

use std::{collections::BTreeMap, io, path::Path};

use review::{
    panel::{PanelError, Violation},
    rulebook::RulebookError,
    scheme::{SchemeError, ScoreError},
    sheet::SheetError,
    unit::UnitCodeError,
};
use seal::{
    bag::BagError,
    jws::JwsError,
    key::KeyError,
    meeting::{MeetingError, SheetRefusal},
    packages::PackageError,
    receipt::ReceiptError,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use store::StoreError;

use crate::dto::CompositionView;

/// A refusal or failure: a stable code, and the figures and ids that its sentence needs.
///
/// The words live in the locale files under `errors.<code>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[error("{code}")]
pub struct DeskError {
    /// SCREAMING_SNAKE_CASE, stable across versions.
    pub code: String,
    /// What the sentence mentions.
    pub params: BTreeMap<String, String>,
}

impl DeskError {
    /// An error without data.
    #[must_use]
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), params: BTreeMap::new() }
    }

    /// Adds one datum.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.params.insert(key.to_owned(), value.to_string());
        self
    }

    /// Something that should not be possible; says what, for a report.
    pub(crate) fn internal(detail: impl ToString) -> Self {
        Self::new("INTERNAL").with("detail", detail)
    }

    /// Something asked for is not here.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new("NOT_FOUND").with("what", what)
    }

    /// A file or folder could not be read or written.
    pub(crate) fn io(path: &Path, error: &io::Error) -> Self {
        let code = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "DISK_FULL",
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => "READ_ONLY",
            _ => "IO",
        };
        Self::new(code).with("path", path.display()).with("reason", error.kind())
    }

    /// What a centre's panel does not meet, in the rulebook's order: each with the article, the figures and the names of the
    /// host's members.
    #[must_use]
    pub fn violations(composition: &CompositionView) -> Vec<Self> {
        let hosts = composition.host_names.join("、");
        let of = |violation| {
            let error = Self::violation(violation, &composition.centre_name);
            error.with("article", &composition.article).with("hosts", &hosts)
        };
        composition.violations.iter().map(of).collect()
    }

    /// What a panel does not meet, where no more is known than the figures.
    pub(crate) fn violation(violation: &Violation, centre: &str) -> Self {
        match violation {
            Violation::TooFew { members, required } => {
                Self::new("PANEL_TOO_FEW").with("members", members).with("required", required)
            }
            Violation::TooManyFromHost { members, host, allowed } => Self::new("PANEL_TOO_MANY_FROM_HOST")
                .with("members", members)
                .with("host", host)
                .with("allowed", allowed),
        }
        .with("centre", centre)
    }
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::InUse => Self::new("DESK_IN_USE"),
            StoreError::TooNew { found, known } => Self::new("DESK_NEWER").with("found", found).with("known", known),
            StoreError::SqliteTooOld { found } => Self::new("SQLITE_OLD").with("found", found),
            StoreError::DiskFull => Self::new("DISK_FULL"),
            StoreError::ReadOnly => Self::new("READ_ONLY").with("path", ""),
            StoreError::Exists | StoreError::FolderNotEmpty => Self::new("DESK_EXISTS"),
            StoreError::NotABackup => Self::new("BACKUP_INVALID").with("file", ""),
            StoreError::NotADesk { .. }
            | StoreError::Plain
            | StoreError::DatabaseMissing
            | StoreError::Damaged { .. }
            | StoreError::SchemaAltered { .. } => {
                Self::new("DESK_DAMAGED").with("file", "desk.db").with("detail", &error)
            }
            StoreError::AuditBroken { seq } => {
                Self::new("DESK_DAMAGED").with("file", "desk.db").with("detail", format!("audit {seq}"))
            }
            StoreError::FileMissing { digest } | StoreError::FileAltered { digest } => {
                Self::new("DESK_DAMAGED").with("file", digest)
            }
            StoreError::Io(io) => Self::io(Path::new(""), io),
            _ => Self::internal(&error),
        }
    }
}

impl From<JwsError> for DeskError {
    fn from(error: JwsError) -> Self {
        Self::new(error.code())
    }
}

impl From<KeyError> for DeskError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::WrongPassphrase => Self::new("PASSPHRASE_WRONG"),
            other => Self::new("DESK_DAMAGED").with("file", "desk.db").with("detail", other.code()),
        }
    }
}

impl From<UnitCodeError> for DeskError {
    fn from(error: UnitCodeError) -> Self {
        match error {
            UnitCodeError::Length(length) => Self::new("UNIT_CODE_LENGTH").with("length", length),
            UnitCodeError::Alphabet(place) => Self::new("UNIT_CODE_ALPHABET").with("place", place),
            UnitCodeError::Check => Self::new("UNIT_CODE_CHECK"),
        }
    }
}

impl From<SchemeError> for DeskError {
    fn from(error: SchemeError) -> Self {
        match error {
            SchemeError::SumNotHundred { sum } => Self::new("SCHEME_SUM").with("sum", sum),
            SchemeError::EmptyDimension { dimension } => {
                Self::new("SCHEME_EMPTY_DIMENSION").with("dimension", dimension.title())
            }
            SchemeError::Step { step } => Self::new("SCHEME_STEP").with("step", step),
            SchemeError::BandsNotDescending => Self::new("SCHEME_BANDS"),
            SchemeError::Unconfirmed => Self::new("SCHEME_UNCONFIRMED"),
            SchemeError::NoBasis => Self::new("SCHEME_NO_BASIS"),
        }
    }
}

impl From<ScoreError> for DeskError {
    fn from(error: ScoreError) -> Self {
        match error {
            ScoreError::AboveMaximum { dimension, score, maximum } => Self::new("SCORE_ABOVE_MAXIMUM")
                .with("dimension", dimension.title())
                .with("score", score)
                .with("maximum", maximum),
            ScoreError::OffStep { dimension, score, step } => {
                Self::new("SCORE_OFF_STEP").with("dimension", dimension.title()).with("score", score).with("step", step)
            }
            ScoreError::Missing { dimension } => Self::new("SCORE_MISSING").with("dimension", dimension.title()),
        }
    }
}

impl From<SheetError> for DeskError {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Round => Self::new("SHEET_ROUND_MISMATCH"),
            SheetError::Roster => Self::new("SHEET_ROSTER_MISMATCH"),
            SheetError::Rulebook => Self::new("SHEET_RULEBOOK_MISMATCH"),
            SheetError::Scheme => Self::new("SHEET_SCHEME_MISMATCH"),
            SheetError::Centre => Self::new("SHEET_CENTRE_UNKNOWN"),
            SheetError::Expert => Self::new("SHEET_SIGNER"),
            SheetError::Dossier => Self::new("SHEET_DOSSIER_MISMATCH"),
            SheetError::Seq => Self::new("SHEET_SUPERSEDES"),
            SheetError::Score(score) => Self::new("SHEET_SCORES").with("reason", Self::from(score).code),
            SheetError::Text | SheetError::Evidence => Self::new("SHEET_SCORES").with("reason", &error),
        }
    }
}

impl From<PanelError> for DeskError {
    fn from(error: PanelError) -> Self {
        match error {
            PanelError::SameKey { key } => Self::new("PANEL_SAME_KEY").with("key", key),
            PanelError::SamePerson { first, second } => {
                Self::new("PANEL_SAME_PERSON").with("key", first).with("other", second)
            }
            PanelError::ChairNotMember => Self::new("PANEL_NO_CHAIR"),
            PanelError::ChairIsSecretary => Self::new("PANEL_CHAIR_IS_SECRETARY"),
            PanelError::Term { max_years } => Self::new("PANEL_TERM").with("years", max_years),
            PanelError::MeetingOutsideTerm { held_on } => Self::new("PANEL_TERM_MEETING").with("held_on", held_on),
        }
    }
}

impl From<RulebookError> for DeskError {
    fn from(error: RulebookError) -> Self {
        Self::new("RULEBOOK_LINE").with("line", error.line).with("key", &error.key).with("detail", &error)
    }
}

impl From<BagError> for DeskError {
    fn from(error: BagError) -> Self {
        (&error).into()
    }
}

impl From<&BagError> for DeskError {
    fn from(error: &BagError) -> Self {
        match error {
            BagError::Kind => Self::new("WRONG_FILE_KIND"),
            _ => Self::new(error.code()).with("detail", error),
        }
    }
}

impl From<MeetingError> for DeskError {
    fn from(error: MeetingError) -> Self {
        (&error).into()
    }
}

impl From<&MeetingError> for DeskError {
    fn from(error: &MeetingError) -> Self {
        match error {
            MeetingError::Jws { what, error } => Self::new(error.code()).with("what", what),
            MeetingError::Rulebook(error) => error.clone().into(),
            MeetingError::RulebookDigest => Self::new("SHEET_RULEBOOK_MISMATCH"),
            MeetingError::Scheme(error) => error.clone().into(),
            MeetingError::OutOfForce => Self::new("ROUND_OUT_OF_FORCE"),
            MeetingError::BureauKey => Self::new("JWS_SIGNER"),
            MeetingError::Centres => Self::new("ROUND_CENTRES"),
            MeetingError::AnotherRound => Self::new("ROSTER_ROUND_MISMATCH"),
            MeetingError::People(error) => error.clone().into(),
            MeetingError::Thumbprint { key } => Self::new("JWS_SIGNER").with("key", key),
            MeetingError::Composition { centre, composition } => match composition.violations.first() {
                Some(violation) => Self::violation(violation, centre),
                None => Self::internal("composition"),
            },
        }
    }
}

impl From<PackageError> for DeskError {
    fn from(error: PackageError) -> Self {
        (&error).into()
    }
}

impl From<&PackageError> for DeskError {
    fn from(error: &PackageError) -> Self {
        match error {
            PackageError::Bag(error) => error.into(),
            PackageError::Meeting(error) => error.into(),
            PackageError::Extra { path } => Self::new("BAG_EXTRA").with("path", path),
            PackageError::Missing { path } => Self::new("BAG_MISSING").with("path", path),
            PackageError::Differs { path } => Self::new("BAG_DIGEST").with("path", path),
        }
    }
}

impl From<report::ReportError> for DeskError {
    fn from(error: report::ReportError) -> Self {
        Self::internal(error)
    }
}

impl From<ReceiptError> for DeskError {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Jws(error) => error.into(),
            ReceiptError::Binding(error) => error.into(),
            ReceiptError::Stranger { .. } => Self::new("RECEIPT_OTHER_EXPERT"),
            ReceiptError::List => Self::new("RECEIPT_UNSOUND"),
        }
    }
}

impl From<SheetRefusal> for DeskError {
    fn from(refusal: SheetRefusal) -> Self {
        match refusal {
            SheetRefusal::Jws(error) => error.into(),
            SheetRefusal::Stranger { key } => Self::new("SHEET_SIGNER").with("key", key),
            SheetRefusal::AnotherName { key } => Self::new("SHEET_SIGNER").with("key", key),
            SheetRefusal::Unsound { error, expert, centre } => {
                Self::from(error).with("expert", expert).with("centre", centre)
            }
        }
    }
}
