//! What a signed PDF has beside its pages: the attachment, the signature fields with their boxes, the signatures.

use chrono::{DateTime, FixedOffset};

use super::{
    Attachment, MAX_ATTACHMENT, PdfError, Sealing, SignatureBox,
    file::File,
    object::{Dictionary, Object},
    update::{Rank, Unsigned, Update, annotations},
};
use crate::{certificate::hex, limits};

/// The entries of the catalogue that signing writes. A file that has one already is not ours to sign.
const OURS: [&str; 5] = ["AcroForm", "AF", "Extensions", "Names", "Perms"];

/// A signature field.
pub(super) struct Field {
    pub(super) number: u32,
    pub(super) dictionary: Dictionary,
    /// The object of the signature in it.
    pub(super) signature: Option<u32>,
}

/// The signature fields of a file: none, one or two.
pub(super) fn fields(file: &File) -> Result<Vec<Field>, PdfError> {
    let (_, catalogue) = file.catalogue()?;
    let form = match catalogue.get("AcroForm") {
        None => return Ok(vec![]),
        Some(Object::Dictionary(form)) => form,
        Some(_) => return file.refuse(),
    };
    let Some(numbers) = form.get("Fields").and_then(Object::array) else { return file.refuse() };
    if numbers.len() > 2 {
        return Err(PdfError::IncrementalEdit);
    }
    let mut fields = vec![];
    for number in numbers {
        let Some(number) = number.reference() else { return file.refuse() };
        let dictionary = file.dictionary(number)?;
        let signature = match dictionary.get("V") {
            None => None,
            Some(Object::Reference(number)) => Some(*number),
            Some(_) => return file.refuse(),
        };
        if !dictionary.is("FT", "Sig") {
            return file.refuse();
        }
        fields.push(Field { number, dictionary, signature });
    }
    Ok(fields)
}

/// Adds the attachment and the fields, and leaves the hole of the first signature.
pub(super) fn prepare_first(
    file: &File,
    attachment: &Attachment,
    sealing: &Sealing,
    at: &DateTime<FixedOffset>,
) -> Result<Unsigned, PdfError> {
    let (root, catalogue) = file.catalogue()?;
    if OURS.iter().any(|key| catalogue.get(key).is_some()) {
        return Err(PdfError::NotFresh);
    }
    check(attachment)?;
    let mut update = Update::new(file)?;
    let data = update.number()?;
    let description = update.number()?;
    let appearance = update.number()?;
    let name = hex(&utf16(&attachment.name));
    let size = attachment.bytes.len();
    let head = format!(
        "<</Type/EmbeddedFile/Subtype/application#2Fjose+json/Params<</Size {size}>>/Length {size}>>\nstream\n"
    );
    update.object(data, &[head.as_bytes(), &attachment.bytes[..], b"\nendstream"].concat());
    let body =
        format!("<</Type/Filespec/AFRelationship/Source/F<{name}>/UF<{name}>/EF<</F {data} 0 R/UF {data} 0 R>>>>");
    update.object(description, body.as_bytes());
    // The page shows the name, time and fingerprint already, so that the fonts are cut to them: the box draws nothing.
    let empty = "<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 0>>\nstream\n\nendstream";
    update.object(appearance, empty.as_bytes());

    let (rank, boxes) = match sealing {
        Sealing::Only(only) => (Rank::Only, vec![only]),
        Sealing::First { first, second } => (Rank::First, vec![first, second]),
    };
    let signature = update.number()?;
    let pages = file.pages()?;
    let mut placed: Vec<(u32, u32)> = vec![];
    for (index, place) in boxes.into_iter().enumerate() {
        let page = *pages.get(place.page).ok_or(PdfError::NoPage { page: place.page })?;
        let value = if index == 0 { format!("/V {signature} 0 R") } else { String::new() };
        let body = format!(
            "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature{})/F 132/P {page} 0 R/Rect{}\
             /AP<</N {appearance} 0 R>>{value}>>",
            index + 1,
            rectangle(place)?,
        );
        let field = update.number()?;
        update.object(field, body.as_bytes());
        placed.push((page, field));
    }
    let mut changed: Vec<u32> = placed.iter().map(|(page, _)| *page).collect();
    changed.dedup();
    for page in changed {
        let dictionary = file.dictionary(page)?;
        let mut all = String::from_utf8(annotations(file, &dictionary)?.to_vec()).map_err(|_| PdfError::NotFresh)?;
        for (_, field) in placed.iter().filter(|(on, _)| *on == page) {
            all += &format!(" {field} 0 R");
        }
        update.object(page, &update.changed(&dictionary, &[("Annots", format!("[{}]", all.trim()))]));
    }
    let fields: Vec<String> = placed.iter().map(|(_, field)| format!("{field} 0 R")).collect();
    let entries = [
        ("AcroForm", format!("<</Fields[{}]/SigFlags 3>>", fields.join(" "))),
        ("AF", format!("[{description} 0 R]")),
        // The extension of PDF 1.7 that defines this kind of signature (ETSI TS 102 778-3).
        ("Extensions", "<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>".to_owned()),
        ("Names", format!("<</EmbeddedFiles<</Names[<{name}> {description} 0 R]>>>>")),
        ("Perms", format!("<</DocMDP {signature} 0 R>>")),
    ];
    update.object(root, &update.changed(&catalogue, &entries));
    update.close(signature, rank, at)
}

/// The boxes of a file's signature fields, read back so that the first update can be written once more.
pub(super) fn sealing(file: &File, fields: &[Field]) -> Result<Sealing, PdfError> {
    let pages = file.pages()?;
    let place = |field: &Field| {
        let page = field.dictionary.get("P").and_then(Object::reference)?;
        let page = pages.iter().position(|number| *number == page)?;
        let span = field.dictionary.entry("Rect")?.span.clone();
        let text = std::str::from_utf8(file.bytes.get(span)?).ok()?.strip_prefix('[')?.strip_suffix(']')?;
        // Hundredths of a point, always written with two places.
        let mut edges = text.split(' ').map(|edge| edge.replacen('.', "", 1).parse::<u32>().ok());
        let mut next = || edges.next().flatten();
        Some(SignatureBox { page, left: next()?, bottom: next()?, right: next()?, top: next()? })
    };
    match fields {
        [only] => place(only).map(Sealing::Only),
        [first, second] => place(first).zip(place(second)).map(|(first, second)| Sealing::First { first, second }),
        _ => None,
    }
    .map_or_else(|| file.refuse(), Ok)
}

/// Leaves the hole of the second signature, in the field that was laid out for it.
pub(super) fn prepare_second(file: &File, at: &DateTime<FixedOffset>) -> Result<Unsigned, PdfError> {
    let fields = fields(file)?;
    let [Field { signature: Some(_), .. }, Field { number, dictionary, signature: None }] = &fields[..] else {
        return Err(PdfError::NoPlace);
    };
    let mut update = Update::new(file)?;
    let signature = update.number()?;
    update.object(*number, &update.changed(dictionary, &[("V", format!("{signature} 0 R"))]));
    update.close(signature, Rank::Second, at)
}

/// The one attachment.
pub(super) fn attachment(file: &File) -> Result<Attachment, PdfError> {
    let (_, catalogue) = file.catalogue()?;
    let Some([Object::Reference(number)]) = catalogue.get("AF").and_then(Object::array) else {
        return Err(PdfError::NoAttachment);
    };
    // What readers list must be the same file.
    let listed = catalogue.get("Names").and_then(|names| entry(names, "EmbeddedFiles"));
    let listed = listed.and_then(|names| entry(names, "Names")).and_then(Object::array);
    if !matches!(listed, Some([Object::Text(_), Object::Reference(listed)]) if listed == number) {
        return Err(PdfError::NoAttachment);
    }
    let description = file.dictionary(*number)?;
    let name = match description.get("UF") {
        Some(Object::Text(name)) => from_utf16(name).ok_or(PdfError::NoAttachment)?,
        _ => return Err(PdfError::NoAttachment),
    };
    let data = description.get("EF").and_then(|files| entry(files, "F")).and_then(Object::reference);
    let stream = file.stream(data.ok_or(PdfError::NoAttachment)?)?;
    if stream.dictionary.get("Filter").is_some() {
        return Err(PdfError::NoAttachment);
    }
    let attachment = Attachment { name, bytes: stream.data.to_vec() };
    check(&attachment)?;
    Ok(attachment)
}

fn check(attachment: &Attachment) -> Result<(), PdfError> {
    let size = attachment.bytes.len();
    // A name that every system can write, in one folder.
    let name = limits::check_path(&attachment.name).is_ok() && !attachment.name.contains('/');
    if !name || size == 0 || size > MAX_ATTACHMENT { Err(PdfError::BadAttachment) } else { Ok(()) }
}

fn entry<'a>(object: &'a Object, key: &str) -> Option<&'a Object> {
    if let Object::Dictionary(dictionary) = object { dictionary.get(key) } else { None }
}

fn rectangle(place: &SignatureBox) -> Result<String, PdfError> {
    if place.right <= place.left || place.top <= place.bottom {
        return Err(PdfError::NoPlace);
    }
    let points = [place.left, place.bottom, place.right, place.top].map(|n| format!("{}.{:02}", n / 100, n % 100));
    Ok(format!("[{}]", points.join(" ")))
}

/// UTF-16 with its mark, as PDF writes text (7.9.2.2).
fn utf16(text: &str) -> Vec<u8> {
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect()
}

fn from_utf16(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(&[0xfe, 0xff])?;
    let (units, []) = bytes.as_chunks::<2>() else { return None };
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    String::from_utf16(&units).ok()
}
