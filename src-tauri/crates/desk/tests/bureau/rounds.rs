//! From a draft to an issued round.

use std::{fs, fs::File, io::BufReader};

use desk::{bureau, dto::RoundInput};
use review::{points::Points, rulebook::JINZHONG_2023_33};
use seal::packages::{RoundFile, check_dossiers, document_path};

use crate::fixture::{Bureau, PASSPHRASE, centre, code, codes, input};

#[test]
fn a_new_round_says_what_keeps_it_from_being_issued() {
    let mut bureau = Bureau::new();
    let draft = bureau::round_new(&mut bureau.desk, &input()).unwrap();
    assert!(draft.summary.id.starts_with("r-") && draft.summary.id.len() == 18);
    assert_eq!((draft.summary.status.as_str(), draft.in_force.as_str()), ("draft", "in_force"));
    assert_eq!(codes(&draft.problems), ["SCHEME_UNCONFIRMED", "ROUND_NO_CENTRES"]);
    assert_eq!(bureau::rounds(&bureau.desk).unwrap().len(), 1);
}

#[test]
fn what_is_typed_wrong_is_refused_with_its_field() {
    let mut bureau = Bureau::new();
    let mut refused = |input: RoundInput| bureau::round_new(&mut bureau.desk, &input).unwrap_err();
    let empty = refused(RoundInput { title: "  ".to_owned(), ..input() });
    assert_eq!((empty.code.as_str(), empty.params["field"].as_str()), ("TEXT_EMPTY", "title"));
    assert_eq!(refused(RoundInput { title: "题".repeat(101), ..input() }).code, "TEXT_LONG");
    let day = refused(RoundInput { held_on: "2025-02-29".to_owned(), ..input() });
    assert_eq!((day.code.as_str(), day.params["field"].as_str()), ("DATE_INVALID", "held_on"));
    assert_eq!(refused(RoundInput { held_on: "+12025-02-28".to_owned(), ..input() }).code, "DATE_INVALID");
    assert_eq!(refused(RoundInput { period_to: "2021-12-31".to_owned(), ..input() }).code, "ROUND_PERIOD");
    assert!(bureau::rounds(&bureau.desk).unwrap().is_empty());
}

#[test]
fn an_unconfirmed_scheme_cannot_be_issued_and_a_changed_one_is_unconfirmed_again() {
    let mut bureau = Bureau::new();
    let draft = bureau.ready();
    assert_eq!(draft.problems, []);
    assert_eq!(draft.scheme.confirmed.as_ref().unwrap().on.to_string(), "2025-06-10");
    let round = draft.summary.id;
    let changed = bureau::set_scheme(&mut bureau.desk, &round, draft.scheme).unwrap();
    assert_eq!(codes(&changed.problems), ["SCHEME_UNCONFIRMED"]);
    let (desk, out) = (&mut bureau.desk, &bureau.out);
    assert_eq!(code(bureau::issue_round(desk, &round, out, PASSPHRASE)), "SCHEME_UNCONFIRMED");
    assert!(!bureau.out.exists(), "nothing was written");
}

#[test]
fn a_scheme_not_summing_to_100_is_kept_as_typed_and_cannot_be_confirmed() {
    let mut bureau = Bureau::new();
    let draft = bureau.ready();
    let round = draft.summary.id;
    let mut scheme = draft.scheme;
    scheme.maxima[0] = Points::whole(11);
    let changed = bureau::set_scheme(&mut bureau.desk, &round, scheme).unwrap();
    assert_eq!(codes(&changed.problems), ["SCHEME_SUM", "SCHEME_UNCONFIRMED"]);
    assert_eq!(changed.problems[0].params["sum"], "101.0");
    assert_eq!(code(bureau::confirm_scheme(&mut bureau.desk, &round, "纪要")), "SCHEME_SUM");
}

#[test]
fn a_confirmation_names_its_basis() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    assert_eq!(code(bureau::confirm_scheme(&mut bureau.desk, &round, " \n")), "SCHEME_NO_BASIS");
    assert_eq!(code(bureau::confirm_scheme(&mut bureau.desk, &round, &"据".repeat(501))), "TEXT_LONG");
}

#[test]
fn a_round_outside_the_trial_period_needs_the_acknowledgement() {
    for (day, in_force) in
        [("2024-01-21", "before"), ("2024-01-22", "in_force"), ("2026-01-21", "in_force"), ("2026-01-22", "after")]
    {
        let mut bureau = Bureau::new();
        let on_day = RoundInput { held_on: day.to_owned(), ..input() };
        let draft = bureau.ready_with(&on_day);
        assert_eq!(draft.in_force, in_force, "{day}");
        let round = draft.summary.id;
        if in_force != "in_force" {
            assert_eq!(codes(&draft.problems), ["ROUND_OUT_OF_FORCE"], "{day}");
            assert_eq!(draft.problems[0].params["last"], "2026-01-21");
            let refused = bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE);
            assert_eq!(code(refused), "ROUND_OUT_OF_FORCE", "{day}");
            let acknowledged = RoundInput { out_of_force_reason: "经局务会研究同意".to_owned(), ..on_day };
            let draft = bureau::round_update(&mut bureau.desk, &round, &acknowledged).unwrap();
            assert_eq!(draft.problems, [], "{day}");
        }
        bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE).unwrap();
        let view = bureau::round_view(&bureau.desk, &round).unwrap();
        assert_eq!(view.out_of_force_reason.is_some(), in_force != "in_force", "{day}");
    }
}

#[test]
fn a_round_issued_outside_the_period_needs_the_acknowledgement_whatever_day_the_meeting_is_said_to_be_on() {
    for (start, in_force) in [
        ("2026-11-23T09:00:00+08:00", "after"),
        ("2026-01-22T00:00:01+08:00", "after"),
        ("2026-01-21T23:50:00+08:00", "in_force"),
        ("2024-01-21T12:00:00+08:00", "before"),
    ] {
        let mut bureau = Bureau::at(start);
        let draft = bureau.ready();
        assert_eq!(draft.in_force, in_force, "{start}");
        let round = draft.summary.id;
        if in_force != "in_force" {
            let refused = bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE).unwrap_err();
            assert_eq!(refused.code, "ROUND_OUT_OF_FORCE", "{start}");
            let figures = ["held_on", "today", "from", "last"].map(|figure| refused.params[figure].as_str());
            assert_eq!(figures, ["2025-06-16", &start[..10], "2024-01-22", "2026-01-21"]);
            let acknowledged = RoundInput { out_of_force_reason: "补录2025年度评审".to_owned(), ..input() };
            bureau::round_update(&mut bureau.desk, &round, &acknowledged).unwrap();
        }
        bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE).unwrap();
    }
}

#[test]
fn nothing_hidden_stands_in_a_title_a_name_or_a_unit() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    let folder = bureau.dossier("卷宗", &["申报书.pdf"]);
    let desk = &mut bureau.desk;
    for hidden in ["\u{202E}", "\u{200B}", "\u{1b}[31m", "\n"] {
        let title = RoundInput { title: format!("评估{hidden}（示例）"), ..input() };
        let refused = bureau::round_new(desk, &title).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["field"].as_str()), ("TEXT_UNSOUND", "title"));
        assert_eq!(bureau::round_update(desk, &round, &title).unwrap_err(), refused);
        let name = centre(&format!("晋中市示例{hidden}甲技术创新中心"), 0);
        let refused = bureau::add_centre(desk, &round, &name, &folder).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["field"].as_str()), ("TEXT_UNSOUND", "centre"));
        let mut host = centre("晋中市示例甲技术创新中心", 0);
        host.host.name = format!("示例{hidden}研究院");
        let mut partner = centre("晋中市示例甲技术创新中心", 0);
        partner.partners[0].name = host.host.name.clone();
        for unit in [host, partner] {
            let refused = bureau::add_centre(desk, &round, &unit, &folder).unwrap_err();
            assert_eq!((refused.code.as_str(), refused.params["field"].as_str()), ("TEXT_UNSOUND", "unit"));
        }
    }
    assert!(bureau::draft(desk, &round).unwrap().centres.is_empty());
}

#[test]
fn an_identity_has_nothing_hidden_in_it() {
    let place = tempfile::tempdir().unwrap();
    let host = std::sync::Arc::new(desk::Host::sample(crate::fixture::START.parse().unwrap(), 2));
    let new = |name: &str, unit: &str, title: &str| desk::dto::NewDesk {
        roles: vec![review::roster::Role::Expert],
        name: name.to_owned(),
        unit: desk::dto::UnitInput { name: unit.to_owned(), code: String::new() },
        title: title.to_owned(),
        passphrase: PASSPHRASE.to_owned(),
    };
    for (new, field) in [
        (new("陈\u{202E}示范", "示例大学", ""), "name"),
        (new("陈示范", "示例\u{200B}大学", ""), "unit"),
        (new("陈示范", "示例大学", "教\n授"), "title"),
    ] {
        let folder = place.path().join(field);
        let refused = desk::Desk::create(host.clone(), &folder, &new, true).map(drop).unwrap_err();
        assert_eq!((refused.code.as_str(), refused.params["field"].as_str()), ("TEXT_UNSOUND", field));
        assert!(!folder.exists());
    }
}

#[test]
fn a_dossier_takes_no_program_and_no_pdf_that_is_none() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    let input = centre("晋中市示例甲技术创新中心", 0);
    let mut refused = |folder: &std::path::Path| {
        let error = bureau::add_centre(&mut bureau.desk, &round, &input, folder).unwrap_err();
        (error.code, error.params["name"].clone())
    };
    let place = tempfile::tempdir().unwrap();
    let folder = |name: &str| {
        let folder = place.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("申报书.pdf"), "%PDF-1.7\n%%EOF\n").unwrap();
        folder
    };
    for (number, name) in ["安装.EXE", "a.bat", "宏.vbs", "快捷方式.lnk", "x.pdf.js", "a.sh"].iter().enumerate()
    {
        let folder = folder(&number.to_string());
        fs::write(folder.join(name), b"%PDF-1.7\n%%EOF\n").unwrap();
        assert_eq!(refused(&folder), ("DOCUMENT_KIND".to_owned(), (*name).to_owned()));
    }
    let late = [&[b' '; 1_020][..], b"%PDF-1.7\n%%EOF"].concat();
    let cut = [&b"%PDF-1.7\n%%EOF"[..], &[b' '; 1_020]].concat();
    for (name, bytes) in [("空.pdf", &b""[..]), ("改名.PDF", b"PK\x03\x04"), ("截断.pdf", &cut), ("迟.pdf", &late)]
    {
        let folder = folder(name);
        fs::write(folder.join(name), bytes).unwrap();
        assert_eq!(refused(&folder), ("DOCUMENT_NOT_PDF".to_owned(), name.to_owned()));
    }
    let sound = folder("边");
    fs::write(sound.join("前后有余.pdf"), [&[b' '; 1_019][..], b"%PDF-1.7\n%%EOF", &[b'\n'; 1_019]].concat()).unwrap();
    let draft = bureau::add_centre(&mut bureau.desk, &round, &input, &sound).unwrap();
    assert_eq!(draft.centres[0].documents.len(), 2);
}

#[test]
fn an_issued_round_is_read_back_whole_and_is_frozen() {
    let mut bureau = Bureau::new();
    let round = bureau.ready().summary.id;
    assert_eq!(code(bureau::issue_round(&mut bureau.desk, &round, &bureau.out, "wrong")), "PASSPHRASE_WRONG");
    let written = bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE).unwrap();
    assert!(written.path.ends_with("轮次-2025年度定期评估（示例）.hjround"), "{}", written.path);

    let mut file = RoundFile::open(BufReader::new(File::open(&written.path).unwrap())).unwrap();
    check_dossiers(&mut file.bag, &mut |_, _| ()).unwrap();
    let issued = file.issued;
    assert_eq!(issued.bureau().person.key, bureau.desk.person().key);
    assert_eq!(issued.rulebook_bytes(), JINZHONG_2023_33.as_bytes());
    let first = &issued.round().centres[0];
    let names: Vec<&str> = first.dossier.documents.iter().map(|document| document.name.as_str()).collect();
    assert_eq!((first.id.as_str(), names), ("c-01", vec!["佐证材料.pdf", "申报书.pdf"]));
    let bytes = file.bag.read(&document_path(&first.id, "申报书.pdf"), 1_000).unwrap();
    assert!(String::from_utf8(bytes).unwrap().contains("晋中市示例甲技术创新中心 申报书.pdf"));

    let desk = &mut bureau.desk;
    let scheme = issued.round().scheme.clone();
    assert_eq!(code(bureau::issue_round(desk, &round, &bureau.out, PASSPHRASE)), "ROUND_ISSUED");
    assert_eq!(code(bureau::round_update(desk, &round, &input())), "ROUND_ISSUED");
    assert_eq!(code(bureau::set_scheme(desk, &round, scheme)), "ROUND_ISSUED");
    assert_eq!(code(bureau::remove_centre(desk, &round, "c-01")), "ROUND_ISSUED");
    let summary = &bureau::rounds(desk).unwrap()[0];
    assert_eq!((summary.status.as_str(), &summary.digest_short), ("issued", &issued.round().digest().short()));
    let again = bureau::export_round(desk, &round, &bureau.folder.path().join("另一份")).unwrap();
    assert_eq!(again.digest, written.digest);
}

#[test]
fn a_round_that_could_not_be_written_out_stays_a_draft() {
    let mut bureau = Bureau::new();
    let round = bureau.ready().summary.id;
    let blocked = bureau.folder.path().join("一个文件");
    fs::write(&blocked, b"").unwrap();
    assert!(bureau::issue_round(&mut bureau.desk, &round, &blocked.join("里面"), PASSPHRASE).is_err());
    assert_eq!(bureau::draft(&bureau.desk, &round).unwrap().problems, []);
    bureau::issue_round(&mut bureau.desk, &round, &bureau.out, PASSPHRASE).unwrap();
}

#[test]
fn a_centre_is_named_after_article_24_and_stands_once() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    let folder = bureau.dossier("卷宗", &["申报书.pdf"]);
    let desk = &mut bureau.desk;
    let name = "晋中市示例甲技术创新中心";
    assert_eq!(code(bureau::add_centre(desk, &round, &centre("示例甲技术创新中心", 0), &folder)), "CENTRE_NAME");
    bureau::add_centre(desk, &round, &centre(name, 0), &folder).unwrap();
    assert_eq!(code(bureau::add_centre(desk, &round, &centre(name, 1), &folder)), "CENTRE_TWICE");
    let draft = bureau::add_centre(desk, &round, &centre("晋中市示例乙技术创新中心", 1), &folder).unwrap();
    assert_eq!(draft.centres[1].id, "c-02");
    assert_eq!(code(bureau::update_centre(desk, &round, "c-02", &centre(name, 1))), "CENTRE_TWICE");
    let renamed = bureau::update_centre(desk, &round, "c-01", &centre("晋中市示例丙技术创新中心", 0)).unwrap();
    assert_eq!((renamed.centres[0].short_name.as_str(), renamed.centres[0].documents.len()), ("示例丙", 1));
    let left = bureau::remove_centre(desk, &round, "c-01").unwrap();
    assert_eq!(left.centres.iter().map(|centre| centre.id.as_str()).collect::<Vec<_>>(), ["c-02"]);
    assert_eq!(code(bureau::remove_centre(desk, &round, "c-01")), "NOT_FOUND");
    let mut wrong = centre("晋中市示例丁技术创新中心", 3);
    wrong.host.code = "91140700FAKE000030".to_owned();
    assert_eq!(code(bureau::add_centre(desk, &round, &wrong, &folder)), "UNIT_CODE_CHECK");
}

#[test]
fn every_file_of_a_folder_is_taken_but_what_systems_leave_there() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    let folder = bureau
        .dossier("卷宗", &["b.PDF", "照片.jpg", "说明.docx", "Thumbs.db", "desktop.ini", ".DS_Store", "~$说明.docx"]);
    fs::create_dir(folder.join("子文件夹")).unwrap();
    fs::write(folder.join("子文件夹").join("c.pdf"), b"%PDF").unwrap();
    let input = centre("晋中市示例甲技术创新中心", 0);
    let draft = bureau::add_centre(&mut bureau.desk, &round, &input, &folder).unwrap();
    let taken: Vec<_> = draft.centres[0].documents.iter().map(|d| (d.name.as_str(), d.kind.as_str())).collect();
    assert_eq!(taken, [("b.PDF", "pdf"), ("照片.jpg", "image"), ("说明.docx", "other")]);
}

#[test]
fn a_folder_without_a_pdf_or_with_a_name_that_cannot_travel_is_refused() {
    let mut bureau = Bureau::new();
    let round = bureau::round_new(&mut bureau.desk, &input()).unwrap().summary.id;
    let input = centre("晋中市示例甲技术创新中心", 0);
    let no_pdf = bureau.dossier("无", &["照片.jpg"]);
    assert_eq!(code(bureau::add_centre(&mut bureau.desk, &round, &input, &no_pdf)), "FOLDER_NO_PDF");
    assert_eq!(code(bureau::add_centre(&mut bureau.desk, &round, &input, &no_pdf.join("没有"))), "IO");
    let device = bureau.dossier("设备", &["a.pdf", "COM1.pdf"]);
    let refused = bureau::add_centre(&mut bureau.desk, &round, &input, &device).unwrap_err();
    assert_eq!((refused.code.as_str(), refused.params["name"].as_str()), ("PATH_RULE", "COM1.pdf"));
    let clash = bureau.dossier("大小写", &["a.pdf", "A.pdf"]);
    if fs::read_dir(&clash).unwrap().count() == 2 {
        assert_eq!(code(bureau::add_centre(&mut bureau.desk, &round, &input, &clash)), "PATH_RULE");
    }
    let large = bureau.dossier("大", &["a.pdf"]);
    File::create(large.join("b.pdf")).unwrap().set_len(bureau::MAX_FILE_BYTES + 1).unwrap();
    assert_eq!(code(bureau::add_centre(&mut bureau.desk, &round, &input, &large)), "FILE_TOO_LARGE");
    assert!(bureau::draft(&bureau.desk, &round).unwrap().centres.is_empty());
}

#[test]
fn another_rulebook_brings_its_own_default_scheme_unconfirmed() {
    let mut bureau = Bureau::new();
    let round = bureau.ready().summary.id;
    let path = bureau.folder.path().join("另一办法.toml");
    fs::write(&path, format!("{JINZHONG_2023_33}\nunknown = 1\n")).unwrap();
    assert_eq!(code(bureau::set_rulebook(&mut bureau.desk, &round, &path)), "RULEBOOK_LINE");
    fs::write(&path, format!("# 修订\n{JINZHONG_2023_33}")).unwrap();
    let draft = bureau::set_rulebook(&mut bureau.desk, &round, &path).unwrap();
    assert_eq!(codes(&draft.problems), ["SCHEME_UNCONFIRMED"]);
}

#[test]
fn only_a_bureau_prepares_rounds() {
    let bureau = Bureau::new();
    let new = desk::dto::NewDesk {
        roles: vec![review::roster::Role::Secretary],
        name: "示例秘书".to_owned(),
        unit: desk::dto::UnitInput { name: "示例单位".to_owned(), code: String::new() },
        title: String::new(),
        passphrase: PASSPHRASE.to_owned(),
    };
    let host = std::sync::Arc::new(desk::Host::sample(crate::fixture::START.parse().unwrap(), 2));
    let mut secretary = desk::Desk::create(host, &bureau.folder.path().join("秘书"), &new, true).unwrap();
    assert_eq!(code(bureau::round_new(&mut secretary, &input())), "ROLE_MISSING");
}
