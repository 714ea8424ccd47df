//! A whole small meeting by commands alone: nine experts, one centre, its dossier from a folder of PDFs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{Run, hengjian, run, text};
use serde_json::Value;

const CENTRE: &str = "晋中市示例轴承技术创新中心";

/// A folder with everybody's desk and a stick to carry files by.
struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        let room = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(room.stick()).unwrap();
        room
    }

    fn desk(&self, who: &str) -> PathBuf {
        self.folder.path().join("工作台").join(who)
    }

    fn stick(&self) -> PathBuf {
        self.folder.path().join("U盘")
    }

    fn path(&self, name: &str) -> String {
        self.stick().join(name).to_str().unwrap().to_owned()
    }

    /// Runs a command at a desk.
    fn at(&self, who: &str, arguments: &[&str]) -> Run {
        let desk = self.desk(who);
        let base = ["--json", "--desk", desk.to_str().unwrap()];
        hengjian(base.iter().chain(arguments))
    }

    /// Runs a command at a desk that writes one file, and gives its path.
    fn file(&self, who: &str, arguments: &[&str]) -> String {
        text(&self.at(who, arguments).done().json()["path"]).to_owned()
    }

    fn identity(&self, who: &str, role: &str, unit: &str) {
        self.at(who, &["identity", "new", "--role", role, "--name", who, "--unit", unit]).done();
        self.at(who, &["identity", "card", "--out", &self.path("cards")]).done();
    }

    /// A folder of real PDFs.
    fn dossier(&self) -> String {
        let folder = self.stick().join("dossier");
        fs::create_dir(&folder).unwrap();
        for document in report::sample_documents(0, CENTRE, "示例轴承有限公司").unwrap() {
            fs::write(folder.join(&document.file_name), &document.bytes).unwrap();
        }
        folder.to_str().unwrap().to_owned()
    }
}

fn experts() -> Vec<String> {
    (1..=9).map(|number| format!("专家{number}")).collect()
}

fn first_file(folder: &Path, ending: &str) -> String {
    let mut files = common::files(folder);
    files.retain(|file| file.extension().is_some_and(|e| e == ending));
    files.first().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_whole_meeting_is_held_by_commands_alone() {
    let room = &Room::new();
    room.identity("示例局", "bureau", "示例局");
    room.identity("秘书", "secretary", "示例评估中心");
    for (place, together) in experts().chunks(3).enumerate() {
        let unit = if place == 0 { "示例轴承有限公司" } else { "示例大学" };
        std::thread::scope(|scope| {
            for expert in together {
                scope.spawn(|| room.identity(expert, "expert", unit));
            }
        });
    }

    let round = issue(room);
    let pack = compose(room, &round);
    score(room, &pack);
    let result = compile(room);
    decide(room, &result);
    keep(room);
}

/// The bureau prepares the round and issues it.
fn issue(room: &Room) -> String {
    let new = [
        "round",
        "new",
        "--title",
        "示例轮次",
        "--held-on",
        "2025-06-10",
        "--from",
        "2022-06-01",
        "--to",
        "2025-05-31",
        // The day of issue is today, whenever that is.
        "--reason",
        "示例：按原办法补录，局务会同意。",
    ];
    room.at("示例局", &new).done();
    assert_eq!(room.at("示例局", &["round", "issue", "--out", &room.path("out")]).refused(), "SCHEME_UNCONFIRMED");

    let dossier = room.dossier();
    let empty = room.stick().join("empty");
    fs::create_dir(&empty).unwrap();
    let add = |folder: &str, name: &str, facts: &str| {
        let host = ["--host", "示例轴承有限公司", "--partner", "示例大学"];
        let arguments = ["round", "add-centre", "--folder", folder, "--name", name, "--facts", facts];
        room.at("示例局", &[&arguments[..], &host[..]].concat())
    };
    let facts = room.path("facts.toml");
    fs::write(&facts, "staff = 30\nstaff_master_or_senior = 16\napplied_on = 2022-03-01\n").unwrap();
    assert_eq!(add(&dossier, "轴承中心", &facts).refused(), "CENTRE_NAME");
    assert_eq!(add(empty.to_str().unwrap(), CENTRE, &facts).refused(), "FOLDER_NO_PDF");
    let draft = add(&dossier, CENTRE, &facts).done().json();
    assert_eq!(draft["centres"][0]["facts"]["staff"], 30);
    assert_eq!(draft["centres"][0]["documents"].as_array().unwrap().len(), fs::read_dir(&dossier).unwrap().count());

    // The scheme out of the draft, changed so that it does not sum to 100, then as it was.
    let scheme = room.path("scheme.json");
    let mut changed = draft["scheme"].clone();
    changed["maxima"][0] = Value::from(1100);
    fs::write(&scheme, changed.to_string()).unwrap();
    let unsound = room.at("示例局", &["round", "set-scheme", "--file", &scheme]);
    let refused =
        if unsound.code == 1 { unsound.error() } else { text(&unsound.json()["problems"][0]["code"]).to_owned() };
    assert_eq!(refused, "SCHEME_SUM");
    fs::write(&scheme, draft["scheme"].to_string()).unwrap();
    room.at("示例局", &["round", "set-scheme", "--file", &scheme]).done();
    room.at("示例局", &["round", "confirm-scheme", "--basis", "示例局长办公会纪要第1号"]).done();
    let file = room.file("示例局", &["round", "issue", "--out", &room.path("round")]);
    assert_eq!(room.at("示例局", &["round", "confirm-scheme", "--basis", "再次"]).refused(), "ROUND_ISSUED");
    file
}

/// The secretary composes, the bureau approves, the secretary hands out.
fn compose(room: &Room, round: &str) -> String {
    // A key seen for the first time is not believed before it is compared.
    let unknown = room.at("秘书", &["round", "import", round]);
    let key = text(&unknown.json()["error"]["params"]["key"]).to_owned();
    assert_eq!(unknown.refused(), "BUREAU_UNKNOWN");
    let other = ["round", "import", round, "--bureau-key", "AAAA AAAA AAAA AAAA"];
    assert_eq!(room.at("秘书", &other).refused(), "BUREAU_KEY_DIFFERS");
    assert_eq!(room.at("秘书", &["round", "list"]).done().json()["rounds"].as_array().unwrap().len(), 0);
    room.at("秘书", &["round", "import", round, "--bureau-key", &key.replace(' ', "")]).done();
    room.at("秘书", &["round", "import", round]).done();
    let cards = room.path("cards");
    let term = ["--term-from", "2025-01-01", "--term-to", "2027-12-31"];
    let panel = room.at("秘书", &[&["panel", "add", &cards, "--chair", "专家4"][..], &term[..]].concat()).done().json();
    let members = panel["candidates"].as_array().unwrap().iter().filter(|candidate| candidate["member"] == true);
    assert_eq!(members.count(), 9, "cards of bureau and secretary make no members");
    assert_eq!(panel["lawful"], true, "3 of 9 from the host pass");

    // Eight do not make a panel.
    room.at("秘书", &["panel", "remove", "专家9"]).done();
    assert_eq!(room.at("秘书", &["panel", "check"]).refused(), "PANEL_TOO_FEW");
    assert_eq!(room.at("秘书", &["panel", "submit", "--out", &room.path("panel")]).refused(), "PANEL_TOO_FEW");
    let card = common::files(Path::new(&cards)).into_iter().find(|f| f.to_str().unwrap().contains("专家9")).unwrap();
    room.at("秘书", &["panel", "add", card.to_str().unwrap()]).done();
    room.at("秘书", &["panel", "check"]).done();

    let panel = room.file("秘书", &["panel", "submit", "--out", &room.path("panel")]);
    let refused = room.at("示例局", &["roster", "approve", card.to_str().unwrap(), "--out", &room.path("roster")]);
    assert_eq!(refused.refused(), "CARD_IS_NO_PANEL");
    assert_eq!(
        room.at("秘书", &["roster", "approve", &panel, "--out", &room.path("roster")]).refused(),
        "ROLE_MISSING"
    );
    room.at("示例局", &["roster", "show", &panel]).done();
    let roster = room.file("示例局", &["roster", "approve", &panel, "--out", &room.path("roster")]);
    room.at("秘书", &["roster", "import", &roster]).done();
    room.file("秘书", &["pack", "issue", "--out", &room.path("pack")])
}

/// Every expert scores, several at a time: the second one score after another, all others by a table.
fn score(room: &Room, pack: &str) {
    let (experts, key) = (experts(), &bureau_key(room));
    for together in experts.chunks(3) {
        std::thread::scope(|scope| {
            for expert in together {
                scope.spawn(|| score_one(room, expert, pack, key));
            }
        });
    }
    let above = ["score", "set", "--centre", "c-01", "--dimension", "1", "--points", "10.5"];
    assert_eq!(room.at("专家1", &above).refused(), "SCORE_ABOVE_MAXIMUM");
}

/// The bureau's fingerprint, as its own desk says it.
fn bureau_key(room: &Room) -> String {
    text(&room.at("示例局", &["identity", "show"]).done().json()["person"]["key_short"]).to_owned()
}

fn score_one(room: &Room, expert: &str, pack: &str, key: &str) {
    let table = room.path(&format!("{expert}.csv"));
    let by_id = "c-01,1,8,\"好，规范\"\nc-01,2,20,\nc-01,3,21.5,\nc-01,4,12,\n";
    let text = format!("\u{feff}centre,dimension,points,comment\n{by_id}{CENTRE},5,13,\n示例轴承,6,8.5,\n");
    fs::write(&table, text).unwrap();
    if expert == "专家1" {
        assert_eq!(room.at(expert, &["dossier", "open", pack]).refused(), "BUREAU_UNKNOWN");
    }
    room.at(expert, &["dossier", "open", pack, "--bureau-key", key]).done();
    if expert == "专家1" {
        assert_eq!(room.at(expert, &["score", "import", &table]).refused(), "PROMISE_MISSING");
    }
    room.at(expert, &["promise"]).done();
    if expert == "专家1" {
        refuse_tables(room, expert);
        extract(room, expert);
    }
    if expert == "专家2" {
        for (dimension, points) in ["8", "20", "21.5", "12", "13", "8.5"].iter().enumerate() {
            let dimension = (dimension + 1).to_string();
            let set = ["score", "set", "--centre", "示例轴承", "--dimension", &dimension, "--points", points];
            room.at(expert, &set).done();
        }
    } else {
        let kept = room.at(expert, &["score", "import", &table]).done().json();
        assert_eq!(kept["kept"].as_array().unwrap().len(), 6);
    }
    let scores = room.at(expert, &["score", "show"]).done().json();
    assert_eq!(scores["scores"][0]["scores"], serde_json::json!([800, 2000, 2150, 1200, 1300, 850]));
    let opinion = ["score", "set", "--centre", CENTRE, "--opinion", "建议评为良好。", "--recommended", "good"];
    room.at(expert, &opinion).done();
    room.at(expert, &["sign"]).done();
    if expert == "专家1" {
        assert_eq!(room.at(expert, &["sign"]).refused(), "NOTHING_TO_SIGN");
    }
    if expert != "专家9" {
        room.at(expert, &["export", &room.path("sheets")]).done();
    }
}

/// A table is taken in whole or not at all.
fn refuse_tables(room: &Room, expert: &str) {
    let table = &room.path("wrong.csv");
    let shown = || room.at(expert, &["score", "show"]).done().json();
    let before = shown();
    for (wrong, cause) in [
        ("c-01,2,26,\n", "SCORE_ABOVE_MAXIMUM"),
        ("c-01,2,20.3,\n", "SCORE_OFF_STEP"),
        ("c-01,7,1,\n", "CSV_DIMENSION"),
        ("c-01,2,well,\n", "CSV_POINTS"),
        ("c-02,2,20,\n", "NOT_FOUND"),
        ("c-01,1,9,\n", "CSV_TWICE"),
    ] {
        fs::write(table, format!("中心,维度,得分,评语\nc-01,1,8,好\n{wrong}")).unwrap();
        let refused = room.at(expert, &["score", "import", table]);
        assert_eq!(refused.code, 1, "{refused:?}");
        let error = refused.json()["error"].clone();
        let (line, found) = (text(&error["params"]["line"]).to_owned(), text(&error["params"]["cause"]).to_owned());
        assert_eq!((line.as_str(), found.as_str()), ("3", cause));
        assert_eq!(shown(), before, "nothing of a table with a wrong line is kept");
    }
}

fn extract(room: &Room, expert: &str) {
    let out = room.path("reading");
    room.at(expert, &["dossier", "extract", "--centre", "c-01", "--out", &out]).done();
    for file in common::files(Path::new(&out)) {
        let given = room.stick().join("dossier").join(file.file_name().unwrap());
        assert!(fs::read(&file).unwrap() == fs::read(given).unwrap(), "what is extracted is what was handed in");
    }
    let again = room.at(expert, &["dossier", "extract", "--centre", "c-01", "--out", &out]);
    assert_eq!(again.refused(), "FILE_EXISTS");
}

/// The secretary collects and signs, the chair countersigns.
fn compile(room: &Room) -> String {
    let sheets = room.path("sheets");
    let first = room.at("秘书", &["collect", &sheets]).done().json();
    assert_eq!(first["accepted"], 8);
    let again = room.at("秘书", &["collect", &sheets]).done().json();
    assert_eq!((&again["accepted"], &again["already_here"]), (&Value::from(0), &Value::from(8)));
    assert_eq!(room.at("秘书", &["compile"]).refused(), "CELL_MISSING");

    // With the ninth absent, eight effective members would be too few.
    room.at("专家9", &["export", &sheets]).done();
    let altered = room.stick().join("altered.hjsheet");
    let mut bytes = fs::read(first_file(Path::new(&sheets), "hjsheet")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&altered, bytes).unwrap();
    let report = room.at("秘书", &["collect", altered.to_str().unwrap(), &sheets]);
    assert_eq!((report.code, &report.json()["accepted"]), (1, &Value::from(1)), "the rest is taken in: {report:?}");
    let status = room.at("秘书", &["status"]).done().json();
    assert_eq!((&status["settled"], &status["cells"]), (&Value::from(9), &Value::from(9)));
    for problem in status["problems"].as_array().unwrap() {
        room.at("秘书", &["dismiss", &problem["id"].to_string()]).done();
    }

    assert_eq!(room.at("秘书", &["result", "export", "--out", &room.path("result")]).refused(), "RESULT_NOT_SIGNED");
    let compiled = room.at("秘书", &["compile", "--sign"]).done().json();
    assert_eq!(compiled["compiled"]["grades"][0]["score"], 8300);
    assert_eq!(compiled["compiled"]["grades"][0]["grade"], "good");
    room.at("秘书", &["result", "export", "--out", &room.path("result")]).done();
    let half = first_file(&room.stick().join("result"), "hjresult");
    assert_eq!(room.at("示例局", &["result", "import", &half]).refused(), "RESULT_SIGNATURE_MISSING");
    assert_eq!(room.at("专家1", &["countersign", &half, "--out", &room.path("signed")]).refused(), "NOT_CHAIR");
    let signed = room.at("专家4", &["countersign", &half, "--out", &room.path("signed")]).done().json();
    let signed = text(&signed["written"]["path"]).to_owned();
    room.at("秘书", &["collect", &signed]).done();
    let mine = room.at("专家1", &["check-mine", &signed]).done().json();
    assert_eq!(mine["sheets"][0]["verdict"], "counted");
    signed
}

/// The bureau proves, decides, and keeps.
fn decide(room: &Room, result: &str) {
    let view = room.at("示例局", &["result", "import", result]).done().json();
    assert_eq!((&view["valid"], &view["filed"]), (&Value::Bool(true), &Value::Bool(true)));
    let again = room.at("示例局", &["result", "import", result]).done().json();
    assert_eq!(again["already_here"], true);
    let decision = room.at("示例局", &["decide", "--centre", "c-01", "--note", "按结果认定。"]).done().json();
    assert_eq!(decision["grade"], "good");
    let register = room.at("示例局", &["register"]).done().json();
    assert_eq!(text(&register["centres"][0]["centre_name"]), CENTRE);
    room.at("示例局", &["deadlines"]).done();
    let xlsx = room.path("register.xlsx");
    room.at("示例局", &["export", "--xlsx", &xlsx]).done();
    assert!(fs::read(&xlsx).unwrap().starts_with(b"PK"));
    let prints = room.at("示例局", &["result", "export", "--out", &room.path("prints")]).done().json();
    assert!(prints["files"].as_array().unwrap().len() >= 2, "PDF and XLSX");
    let root = first_file(&room.stick().join("cards"), "hjcard");
    let cards = common::files(&room.stick().join("cards"));
    let root = cards
        .iter()
        .find(|card| card.to_str().unwrap().contains("示例局"))
        .map_or(root, |c| c.to_str().unwrap().to_owned());
    hengjian(["recount", result, "--root", &root]).done();
}

/// Checks, backs up and restores.
fn keep(room: &Room) {
    room.at("秘书", &["check"]).done();
    let audit = room.at("秘书", &["audit", "--limit", "5"]).done().json();
    assert_eq!(audit["audit"].as_array().unwrap().len(), 5);
    let backup = room.path("秘书.hjbackup");
    room.at("秘书", &["backup", &backup]).done();
    let restored = room.desk("秘书（恢复）");
    hengjian(["restore", &backup, "--to", restored.to_str().unwrap()]).done();
    let status = room.at("秘书（恢复）", &["status"]).done().json();
    assert_eq!(status["settled"], 9);
    let wrong = run(["--json", "--desk", restored.to_str().unwrap(), "status"], Some("不是这个口令"));
    assert_eq!((wrong.code, wrong.error().as_str()), (1, "PASSPHRASE_WRONG"));
}
