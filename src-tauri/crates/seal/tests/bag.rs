//! Bags: tag files carry no freedom, and every payload byte is bound.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

use std::io::{Cursor, Read};

use seal::{
    bag::{Bag, BagError, Content, Written, write_bag},
    key::sha256,
    limits::{Limits, PathRule},
    zipform::{Measure, Zip, ZipWriter},
};

const KIND: &str = "hjround";

fn contents() -> Vec<(String, Content)> {
    [("round.jws", "{}"), ("dossiers/c-1/申报书（100%）.pdf", "PDF"), ("空", "")]
        .map(|(path, text)| (path.to_owned(), Content::Bytes(text.into())))
        .into()
}

fn written() -> (Vec<u8>, Written) {
    let mut bytes = Vec::new();
    let written = write_bag(KIND, contents(), &mut bytes, &Limits::default()).unwrap();
    (bytes, written)
}

fn open(bytes: &[u8]) -> Result<Bag<Cursor<&[u8]>>, BagError> {
    Bag::open(Cursor::new(bytes), KIND, &Limits::default())
}

fn check_all(bytes: &[u8]) -> Result<(), BagError> {
    open(bytes)?.check_all(&mut |_, _| {})
}

/// The entries of a zip file as names and contents.
fn entries(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = Zip::open(Cursor::new(bytes), &Limits::default()).unwrap();
    let names: Vec<String> = zip.entries().iter().map(|entry| entry.name.clone()).collect();
    names.into_iter().enumerate().map(|(index, name)| (name, zip.read(index, 1 << 20).unwrap())).collect()
}

fn zip(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Vec::new(), Limits::default());
    for (name, bytes) in entries {
        zip.add(name, &Measure::of(&bytes[..]).unwrap(), &bytes[..]).unwrap();
    }
    zip.finish().unwrap()
}

/// The code of a bag whose entries were changed and zipped again in good form.
fn code(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>)) -> &'static str {
    let mut entries = entries(&written().0);
    change(&mut entries);
    check_all(&zip(&entries)).expect_err("is refused").code()
}

fn text(entries: &mut [(String, Vec<u8>)], index: usize, change: impl FnOnce(String) -> String) {
    let old = String::from_utf8(entries[index].1.clone()).unwrap();
    entries[index].1 = change(old).into_bytes();
}

#[test]
fn a_bag_is_laid_out_as_rfc_8493_says() {
    let (bytes, written) = written();
    let entries = entries(&bytes);
    let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "hjround/bagit.txt",
            "hjround/manifest-sha256.txt",
            "hjround/tagmanifest-sha256.txt",
            "hjround/data/dossiers/c-1/申报书（100%）.pdf",
            "hjround/data/round.jws",
            "hjround/data/空",
        ]
    );
    assert_eq!(entries[0].1, b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    let manifest = format!(
        "{}  data/dossiers/c-1/申报书（100%25）.pdf\n{}  data/round.jws\n{}  data/空\n",
        sha256(b"PDF"),
        sha256(b"{}"),
        sha256(b"")
    );
    assert_eq!(String::from_utf8(entries[1].1.clone()).unwrap(), manifest);
    let tags = format!("{}  bagit.txt\n{}  manifest-sha256.txt\n", sha256(&entries[0].1), sha256(manifest.as_bytes()));
    assert_eq!(String::from_utf8(entries[2].1.clone()).unwrap(), tags);
    assert_eq!(written.manifest, sha256(manifest.as_bytes()));
    assert_eq!(written.files["round.jws"], (2, sha256(b"{}")));
}

#[test]
fn the_same_contents_in_any_order_make_the_same_bytes() {
    let mut bytes = Vec::new();
    let reversed = contents().into_iter().rev().collect();
    write_bag(KIND, reversed, &mut bytes, &Limits::default()).unwrap();
    assert_eq!(bytes, written().0);
}

#[test]
fn a_bag_is_read_by_path() {
    let (bytes, _) = written();
    let mut bag = open(&bytes).unwrap();
    assert_eq!(bag.paths().collect::<Vec<_>>(), ["dossiers/c-1/申报书（100%）.pdf", "round.jws", "空"]);
    assert_eq!(bag.digest("round.jws"), Some(sha256(b"{}")));
    assert_eq!(bag.size("空"), Some(0));
    assert_eq!(bag.read("round.jws", 2).unwrap(), b"{}");
    assert_eq!(bag.read("round.jws", 1).unwrap_err().code(), "ZIP_FILE_TOO_LARGE");
    assert_eq!(bag.read("none", 1).unwrap_err().code(), "BAG_MISSING");
    let mut copied = Vec::new();
    assert_eq!(bag.copy("dossiers/c-1/申报书（100%）.pdf", &mut copied).unwrap(), 3);
    assert_eq!(copied, b"PDF");
    bag.check("空").unwrap();
}

#[test]
fn checking_tells_how_far_it_is() {
    let (bytes, _) = written();
    let mut heard = Vec::new();
    open(&bytes).unwrap().check_all(&mut |done, of| heard.push((done, of))).unwrap();
    assert_eq!(heard, [(3, 5), (5, 5)]);
}

#[test]
fn files_on_disk_are_taken_in_without_being_held() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("申报书.pdf");
    let content = vec![7; 200_000];
    std::fs::write(&path, &content).unwrap();
    let mut bytes = Vec::new();
    write_bag(KIND, vec![("a.pdf".to_owned(), Content::File(path))], &mut bytes, &Limits::default()).unwrap();
    let mut read = Vec::new();
    open(&bytes).unwrap().reader("a.pdf").unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, content);
}

#[test]
fn a_file_that_is_not_there_is_named_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut payload = contents();
    payload.push(("b".to_owned(), Content::File(folder.path().join("none"))));
    let refused = write_bag(KIND, payload, Vec::new(), &Limits::default()).unwrap_err();
    assert!(matches!(refused, BagError::Source { index: 3, .. }), "{refused:?}");
}

#[test]
fn names_that_another_system_cannot_hold_are_not_packed() {
    for (path, rule) in [("a/../b", PathRule::Dots), ("a:b", PathRule::Reserved), ("ROUND.jws", PathRule::Clash)] {
        let mut payload = contents();
        payload.push((path.to_owned(), Content::Bytes(Vec::new())));
        let refused = write_bag(KIND, payload, Vec::new(), &Limits::default()).unwrap_err();
        assert!(matches!(refused, BagError::Path { index: 3, rule: told } if told == rule), "{refused:?}");
    }
}

#[test]
fn every_single_flipped_bit_is_refused() {
    let (mut bytes, _) = written();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(check_all(&bytes).is_err(), "byte {at}, bit {bit}");
            bytes[at] ^= 1 << bit;
        }
    }
    check_all(&bytes).unwrap();
}

#[test]
fn another_kind_of_bag_is_refused() {
    let (bytes, _) = written();
    let refused = Bag::open(Cursor::new(&bytes[..]), "hjpack", &Limits::default()).unwrap_err();
    assert_eq!(refused.code(), "BAG_KIND");
}

#[test]
fn an_altered_declaration_is_refused() {
    let changed = code(|entries| text(entries, 0, |old| old.replace("1.0", "0.97")));
    assert_eq!(changed, "BAG_DECLARATION");
}

#[test]
fn an_altered_manifest_is_refused() {
    for change in [
        |old: String| old.replace("  data", " data"),
        |old: String| old.replace("  data", " *data"),
        |old: String| old.replace('\n', "\r\n"),
        |old: String| old.to_uppercase(),
        |old: String| old.replace("%25", "%"),
        |old: String| old + "\n",
        |old: String| format!("{old}{}  data/more\n", "0".repeat(64)),
        |old: String| old.lines().skip(1).map(|line| format!("{line}\n")).collect(),
        |old: String| old.lines().rev().map(|line| format!("{line}\n")).collect(),
        |_: String| String::new(),
        |_: String| "文".repeat(40),
    ] {
        assert_eq!(code(|entries| text(entries, 1, change)), "BAG_MANIFEST");
    }
}

#[test]
fn a_manifest_with_another_digest_is_refused() {
    let change = |old: String| old.replace(&sha256(b"{}").to_string(), &sha256(b"[]").to_string());
    assert_eq!(code(|entries| text(entries, 1, change)), "BAG_TAG_MANIFEST");
}

#[test]
fn an_altered_tag_manifest_is_refused() {
    assert_eq!(code(|entries| text(entries, 2, |old| old + "\n")), "BAG_TAG_MANIFEST");
}

#[test]
fn an_altered_file_under_a_fitting_zip_checksum_is_refused_whichever_way_it_is_read() {
    let mut entries = entries(&written().0);
    entries[4].1 = b"[]".to_vec();
    let bytes = zip(&entries);
    let mut bag = open(&bytes).unwrap();
    assert!(matches!(bag.read("round.jws", 10), Err(BagError::Altered { index: 1 })));
    assert!(matches!(bag.check("round.jws"), Err(BagError::Altered { index: 1 })));
    assert!(matches!(bag.copy("round.jws", &mut Vec::new()), Err(BagError::Altered { index: 1 })));
    assert!(matches!(bag.check_all(&mut |_, _| {}), Err(BagError::Altered { index: 1 })));
    assert!(bag.reader("round.jws").unwrap().read_to_end(&mut Vec::new()).is_err());
    assert!(bag.check("空").is_ok(), "the others are whole");
}

#[test]
fn a_missing_or_unexpected_file_is_refused() {
    assert_eq!(code(|entries| drop(entries.remove(4))), "BAG_MANIFEST");
    assert_eq!(code(|entries| entries.push(("hjround/data/空2".to_owned(), vec![]))), "BAG_MANIFEST");
    assert_eq!(code(|entries| entries.push(("hjround/more.txt".to_owned(), vec![]))), "BAG_LAYOUT");
    assert_eq!(code(|entries| entries.push(("other".to_owned(), vec![]))), "BAG_LAYOUT");
    assert_eq!(code(|entries| drop(entries.remove(2))), "BAG_LAYOUT");
    assert_eq!(code(Vec::clear), "BAG_LAYOUT");
}

#[test]
fn another_order_is_refused() {
    assert_eq!(code(|entries| entries.swap(3, 4)), "BAG_LAYOUT");
    assert_eq!(code(|entries| entries.swap(0, 1)), "BAG_LAYOUT");
}

#[test]
fn an_empty_payload_is_a_bag() {
    let mut bytes = Vec::new();
    write_bag(KIND, vec![], &mut bytes, &Limits::default()).unwrap();
    check_all(&bytes).unwrap();
}

#[test]
fn a_stretch_of_one_bag_goes_into_another_unchanged() {
    let (bytes, written) = written();
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    std::fs::write(&kept, &bytes).unwrap();
    let bag = open(&bytes).unwrap();
    let stretches = bag.paths().map(|path| {
        let (start, size) = bag.stretch(path).unwrap();
        (path.to_owned(), Content::Stretch { path: kept.clone(), start, size })
    });
    let mut copy = Vec::new();
    let copied = write_bag(KIND, stretches.collect(), &mut copy, &Limits::default()).unwrap();
    assert_eq!(copied, written);
    assert_eq!(copy, bytes, "there is one form, whatever the bytes came from");
    assert_eq!(bag.stretch("absent"), None);
}
