//! Verifying a signed PDF: bytes first, then what they say.

use std::ops::Range;

use chrono::{DateTime, FixedOffset};
use der::{Decode, Header, Reader, SliceReader};

use super::{
    PdfError, PdfSignature, SignedPdf, cms,
    file::File,
    layout::{attachment, certifying, fields, prepare_second},
    object::Object,
    update::{self, ROOM, Rank, byte_range, date, digest, moment},
};
use crate::certificate::Certificate;

/// Verifies a signed PDF: that every byte of it is covered by its last signature, that nothing but a second signature
/// came after the first, and that each signature is valid and written in the one accepted form.
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
        [only] => verify_first(&file, only, fields.len()),
        [first, second, ..] => verify_both(&file, first, second),
    }
}

/// A file with one signature, that must cover all of it.
fn verify_first(file: &File, number: u32, boxes: usize) -> Result<SignedPdf, PdfError> {
    let found = find(file, number, &[Rank::Only, Rank::First])?;
    nothing_after(file, found.end)?;
    // Boxes and permission were laid out together; the catalogue names the signature that permits.
    let awaits_second = found.rank == Rank::First;
    if awaits_second != (boxes == 2) || certifying(file)? != Some(number) {
        return file.refuse();
    }
    let certificate = verify_at(file.bytes, &found.hole, 0)?;
    Ok(SignedPdf {
        attachment: attachment(file)?,
        signatures: vec![PdfSignature { certificate, signed_at: found.at, covers_whole_file: true }],
        awaits_second,
    })
}

/// A file with two signatures: the second update is written once more from the first, and must be the same.
fn verify_both(file: &File, first: u32, second: u32) -> Result<SignedPdf, PdfError> {
    let found = find(file, first, &[Rank::First, Rank::Only])?;
    let before = File::open(file.bytes.get(..found.end).unwrap_or_default())?;
    let mut result = match &fields(&before)?[..] {
        [field, other] if field.signature == Some(first) && other.signature.is_none() => {
            verify_first(&before, first, 2)?
        }
        // A second signature on what permitted none, or in a box that was added later.
        _ => return Err(PdfError::IncrementalEdit),
    };
    let last = find(file, second, &[Rank::Second])?;
    let expected = prepare_second(&before, &last.at)?;
    let (ours, hole) = (&expected.bytes, &expected.hole);
    let same = |range: Range<usize>| file.bytes.get(range.clone()) == ours.get(range);
    if !same(0..hole.start) || !same(hole.end..ours.len()) {
        return Err(PdfError::IncrementalEdit);
    }
    nothing_after(file, ours.len())?;
    let certificate = verify_at(file.bytes, hole, 1)?;
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
