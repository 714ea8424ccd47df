//! The sample meeting from its one click to the bureau's decision, through the window.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fantoccini::key::Key;

use crate::{
    Failure, Step,
    album::Album,
    driver::App,
    steps::{bureau, expert, secretary, start, turn_to, turn_to_common},
};

/// The people of the sample meeting who act in the window.
const CHAIR: &str = "陈示范";
const SECRETARY: &str = "李秘书";
const BUREAU: &str = "晋中市示例科学技术局";

/// Folders that a walk leaves, all made by it.
const PICTURES: &str = "pictures";
const SHEETS: &str = "sheets";
const RESULT: &str = "result";

/// Walks the whole sample meeting and leaves its files below `out`: `sheets` and `result`.
///
/// # Errors
/// At the first step whose end the window does not show.
pub fn sample_meeting(app: &App<'_>, album: &Album, out: &Path) -> Step {
    let (sheets, result) = (out.join(SHEETS), out.join(RESULT));
    fs::create_dir_all(&sheets)?;
    fs::create_dir_all(&result)?;

    album.take(app, "start")?;
    start::make_sample(app)?;
    album.take(app, "start-sample")?;

    start::open_sample(app, CHAIR)?;
    review(app, album)?;
    sign(app, album, &sheets)?;
    start::lock(app)?;

    start::open_sample(app, SECRETARY)?;
    copy_files(&app.place().home().join("sample").join("6-sheets"), &sheets)?;
    collect(app, album, &sheets)?;
    // What only goes from hand to hand stays on the stick; `result` keeps what is complete.
    let stick = app.place().stick("待组长签名")?;
    let half = compile(app, album, &stick)?;
    start::lock(app)?;

    start::open_sample(app, CHAIR)?;
    expert::open_result(app, &half)?;
    album.take(app, "expert-countersign")?;
    let whole = expert::countersign(app, &stick, None)?;
    expert::check_own_sheets(app, &whole)?;
    album.take(app, "expert-check")?;
    start::lock(app)?;

    start::open_sample(app, SECRETARY)?;
    secretary::take_countersigned(app, &whole)?;
    let whole = secretary::export_result(app, &result)?;
    album.take(app, "secretary-sign")?;
    start::lock(app)?;

    start::open_sample(app, BUREAU)?;
    decide(app, album, &whole, &result.join("科技局"))?;
    common_pages(app, album)?;
    match app.place().answers_left()? {
        0 => Ok(()),
        left => Err(Failure::new(format!("{left} answers were left that no file dialog asked for"))),
    }
}

/// The chair promises, scores two centres and steps back from the third.
fn review(app: &App<'_>, album: &Album) -> Step {
    album.take(app, "expert-promise")?;
    expert::promise(app)?;
    album.take(app, "expert-dossiers")?;

    expert::open_dossier(app, 0)?;
    expert::score_by_keyboard(app, ["8.5", "21", "22", "12.5", "13", "8.5"])?;
    expert::cite(app, 1)?;
    expert::comment(app, 0, "理事会运行规范，章程与管理制度完备。")?;
    expert::comment(app, 1, "研究方向凝练，省级项目与专利质量较好。")?;
    expert::comment(app, 2, "转化合同逐年增长，效益可以核实。")?;
    expert::conclude(app, "总体评价：该中心建设与运行情况与自评材料一致，服务产业链成效明显。", "良好")?;
    // As one comes upon it by the keyboard: a dimension with its key hints open.
    app.click("score-input-1")?;
    app.press(&Key::Enter.to_string())?;
    album.take(app, "expert-review")?;

    turn_to(app, "dossiers")?;
    expert::open_dossier(app, 1)?;
    expert::score_by_keyboard(app, ["9.5", "23.5", "23", "14", "14", "9.5"])?;
    expert::conclude(app, "总体评价：中心研发与转化能力突出，开放共享制度健全。", "优秀")?;

    turn_to(app, "dossiers")?;
    expert::open_dossier(app, 2)?;
    expert::declare_conflict(app, "cooperation", "近三年与该中心依托单位有横向合作项目，按规定回避。")?;
    album.take(app, "expert-recuse")?;
    expert::sign_recusal(app, None)?;

    turn_to(app, "scores")?;
    album.take(app, "expert-scores")
}

fn sign(app: &App<'_>, album: &Album, sheets: &Path) -> Step {
    expert::sign(app, None)?;
    expert::export(app, sheets)?;
    album.take(app, "expert-sign")
}

fn collect(app: &App<'_>, album: &Album, sheets: &Path) -> Step {
    album.take(app, "secretary-round")?;
    turn_to(app, "handout")?;
    album.take(app, "secretary-handout")?;
    secretary::collect(app, sheets)?;
    secretary::explain_absence(app, "因公务中途离会，未参加该中心评分。")?;
    album.take(app, "secretary-absence")?;
    secretary::sign_absence(app, None)?;
    album.take(app, "secretary-collect")
}

/// Compiles, shows the result to the meeting and signs it; gives the package for the chair.
fn compile(app: &App<'_>, album: &Album, stick: &Path) -> Step<PathBuf> {
    secretary::compile(app)?;
    app.click("detail-0")?;
    app.see("score-detail")?;
    album.take(app, "secretary-compile")?;
    turn_to(app, "display")?;
    album.take(app, "secretary-display")?;
    secretary::sign_result(app, None)?;
    secretary::export_result(app, stick)
}

fn decide(app: &App<'_>, album: &Album, whole: &Path, result: &Path) -> Step {
    album.take(app, "bureau-rounds")?;
    app.click("round-new")?;
    app.see("round-title-input")?;
    album.take(app, "bureau-rounds-wizard")?;
    let panel = only_file(&app.place().home().join("sample").join("3-panel"))?;
    bureau::open_panel(app, &panel)?;
    album.take(app, "bureau-panels")?;
    bureau::import_result(app, whole)?;
    app.see("checks-passed")?;
    app.see("result-filed")?;
    album.take(app, "bureau-results")?;
    bureau::decide_all(app, "按评审结果认定（示例）。")?;
    bureau::export_files(app, result)?;
    album.take(app, "bureau-decided")?;
    turn_to(app, "register")?;
    app.see("register")?;
    album.take(app, "bureau-register")?;
    turn_to(app, "deadlines")?;
    album.take(app, "bureau-deadlines")
}

/// The pages that every desk has.
fn common_pages(app: &App<'_>, album: &Album) -> Step {
    for page in ["identity", "settings", "backup", "audit", "about"] {
        turn_to_common(app, page)?;
        album.take(app, page)?;
    }
    Ok(())
}

/// Makes room for a walk in `out`: removes what an earlier walk has left there, and nothing else.
///
/// # Errors
/// When `out` holds folders of these names that no walk has made.
pub fn make_room(out: &Path) -> Step {
    const MARK: &str = ".hengjian-walk";
    let folders = [PICTURES, SHEETS, RESULT].map(|name| out.join(name));
    let there: Vec<&PathBuf> = folders.iter().filter(|folder| folder.exists()).collect();
    if !there.is_empty() && !out.join(MARK).is_file() {
        return Err(Failure::new(format!("{} was not made by a walk; choose another --out", there[0].display())));
    }
    for folder in there {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(out)?;
    fs::write(out.join(MARK), "")?;
    Ok(())
}

/// Where a walk keeps its pictures.
pub fn pictures(out: &Path) -> PathBuf {
    out.join(PICTURES)
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let file = entry?.path();
        if let Some(name) = file.file_name().filter(|_| file.is_file()) {
            fs::copy(&file, to.join(name))?;
        }
    }
    Ok(())
}

fn only_file(folder: &Path) -> Step<PathBuf> {
    let file = fs::read_dir(folder)?.next().ok_or_else(|| Failure::new(format!("nothing in {}", folder.display())))?;
    Ok(file?.path())
}
