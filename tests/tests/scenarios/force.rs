//! Article 25: in force from 2024-01-22 for two years. A round outside needs the bureau's acknowledgement, which then stands on
//! every output.

use std::{fs, path::Path, process::Command};

use desk::{
    Desk, Host, bureau,
    dto::{CentreInput, UnitInput},
    expert,
};
use review::{facts::Facts, roster::Role};

use crate::fixture::{Hall, PASSPHRASE, Plan, new_desk, pdf, temporary, unit, with_ending};

const REASON: &str = "沿用试行办法，已请示主管领导（示例理由）";

/// Issues a round on a day, with a reason or without.
fn issue(held_on: &'static str, reason: &'static str) -> Result<(), desk::DeskError> {
    let folder = temporary();
    let host = Host::sample("2025-06-18T08:30:00+08:00".parse().unwrap(), 1).into();
    let office = UnitInput { name: "示例市科学技术局".to_owned(), code: String::new() };
    let (mut bureau, _): (Desk, _) = new_desk(&host, &folder.path().join("desk"), &[Role::Bureau], "科技局", &office);
    let round = bureau::round_new(&mut bureau, &Plan { held_on, reason, ..Plan::of(9, 1) }.round())?.summary.id;
    fs::create_dir(folder.path().join("卷宗")).unwrap();
    fs::write(folder.path().join("卷宗/申报书.pdf"), pdf("")).unwrap();
    let name = "晋中市示例技术创新中心".to_owned();
    let input = CentreInput { name, host: unit(0), partners: vec![], previous_grade: None, facts: Facts::default() };
    bureau::add_centre(&mut bureau, &round, &input, &folder.path().join("卷宗"))?;
    bureau::confirm_scheme(&mut bureau, &round, "纪要")?;
    bureau::issue_round(&mut bureau, &round, &folder.path().join("轮次"), PASSPHRASE).map(drop)
}

#[test]
fn a_round_on_the_first_and_the_last_day_needs_no_acknowledgement_and_a_day_outside_does() {
    for day in ["2024-01-22", "2024-02-29", "2026-01-21"] {
        assert_eq!(issue(day, ""), Ok(()), "{day}");
    }
    for day in ["2024-01-21", "2026-01-22", "2023-12-22"] {
        for nothing in ["", "   ", "　\n"] {
            let error = issue(day, nothing).unwrap_err();
            assert_eq!(error.code, "ROUND_OUT_OF_FORCE", "{day}");
            let figures = ["held_on", "from", "last"].map(|figure| error.params[figure].as_str());
            assert_eq!(figures, [day, "2024-01-22", "2026-01-21"]);
        }
        assert_eq!(issue(day, REASON), Ok(()), "{day}");
    }
}

/// What a reader of the PDF can copy out of it, without spaces.
fn pdf_text(path: &Path) -> String {
    let output = Command::new("pdftotext").arg(path).arg("-").output();
    let output = output.expect("pdftotext, of poppler-utils, reads the exported PDFs");
    assert!(output.status.success(), "pdftotext on {}", path.display());
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

/// All text of a workbook.
fn xlsx_text(path: &Path) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let count = archive.len();
    let read = |place| std::io::read_to_string(archive.by_index(place).unwrap()).unwrap();
    (0..count).map(read).collect()
}

#[test]
fn the_acknowledgement_stands_on_every_output() {
    let mut hall = Hall::ready(&Plan { held_on: "2026-01-22", reason: REASON, ..Plan::of(9, 1) });
    let stands = |reason: Option<String>| assert_eq!(reason.as_deref(), Some(REASON));
    stands(bureau::round_view(&hall.bureau, &hall.round).unwrap().out_of_force_reason);
    let (round_file, pack_file) = (hall.round_file.clone(), hall.pack_file.clone());
    stands(desk::secretary::preview_round(hall.secretary(), &round_file).unwrap().out_of_force_reason);
    stands(expert::preview_pack(&hall.experts[0], &pack_file).unwrap().out_of_force_reason);
    stands(expert::expert_rounds(&mut hall.experts[0]).unwrap()[0].out_of_force_reason.clone());

    hall.vote_all(8000);
    hall.collect();
    let sheets: Vec<_> = fs::read_dir(hall.place("优盘")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(pdf_text(&with_ending(&sheets, "pdf")).contains(REASON), "on the expert's sheet");
    let (result, printed) = hall.sign_result().unwrap();
    let view = hall.import(&result);
    assert!(view.filed);
    let archive = hall.place("归档");
    let bureaus = bureau::export_result_files(&mut hall.bureau, &view.digest, &archive).unwrap();
    let bureaus: Vec<_> = bureaus.files.iter().map(|file| file.path.clone().into()).collect();
    for (whose, files) in [("the secretary's", printed), ("the bureau's", bureaus)] {
        assert!(pdf_text(&with_ending(&files, "pdf")).contains(REASON), "on {whose} summary");
        assert!(xlsx_text(&with_ending(&files, "xlsx")).contains(REASON), "in {whose} workbook");
    }
}

#[test]
fn a_round_in_force_carries_no_such_note() {
    let mut hall = Hall::ready(&Plan::of(9, 1));
    hall.vote_all(8000);
    hall.collect();
    let (_, printed) = hall.sign_result().unwrap();
    assert!(!pdf_text(&with_ending(&printed, "pdf")).contains("试行期"));
    assert_eq!(bureau::round_view(&hall.bureau, &hall.round).unwrap().out_of_force_reason, None);
}
