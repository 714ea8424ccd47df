//! A code alone tells a secretary nothing: each one that a broken file gives has its sentence, in both languages.

use std::{fs, path::Path};

/// Demands a sentence for a code.
pub fn has_a_sentence(code: &str) {
    for language in ["zh-CN", "en"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../ui/src/locales/{language}/errors.json"));
        let text = fs::read_to_string(path).unwrap();
        let sentences: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(sentences.get(code).is_some(), "{code} has no sentence in {language}");
    }
}
