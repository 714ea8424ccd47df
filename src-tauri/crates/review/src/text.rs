//! Texts that people type and others must be able to tell apart.

use unicode_normalization::UnicodeNormalization;

/// Zero-width characters and marks of writing direction: two texts that look the same must be the same.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// A text without what spelling leaves free: full and half width (NFKC), spaces, letter case, characters that nobody sees.
#[must_use]
pub fn normalised(text: &str) -> String {
    let visible = text.nfkc().filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c));
    visible.flat_map(char::to_lowercase).collect()
}

/// Whether a text is one line that can stand on a form: so many characters besides white space at its ends, none that is a
/// control character or that nobody sees.
#[must_use]
pub fn is_line(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.trim().chars().count())
        && text.chars().count() <= most
        && !text.chars().any(|c| c.is_control() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_makes_no_difference() {
        assert_eq!(normalised("陈\u{200B}示范"), normalised("陈示范"));
        assert_eq!(normalised("（集团） 有限公司"), normalised("(集团)有限公司"));
        assert_ne!(normalised("陈示范"), normalised("陈示例"));
    }

    #[test]
    fn a_line_has_nothing_hidden_in_it() {
        assert!(is_line("吴𠮷例", 1, 50));
        for wrong in ["", "  ", "陈\n示", "陈\u{1b}[31m", "陈\u{202E}范", "陈\u{200B}", &"长".repeat(51)] {
            assert!(!is_line(wrong, 1, 50), "{wrong:?}");
        }
    }
}
