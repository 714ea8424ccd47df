//! How many tests passed and failed, as the test programs say it themselves.

use std::{fmt, ops::AddAssign};

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The counts in a line that closes one test program under cargo, if this is such a line:
/// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
pub(crate) fn of_cargo(line: &str) -> Option<Counts> {
    let (_, figures) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let figure =
        |name: &str| figures.split(';').find_map(|part| part.trim().strip_suffix(name)?.trim().parse::<u64>().ok());
    Some(Counts { passed: figure(" passed")?, failed: figure(" failed")? })
}

/// The counts in the JSON report of vitest. Only the two figures are read: their names occur once, at the top level.
pub(crate) fn of_vitest(report: &str) -> Option<Counts> {
    let figure = |name: &str| {
        let (_, after) = report.split_once(&format!("\"{name}\":"))?;
        let digits = after.trim_start();
        let end = digits.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse::<u64>().ok()
    };
    Some(Counts { passed: figure("numPassedTests")?, failed: figure("numFailedTests")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_of_cargo_is_counted_whether_it_passed_or_not() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(of_cargo(ok), Some(Counts { passed: 12, failed: 0 }));
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(of_cargo(bad), Some(Counts { passed: 3, failed: 2 }));
    }

    #[test]
    fn other_lines_of_cargo_count_nothing() {
        for line in
            ["running 12 tests", "test counts::ok ... ok", "12 passed; 0 failed", "test result: ok. many passed"]
        {
            assert_eq!(of_cargo(line), None, "{line}");
        }
    }

    #[test]
    fn the_report_of_vitest_gives_its_two_figures() {
        let report =
            r#"{"numTotalTestSuites":4,"numTotalTests":9,"numPassedTests":8,"numFailedTests":1,"success":false}"#;
        assert_eq!(of_vitest(report), Some(Counts { passed: 8, failed: 1 }));
        assert_eq!(of_vitest("{}"), None, "a report without figures must not count as zero failures");
    }

    #[test]
    fn the_line_of_counts_is_plain() {
        let mut all = Counts { passed: 8, failed: 1 };
        all += Counts { passed: 12, failed: 0 };
        assert_eq!(all.to_string(), "20 passed, 1 failed");
    }
}
