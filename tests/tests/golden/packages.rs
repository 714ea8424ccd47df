//! Round files, panel files and dossier packages whose form is broken: one table for all three, since all are bags in one form of
//! zip file.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use desk::{DeskError, bureau, common, expert, secretary};

use crate::{
    fixture::{Hall, Plan},
    wording::has_a_sentence,
    zipper::{Part, Zip},
};

/// One way to break a package: the file's name, how, and the code.
type Twist = (&'static str, &'static str, fn(&mut Zip, &str));

/// What is wrong with the form, whatever the package holds. `victim` is the path of its last payload file.
const FORM: [Twist; 49] = [
    ("comment", "ZIP_FORM", |zip, _| zip.comment = b"comment".to_vec()),
    ("trailing_bytes", "ZIP_FORM", |zip, _| zip.after = b"\n".to_vec()),
    ("leading_bytes", "ZIP_FORM", |zip, _| zip.before = b"#!/bin/sh\n".to_vec()),
    ("zip64", "ZIP_FORM", |zip, _| zip.zip64 = true),
    ("count_one_less", "ZIP_FORM", |zip, _| zip.count_off = u16::MAX),
    ("count_one_more", "ZIP_FORM", |zip, _| zip.count_off = 1),
    ("gap_between_entries", "ZIP_FORM", |zip, _| zip.parts[3].gap = b"hidden".to_vec()),
    ("compressed", "ZIP_FORM", |zip, victim| {
        let part = zip.part(victim);
        let length = u16::try_from(part.bytes.len()).unwrap();
        let head = [&[1][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
        part.bytes = [&head[..], &part.bytes].concat();
        part.method = 8;
    }),
    ("encrypted", "ZIP_FORM", |zip, victim| zip.part(victim).flags |= 1),
    ("data_descriptor", "ZIP_FORM", |zip, victim| zip.part(victim).flags |= 8),
    ("name_not_marked_utf8", "ZIP_FORM", |zip, victim| zip.part(victim).flags = 0),
    ("extra_field", "ZIP_FORM", |zip, victim| zip.part(victim).extra = b"UT\x01\x00\x00".to_vec()),
    ("entry_comment", "ZIP_FORM", |zip, victim| zip.part(victim).comment = b"c".to_vec()),
    ("dated", "ZIP_FORM", |zip, victim| zip.part(victim).date = 0x5ad2),
    ("timed", "ZIP_FORM", |zip, victim| zip.part(victim).time = 1),
    ("symbolic_link", "ZIP_FORM", |zip, victim| zip.part(victim).attributes = 0o120_777 << 16),
    ("executable", "ZIP_FORM", |zip, victim| zip.part(victim).attributes = 0o100_755 << 16),
    ("two_names_for_one_entry", "ZIP_FORM", |zip, victim| {
        let mut other = zip.part(victim).name.clone();
        *other.last_mut().unwrap() ^= 1;
        zip.part(victim).local_name = Some(other);
    }),
    ("size_too_large", "ZIP_FORM", |zip, victim| zip.part(victim).size_off = 1),
    ("size_of_four_gigabytes", "ZIP_FILE_TOO_LARGE", |zip, victim| {
        let size = u32::try_from(zip.part(victim).bytes.len()).unwrap();
        zip.part(victim).size_off = u32::MAX - 1 - size;
    }),
    ("wrong_checksum", "BAG_DIGEST", |zip, victim| zip.part(victim).crc_off = 1),
    ("a_bit_flipped", "BAG_DIGEST", |zip, victim| zip.part(victim).bytes[40] ^= 1),
    ("manifest_altered", "BAG_TAG_MANIFEST", |zip, _| {
        let digit = &mut zip.part("manifest-sha256.txt").bytes[0];
        *digit = if *digit == b'0' { b'1' } else { b'0' };
    }),
    ("manifest_with_no_digest", "BAG_MANIFEST", |zip, _| zip.part("manifest-sha256.txt").bytes[0] = b'x'),
    ("manifest_with_a_line_more", "BAG_MANIFEST", |zip, _| {
        let manifest = &mut zip.part("manifest-sha256.txt").bytes;
        manifest.extend(format!("{}  data/x\n", "0".repeat(64)).bytes());
    }),
    ("manifest_in_capitals", "BAG_MANIFEST", |zip, _| zip.part("manifest-sha256.txt").bytes.make_ascii_uppercase()),
    ("tag_manifest_altered", "BAG_TAG_MANIFEST", |zip, _| zip.part("tagmanifest-sha256.txt").bytes[0] ^= 1),
    ("declaration_altered", "BAG_DECLARATION", |zip, _| {
        zip.part("bagit.txt").bytes = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n".to_vec();
    }),
    ("declaration_missing", "BAG_LAYOUT", |zip, _| drop(zip.parts.remove(0))),
    ("tag_manifest_missing", "BAG_LAYOUT", |zip, _| drop(zip.parts.remove(2))),
    ("tag_files_reordered", "BAG_LAYOUT", |zip, _| zip.parts.swap(0, 1)),
    ("payload_reordered", "BAG_LAYOUT", |zip, _| {
        zip.parts.swap(3, 4);
        *zip = zip.clone().with_manifests();
    }),
    ("a_file_outside_the_payload", "BAG_LAYOUT", |zip, _| {
        let name = [zip.base(), b"fetch.txt"].concat();
        zip.parts.insert(3, Part::new(name, b""));
    }),
    ("another_base_folder", "WRONG_FILE_KIND", |zip, _| {
        for part in &mut zip.parts {
            part.name = [b"another", &part.name[part.name.iter().position(|byte| *byte == b'/').unwrap()..]].concat();
        }
    }),
    ("no_entries", "BAG_LAYOUT", |zip, _| zip.parts.clear()),
    ("too_many_entries", "ZIP_TOO_MANY", |zip, _| {
        let base = zip.base().to_vec();
        let more =
            (0..10_001).map(|number| Part::new([&base[..], format!("data/z{number:05}").as_bytes()].concat(), b""));
        zip.parts.extend(more);
    }),
    ("path_that_climbs", "PATH_DOTS", |zip, _| add(zip, b"data/../../x")),
    ("path_with_a_dot", "PATH_DOTS", |zip, _| add(zip, b"data/./x")),
    ("path_with_an_empty_part", "PATH_DOTS", |zip, _| add(zip, b"data//x")),
    ("path_from_the_root", "PATH_ABSOLUTE", |zip, _| zip.parts.push(Part::new("/etc/cron.d/x", b""))),
    ("path_with_a_drive", "PATH_RESERVED", |zip, _| zip.parts.push(Part::new("C:/Windows/x", b""))),
    ("path_with_backslashes", "PATH_RESERVED", |zip, _| add(zip, b"data/..\\..\\x")),
    ("path_of_a_device", "PATH_DEVICE", |zip, _| add(zip, b"data/CON.pdf")),
    ("path_of_a_device_with_a_digit", "PATH_DEVICE", |zip, _| add(zip, "data/lpt¹".as_bytes())),
    ("path_with_a_dot_at_its_end", "PATH_TRAILING", |zip, _| add(zip, b"data/x.pdf.")),
    ("path_that_turns_its_direction", "PATH_CONTROL", |zip, _| add(zip, "data/\u{202e}fdp.exe".as_bytes())),
    ("path_not_composed", "PATH_NFC", |zip, _| add(zip, "data/e\u{301}".as_bytes())),
    ("path_not_utf8", "PATH_UTF8", |zip, _| add(zip, b"data/\xff\xfe")),
    ("path_too_long", "PATH_TOO_LONG", |zip, _| add(zip, &[b"data/", &[b'x'; 250][..]].concat())),
];

/// Names that clash with one that is there: on some system one would overwrite the other.
const CLASHES: [Twist; 3] = [
    ("two_names_equal", "PATH_CLASH", |zip, victim| {
        let part = zip.part(victim).clone();
        zip.parts.push(part);
    }),
    ("two_names_equal_but_for_case", "PATH_CLASH", |zip, victim| {
        let mut part = zip.part(victim).clone();
        part.name =
            [&part.name[..part.name.len() - 4], &part.name[part.name.len() - 4..].to_ascii_uppercase()].concat();
        zip.parts.push(part);
    }),
    ("a_file_where_a_folder_is", "PATH_CLASH", |zip, victim| {
        let mut part = zip.part(victim).clone();
        part.name.extend(b"/x");
        zip.parts.push(part);
    }),
];

/// Bags that are sound in themselves, and do not hold what the signed heads say: for a package of dossiers.
const DOSSIERS: [Twist; 5] = [
    ("document_altered", "BAG_DIGEST", |zip, victim| {
        zip.part(victim).bytes[40] ^= 1;
        *zip = zip.clone().with_manifests();
    }),
    ("document_renamed", "BAG_EXTRA", |zip, victim| {
        let name = &mut zip.part(victim).name;
        name.truncate(name.len() - 4);
        name.extend(b".doc");
        *zip = zip.clone().with_manifests();
    }),
    ("document_dropped", "BAG_MISSING", |zip, victim| {
        let place = zip.place(victim);
        zip.parts.remove(place);
        *zip = zip.clone().with_manifests();
    }),
    ("document_added", "BAG_EXTRA", |zip, _| {
        add(zip, b"data/zz.pdf");
        *zip = zip.clone().with_manifests();
    }),
    ("head_dropped", "BAG_MISSING", |zip, _| {
        let place = zip.place("data/round.jws");
        zip.parts.remove(place);
        *zip = zip.clone().with_manifests();
    }),
];

/// The same for a panel file, whose payload is the panel and the cards.
const CARDS: [Twist; 3] = [
    ("card_dropped", "BAG_MISSING", |zip, _| {
        zip.parts.remove(3);
        *zip = zip.clone().with_manifests();
    }),
    ("card_swapped", "BAG_DIGEST", |zip, _| {
        zip.parts[3].bytes = zip.parts[4].bytes.clone();
        *zip = zip.clone().with_manifests();
    }),
    ("file_added", "BAG_EXTRA", |zip, _| {
        add(zip, b"data/zz.pdf");
        *zip = zip.clone().with_manifests();
    }),
];

fn add(zip: &mut Zip, name: &[u8]) {
    let name = [zip.base(), name].concat();
    zip.parts.push(Part::new(name, b"%PDF"));
}

/// Tries every twist of a good package. `import` says the code of a refusal, and `state` everything that it must not change.
fn try_all<S: PartialEq + std::fmt::Debug>(
    hall: &mut Hall,
    (good, victim): (&Path, &str),
    twists: &[&[Twist]],
    import: fn(&mut Hall, &Path) -> Result<(), DeskError>,
    state: fn(&Hall) -> S,
) {
    let zip = Zip::of(&fs::read(good).unwrap());
    let ending = good.extension().unwrap().to_str().unwrap();
    let before = state(hall);
    let folder = hall.place("破损");
    fs::create_dir_all(&folder).unwrap();
    let mut wrong = vec![];
    let mut check = |hall: &mut Hall, name: &str, code: &str, path: PathBuf| {
        let found = import(hall, &path).map_err(|error| error.code);
        if found != Err(code.to_owned()) {
            wrong.push(format!("{name}: {found:?} instead of {code}"));
        }
        if state(hall) != before {
            wrong.push(format!("{name}: the desk is changed, {:?} from {before:?}", state(hall)));
        }
        has_a_sentence(code);
    };
    for (name, code, twist) in twists.iter().copied().flatten() {
        let mut twisted = zip.clone();
        twist(&mut twisted, victim);
        let path = folder.join(format!("{name}.{ending}"));
        fs::write(&path, twisted.file()).unwrap();
        check(hall, name, code, path);
    }
    for (name, size) in [("empty", 0), ("nothing_but_noughts", 4096), ("five_gigabytes_of_nothing", 5 << 30)] {
        let path = folder.join(format!("{name}.{ending}"));
        File::create(&path).unwrap().set_len(size).unwrap();
        check(hall, name, "ZIP_FORM", path);
    }
    let half = zip.file();
    let path = folder.join(format!("truncated.{ending}"));
    fs::write(&path, &half[..half.len() / 2]).unwrap();
    check(hall, "truncated", "ZIP_FORM", path);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));

    // After all that, the good one comes in; and twice is once.
    import(hall, good).unwrap();
    let once = state(hall);
    assert!(once != before);
    import(hall, good).unwrap();
    assert_eq!(state(hall), once, "importing twice changes nothing");
}

#[test]
fn a_broken_round_file_is_refused_and_leaves_the_desk_as_it_was() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    // Another secretary, who has not seen the round yet.
    let host = hall.host.clone();
    let roles = [review::roster::Role::Expert, review::roster::Role::Secretary];
    let (desk, _) =
        crate::fixture::new_desk(&host, &hall.place("另一秘书"), &roles, "另一秘书", &crate::fixture::unit(7));
    hall.experts.insert(0, desk);
    let good = hall.round_file.clone();
    try_all(
        &mut hall,
        (&good, "data/dossiers/c-01/申报书.pdf"),
        &[&FORM, &CLASHES, &DOSSIERS],
        |hall, path| secretary::import_round(&mut hall.experts[0], path, &mut |_, _| {}).map(drop),
        |hall| state(&hall.experts[0]),
    );
}

#[test]
fn a_broken_dossier_package_is_refused_and_leaves_the_desk_as_it_was() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.seat(&(0..9).collect::<Vec<_>>());
    let (round, place) = (hall.round.clone(), hall.place("卷宗包"));
    let pack = secretary::issue_packs(hall.secretary(), &round, &place, crate::fixture::PASSPHRASE, &mut |_, _| {});
    let good = PathBuf::from(pack.unwrap().path);
    try_all(
        &mut hall,
        (&good, "data/dossiers/c-01/申报书.pdf"),
        &[&FORM, &CLASHES, &DOSSIERS],
        |hall, path| expert::import_pack(&mut hall.experts[0], path, &mut |_, _| {}).map(drop),
        |hall| state(&hall.experts[0]),
    );
}

#[test]
fn a_broken_panel_file_is_refused_and_leaves_the_desk_as_it_was() {
    let mut hall = Hall::issued(&Plan::of(9, 1));
    hall.choose(&(0..9).collect::<Vec<_>>()).unwrap();
    let good = hall.submit().unwrap();
    try_all(
        &mut hall,
        (&good, "data/panel.jws"),
        &[&FORM, &CLASHES, &CARDS],
        |hall, path| bureau::read_panel(&mut hall.bureau, path).map(drop),
        |hall| state(&hall.bureau),
    );
}

/// What a refused file must not change.
fn state(desk: &desk::Desk) -> (u32, String, u32) {
    let check = common::check(desk).unwrap();
    assert!(check.database_ok && check.damaged_files == 0);
    (check.audit_rows, check.audit_head, check.files)
}

#[test]
fn a_package_of_one_kind_is_no_package_of_another() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    let (round, panel, pack) = (hall.round_file.clone(), hall.panel_file.clone(), hall.pack_file.clone());
    for other in [&panel, &pack] {
        let refused = secretary::import_round(hall.secretary(), other, &mut |_, _| {}).unwrap_err();
        assert_eq!(refused.code, "WRONG_FILE_KIND");
    }
    for other in [&panel, &round] {
        let refused = expert::import_pack(&mut hall.experts[0], other, &mut |_, _| {}).unwrap_err();
        assert_eq!(refused.code, "WRONG_FILE_KIND");
    }
    for other in [&round, &pack] {
        assert_eq!(bureau::read_panel(&mut hall.bureau, other).unwrap_err().code, "WRONG_FILE_KIND");
        assert_eq!(hall.import(other).checks[0].problems[0].code, "WRONG_FILE_KIND");
    }
}
