//! What a desk hands over in one go: signed files and their prints, and the characters that no print could show.

use std::{collections::BTreeSet, path::Path};

use report::{Output, SummaryInput, summary_pdf, summary_xlsx};

use crate::{
    DeskError,
    dto::{Exported, Written},
    output::write_bytes,
};

/// Files written into one folder, each read back.
pub(crate) struct Prints<'a> {
    folder: &'a Path,
    files: Vec<Written>,
    missing: BTreeSet<char>,
}

impl<'a> Prints<'a> {
    /// Nothing yet, for this folder.
    pub(crate) const fn into(folder: &'a Path) -> Self {
        Self { folder, files: vec![], missing: BTreeSet::new() }
    }

    /// Takes note of a file that is written already.
    pub(crate) fn add(&mut self, file: Written) {
        self.files.push(file);
    }

    /// Writes bytes under a name.
    pub(crate) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), DeskError> {
        self.files.push(write_bytes(self.folder, name, bytes)?);
        Ok(())
    }

    /// Writes a print, and remembers what it could not show.
    pub(crate) fn print(&mut self, name: &str, output: &Output) -> Result<(), DeskError> {
        self.missing.extend(&output.missing);
        self.write(name, &output.bytes)
    }

    /// Writes the summary (汇总表) of a result on paper and as a table.
    pub(crate) fn summary(&mut self, name: &str, input: &SummaryInput<'_>) -> Result<(), DeskError> {
        self.print(&format!("{name}.pdf"), &summary_pdf(input)?)?;
        self.write(&format!("{name}.xlsx"), &summary_xlsx(input)?)
    }

    /// Whether nothing was written.
    pub(crate) const fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What screens show of it.
    pub(crate) fn finish(self) -> Exported {
        let missing = self.missing.into_iter().collect();
        Exported { folder: self.folder.display().to_string(), files: self.files, missing }
    }
}
