//! The one form of a zip file: every other one is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

use std::io::{Cursor, Read, Seek, SeekFrom};

use seal::{
    limits::{Limits, PathRule},
    zipform::{Measure, Zip, ZipError, ZipWriter},
};

const FILES: [(&str, &[u8]); 3] = [("a.txt", b"first"), ("空.txt", b""), ("文件/b.pdf", b"second\n")];

fn write(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new(), Limits::default());
    for (name, bytes) in files {
        zip.add(name, &Measure::of(*bytes).unwrap(), *bytes).unwrap();
    }
    zip.finish().unwrap()
}

fn open(bytes: &[u8]) -> Result<Zip<Cursor<&[u8]>>, ZipError> {
    Zip::open(Cursor::new(bytes), &Limits::default())
}

/// Opens the file and reads everything in it.
fn read_all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, ZipError> {
    let mut zip = open(bytes)?;
    (0..zip.entries().len()).map(|index| zip.read(index, 1 << 20)).collect()
}

fn code(bytes: &[u8]) -> &'static str {
    read_all(bytes).expect_err("is refused").code()
}

/// Replaces bytes in every place.
fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            out[at..at + from.len()].copy_from_slice(to);
        }
    }
    out
}

#[test]
fn what_is_written_is_read() {
    let bytes = write(&FILES);
    let mut zip = open(&bytes).unwrap();
    let names: Vec<&str> = zip.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, FILES.map(|(name, _)| name));
    for (index, (_, content)) in FILES.iter().enumerate() {
        assert_eq!(zip.read(index, 100).unwrap(), *content);
        assert_eq!(zip.digest(index).unwrap(), seal::key::sha256(content));
    }
}

#[test]
fn an_empty_package_is_22_bytes() {
    let bytes = write(&[]);
    assert_eq!(bytes.len(), 22);
    assert!(open(&bytes).unwrap().entries().is_empty());
}

#[test]
fn every_single_flipped_bit_is_refused() {
    let mut bytes = write(&FILES);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(read_all(&bytes).is_err(), "byte {at}, bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
}

#[test]
fn a_cut_or_lengthened_file_is_refused() {
    let bytes = write(&FILES);
    for end in 0..bytes.len() {
        assert_eq!(code(&bytes[..end]), "ZIP_FORM", "{end} bytes");
    }
    assert_eq!(code(&[&bytes[..], b"x"].concat()), "ZIP_FORM");
    assert_eq!(code(&[b"x", &bytes[..]].concat()), "ZIP_FORM");
    assert_eq!(code(&[&bytes[..], &write(&[])].concat()), "ZIP_FORM", "an empty end after the true one");
}

#[test]
fn a_gap_between_entries_and_directory_is_refused() {
    let bytes = write(&FILES);
    let (body, end) = bytes.split_at(bytes.len() - 22);
    let at = u32::from_le_bytes(end[16..20].try_into().unwrap());
    let place = usize::try_from(at).unwrap();
    let mut end = end.to_vec();
    end[16..20].copy_from_slice(&(at + 1).to_le_bytes());
    assert_eq!(code(&[&body[..place], b"x", &body[place..], &end].concat()), "ZIP_FORM");
}

#[test]
fn another_number_of_entries_at_the_end_is_refused() {
    let mut bytes = write(&FILES);
    let end = bytes.len() - 22;
    for count in [0_u8, 2, 4] {
        (bytes[end + 8], bytes[end + 10]) = (count, count);
        assert_eq!(code(&bytes), "ZIP_FORM", "{count}");
    }
}

#[test]
fn altered_contents_are_told_from_an_altered_form() {
    let bytes = replace(&write(&FILES), b"first", b"First");
    assert!(open(&bytes).is_ok(), "the structure is whole");
    assert!(matches!(read_all(&bytes), Err(ZipError::Altered { index: 0 })));
}

#[test]
fn a_hostile_name_is_refused_with_its_rule() {
    let bytes = write(&[("aaaaaa", b"x")]);
    for (name, rule) in [
        (b"../../", PathRule::Dots),
        (b"/aaaaa", PathRule::Absolute),
        (b"aa\\..a", PathRule::Reserved),
        (b"aa\0aaa", PathRule::Control),
        (b"CON.aa", PathRule::Device),
        (b"aaaaa.", PathRule::Trailing),
        (b"a\xff\xff\xffaa", PathRule::Utf8),
        (b"a\xe2\x80\xaeaa", PathRule::Control),
        (b"aae\xcc\x81a", PathRule::Nfc),
    ] {
        assert_eq!(code(&replace(&bytes, b"aaaaaa", name)), rule.code());
    }
}

#[test]
fn two_names_that_one_folder_cannot_hold_are_refused() {
    let bytes = write(&[("aa", b"x"), ("ab", b"y")]);
    for name in [b"aa", b"AA"] {
        let refused = read_all(&replace(&bytes, b"ab", name)).unwrap_err();
        assert!(matches!(refused, ZipError::Path { index: 1, rule: PathRule::Clash }), "{refused:?}");
    }
}

#[test]
fn limits_are_checked_before_anything_is_read() {
    let bytes = write(&FILES);
    let open = |limits: Limits| Zip::open(Cursor::new(&bytes[..]), &limits).map(|_| ()).map_err(|error| error.code());
    let exact = Limits { entries: 3, file: 7, total: 12 };
    assert_eq!(open(exact), Ok(()));
    assert_eq!(open(Limits { entries: 2, ..exact }), Err("ZIP_TOO_MANY"));
    assert_eq!(open(Limits { file: 6, ..exact }), Err("ZIP_FILE_TOO_LARGE"));
    assert_eq!(open(Limits { total: 11, ..exact }), Err("ZIP_TOTAL_TOO_LARGE"));
    let mut zip = Zip::open(Cursor::new(&bytes[..]), &exact).unwrap();
    assert!(matches!(zip.read(2, 6), Err(ZipError::FileTooLarge { index: 2, max: 6 })));
    assert!(matches!(zip.read(3, 6), Err(ZipError::Missing { index: 3 })));
}

#[test]
fn a_size_that_lies_is_refused_without_taking_memory() {
    let bytes = write(&[("a", b"abc")]);
    // Size 3 stands twice in each header: claim 4 GiB - 1.
    let lying = replace(&bytes, &[3, 0, 0, 0, 3, 0, 0, 0], &[0xff; 8]);
    assert_eq!(code(&lying), "ZIP_FILE_TOO_LARGE");
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    let limits = Limits { entries: 1, file: 3, total: 100 };
    let measure = |bytes: &[u8]| Measure::of(bytes).unwrap();
    let mut zip = ZipWriter::new(Vec::new(), limits);
    assert_eq!(zip.add("../a", &measure(b"x"), &b"x"[..]).unwrap_err().code(), "PATH_DOTS");
    assert_eq!(zip.add("b", &measure(b"long"), &b"long"[..]).unwrap_err().code(), "ZIP_FILE_TOO_LARGE");
    assert_eq!(zip.add("c", &measure(b"x"), &b"y"[..]).unwrap_err().code(), "ZIP_CHANGED");
    let mut zip = ZipWriter::new(Vec::new(), limits);
    zip.add("a", &measure(b"x"), &b"x"[..]).unwrap();
    assert_eq!(zip.add("b", &measure(b"x"), &b"x"[..]).unwrap_err().code(), "ZIP_TOO_MANY");
}

#[test]
fn sixty_five_thousand_entries_are_the_end() {
    let limits = Limits { entries: usize::MAX, ..Limits::default() };
    let empty = Measure::of(&b""[..]).unwrap();
    let mut zip = ZipWriter::new(Vec::new(), limits);
    for number in 0..65_534 {
        zip.add(&number.to_string(), &empty, &b""[..]).unwrap();
    }
    assert!(matches!(zip.add("more", &empty, &b""[..]), Err(ZipError::TooMany { max: 65_534 })));
    let bytes = zip.finish().unwrap();
    assert_eq!(Zip::open(Cursor::new(&bytes[..]), &limits).unwrap().entries().len(), 65_534);
}

#[test]
fn a_reader_gives_ranges_and_stays_within_its_entry() {
    let bytes = write(&FILES);
    let mut zip = open(&bytes).unwrap();
    let mut reader = zip.reader(2).unwrap();
    assert_eq!(reader.size(), 7);
    let mut text = String::new();
    reader.seek(SeekFrom::Start(3)).unwrap();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "ond\n");
    assert_eq!(reader.seek(SeekFrom::End(-2)).unwrap(), 5);
    text.clear();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!(text, "d\n");
    assert_eq!(reader.seek(SeekFrom::Start(1000)).unwrap(), 1000);
    assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
    assert!(reader.seek(SeekFrom::Current(-1001)).is_err());
}

#[test]
fn reading_altered_contents_to_the_end_fails_even_in_small_pieces() {
    let bytes = replace(&write(&FILES), b"second", b"Second");
    let mut zip = open(&bytes).unwrap();
    let mut reader = zip.reader(2).unwrap();
    let mut byte = [0];
    for _ in 0..6 {
        assert_eq!(reader.read(&mut byte).unwrap(), 1);
    }
    assert!(reader.read(&mut byte).is_err(), "the last byte is withheld");
    reader.seek(SeekFrom::Start(0)).unwrap();
    assert!(reader.read_to_end(&mut Vec::new()).is_err(), "from the start it is checked again");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        proptest::prop_assert!(read_all(&bytes).is_err());
        bytes.extend(&write(&FILES)[60..]);
        proptest::prop_assert!(read_all(&bytes).is_err());
    }

    #[test]
    fn any_contents_come_back(contents in proptest::collection::vec(proptest::collection::vec(proptest::num::u8::ANY, 0..300), 0..8)) {
        let names: Vec<String> = (0..contents.len()).map(|n| format!("d/{n}")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().zip(&contents).map(|(n, c)| (n.as_str(), &c[..])).collect();
        proptest::prop_assert_eq!(read_all(&write(&files)).unwrap(), contents);
    }
}
