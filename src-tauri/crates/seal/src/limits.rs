//! What a package may hold: how many files, how large, under which names.
//!
//! Names are checked for every system at once: a package made on Linux is unpacked on Windows.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The longest part of a path in UTF-8 bytes: ext4 holds 255, and a temporary suffix must fit behind it.
pub const MAX_PART_BYTES: usize = 240;

/// The longest path in UTF-16 units: Windows counts these, and holds 260 with drive and folder.
pub const MAX_PATH_UNITS: usize = 240;

/// How much a reader takes in before it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most files.
    pub entries: usize,
    /// The largest file, in bytes.
    pub file: u64,
    /// The most bytes of all files together.
    pub total: u64,
}

impl Default for Limits {
    /// 10,000 files, 1 GiB each, just under 4 GiB together.
    fn default() -> Self {
        Self { entries: 10_000, file: 1 << 30, total: u64::from(u32::MAX) }
    }
}

/// A rule that a path does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRule {
    /// Not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// Not in normalisation form C, so that equal names could differ in bytes.
    #[error("not in normalisation form C")]
    Nfc,
    /// Begins at a root, with `/`.
    #[error("not relative")]
    Absolute,
    /// Has an empty part, `.` or `..`.
    #[error("an empty part, a dot or two")]
    Dots,
    /// Has a control character, a line break, or one that is invisible or turns the direction of writing.
    #[error("a control or direction character")]
    Control,
    /// Has a character that Windows reserves: `: * ? " < > | \`.
    #[error("a reserved character")]
    Reserved,
    /// Is the name of a device on Windows, such as `CON` or `com1.txt`.
    #[error("the name of a device")]
    Device,
    /// Has a part that ends with a dot or a space, which Windows drops.
    #[error("a dot or space at the end")]
    Trailing,
    /// Has a part longer than [`MAX_PART_BYTES`], or is longer than [`MAX_PATH_UNITS`].
    #[error("too long")]
    TooLong,
    /// Is equal to another but for case, or needs a folder where another has a file.
    #[error("clashes with another")]
    Clash,
}

impl PathRule {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Utf8 => "PATH_UTF8",
            Self::Nfc => "PATH_NFC",
            Self::Absolute => "PATH_ABSOLUTE",
            Self::Dots => "PATH_DOTS",
            Self::Control => "PATH_CONTROL",
            Self::Reserved => "PATH_RESERVED",
            Self::Device => "PATH_DEVICE",
            Self::Trailing => "PATH_TRAILING",
            Self::TooLong => "PATH_TOO_LONG",
            Self::Clash => "PATH_CLASH",
        }
    }
}

/// Checks one path by itself.
///
/// # Errors
/// The first rule that it does not keep.
pub fn check_path(path: &str) -> Result<(), PathRule> {
    if path.encode_utf16().count() > MAX_PATH_UNITS {
        return Err(PathRule::TooLong);
    }
    if path.starts_with('/') {
        return Err(PathRule::Absolute);
    }
    if path.chars().any(is_hidden) {
        return Err(PathRule::Control);
    }
    if path.contains([':', '*', '?', '"', '<', '>', '|', '\\']) {
        return Err(PathRule::Reserved);
    }
    if !is_nfc(path) {
        return Err(PathRule::Nfc);
    }
    path.split('/').try_for_each(check_part)
}

fn check_part(part: &str) -> Result<(), PathRule> {
    if matches!(part, "" | "." | "..") {
        return Err(PathRule::Dots);
    }
    if part.len() > MAX_PART_BYTES {
        return Err(PathRule::TooLong);
    }
    if part.ends_with(['.', ' ']) {
        return Err(PathRule::Trailing);
    }
    if is_device(part) {
        return Err(PathRule::Device);
    }
    Ok(())
}

/// Control characters, line and paragraph separators, and characters that show nothing or turn the direction
/// (Unicode UAX #9), with which a name can pose as another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Windows takes the name up to the first dot, without spaces at its end, in any case; ¹²³ count as digits.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end_matches(' ').to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let number = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    number.is_some_and(|number| {
        let mut digits = number.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    })
}

/// The names of one package: each is checked by itself and against those before it.
#[derive(Debug, Default)]
pub struct Names {
    /// Files and folders by their folded name, with the spelling that came first.
    seen: HashMap<String, Node>,
}

#[derive(Debug, PartialEq, Eq)]
enum Node {
    File,
    Folder(String),
}

impl Names {
    /// No names yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the next path.
    ///
    /// # Errors
    /// The first rule that it does not keep; [`PathRule::Clash`] also where two folders differ only in case.
    pub fn add(&mut self, path: &str) -> Result<(), PathRule> {
        check_path(path)?;
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            match self.seen.get(&fold(folder)) {
                Some(Node::Folder(spelling)) if spelling == folder => {}
                Some(_) => return Err(PathRule::Clash),
                None => drop(self.seen.insert(fold(folder), Node::Folder(folder.to_owned()))),
            }
        }
        match self.seen.insert(fold(path), Node::File) {
            None => Ok(()),
            Some(_) => Err(PathRule::Clash),
        }
    }
}

/// Equal for names that any common file system takes as one: without case, compatibility forms composed.
fn fold(path: &str) -> String {
    path.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(path: &str) -> Option<PathRule> {
        check_path(path).err()
    }

    fn clash(paths: &[&str]) -> bool {
        let mut names = Names::new();
        paths.iter().any(|path| names.add(path) == Err(PathRule::Clash))
    }

    #[test]
    fn the_names_of_real_dossiers_pass() {
        let long = format!("{}.pdf", "关".repeat(75));
        for path in
            ["a", "data/01 申报书（2023年度）.pdf", "𠮷/附件·一.pdf", "a/.b", "100%.pdf", "console/com.pdf", &long]
        {
            assert_eq!(rule(path), None, "{path}");
        }
    }

    #[test]
    fn a_path_never_leaves_its_folder() {
        assert_eq!(rule("/etc/passwd"), Some(PathRule::Absolute));
        for path in ["..", "../a", "a/../b", "a/./b", ".", "", "a//b", "a/"] {
            assert_eq!(rule(path), Some(PathRule::Dots), "{path}");
        }
        assert_eq!(rule("C:/a"), Some(PathRule::Reserved));
        assert_eq!(rule("..\\a"), Some(PathRule::Reserved));
    }

    #[test]
    fn every_reserved_character_is_refused() {
        for c in ":*?\"<>|\\".chars() {
            assert_eq!(rule(&format!("a{c}b")), Some(PathRule::Reserved), "{c}");
        }
    }

    #[test]
    fn control_and_direction_characters_are_refused() {
        for c in
            ['\0', '\n', '\r', '\t', '\u{7f}', '\u{85}', '\u{200e}', '\u{202e}', '\u{2066}', '\u{2028}', '\u{feff}']
        {
            assert_eq!(rule(&format!("a{c}b")), Some(PathRule::Control), "{}", c.escape_unicode());
        }
    }

    #[test]
    fn device_names_of_windows_are_refused_in_every_spelling() {
        for path in [
            "CON",
            "con",
            "Prn.txt",
            "data/aux",
            "NUL.tar.gz",
            "com1",
            "COM9.x",
            "lpt³",
            "COM¹.pdf",
            "nul .txt",
            "conin$",
        ] {
            assert_eq!(rule(path), Some(PathRule::Device), "{path}");
        }
        for path in ["COM10", "COMx", "CONS", "LPT", "a.con", "4com1"] {
            assert_eq!(rule(path), None, "{path}");
        }
    }

    #[test]
    fn a_dot_or_space_at_the_end_of_a_part_is_refused() {
        for path in ["a.", "a ", "a./b", "a /b", "..."] {
            assert_eq!(rule(path), Some(PathRule::Trailing), "{path}");
        }
    }

    #[test]
    fn lengths_have_an_edge() {
        assert_eq!(rule(&"a".repeat(240)), None);
        assert_eq!(rule(&"a".repeat(241)), Some(PathRule::TooLong));
        assert_eq!(rule(&"关".repeat(80)), None);
        assert_eq!(rule(&"关".repeat(81)), Some(PathRule::TooLong));
        assert_eq!(rule(&["a".repeat(120), "b".repeat(119)].join("/")), None);
        assert_eq!(rule(&["a".repeat(120), "b".repeat(120)].join("/")), Some(PathRule::TooLong));
    }

    #[test]
    fn a_decomposed_name_is_refused() {
        assert_eq!(rule("e\u{301}.pdf"), Some(PathRule::Nfc));
        assert_eq!(rule("\u{e9}.pdf"), None);
    }

    #[test]
    fn names_equal_but_for_case_clash() {
        assert!(clash(&["a.PDF", "A.pdf"]));
        assert!(clash(&["Ä", "ä"]));
        assert!(clash(&["straße", "STRASSE"]));
        assert!(clash(&["\u{212a}", "k"]) || check_path("\u{212a}").is_err());
        assert!(clash(&["a", "a"]));
        assert!(!clash(&["a/x", "b/x", "a/y"]));
    }

    #[test]
    fn a_file_where_another_needs_a_folder_clashes() {
        assert!(clash(&["a", "a/b"]));
        assert!(clash(&["a/b", "A"]));
        assert!(clash(&["a/b", "A/c"]));
    }
}
