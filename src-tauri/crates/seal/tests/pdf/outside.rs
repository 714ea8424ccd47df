//! What other software says: our own printed forms, and poppler's `pdfsig` where it is installed.

use std::{fs, process::Command};

use seal::pdf::{Sealing, verify_pdf};

use crate::fixture::{BOTH, BOX, meeting, signed_once, signed_twice, small};

#[path = "../../../report/tests/common/mod.rs"]
#[allow(dead_code, reason = "one form is enough here")]
mod printed;

fn sheet() -> Vec<u8> {
    report::sheet_pdf(&printed::meeting().sheet_input(2)).unwrap().bytes
}

#[test]
fn a_printed_sheet_and_summary_can_be_signed() {
    let meeting = meeting();
    let sheet = signed_once(&meeting, &sheet(), &Sealing::Only(BOX));
    assert_eq!(verify_pdf(&sheet).unwrap().signatures.len(), 1);
    let summary = printed::meeting().with_summary(report::summary_pdf).unwrap().bytes;
    let summary = signed_twice(&meeting, &summary);
    assert_eq!(verify_pdf(&summary).unwrap().signatures.len(), 2);
}

/// Skipped with a word where there is no `pdfsig`.
#[test]
fn poppler_finds_every_signature_valid() {
    let meeting = meeting();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("签名.pdf");
    for (pdf, signatures) in [
        (signed_once(&meeting, &small(), &Sealing::Only(BOX)), 1),
        (signed_once(&meeting, &sheet(), &BOTH), 1),
        (signed_twice(&meeting, &sheet()), 2),
    ] {
        fs::write(&path, pdf).unwrap();
        // The certificates' chain is not poppler's to judge here: it has no root of ours.
        let Ok(output) = Command::new("pdfsig").arg("-nocert").arg(&path).output() else {
            eprintln!("no pdfsig here: not compared");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(text.matches("Signature Validation: Signature is Valid.").count(), signatures, "{text}");
        let last = text.split("Signature #").nth(signatures).unwrap();
        assert!(last.contains("  - Total document signed"), "{text}");
        assert_eq!(text.matches("ETSI.CAdES.detached").count(), signatures, "{text}");
    }
}
