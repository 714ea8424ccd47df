//! The words of the command line, in Chinese.
//!
//! What the screens say too is read from their own locale files, so that there is one catalogue; `words/zh-CN.json` adds what
//! only the command line says and comes first where both have a word.

use std::{collections::BTreeMap, fmt::Display, sync::LazyLock};

use desk::DeskError;
use serde_json::Value;

macro_rules! catalogue {
    ($name:ident, $path:literal) => {
        static $name: LazyLock<Value> =
            LazyLock::new(|| serde_json::from_str(include_str!($path)).unwrap_or(Value::Null));
    };
}

catalogue!(OWN, "words/zh-CN.json");
catalogue!(ERRORS, "../../../../ui/src/locales/zh-CN/errors.json");
catalogue!(PARAMS, "../../../../ui/src/locales/zh-CN/param.json");
catalogue!(CHECKS, "../../../../ui/src/locales/zh-CN/checks.json");
catalogue!(COMMON, "../../../../ui/src/locales/zh-CN/common.json");
catalogue!(CONSEQUENCE, "../../../../ui/src/locales/zh-CN/consequence.json");
catalogue!(START, "../../../../ui/src/locales/zh-CN/start.json");
catalogue!(AUDIT, "../../../../ui/src/locales/zh-CN/audit.json");
catalogue!(RULES, "../../../../ui/src/locales/zh-CN/rules.json");

/// The figures of a sentence.
pub(crate) type Figures = BTreeMap<String, String>;

/// What went wrong, in words.
pub(crate) struct Sentence {
    /// What happened.
    pub(crate) title: String,
    /// What to do next.
    pub(crate) next: String,
}

/// The sentence of the command line under a dotted key; the key itself where there is none.
pub(crate) fn say(key: &str, figures: &[(&str, &dyn Display)]) -> String {
    let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    text(&OWN, key).map_or_else(|| key.to_owned(), |template| fill(template, &figures))
}

/// A word that the screens use too: a grade, a method, a kind of finding. The code itself where there is none.
pub(crate) fn common(group: &str, code: &str) -> String {
    text(&COMMON, &format!("{group}.{code}")).unwrap_or(code).to_owned()
}

/// What follows from a grade.
pub(crate) fn consequence(key: &str, figures: &[(&str, &dyn Display)]) -> String {
    let figures = figures.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    text(&CONSEQUENCE, key).map_or_else(|| say(&format!("consequence.{key}"), &[]), |template| fill(template, &figures))
}

/// What an operation of the audit trail did.
pub(crate) fn operation(op: &str) -> &str {
    text(&AUDIT, &format!("op.{op}")).unwrap_or(op)
}

/// What a rule is about; its key where it speaks for itself.
pub(crate) fn rule(key: &str) -> &str {
    text(&RULES, key).unwrap_or(key)
}

/// What the sample meeting is at.
pub(crate) fn step(key: &str) -> String {
    text(&START, &format!("sample.step.{key}")).unwrap_or(key).to_owned()
}

/// The title of a numbered check, and what was seen.
pub(crate) fn check(key: &str, figures: &Figures) -> (String, String) {
    let find = |part: &str| text(&CHECKS, &format!("{key}.{part}"));
    let title = find("title").unwrap_or(key).to_owned();
    let detail = match find("detail") {
        Some(template) => fill(template, figures) + &by_finding(figures),
        None => figures.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("，"),
    };
    (title, detail)
}

/// How many centres a finding settled, where any.
fn by_finding(figures: &Figures) -> String {
    let some = figures.get("by_finding").is_some_and(|count| count != "0");
    text(&CHECKS, "byFinding").filter(|_| some).map(|template| fill(template, figures)).unwrap_or_default()
}

/// What was seen of a file: the parts of the sentence whose figures are there.
pub(crate) fn seen(key: &str, figures: &Figures) -> String {
    let parts = find(&OWN, &format!("seen.{key}")).and_then(Value::as_array);
    let parts = parts.into_iter().flatten().filter_map(Value::as_str);
    let known = parts.filter(|part| placeholders(part).all(|name| figures.get(name).is_some_and(|v| !v.is_empty())));
    let sentence: String = known.map(|part| fill(part, figures)).collect();
    if sentence.is_empty() { key.to_owned() } else { sentence }
}

/// An error in words. One whose code has none says its code.
pub(crate) fn error(error: &DeskError) -> Sentence {
    let own = |code: &str| find(&OWN, &format!("errors.{code}")).or_else(|| find(&ERRORS, code));
    let mut figures: Figures = error.params.iter().map(|(name, value)| (name.clone(), word(name, value))).collect();
    let entry = own(&error.code).or_else(|| {
        figures.entry("detail".to_owned()).or_insert_with(|| error.code.clone());
        own("UNEXPECTED")
    });
    let part = |part: &str| {
        let template = entry.and_then(|entry| entry.get(part)).and_then(Value::as_str).unwrap_or(&error.code);
        fill(template, &figures).trim().to_owned()
    };
    Sentence { title: part("title"), next: part("next") }
}

/// The word of a parameter's value where it is a code (which field, whose signature); the value itself otherwise.
fn word(name: &str, value: &str) -> String {
    let code = match (name, value) {
        ("path", "") => "own".to_owned(),
        // A kind of failure of the file system has spaces.
        ("reason", kind) => kind.replace(|c: char| !c.is_ascii_lowercase(), "_"),
        (_, code) => code.to_owned(),
    };
    let key = format!("{name}.{code}");
    let own = || text(&OWN, &format!("param.{key}"));
    let plain = || if name == "path" { plain_path(value) } else { value.to_owned() };
    text(&PARAMS, &key).or_else(own).map_or_else(plain, str::to_owned)
}

/// A path as people know it: while a file is being written it has a name of its own for a moment.
fn plain_path(path: &str) -> String {
    let (folder, name) = path.rfind(['/', '\\']).map_or(("", path), |at| path.split_at(at + 1));
    let bare = name.strip_prefix('.').and_then(|name| name.strip_suffix(".part"));
    format!("{folder}{}", bare.unwrap_or(name))
}

/// Date and time of an RFC 3339 text, to the second, by the clock of whoever wrote it.
pub(crate) fn moment(at: &str) -> String {
    at.get(..19).map_or_else(|| at.to_owned(), |second| second.replace('T', " "))
}

fn find<'a>(catalogue: &'a Value, key: &str) -> Option<&'a Value> {
    key.split('.').try_fold(catalogue, |value, part| value.get(part))
}

fn text<'a>(catalogue: &'a Value, key: &str) -> Option<&'a str> {
    find(catalogue, key).and_then(Value::as_str)
}

/// Puts figures in the place of `{name}`; one that is not there leaves a gap. What a figure contains is never filled again.
fn fill(template: &str, figures: &Figures) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, tail) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(figures.get(name).map_or("", String::as_str));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_is_json() {
        for catalogue in [&OWN, &ERRORS, &PARAMS, &CHECKS, &COMMON, &CONSEQUENCE, &START, &AUDIT, &RULES] {
            assert!(catalogue.is_object());
        }
    }

    #[test]
    fn a_refusal_by_article_11_names_the_centre_the_figures_and_the_article() {
        let refusal = DeskError::new("PANEL_TOO_FEW")
            .with("centre", "甲中心")
            .with("members", 8)
            .with("required", 9)
            .with("article", "第十一条");
        let said = error(&refusal);
        assert_eq!(said.title, "甲中心：委员 8 人，少于第十一条规定的 9 人");
        assert!(!said.next.is_empty());
    }

    #[test]
    fn a_code_among_the_figures_gets_its_word_and_a_missing_figure_leaves_a_gap() {
        assert_eq!(error(&DeskError::new("NOT_FOUND").with("what", "round")).title, "没有找到：轮次");
        assert_eq!(error(&DeskError::new("NOT_FOUND")).title, "没有找到：");
    }

    #[test]
    fn a_failure_of_the_file_system_is_said_in_words_with_its_place() {
        use std::io::ErrorKind;
        let failed = |path: &str, kind: ErrorKind| error(&DeskError::new("IO").with("path", path).with("reason", kind));
        for kind in [ErrorKind::NotFound, ErrorKind::PermissionDenied, ErrorKind::IsADirectory, ErrorKind::StorageFull]
        {
            let said = failed("/媒体/盘/.评分表.hjsheet.part", kind);
            assert!(said.title.ends_with("/媒体/盘/评分表.hjsheet"), "{}", said.title);
            assert!(!said.next.contains(&kind.to_string()), "{}", said.next);
        }
        assert!(failed("", ErrorKind::NotFound).title.ends_with("工作台文件夹"));
    }

    #[test]
    fn an_unknown_code_is_said_with_the_code() {
        assert!(error(&DeskError::new("NOBODY_KNOWS")).next.contains("NOBODY_KNOWS"));
    }

    #[test]
    fn a_brace_within_a_figure_stays_as_it_is() {
        let figures = Figures::from([("name".to_owned(), "{name}{x".to_owned())]);
        assert_eq!(fill("<{name}> {", &figures), "<{name}{x> ");
    }

    #[test]
    fn of_what_was_seen_only_the_parts_with_figures_are_said() {
        let figures = Figures::from([("version".to_owned(), "2".to_owned())]);
        assert_eq!(seen("roster", &figures), "名册第 2 版");
    }
}
