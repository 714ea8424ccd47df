//! The real application, worked by hand through WebDriver: whole meetings, one refusal at each desk, a sudden death.
//!
//! Needs the application (`cargo build -p hengjian-app --features custom-protocol,e2e` after `npm run build` in `ui`),
//! WebKitWebDriver and a display. Where one of the two latter is missing the tests say so and test nothing, unless
//! `HENGJIAN_APP`, `CI` or `HENGJIAN_E2E` is set: then that is a failure.
//!
//! `HENGJIAN_NO_NETWORK=1` says that the tests were put where there is no network; then they hold the application to it.

use std::{
    env, fs,
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use seal::{
    bag::{Bag, Content, write_bag},
    result::{RESULT, limits},
};
use serde_json::json;
use tests::{
    Failure, Step,
    album::Album,
    driver::{App, Place, can_run},
    room::Room,
    steps::{
        bureau::{self, Centre},
        expert, secretary,
        start::{self, Person},
        turn_to, turn_to_common,
    },
    walk,
};

/// One window at a time: two would fight for two cores, and each wait for the other.
static WINDOW: Mutex<()> = Mutex::new(());

fn one_window() -> MutexGuard<'static, ()> {
    WINDOW.lock().unwrap_or_else(PoisonError::into_inner)
}

const BUREAU: Person<'_> = Person {
    role: "bureau",
    name: "晋中市示例科学技术局",
    unit: "晋中市示例科学技术局",
    code: "11149999MAX000904L",
    title: "创新平台科（示例）",
    passphrase: "科技局的示例口令",
};
const SECRETARY: Person<'_> = Person {
    role: "secretary",
    name: "李秘书",
    unit: "晋中市示例科技评估中心",
    code: "12149999MAX000912C",
    title: "评审组秘书",
    passphrase: "评审组秘书的示例口令",
};
const CHAIR: Person<'_> = Person {
    role: "expert",
    name: "陈示范",
    unit: "示例大学",
    code: "12149999MAX000015J",
    title: "教授",
    passphrase: "组长本人的示例口令",
};
/// Nine others; the second works for the host unit of the first centre.
const OTHERS: [(&str, &str, &str); 9] = [
    ("李样本", "样本研究院", "12149999MAX000023D"),
    ("王范例", "晋中示例农机有限公司", "91149999MAX0000313"),
    ("张测试", "范例学院", "12149999MAX00004X0"),
    ("刘示意", "样本大学", "12149999MAX0000580"),
    ("孙虚构", "样本研究院", "12149999MAX000023D"),
    ("周演示", "示例大学", "12149999MAX000015J"),
    ("吴例举", "示例大学", "12149999MAX000015J"),
    ("郑标样", "标样设计院", "12149999MAX000082G"),
    ("冯仿真", "晋中示例药茶有限公司", "91149999MAX000074G"),
];
const MACHINES: &str = "晋中市智能农机装备技术创新中心";
const CASTING: &str = "晋中市玛钢铸造技术创新中心";

#[test]
fn the_whole_meeting_by_hand() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::empty()?;
    let app = App::open(&place)?;
    no_network(&place)?;

    // The bureau prepares the round; everyone makes an identity.
    let round = bureau_issues_the_round(&app)?;
    let card = expert_makes_a_card(&app)?;
    let mut room = Room::of(&place.stick("在座专家")?, &OTHERS)?;
    let mut cards = room.cards(&place.stick("名片")?)?;
    cards.push(card);

    // The secretary composes the panel, the bureau approves it, the secretary hands out.
    let panel = secretary_composes_the_panel(&app, &round, &cards)?;
    start::open_desk(&app, BUREAU.name, BUREAU.passphrase)?;
    bureau::open_panel(&app, &panel)?;
    let roster = bureau::approve(&app, &place.stick("名册")?, Some(BUREAU.passphrase))?;
    start::lock(&app)?;
    start::open_desk(&app, SECRETARY.name, SECRETARY.passphrase)?;
    secretary::take_roster(&app, &roster)?;
    let pack = secretary::hand_out(&app, &place.stick("卷宗")?, Some(SECRETARY.passphrase))?;
    start::lock(&app)?;

    // The experts review: one in the window, the others at their own laptops. One of them misses the first centre.
    let sheets = place.stick("评分表")?;
    expert_reviews(&app, &pack, &sheets)?;
    let scores = [[900, 2200, 2200, 1300, 1300, 800], [950, 2350, 2350, 1350, 1300, 900]];
    room.review(&pack, &scores, |expert, centre| (expert, centre) == (8, 0), &sheets)?;

    // The secretary collects and compiles, the chair countersigns.
    let half = secretary_compiles(&app, &sheets)?;
    start::open_desk(&app, CHAIR.name, CHAIR.passphrase)?;
    expert::open_result(&app, &half)?;
    let whole = expert::countersign(&app, &place.stick("组长签名")?, Some(CHAIR.passphrase))?;
    let verdicts = expert::check_own_sheets(&app, &whole)?;
    assert_eq!(verdicts, ["counted", "counted"], "the chair finds the own sheet and the own recusal in the result");
    start::lock(&app)?;
    start::open_desk(&app, SECRETARY.name, SECRETARY.passphrase)?;
    secretary::take_countersigned(&app, &whole)?;
    let whole = secretary::export_result(&app, &place.stick("结果")?)?;
    start::lock(&app)?;

    // The bureau refuses what was altered, files what was signed, decides.
    start::open_desk(&app, BUREAU.name, BUREAU.passphrase)?;
    an_altered_result_is_shown_and_not_filed(&app, &whole)?;
    bureau::import_result(&app, &whole)?;
    app.see("checks-passed")?;
    app.see("result-filed")?;
    // Eight of 87.00 and one of 85.50 in the mean; nine of 92.00.
    app.see_text("grade-c-01", "86.83")?;
    app.see_text("grade-c-01", "良好")?;
    app.see_text("grade-c-02", "92.00")?;
    app.see_text("grade-c-02", "优秀")?;
    assert_eq!(bureau::decide_all(&app, "同意评审结果。")?, 2, "each centre is decided on");
    turn_to(&app, "register")?;
    app.see_text("register", MACHINES)?;
    app.see_text("register", "同意评审结果。")?;
    assert_eq!(place.answers_left()?, 0, "every file dialog that was expected has opened");
    no_network(&place)
}

fn bureau_issues_the_round(app: &App<'_>) -> Step<PathBuf> {
    start::new_desk(app, &BUREAU)?;
    bureau::begin_round(app, "晋中市技术创新中心评估 · 端到端（示例）", "2026-01-15")?;
    bureau::confirm_scheme(app, "示例：局长办公会纪要〔2025〕示例1号")?;
    let centres = [
        (MACHINES, "晋中示例农机有限公司", "91149999MAX0000313"),
        (CASTING, "晋中示例玛钢有限公司", "91149999MAX000066M"),
    ];
    for (place, (name, host, code)) in centres.into_iter().enumerate() {
        let folder = app.place().stick(name)?;
        for document in report::sample_documents(place, name, host)? {
            fs::write(folder.join(&document.file_name), &document.bytes)?;
        }
        bureau::add_centre(app, place, &Centre { name, host, code, folder: &folder })?;
    }
    let round = bureau::issue(app, &app.place().stick("轮次")?, Some(BUREAU.passphrase))?;
    start::lock(app)?;
    Ok(round)
}

fn expert_makes_a_card(app: &App<'_>) -> Step<PathBuf> {
    start::new_desk(app, &CHAIR)?;
    turn_to_common(app, "identity")?;
    app.place().answer(&[app.place().stick("名片")?])?;
    app.click("export-card")?;
    let card = app.written_one(".hjcard")?;
    start::lock(app)?;
    Ok(card)
}

/// Article 11, live: eight members are refused in so many words, nine are lawful; the tenth makes room for a recusal.
fn secretary_composes_the_panel(app: &App<'_>, round: &Path, cards: &[PathBuf]) -> Step<PathBuf> {
    start::new_desk(app, &SECRETARY)?;
    secretary::take_round(app, round)?;
    secretary::take_cards(app, cards)?;
    let names: Vec<&str> = [CHAIR.name].into_iter().chain(OTHERS.map(|(name, _, _)| name)).collect();
    for (place, name) in names.iter().take(8).enumerate() {
        secretary::choose_member(app, name, place + 1)?;
    }
    secretary::choose_chair(app, CHAIR.name)?;
    let refusal = app.see_text("violation", "8 人，不足 9 人")?;
    assert!(refusal.contains("第十一条"), "the refusal names its article: {refusal}");
    app.see_data("composition-c-01", "lawful", "false")?;
    app.until("no way to submit eight members", "return one('submit-panel').disabled", &[])?;

    secretary::choose_member(app, names[8], 9)?;
    app.see_data("composition-c-01", "lawful", "true")?;
    app.see_data("composition-c-02", "lawful", "true")?;
    app.see_no_more("violation")?;
    app.until("nine members to be submitted", "return !one('submit-panel').disabled", &[])?;

    secretary::choose_member(app, names[9], 10)?;
    app.see_text("composition-c-01", "10 人 · 1 依托")?;
    let panel = secretary::submit_panel(app, &app.place().stick("备案")?, Some(SECRETARY.passphrase))?;
    start::lock(app)?;
    Ok(panel)
}

fn expert_reviews(app: &App<'_>, pack: &Path, sheets: &Path) -> Step {
    start::open_desk(app, CHAIR.name, CHAIR.passphrase)?;
    expert::take_pack(app, pack)?;
    expert::promise(app)?;

    expert::open_dossier(app, 1)?;
    expert::declare_conflict(app, "cooperation", "与该中心依托单位有合作项目，按规定回避。")?;
    expert::sign_recusal(app, Some(CHAIR.passphrase))?;

    turn_to(app, "dossiers")?;
    expert::open_dossier(app, 0)?;
    expert::score_by_keyboard(app, ["8.5", "21", "22", "12.5", "13", "8.5"])?;
    app.see_text("score-total", "85.5")?;
    expert::cite(app, 1)?;
    expert::comment(app, 1, "研究方向凝练，省级项目与专利质量较好。")?;
    expert::conclude(app, "总体评价：建设与运行情况与自评材料一致，服务产业链成效明显。", "良好")?;

    expert::sign(app, Some(CHAIR.passphrase))?;
    let files = expert::export(app, sheets)?;
    let signed = files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "hjsheet"));
    assert_eq!(signed.count(), 2, "a score sheet and a recusal are handed back: {files:?}");
    start::lock(app)
}

fn secretary_compiles(app: &App<'_>, sheets: &Path) -> Step<PathBuf> {
    start::open_desk(app, SECRETARY.name, SECRETARY.passphrase)?;
    secretary::collect(app, sheets)?;
    // Two from the window, two from each of the others but one.
    app.see_text("import-report", "接收 19 份")?;
    app.see_text("settled", "19 / 20")?;
    secretary::explain_absence(app, "因公务中途离会，未参加该中心评分。")?;
    secretary::sign_absence(app, Some(SECRETARY.passphrase))?;
    app.see_text("settled", "20 / 20")?;
    secretary::collect(app, sheets)?;
    app.see_text("import-report", "已有 19 份")?;
    secretary::compile(app)?;
    secretary::sign_result(app, Some(SECRETARY.passphrase))?;
    let half = secretary::export_result(app, &app.place().stick("待组长签名")?)?;
    start::lock(app)?;
    Ok(half)
}

/// A result from which one sheet was taken out, in a package that is otherwise well made.
fn an_altered_result_is_shown_and_not_filed(app: &App<'_>, whole: &Path) -> Step {
    let altered = app.place().stick("改动")?.join("评审结果-缺一份.hjresult");
    let mut bag = Bag::open(File::open(whole)?, RESULT, &limits())?;
    let paths: Vec<String> = bag.paths().map(str::to_owned).collect();
    let dropped = paths.iter().find(|path| path.ends_with(".hjsheet")).cloned();
    let dropped = dropped.ok_or_else(|| Failure::new("the result holds no sheet"))?;
    let mut payload = vec![];
    for path in paths.into_iter().filter(|path| *path != dropped) {
        let bytes = bag.read(&path, limits().file)?;
        payload.push((path, Content::Bytes(bytes)));
    }
    write_bag(RESULT, payload, File::create(&altered)?, &limits())?;

    bureau::import_result(app, &altered)?;
    app.see("checks-failed")?;
    app.see("result-not-filed")?;
    app.see_data("error", "code", "RESULT_ENTRY_MISSING")?;
    let words = "return all('error').filter((el) => el.dataset.code === 'RESULT_ENTRY_MISSING').map(said).find((text) => text.includes(arguments[0]))";
    app.until("the missing sheet by its name", words, &[json!(dropped)])?;
    turn_to(app, "register")?;
    turn_to(app, "results")?;
    app.until("nothing filed", "return one('check-report') === null && one('import-result') !== null", &[]).map(drop)
}

#[test]
fn the_sample_meeting_is_one_click_and_can_be_finished() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::empty()?;
    let out = place.stick("示例会议")?;
    walk::sample_meeting(&App::open(&place)?, &Album::None, &out)
}

#[test]
fn a_score_above_the_maximum_is_refused_with_its_reason_and_stays_in_its_field() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::with_sample()?;
    let app = App::open(&place)?;
    at_the_first_dossier(&app)?;
    app.fill("score-input-0", "8")?;
    expert::saved(&app)?;
    app.fill("score-input-0", "10.5")?;
    app.see_text("score-input-0-problem", "最高 10 分，未保存")?;
    app.press("\n")?;
    assert_eq!(app.value("score-input-0")?, "10.5", "what was typed is never thrown away");
    assert_eq!(app.focused()?, "score-input-0", "Enter does not pass over a score that is not saved");
    app.until("no way to sign it", "return one('to-sign').disabled", &[])?;
    app.fill("score-input-0", "8.3")?;
    app.see_text("score-input-0-problem", "须为 0.5 的整数倍，未保存")?;
    drop(app);

    let app = App::open(&place)?;
    start::open_sample(&app, "陈示范")?;
    expert::open_dossier(&app, 0)?;
    app.until("the last lawful score", "return one('score-input-0')?.value === '8.0'", &[]).map(drop)
}

#[test]
fn an_altered_sheet_becomes_a_problem_with_its_code_while_the_rest_is_taken_in() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::with_sample()?;
    let inbox = place.stick("收件")?;
    let mut sheets = vec![];
    for entry in fs::read_dir(place.home().join("sample").join("6-sheets"))? {
        let file = entry?.path();
        if let Some(name) = file.file_name().filter(|_| file.extension().is_some_and(|ending| ending == "hjsheet")) {
            fs::copy(&file, inbox.join(name))?;
            sheets.push(inbox.join(name));
        }
    }
    sheets.sort();
    let altered = sheets.iter().find(|sheet| sheet.to_string_lossy().contains("评分表-李样本"));
    let altered = altered.ok_or_else(|| Failure::new("no sheet of that expert"))?;
    let mut bytes = fs::read(altered)?;
    // Within the payload, where the scores are.
    let middle = bytes.len() / 2;
    bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
    fs::write(altered, bytes)?;

    let app = App::open(&place)?;
    start::open_sample(&app, "李秘书")?;
    let said = secretary::collect(&app, &inbox)?;
    assert!(said.contains(&format!("接收 {} 份", sheets.len() - 1)), "the rest is taken in: {said}");
    app.see_data("problem-0", "code", "JWS_SIGNATURE")?;
    let name = altered.file_name().unwrap_or_default().to_string_lossy();
    app.see_text("problem-0", &name)?;
    Ok(())
}

#[test]
fn killed_while_scoring_nothing_saved_is_lost() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::with_sample()?;
    let comment = "转化合同逐年增长，效益可以核实。";

    // Killed at the moment at which the window has said 已保存: of one score, of a comment, of a burst of scores.
    let app = App::open(&place)?;
    at_the_first_dossier(&app)?;
    app.fill("score-input-0", "8.5")?;
    expert::saved(&app)?;
    app.kill()?;

    let app = reopened(&place)?;
    shows(&app, &[("score-input-0", "8.5")])?;
    app.fill("score-comment-2", comment)?;
    expert::saved(&app)?;
    app.kill()?;

    let app = reopened(&place)?;
    shows(&app, &[("score-input-0", "8.5"), ("score-comment-2", comment)])?;
    expert::score_by_keyboard(&app, ["9", "21", "22", "12.5", "13", "8.5"])?;
    app.kill()?;

    let all = [
        ("score-input-0", "9.0"),
        ("score-input-1", "21.0"),
        ("score-input-2", "22.0"),
        ("score-input-3", "12.5"),
        ("score-input-4", "13.0"),
        ("score-input-5", "8.5"),
        ("score-comment-2", comment),
    ];
    let app = reopened(&place)?;
    shows(&app, &all)?;

    // Killed without waiting: what had been saved is there, and the desk opens.
    app.fill("score-input-5", "9")?;
    app.kill()?;
    let app = reopened(&place)?;
    shows(&app, &all[..5])?;
    let last = app.value("score-input-5")?;
    assert!(last == "8.5" || last == "9.0", "the last score is the old one or the new one, whole: {last}");
    Ok(())
}

#[test]
fn nothing_needs_a_network() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::empty()?;
    let _app = App::open(&place)?;
    if !without_network() {
        eprintln!(
            "NOT SHOWN HERE: HENGJIAN_NO_NETWORK is not set, so there may be a network that the application could use"
        );
    }
    no_network(&place)
}

#[test]
fn a_forgotten_passphrase_is_replaced_by_the_recovery_key_and_changed_again() -> Step {
    if !can_run()? {
        return Ok(());
    }
    let _one = one_window();
    let place = Place::empty()?;
    let app = App::open(&place)?;
    let key = start::new_desk_with_key(&app, &CHAIR)?;
    start::lock(&app)?;
    app.click("forgotten")?;
    app.fill("recover-key", &key[1..])?;
    app.fill("recover-passphrase", "重设以后的示例口令")?;
    app.fill("recover-passphrase-again", "重设以后的示例口令")?;
    app.click("recover-desk")?;
    app.see_data("error", "code", "RECOVERY_KEY_LENGTH")?;
    app.fill("recover-key", &key.to_lowercase())?;
    app.click("recover-desk")?;
    app.see("lock")?;
    turn_to_common(&app, "identity")?;
    app.fill("passphrase-old", "重设以后的示例口令")?;
    app.fill("passphrase-new", "再次更改的示例口令")?;
    app.fill("passphrase-new-again", "再次更改的示例口令")?;
    app.click("change-passphrase")?;
    app.see("passphrase-changed")?;
    app.click("renew-recovery")?;
    app.fill("renew-recovery-passphrase", "再次更改的示例口令")?;
    app.click("renew-recovery-confirm")?;
    let renewed = start::take_note(&app)?;
    assert_ne!(renewed, key, "the key from before is replaced");
    start::lock(&app)?;
    start::open_desk(&app, CHAIR.name, "再次更改的示例口令")
}

/// The chair of the sample meeting, with the first dossier open.
fn at_the_first_dossier(app: &App<'_>) -> Step {
    start::open_sample(app, "陈示范")?;
    expert::promise(app)?;
    expert::open_dossier(app, 0)
}

fn reopened(place: &Place) -> Step<App<'_>> {
    let app = App::open(place)?;
    start::open_sample(&app, "陈示范")?;
    expert::open_dossier(&app, 0)?;
    Ok(app)
}

fn shows(app: &App<'_>, fields: &[(&str, &str)]) -> Step {
    for (field, value) in fields {
        let script = "return one(arguments[0])?.value === arguments[1]";
        app.until(&format!("[{field}] with “{value}”, as it was saved"), script, &[json!(field), json!(value)])?;
    }
    Ok(())
}

/// Whether whoever started the tests has taken the network away.
fn without_network() -> bool {
    env::var_os("HENGJIAN_NO_NETWORK").is_some_and(|value| value == "1")
}

/// Where the network is said to be taken away, holds this process and the application to it.
fn no_network(place: &Place) -> Step {
    if !without_network() {
        return Ok(());
    }
    assert_eq!(place.interfaces()?, ["lo"], "the application sees the loopback and nothing else");
    // Of the range kept for documentation (RFC 5737): with a network this would wait, not fail at once.
    let outside = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 80));
    let reached = TcpStream::connect_timeout(&outside, Duration::from_secs(5));
    let refusal = reached.err().map(|error| error.kind());
    assert_eq!(refusal, Some(std::io::ErrorKind::NetworkUnreachable), "there is no way out of here");
    Ok(())
}
