//! Bytes made to hurt a reader: refused in good time, without a panic.

use proptest::prelude::*;
use seal::pdf::{MAX_BYTES, PdfError, Sealing, verify_pdf};

use crate::fixture::{BOX, meeting, signed_once, small, write};

fn refusal(pdf: &[u8]) -> PdfError {
    verify_pdf(pdf).unwrap_err()
}

fn with_catalogue(catalogue: &str) -> Vec<u8> {
    write(&[catalogue], "")
}

#[test]
fn what_is_no_pdf_is_refused() {
    for bytes in [&b""[..], b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"PK\x03\x04", b"%PDF-1.7\nstartxref\n99999999999\n%%EOF"]
    {
        assert!(matches!(refusal(bytes), PdfError::Form { .. }));
    }
    assert_eq!(refusal(&vec![b'%'; MAX_BYTES + 1]), PdfError::Limit);
}

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "<</A"] {
        let catalogue = format!("<</Type/Catalog/A {}", open.repeat(500_000));
        assert_eq!(refusal(&with_catalogue(&catalogue)), PdfError::Limit);
    }
}

#[test]
fn tables_that_lead_in_a_circle_or_claim_too_much_are_refused() {
    let pdf = |section: &str, trailer: &str| {
        format!("%PDF-1.7\nxref\n{section}trailer\n<<{trailer}>>\nstartxref\n9\n%%EOF").into_bytes()
    };
    assert_eq!(refusal(&pdf("", "/Prev 9")), PdfError::Limit);
    assert_eq!(refusal(&pdf("", "/Prev 9999999999")), PdfError::Limit);
    let entries = "0000000000 00000 n \n".repeat(100_001);
    assert_eq!(refusal(&pdf(&format!("0 100001\n{entries}"), "")), PdfError::Limit);
    for (section, trailer) in [
        ("0 4294967295\n", ""),
        ("9999999999 9999999999\n", ""),
        ("0 1\n0000000000 00000 x \n", ""),
        ("", "/Encrypt 1 0 R"),
        ("", "/XRefStm 9"),
        ("", "/Prev (x)"),
        ("", "/Root 1 0 R"),
        ("1 1\n0000000009 00000 n \n", "/Root 1 0 R"),
        ("1 1\n9999999999 00000 n \n", "/Root 1 0 R"),
    ] {
        assert!(
            matches!(refusal(&pdf(section, trailer)), PdfError::Form { .. } | PdfError::Limit),
            "{section}{trailer}"
        );
    }
}

#[test]
fn fields_that_are_none_are_refused() {
    for (form, expected) in [
        ("/AcroForm 1 0 R", "PDF_FORM"),
        ("/AcroForm<<>>", "PDF_FORM"),
        ("/AcroForm<</Fields[]>>", "PDF_NO_SIGNATURE"),
        ("/AcroForm<</Fields[1]>>", "PDF_FORM"),
        ("/AcroForm<</Fields[1 0 R]>>", "PDF_FORM"),
        ("/AcroForm<</Fields[1 0 R 1 0 R 1 0 R]>>", "PDF_INCREMENTAL_EDIT"),
    ] {
        let pdf = with_catalogue(&format!("<</Type/Catalog{form}>>"));
        assert_eq!(refusal(&pdf).code(), expected, "{form}");
    }
    let field = "<</FT/Sig/V 3 0 R>>";
    for signature in ["<<>>", "<</Contents 1>>", "<</Contents<>/ByteRange[0 1 2 3]/M(D:)>>", "[]", "<</Contents()>>"] {
        let pdf = write(&["<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", field, signature], "");
        assert!(matches!(refusal(&pdf), PdfError::Form { .. }), "{signature}");
    }
}

#[test]
fn pages_that_lead_in_a_circle_cannot_be_signed() {
    use crate::fixture::{at, attachment};
    let pdf = write(&["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]>>"], "");
    let meeting = meeting();
    let time = at("2026-01-16T14:03:22+08:00");
    let random = seal::key::SystemRandom::new();
    let signed = seal::pdf::attach_and_sign(
        &pdf,
        &attachment(),
        &Sealing::Only(BOX),
        &meeting.secretary.signer(),
        &time,
        &random,
    );
    assert!(matches!(signed, Err(PdfError::Form { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn altered_bytes_never_panic_and_never_pass(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        thread_local!(static PDF: Vec<u8> = signed_once(&meeting(), &small(), &Sealing::Only(BOX)));
        let original = PDF.with(Clone::clone);
        let mut pdf = original.clone();
        for (at, byte) in changes {
            let at = at.index(pdf.len());
            pdf[at] = byte;
        }
        if let Some(cut) = cut {
            pdf.truncate(cut.index(pdf.len()));
        }
        prop_assert!(pdf == original || verify_pdf(&pdf).is_err());
    }
}
