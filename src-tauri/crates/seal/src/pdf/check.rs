//! Verifying a signed PDF: bytes first, then what they say.

use std::ops::Range;

use chrono::{DateTime, FixedOffset};
use der::{Decode, Header, Reader, SliceReader};

use super::{
    PdfError, PdfSignature, SignedPdf, cms,
    file::File,
    layout::{Field, attachment, fields, prepare_first, prepare_second, sealing},
    object::Object,
    update::{self, ROOM, Rank, Unsigned, byte_range, date, digest, moment},
};
use crate::certificate::Certificate;

/// The last line of every file and every update.
const END: &[u8] = b"%%EOF";

/// Verifies a signed PDF: that every byte of it is covered by its last signature, that an update holds
/// its signature, the attachment and nothing else, and that each signature is valid and written in the one accepted form.
///
/// Whose the certificates are, and whether the bureau issued them, is for [`Root::check`](crate::certificate::Root::check)
/// at each signature's time.
///
/// # Errors
/// [`PdfError::Limit`] and [`PdfError::Form`] for what is not read; [`PdfError::NoSignature`];
/// [`PdfError::Appended`] and [`PdfError::IncrementalEdit`] for what came after; [`PdfError::Digest`],
/// [`PdfError::Signature`], [`PdfError::Padding`], [`PdfError::Der`], [`PdfError::Certificate`] for a signature;
/// [`PdfError::SameSigner`]; [`PdfError::NoAttachment`] and [`PdfError::BadAttachment`].
pub fn verify_pdf(pdf: &[u8]) -> Result<SignedPdf, PdfError> {
    let file = File::open(pdf)?;
    let fields = fields(&file)?;
    let signed: Vec<u32> = fields.iter().filter_map(|field| field.signature).collect();
    match signed[..] {
        [] => Err(PdfError::NoSignature),
        [only] => verify_first(&file, only, &fields),
        [first, second, ..] => verify_both(&file, first, second),
    }
}

/// A file with one signature, that must cover all of it.
fn verify_first(file: &File, number: u32, fields: &[Field]) -> Result<SignedPdf, PdfError> {
    let found = find(file, number, &[Rank::Only, Rank::First])?;
    nothing_after(file, found.end)?;
    let certificate = verify_at(file.bytes, &found.hole, 0)?;
    let attachment = attachment(file)?;
    let sealing = sealing(file, fields)?;
    let printed =
        printed(file, |before| Ok(same(&prepare_first(before, &attachment, &sealing, &found.at)?, file.bytes)))?;
    Ok(SignedPdf {
        attachment,
        printed,
        signatures: vec![PdfSignature { certificate, signed_at: found.at, covers_whole_file: true }],
        awaits_second: found.rank == Rank::First,
    })
}

/// How long the file was before it was signed. The first update, too, is written once more and must be the same, so that it
/// holds the attachment, the boxes and the signature, and nothing that changes what the pages show.
fn printed(file: &File, check: impl Fn(&File) -> Result<bool, PdfError>) -> Result<usize, PdfError> {
    let Some(Object::Integer(table)) = file.trailer.get("Prev") else { return Err(PdfError::IncrementalEdit) };
    let table = usize::try_from(*table).map_err(|_| PdfError::Limit)?;
    let end = file.bytes.get(table..).and_then(|rest| rest.windows(END.len()).position(|window| window == END));
    let end = table + end.ok_or(PdfError::IncrementalEdit)? + END.len();
    // With or without the line break behind it, which signing adds where it is missing.
    for end in [end, end + 1] {
        let before = File::open(file.bytes.get(..end).unwrap_or_default())?;
        if check(&before)? {
            return Ok(end);
        }
    }
    Err(PdfError::IncrementalEdit)
}

/// Whether a file begins with an update of ours, whatever stands in its hole.
fn same(ours: &Unsigned, bytes: &[u8]) -> bool {
    let same = |range: Range<usize>| bytes.get(range.clone()) == ours.bytes.get(range);
    same(0..ours.hole.start) && same(ours.hole.end..ours.bytes.len())
}

/// A file with two signatures: the second update is written once more from the first, and must be the same.
fn verify_both(file: &File, first: u32, second: u32) -> Result<SignedPdf, PdfError> {
    let found = find(file, first, &[Rank::First, Rank::Only])?;
    let before = File::open(file.bytes.get(..found.end).unwrap_or_default())?;
    let earlier = fields(&before)?;
    let mut result = match &earlier[..] {
        [field, other] if field.signature == Some(first) && other.signature.is_none() => {
            verify_first(&before, first, &earlier)?
        }
        // A second signature on what permitted none, or in a box that was added later.
        _ => return Err(PdfError::IncrementalEdit),
    };
    let last = find(file, second, &[Rank::Second])?;
    let expected = prepare_second(&before, &last.at)?;
    if !same(&expected, file.bytes) {
        return Err(PdfError::IncrementalEdit);
    }
    nothing_after(file, expected.bytes.len())?;
    let certificate = verify_at(file.bytes, &expected.hole, 1)?;
    for signature in &mut result.signatures {
        signature.covers_whole_file = false;
        if signature.certificate.key() == certificate.key() {
            return Err(PdfError::SameSigner);
        }
    }
    result.signatures.push(PdfSignature { certificate, signed_at: last.at, covers_whole_file: true });
    result.awaits_second = false;
    Ok(result)
}

/// A signature as it stands in the file.
struct Found {
    hole: Range<usize>,
    /// Where what it covers ends.
    end: usize,
    rank: Rank,
    at: DateTime<FixedOffset>,
}

/// Finds a signature, and demands that its object is written as ours are, byte for byte, around the hole.
fn find(file: &File, number: u32, ranks: &[Rank]) -> Result<Found, PdfError> {
    let place = file.place(number)?;
    let refused = PdfError::Form { offset: place };
    let object = file.dictionary(number)?;
    let hole = object.entry("Contents").ok_or(refused)?.span.clone();
    let contents = file.bytes.get(hole.start + 1..hole.end.saturating_sub(1)).unwrap_or_default();
    if contents.len() != 2 * ROOM {
        return Err(refused);
    }
    let contents = std::str::from_utf8(contents).map_err(|_| refused)?;
    let end = match object.get("ByteRange").and_then(Object::array) {
        Some([_, _, Object::Integer(start), Object::Integer(length)]) => start.checked_add(*length),
        _ => None,
    };
    let end = end.and_then(|end| usize::try_from(end).ok()).filter(|end| (hole.end..=file.bytes.len()).contains(end));
    let end = end.ok_or(refused)?;
    let at = match object.get("M") {
        Some(Object::Text(text)) => moment(text).ok_or(refused)?,
        _ => return Err(refused),
    };
    let range = byte_range(&hole, end);
    for rank in ranks {
        let expected = update::signature(number, *rank, &date(&at), &range, contents);
        if file.bytes.get(place..).is_some_and(|rest| rest.starts_with(expected.as_bytes())) {
            return Ok(Found { hole, end, rank: *rank, at });
        }
    }
    Err(refused)
}

fn nothing_after(file: &File, end: usize) -> Result<(), PdfError> {
    match file.bytes.len().saturating_sub(end) {
        0 => Ok(()),
        _ if file.table >= end => Err(PdfError::IncrementalEdit),
        bytes => Err(PdfError::Appended { bytes }),
    }
}

/// Verifies the signature in a hole over the bytes around it.
fn verify_at(bytes: &[u8], hole: &Range<usize>, index: usize) -> Result<Certificate, PdfError> {
    let room = decode(bytes.get(hole.start + 1..hole.end.saturating_sub(1)).unwrap_or_default());
    let room = room.filter(|room| room.len() == ROOM).ok_or(PdfError::Der { index })?;
    let length = der_length(&room).ok_or(PdfError::Der { index })?;
    let (signature, padding) = room.split_at_checked(length).ok_or(PdfError::Der { index })?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(PdfError::Padding { index });
    }
    cms::verify(signature, &digest(bytes, hole), index)
}

/// Lower-case hexadecimal, and nothing else: another spelling of the same bytes would be another file.
fn decode(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

/// How long the DER value at the beginning of the room is.
fn der_length(room: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(room).ok()?;
    let header = Header::decode(&mut reader).ok()?;
    let total = (reader.position() + header.length).ok()?;
    usize::try_from(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        certificate::{Holder, Period, Root},
        key::{SigningKey, SystemRandom},
        pdf::{Attachment, Sealing, SignatureBox},
    };

    fn printed() -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
        for object in [
            "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
            "2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n",
            "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>\nendobj\n",
        ] {
            table += &format!("{:010} 00000 n \n", file.len());
            file.extend_from_slice(object.as_bytes());
        }
        let end = format!("{table}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", file.len());
        [&file[..], end.as_bytes()].concat()
    }

    /// Signs with a program that was changed: it writes `to` instead of `from` into its update.
    fn signed(from: &str, to: &str) -> Result<SignedPdf, PdfError> {
        let random = SystemRandom::new();
        let key = SigningKey::generate(&random).unwrap();
        let day = |text: &str| text.parse().unwrap();
        let period = Period { from: day("2026-01-01T00:00:00Z"), to: day("2027-01-01T00:00:00Z") };
        let root = Root::create(&key, &Holder { name: "根", unit: "示例局" }, &period, &random).unwrap();
        let attachment = Attachment { name: "a.hjsheet".to_owned(), bytes: b"{}".to_vec() };
        let place = SignatureBox { page: 0, left: 100, bottom: 100, right: 200, top: 200 };
        let file = printed();
        let file = File::open(&file).unwrap();
        let at = day("2026-01-16T14:03:22+08:00");
        let mut unsigned = prepare_first(&file, &attachment, &Sealing::Only(place), &at).unwrap();
        let found = unsigned.bytes.windows(from.len()).rposition(|window| window == from.as_bytes()).unwrap();
        unsigned.bytes[found..found + from.len()].copy_from_slice(to.as_bytes());
        let signature = cms::sign(&unsigned.digest(), &key, root.certificate(), &random).unwrap();
        verify_pdf(&unsigned.fill(&signature).unwrap())
    }

    #[test]
    fn a_validly_signed_update_that_does_more_than_sign_is_refused() {
        assert_eq!(signed("/MediaBox", "/MediaBox").map(|read| read.printed), Ok(printed().len()));
        for (from, to) in [
            ("/MediaBox [0 0 595 842]", "/MediaBox [0 0 595 142]"),
            ("/BBox[0 0 1 1]", "/BBox[0 0 9 9]"),
            ("/F 132", "/F 130"),
            ("/SigFlags 3", "/SigFlags 1"),
            ("/AFRelationship/Source", "/AFRelationship/Secret"),
            ("/Perms <</DocMDP", "/Perms <</DocMXP"),
        ] {
            assert_eq!(signed(from, to), Err(PdfError::IncrementalEdit), "{to}");
        }
    }

    #[test]
    fn a_validly_signed_signature_of_another_form_is_refused() {
        for (from, to) in [
            ("/P 1/V/1.2", "/P 3/V/1.2"),
            ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached"),
            ("D:20260116140322+08'00'", "D:20260116140322+08'00 "),
        ] {
            assert!(matches!(signed(from, to), Err(PdfError::Form { .. })), "{to}");
        }
    }
}
