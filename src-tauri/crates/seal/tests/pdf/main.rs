//! Signed PDFs: made, read back, judged by other software, and refused when a single bit differs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail by panicking")]

mod fixture;
mod hostile;
mod outside;
mod tampered;

use fixture::{BOTH, BOX, OTHER_BOX, at, attachment, meeting, signed_once, signed_twice, small, write};
use seal::{
    certificate::CertificateError,
    key::SystemRandom,
    pdf::{Attachment, PdfError, Sealing, SignatureBox, Signer, attach_and_sign, countersign, verify_pdf},
};

#[test]
fn a_sheet_carries_its_signed_file_and_one_signature_over_everything() {
    let meeting = meeting();
    let pdf = signed_once(&meeting, &small(), &Sealing::Only(BOX));
    assert!(pdf.starts_with(&small()), "signing appends and changes nothing");
    let read = verify_pdf(&pdf).unwrap();
    assert_eq!(read.attachment, attachment());
    assert_eq!(pdf[..read.printed], small()[..], "what was printed can be taken out again");
    assert!(!read.awaits_second);
    let [signature] = &read.signatures[..] else { panic!("one signature") };
    assert!(signature.covers_whole_file);
    assert_eq!(signature.signed_at, at("2026-01-16T14:03:22+08:00"));
    let expected = meeting.secretary.key.public();
    assert_eq!(meeting.root.check(&signature.certificate, expected, &signature.signed_at, &[]), Ok(()));
}

#[test]
fn a_summary_is_signed_by_the_secretary_and_then_by_the_chair() {
    let meeting = meeting();
    let first = signed_once(&meeting, &small(), &BOTH);
    assert!(verify_pdf(&first).unwrap().awaits_second);
    let pdf = signed_twice(&meeting, &small());
    let read = verify_pdf(&pdf).unwrap();
    let [secretary, chair] = &read.signatures[..] else { panic!("two signatures") };
    assert_eq!(secretary.certificate, meeting.secretary.certificate);
    assert_eq!(chair.certificate, meeting.chair.certificate);
    assert_eq!((secretary.covers_whole_file, chair.covers_whole_file), (false, true));
    assert_eq!(chair.signed_at, at("2026-01-16T16:00:00+08:00"));
    assert_eq!(read.attachment, attachment());
    assert!(!read.awaits_second);
}

#[test]
fn a_time_of_signing_keeps_its_zone() {
    let meeting = meeting();
    for time in ["2026-01-16T14:03:22+08:00", "2026-01-16T06:03:22+00:00", "2026-01-16T01:33:22-04:30"] {
        let signer = meeting.secretary.signer();
        let sealing = Sealing::Only(BOX);
        let pdf = attach_and_sign(&small(), &attachment(), &sealing, &signer, &at(time), &SystemRandom::new()).unwrap();
        assert_eq!(verify_pdf(&pdf).unwrap().signatures[0].signed_at.to_rfc3339(), time);
    }
}

#[test]
fn boxes_may_stand_on_different_pages_and_keep_the_annotations_there() {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots 5 0 R>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        "[6 0 R]",
        "<</Type/Annot/Subtype/Text/Rect[0 0 10 10]/Contents(a)>>",
    ];
    let meeting = meeting();
    let second = SignatureBox { page: 1, ..OTHER_BOX };
    for sealing in [Sealing::First { first: BOX, second }, Sealing::First { first: second, second: BOX }] {
        let pdf = signed_once(&meeting, &write(&objects, ""), &sealing);
        assert!(String::from_utf8_lossy(&pdf).contains("/Annots [6 0 R "), "the note is kept beside the box");
        let pdf = countersign(&pdf, &meeting.chair.signer(), &at("2026-01-17T00:00:00+08:00"), &SystemRandom::new());
        assert_eq!(verify_pdf(&pdf.unwrap()).unwrap().signatures.len(), 2);
    }
}

#[test]
fn a_key_signs_only_under_its_own_certificate() {
    let meeting = meeting();
    let refused = Signer::new(&meeting.secretary.key, &meeting.chair.certificate).unwrap_err();
    assert_eq!(refused, CertificateError::OtherKey);
}

#[test]
fn what_cannot_be_signed_is_refused_by_name() {
    let meeting = meeting();
    let sign = |pdf: &[u8], attachment: &Attachment, sealing: Sealing| {
        let time = at("2026-01-16T14:03:22+08:00");
        attach_and_sign(pdf, attachment, &sealing, &meeting.secretary.signer(), &time, &SystemRandom::new())
            .unwrap_err()
    };
    let only = Sealing::Only(BOX);
    let once = signed_once(&meeting, &small(), &only);
    assert_eq!(sign(&once, &attachment(), only), PdfError::NotFresh);
    let far = Sealing::Only(SignatureBox { page: 1, ..BOX });
    assert_eq!(sign(&small(), &attachment(), far), PdfError::NoPage { page: 1 });
    let flat = Sealing::Only(SignatureBox { top: BOX.bottom, ..BOX });
    assert_eq!(sign(&small(), &attachment(), flat), PdfError::NoPlace);
    for (name, bytes) in [("", &b"x"[..]), ("a/b", b"x"), ("../a", b"x"), ("con", b"x"), ("a", b"")] {
        let attachment = Attachment { name: name.to_owned(), bytes: bytes.to_vec() };
        assert_eq!(sign(&small(), &attachment, only), PdfError::BadAttachment, "{name}");
    }
}

#[test]
fn nobody_signs_where_nothing_may_follow_and_nobody_twice() {
    let meeting = meeting();
    let again = |pdf: &[u8], person: &fixture::Person| {
        countersign(pdf, &person.signer(), &at("2026-01-17T00:00:00+08:00"), &SystemRandom::new()).unwrap_err()
    };
    assert_eq!(again(&signed_once(&meeting, &small(), &Sealing::Only(BOX)), &meeting.chair), PdfError::NoPlace);
    assert_eq!(again(&signed_once(&meeting, &small(), &BOTH), &meeting.secretary), PdfError::SameSigner);
    assert_eq!(again(&signed_twice(&meeting, &small()), &meeting.chair), PdfError::NoPlace);
    assert_eq!(again(&small(), &meeting.chair), PdfError::NoSignature);
}
