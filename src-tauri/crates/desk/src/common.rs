//! What every desk can do: its card, its audit trail, backups, the rules in force.

use std::path::Path;

use review::{
    roster::Role,
    rulebook::{JINZHONG_2023_33, Rulebook},
};
use seal::key::sha256;
use store::{Beside, Op, StoreError};

use crate::{
    Desk, DeskError,
    desk::LABEL,
    dto::{AuditView, DeskCheck, DeskEntry, RuleView, RulebookView, Written},
    keys::{self, KEYS},
    output::{name_part, write_bytes},
    views::count,
};

/// The rulebook that new rounds stand on.
///
/// # Errors
/// `RULEBOOK_LINE` where the file that was built in is broken.
pub(crate) fn built_in_rulebook() -> Result<Rulebook, DeskError> {
    Ok(Rulebook::parse(JINZHONG_2023_33)?)
}

/// The rules in force, each with its article.
///
/// # Errors
/// `RULEBOOK_LINE`.
pub fn rulebook() -> Result<RulebookView, DeskError> {
    rulebook_view(JINZHONG_2023_33)
}

/// The rules of a rulebook file.
///
/// # Errors
/// `RULEBOOK_LINE` with the line and the key that are wrong.
pub fn rulebook_view(text: &str) -> Result<RulebookView, DeskError> {
    let rulebook = Rulebook::parse(text)?;
    let scheme = rulebook.default_scheme();
    let unconfirmed = |key: &str, value: String, quote: &str| RuleView {
        article: String::new(),
        key: key.to_owned(),
        value,
        quote: quote.to_owned(),
        unconfirmed: true,
    };
    let articles = rulebook.articles().into_iter().map(|(key, article)| RuleView {
        article: article.chinese(),
        value: rule_value(&rulebook, &key),
        key,
        quote: article.quote.clone(),
        unconfirmed: false,
    });
    let maxima = scheme.maxima.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ");
    let bands = scheme.bands;
    let bands = [bands.excellent, bands.good, bands.qualified, bands.basically_qualified];
    let bands = bands.iter().map(ToString::to_string).collect::<Vec<_>>().join(" / ");
    let defaults = [
        unconfirmed("scheme.maxima", maxima, ""),
        unconfirmed("scheme.bands", bands, ""),
        unconfirmed("scheme.step", scheme.step.to_string(), ""),
        unconfirmed("scheme.method", scheme.method.title().to_owned(), ""),
        unconfirmed("scheme.rounding", scheme.rounding.title().to_owned(), ""),
    ];
    let readings =
        rulebook.readings.iter().map(|reading| unconfirmed(&reading.key, reading.text.clone(), &reading.basis));
    Ok(RulebookView {
        id: rulebook.id.clone(),
        title: rulebook.title.clone(),
        number: rulebook.document_number.clone(),
        from: rulebook.force.from.to_string(),
        last: rulebook.force.last.to_string(),
        digest: sha256(text.as_bytes()).to_string(),
        rules: articles.chain(defaults).chain(readings).collect(),
    })
}

/// The number that a rule sets, in the words of the measures; empty where the quoted sentence says it all.
fn rule_value(rulebook: &Rulebook, key: &str) -> String {
    match key {
        "in_force" => format!("{}至{}", rulebook.force.from, rulebook.force.last),
        "dimensions" => rulebook.dimensions.titles.join(" · "),
        "grades" => rulebook.grades.titles.join(" · "),
        "panel" => {
            let panel = &rulebook.panel;
            let (part, whole) = panel.host_share;
            format!("不少于{}人；依托单位不超过{part}/{whole}；任期不超过{}年", panel.min_members, panel.max_term_years)
        }
        "public_notice" => format!("{}个工作日", rulebook.public_notice.working_days),
        "annual_report" => format!("每年{}月{}日前", rulebook.annual_report.month, rulebook.annual_report.day),
        "evaluation" => format!("每{}年", rulebook.evaluation.years),
        "rectification" => format!("限期{}年", rulebook.rectification.years),
        "name" => format!("{}××{}", rulebook.name.prefix, rulebook.name.suffix),
        _ => {
            let condition = key.strip_prefix("conditions.").unwrap_or(key);
            let condition = rulebook.conditions.iter().find(|known| known.key.name() == condition);
            condition.map(|condition| condition.text.clone()).unwrap_or_default()
        }
    }
}

/// Writes the enrolment card (名片) into a folder.
///
/// # Errors
/// Those of writing.
pub fn export_card(desk: &mut Desk, folder: &Path) -> Result<Written, DeskError> {
    let role = match desk.card.roles.first() {
        Some(Role::Bureau) => "科技局",
        Some(Role::Secretary) => "秘书",
        _ => "专家",
    };
    let name = format!("名片-{role}-{}.hjcard", name_part(&desk.person().name));
    let written = write_bytes(folder, &name, desk.card.bytes())?;
    let at = desk.now();
    let key = desk.person().key.to_string();
    desk.store.transact(&at, Op::CardExported.on(key), |_| Ok::<_, DeskError>(()))?;
    Ok(written)
}

/// The newest rows of the audit trail.
///
/// # Errors
/// Those of the store.
pub fn audit_trail(desk: &Desk, limit: u32) -> Result<Vec<AuditView>, DeskError> {
    let rows = desk.store.audit_rows(None, limit)?;
    let view = |row: store::tables::audit::AuditRow| AuditView {
        seq: u32::try_from(row.seq).unwrap_or(u32::MAX),
        at: row.at,
        op: row.op,
        subject: row.subject,
        digest_short: row.digest.chars().take(16).collect(),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Checks the database, the audit chain and every kept file.
///
/// # Errors
/// Those of the file system; what is found wrong is in the answer.
pub fn check(desk: &Desk) -> Result<DeskCheck, DeskError> {
    let (audit_rows, audit_head, audit_broken_at) = match desk.store.check_audit() {
        Ok(head) => (u32::try_from(head.seq).unwrap_or(u32::MAX), head.digest, None),
        Err(StoreError::AuditBroken { seq }) => (0, String::new(), u32::try_from(seq).ok()),
        Err(other) => return Err(other.into()),
    };
    let files = desk.store.files().all()?;
    let whole =
        |file: &Result<String, String>| file.as_ref().is_ok_and(|digest| desk.store.files().check(digest).is_ok());
    let damaged = files.iter().filter(|file| !whole(file)).count();
    Ok(DeskCheck {
        database_ok: desk.store.integrity_ok()?,
        audit_broken_at,
        audit_rows,
        audit_head: audit_head.chars().take(16).collect(),
        files: count(files.len()),
        damaged_files: count(damaged),
        sqlite: store::sqlite_version().to_owned(),
    })
}

/// Writes a backup of the whole desk into one file and reads it back. It is as encrypted as the desk, and opens with the
/// passphrase and the recovery key of today.
///
/// # Errors
/// `DESK_EXISTS` where the file is there already; those of writing.
pub fn backup(desk: &mut Desk, path: &Path) -> Result<Written, DeskError> {
    let (keys, label) = (keys::bytes(desk.folder())?, desk.label_for_backup()?);
    let beside = [Beside { name: KEYS, bytes: &keys }, Beside { name: LABEL, bytes: &label }];
    let made = desk.store.backup_to(path, &beside)?;
    let (size, digest) = seal::key::sha256_file(path).map_err(|error| DeskError::io(path, &error))?;
    let at = desk.now();
    desk.store.transact(&at, Op::BackedUp.on("").with_detail(made.head.digest), |_| Ok::<_, DeskError>(()))?;
    Ok(Written { path: path.display().to_string(), size, digest: digest.to_string() })
}

/// Restores a backup into a new desk folder beside the others; nothing is overwritten. No passphrase is needed for that; the
/// first opening, which needs one, reads everything and refuses what was altered.
///
/// # Errors
/// `BACKUP_INVALID`, `DESK_EXISTS`; those of reading and writing.
pub fn restore(backup: &Path, folder: &Path) -> Result<DeskEntry, DeskError> {
    let invalid = || DeskError::new("BACKUP_INVALID").with("file", backup.display());
    store::restore(backup, folder, &[KEYS, LABEL]).map_err(|error| match error {
        StoreError::Damaged { .. } | StoreError::NotADesk { .. } | StoreError::NotABackup => invalid(),
        other => other.into(),
    })?;
    Desk::restored(folder).map_err(|error| {
        // A folder that nobody could choose on the start page is no desk; it was made a moment ago, by this.
        let _ = std::fs::remove_dir_all(folder);
        if error.code == "NOT_FOUND" { invalid() } else { error }
    })
}
