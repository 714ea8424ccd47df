//! Every way to alter a signed PDF, each with the error it must give.

use seal::{
    certificate::CertificateError,
    pdf::{PdfError, Sealing, verify_pdf},
};

use crate::fixture::{BOTH, BOX, Meeting, edited, holes, meeting, signed_once, signed_twice, small};

/// The page of `small`, with another score to be seen.
const OTHER_PAGE: &str = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>";

fn refusal(pdf: &[u8]) -> PdfError {
    verify_pdf(pdf).unwrap_err()
}

fn sheet() -> Vec<u8> {
    signed_once(&meeting(), &small(), &Sealing::Only(BOX))
}

fn replaced(pdf: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "offsets stay");
    let at = pdf.windows(from.len()).rposition(|window| window == from.as_bytes()).expect("it is there");
    [&pdf[..at], to.as_bytes(), &pdf[at + from.len()..]].concat()
}

#[test]
fn an_altered_byte_on_the_page_is_refused_by_the_digest() {
    assert_eq!(refusal(&replaced(&sheet(), "(86.50)", "(96.50)")), PdfError::Digest { index: 0 });
    let both = signed_twice(&meeting(), &small());
    assert_eq!(refusal(&replaced(&both, "(86.50)", "(96.50)")), PdfError::Digest { index: 0 });
}

#[test]
fn an_altered_attachment_is_refused_by_the_digest() {
    assert_eq!(
        refusal(&replaced(&sheet(), r#"{"payload":"e30""#, r#"{"payload":"e31""#)),
        PdfError::Digest { index: 0 }
    );
}

#[test]
fn another_time_of_signing_is_refused_by_the_digest() {
    let both = signed_twice(&meeting(), &small());
    assert_eq!(refusal(&replaced(&both, "D:20260116140322", "D:20260115140322")), PdfError::Digest { index: 0 });
    assert_eq!(refusal(&replaced(&both, "D:20260116160000", "D:20260115160000")), PdfError::Digest { index: 1 });
}

#[test]
fn no_flipped_bit_of_a_sheet_is_accepted() {
    let mut pdf = sheet();
    let hole = holes(&pdf).remove(0);
    let used = pdf[hole.clone()].iter().rposition(|byte| *byte != b'0').unwrap();
    for at in 0..pdf.len() {
        // One bit of every byte, padding included; of the signature itself also the bit that turns small into capital.
        let signature = (hole.start..=hole.start + used).contains(&at);
        let bits = [at % 8, 5];
        for bit in &bits[..if signature { 2 } else { 1 }] {
            pdf[at] ^= 1 << bit;
            assert!(verify_pdf(&pdf).is_err(), "bit {bit} of byte {at}");
            pdf[at] ^= 1 << bit;
        }
    }
    assert!(verify_pdf(&pdf).is_ok());
}

#[test]
fn no_flipped_bit_of_a_summary_is_accepted() {
    let mut pdf = signed_twice(&meeting(), &small());
    for at in (0..pdf.len()).step_by(3) {
        let bit = (at / 3) % 8;
        pdf[at] ^= 1 << bit;
        assert!(verify_pdf(&pdf).is_err(), "bit {bit} of byte {at}");
        pdf[at] ^= 1 << bit;
    }
    assert!(verify_pdf(&pdf).is_ok());
}

#[test]
fn a_byte_in_the_padding_is_refused() {
    for (index, hole) in holes(&signed_twice(&meeting(), &small())).into_iter().enumerate() {
        let mut pdf = signed_twice(&meeting(), &small());
        pdf[hole.end - 1] = b'1';
        // The second signature covers the padding of the first, which is looked at first.
        assert_eq!(refusal(&pdf), PdfError::Padding { index });
    }
}

#[test]
fn another_spelling_of_the_same_signature_is_refused() {
    let mut pdf = sheet();
    let hole = holes(&pdf).remove(0);
    let letter = pdf[hole.clone()].iter().position(u8::is_ascii_lowercase).unwrap();
    pdf[hole.start + letter].make_ascii_uppercase();
    assert_eq!(refusal(&pdf), PdfError::Der { index: 0 });
}

#[test]
fn an_altered_signature_is_refused() {
    let mut pdf = sheet();
    let hole = holes(&pdf).remove(0);
    // The CMS ends with S, up to 32 bytes long: eight digits before the end lie well within it.
    let last = pdf[hole.clone()].iter().rposition(|byte| *byte != b'0').unwrap();
    let at = hole.start + last - 8;
    pdf[at] = if pdf[at] == b'7' { b'6' } else { b'7' };
    assert_eq!(refusal(&pdf), PdfError::Signature { index: 0 });
}

#[test]
fn a_certificate_of_another_kind_of_key_is_refused() {
    // prime256v1 becomes another curve of the same arc.
    let refused = refusal(&replaced(&sheet(), "2a8648ce3d030107", "2a8648ce3d030106"));
    assert_eq!(refused, PdfError::Certificate { index: 0, error: CertificateError::Form });
}

#[test]
fn a_signature_of_another_document_is_refused() {
    let meeting = meeting();
    let mut pdf = signed_once(&meeting, &small(), &Sealing::Only(BOX));
    let other = signed_once(&meeting, &replaced(&small(), "(86.50)", "(96.50)"), &Sealing::Only(BOX));
    let hole = holes(&pdf).remove(0);
    pdf[hole.clone()].copy_from_slice(&other[hole]);
    assert_eq!(refusal(&pdf), PdfError::Digest { index: 0 });
}

#[test]
fn the_certificate_of_another_member_in_the_signature_is_refused() {
    // Same names and lengths, another key: everything but the signature itself would fit.
    let one = meeting();
    let length = |meeting: &Meeting| meeting.secretary.certificate.der().len();
    let two = std::iter::repeat_with(meeting).take(200).find(|two| length(two) == length(&one)).unwrap();
    let pdf = signed_once(&one, &small(), &Sealing::Only(BOX));
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (from, to) = (digits(one.secretary.certificate.der()), digits(two.secretary.certificate.der()));
    assert_eq!(refusal(&replaced(&pdf, &from, &to)), PdfError::Der { index: 0 });
}

#[test]
fn appended_bytes_are_refused() {
    for pdf in [sheet(), signed_once(&meeting(), &small(), &BOTH), signed_twice(&meeting(), &small())] {
        for tail in ["\n", " ", "x", "% a comment\n"] {
            let refused = refusal(&[&pdf[..], tail.as_bytes()].concat());
            assert!(matches!(refused, PdfError::Appended { .. }), "{tail:?}: {refused:?}");
        }
        // An end of file that leads back into the signed part.
        let text = String::from_utf8_lossy(&pdf).into_owned();
        let end = &text[text.rfind("startxref").unwrap()..];
        let refused = refusal(&[&pdf[..], b"% hidden\n", end.as_bytes()].concat());
        assert!(matches!(refused, PdfError::Appended { .. }), "{refused:?}");
    }
}

#[test]
fn an_update_after_the_last_signature_is_refused() {
    for pdf in [sheet(), signed_once(&meeting(), &small(), &BOTH), signed_twice(&meeting(), &small())] {
        assert_eq!(refusal(&edited(&pdf, &[(3, OTHER_PAGE)])), PdfError::IncrementalEdit);
        assert_eq!(refusal(&edited(&pdf, &[(90, "<</Type/Nothing>>")])), PdfError::IncrementalEdit);
    }
}

#[test]
fn an_update_between_two_signatures_is_refused() {
    let meeting = meeting();
    let first = signed_once(&meeting, &small(), &BOTH);
    let both = signed_twice(&meeting, &small());
    // The second update, moved behind an edit of the page: what a chair with a changed program could sign.
    let between = edited(&first, &[(3, OTHER_PAGE)]);
    assert_eq!(refusal(&between), PdfError::IncrementalEdit);
    let second = &both[first.len()..];
    let refused = refusal(&[&between[..], second].concat());
    assert!(matches!(refused, PdfError::IncrementalEdit | PdfError::Form { .. }), "{refused:?}");
}

#[test]
fn an_update_before_signing_may_not_hide_in_the_signed_part() {
    // Signing what was edited is the signer's affair; that the edit counts as printed is what the verifier sees.
    let before = edited(&small(), &[(3, OTHER_PAGE)]);
    let pdf = signed_once(&meeting(), &before, &Sealing::Only(BOX));
    let read = verify_pdf(&pdf).unwrap();
    assert_eq!(read.printed, before.len());
    assert_ne!(read.printed, small().len());
}

#[test]
fn an_update_that_hides_the_signature_is_refused() {
    let pdf = edited(&sheet(), &[(1, "<</Type/Catalog/Pages 2 0 R>>")]);
    assert_eq!(refusal(&pdf), PdfError::NoSignature);
}

#[test]
fn a_shorter_file_is_refused() {
    let pdf = signed_twice(&meeting(), &small());
    for end in (0..pdf.len()).step_by(7) {
        let read = verify_pdf(&pdf[..end]);
        assert!(read.is_err(), "{end} bytes");
    }
}

#[test]
fn an_unsigned_file_has_no_signature() {
    assert_eq!(refusal(&small()), PdfError::NoSignature);
}
