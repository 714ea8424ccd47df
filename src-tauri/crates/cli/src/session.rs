//! An open desk, and what the names that were typed mean on it.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, DeskError, Host, bureau,
    dto::{CentreView, PersonView, RoundSummary},
};
use review::roster::Role;
use zeroize::Zeroizing;

use crate::{Global, output::Failure, words::say};

/// Where scripts put the passphrase.
const PASSPHRASE: &str = "HENGJIAN_PASSPHRASE";
/// And the one that is to take its place.
const NEW_PASSPHRASE: &str = "HENGJIAN_NEW_PASSPHRASE";
/// And the recovery key.
const RECOVERY_KEY: &str = "HENGJIAN_RECOVERY_KEY";

/// What lies in the folder of a desk, be it damaged.
const LEFT_BY_A_DESK: [&str; 3] = ["desk.json", "desk.keys", "desk.db"];

/// A desk that is open, with the passphrase that opened it.
pub(crate) struct Session {
    pub(crate) desk: Desk,
    pub(crate) passphrase: Zeroizing<String>,
    round: Option<String>,
}

/// Which rounds a command is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// In preparation.
    Draft,
    /// Issued or received.
    Signed,
    /// Either.
    Any,
}

impl Session {
    /// Opens the desk that `--desk` names.
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        let folder = folder(global)?;
        // Said before a passphrase is asked for.
        if !LEFT_BY_A_DESK.iter().any(|file| folder.join(file).is_file()) {
            return Err(DeskError::new("DESK_MISSING").with("path", folder.display()).into());
        }
        let passphrase = match from_environment(PASSPHRASE) {
            Some(passphrase) => passphrase,
            None => match desk::sample_passphrase(folder) {
                Some(passphrase) => Zeroizing::new(passphrase),
                None => ask(&say("ask.passphrase", &[]))?,
            },
        };
        let desk = Desk::open(Arc::new(Host::system()), folder, &passphrase)?;
        Ok(Self { desk, passphrase, round: global.round.clone() })
    }

    /// The round that `--round` names, or the only one at that stage.
    pub(crate) fn round(&self, stage: Stage) -> Result<String, Failure> {
        let rounds = bureau::rounds(&self.desk)?;
        let fits = |round: &&RoundSummary| match stage {
            Stage::Draft => round.status == "draft",
            Stage::Signed => round.status != "draft",
            Stage::Any => true,
        };
        let found = match &self.round {
            Some(asked) => {
                rounds.iter().find(|round| round.id == *asked).or_else(|| only(&rounds, |r| r.title == *asked))
            }
            None => {
                let fitting: Vec<&RoundSummary> = rounds.iter().filter(fits).collect();
                if let [_, _, ..] = fitting.as_slice() {
                    let named = |round: &&RoundSummary| format!("{}（{}）", round.title, round.id);
                    let names = fitting.iter().map(named).collect::<Vec<_>>().join("、");
                    return Err(Failure::Usage(DeskError::new("ROUND_AMBIGUOUS").with("rounds", names)));
                }
                // An issued round answers to a change by saying that it is issued.
                fitting.first().copied().or_else(|| rounds.first().filter(|_| stage == Stage::Draft))
            }
        };
        Ok(found.map(|round| round.id.clone()).ok_or_else(|| self.no_round())?)
    }

    /// That no such round is here, and how this desk comes by one.
    fn no_round(&self) -> DeskError {
        let roles = &self.desk.view().roles;
        let ways = [(Role::Bureau, "bureau"), (Role::Secretary, "secretary"), (Role::Expert, "expert")];
        let ways = ways.iter().filter(|(role, _)| roles.contains(role));
        let how: String = ways.map(|(_, way)| say(&format!("no_round.{way}"), &[])).collect();
        not_found("round").with("how", how)
    }

    /// The centres of a round, drafted or signed.
    pub(crate) fn centres(&self, round: &str) -> Result<Vec<CentreView>, Failure> {
        let rounds = bureau::rounds(&self.desk)?;
        let draft = rounds.iter().any(|known| known.id == round && known.status == "draft");
        if draft {
            Ok(bureau::draft(&self.desk, round)?.centres)
        } else {
            Ok(bureau::round_view(&self.desk, round)?.centres)
        }
    }

    /// The id of the centre named by its id, its name or its short name.
    pub(crate) fn centre(&self, round: &str, named: &str) -> Result<String, Failure> {
        Ok(centre(&self.centres(round)?, named)?)
    }
}

/// The folder that `--desk` names.
pub(crate) fn folder(global: &Global) -> Result<&Path, Failure> {
    global.desk.as_deref().ok_or_else(|| Failure::Usage(DeskError::new("DESK_NOT_NAMED")))
}

/// The passphrase of a new identity: from the environment, or typed twice.
pub(crate) fn new_passphrase() -> Result<Zeroizing<String>, Failure> {
    new_passphrase_from(PASSPHRASE)
}

/// The passphrase that is to take the place of another.
pub(crate) fn changed_passphrase() -> Result<Zeroizing<String>, Failure> {
    new_passphrase_from(NEW_PASSPHRASE)
}

/// The recovery key: from the environment, or typed.
pub(crate) fn recovery_key() -> Result<Zeroizing<String>, Failure> {
    from_environment(RECOVERY_KEY).map_or_else(|| ask(&say("ask.recovery_key", &[])), Ok)
}

fn new_passphrase_from(variable: &str) -> Result<Zeroizing<String>, Failure> {
    if let Some(passphrase) = from_environment(variable) {
        return Ok(passphrase);
    }
    let first = ask(&say("ask.new_passphrase", &[]))?;
    let second = ask(&say("ask.again", &[]))?;
    if first == second { Ok(first) } else { Err(DeskError::new("PASSPHRASE_DIFFERS").into()) }
}

fn from_environment(variable: &str) -> Option<Zeroizing<String>> {
    std::env::var(variable).ok().filter(|secret| !secret.is_empty()).map(Zeroizing::new)
}

/// Asks on the terminal, without showing what is typed.
fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    let missing = || Failure::Usage(DeskError::new("PASSPHRASE_MISSING").with("variable", PASSPHRASE));
    if !io::stdin().is_terminal() {
        return Err(missing());
    }
    rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|_| missing())
}

/// The id of the centre named by its id, its name or its short name.
pub(crate) fn centre(centres: &[CentreView], named: &str) -> Result<String, DeskError> {
    let by_id = centres.iter().find(|centre| centre.id == named);
    let by_name = || only(centres, |centre| centre.name == named || centre.short_name == named);
    by_id.or_else(by_name).map(|centre| centre.id.clone()).ok_or_else(|| not_found("centre"))
}

/// The key of the person named by key or by name; a name that several have names nobody.
pub(crate) fn person<'a>(people: &'a [PersonView], named: &str) -> Result<&'a PersonView, DeskError> {
    if let Some(person) = people.iter().find(|person| person.key == named || person.key_short == named) {
        return Ok(person);
    }
    let having: Vec<&PersonView> = people.iter().filter(|person| person.name == named).collect();
    match having.as_slice() {
        [person] => Ok(person),
        [] => Err(not_found("member")),
        several => {
            let keys = several.iter().map(|person| person.key.as_str()).collect::<Vec<_>>().join("、");
            Err(DeskError::new("NAME_AMBIGUOUS").with("name", named).with("keys", keys))
        }
    }
}

/// Something named is not on this desk.
pub(crate) fn not_found(what: &str) -> DeskError {
    DeskError::new("NOT_FOUND").with("what", what)
}

/// The files with an ending among files and in folders, in the order of their names.
pub(crate) fn with_ending(paths: &[PathBuf], ending: &str) -> Result<Vec<PathBuf>, DeskError> {
    let mut found = vec![];
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let failed = |error: io::Error| DeskError::new("IO").with("path", path.display()).with("reason", error.kind());
        let entries = path.read_dir().map_err(failed)?.collect::<io::Result<Vec<_>>>().map_err(failed)?;
        let inside = entries.iter().map(std::fs::DirEntry::path);
        let mut inside: Vec<PathBuf> = inside.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
        inside.sort();
        found.extend(inside);
    }
    Ok(found)
}

fn only<T>(items: &[T], fits: impl Fn(&T) -> bool) -> Option<&T> {
    let mut fitting = items.iter().filter(|item| fits(item));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use review::unit::Unit;

    use super::*;

    fn named(key: &str, name: &str) -> PersonView {
        let unit = Unit { name: "示例大学".to_owned(), code: None };
        PersonView {
            key: key.to_owned(),
            key_short: format!("{key} short"),
            name: name.to_owned(),
            unit,
            title: String::new(),
        }
    }

    #[test]
    fn a_name_means_a_person_only_where_one_has_it() {
        let people = [named("k1", "陈示范"), named("k2", "李样本"), named("k3", "李样本")];
        assert_eq!(person(&people, "陈示范").unwrap().key, "k1");
        assert_eq!(person(&people, "k3").unwrap().key, "k3");
        assert_eq!(person(&people, "李样本").unwrap_err().code, "NAME_AMBIGUOUS");
        assert_eq!(person(&people, "无名").unwrap_err().code, "NOT_FOUND");
    }
}
