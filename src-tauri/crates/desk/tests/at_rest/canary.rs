//! Nothing that was typed or taken in lies in the desk folder in plain, while it is open, after closing, and after the process
//! was killed. Excepted is the label `desk.json`: the name, unit and roles of the desk's own person, by which one chooses a desk
//! before any passphrase is typed.

use std::{fs, sync::Arc};

use desk::{
    Desk, bureau, common,
    dto::{CentreInput, DraftChange, NewDesk, RoundInput, UnitInput},
};
use review::{roster::Role, round::RoundKind};

use crate::fixture::{PASSPHRASE, copy_folder, holding, host, new};

const CANARY: &str = "金丝雀-canary-90c2";

#[test]
fn a_canary_in_titles_names_reasons_and_documents_is_nowhere_in_plain() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("桌面");
    let mut desk = Desk::create(host(), &folder, &new(&[Role::Bureau]), false).unwrap();
    let round = bureau::round_new(
        &mut desk,
        &RoundInput {
            title: format!("轮次 {CANARY}"),
            kind: RoundKind::Evaluation,
            held_on: "2025-06-18".to_owned(),
            period_from: "2022-01-01".to_owned(),
            period_to: "2024-12-31".to_owned(),
            out_of_force_reason: CANARY.to_owned(),
        },
    )
    .unwrap();
    let dossier = place.path().join("卷宗");
    fs::create_dir(&dossier).unwrap();
    let document = format!("%PDF-1.4 {}\n%%EOF\n", CANARY.repeat(10_000));
    fs::write(dossier.join(format!("{CANARY}.pdf")), &document).unwrap();
    let centre = CentreInput {
        name: "晋中市示例技术创新中心".to_owned(),
        host: UnitInput { name: CANARY.to_owned(), code: String::new() },
        partners: vec![],
        previous_grade: None,
        facts: review::facts::Facts::default(),
    };
    let id = round.summary.id;
    bureau::add_centre(&mut desk, &id, &centre, &dossier).unwrap();
    bureau::confirm_scheme(&mut desk, &id, CANARY).unwrap();
    // The file that travels is not at rest: what protects it is its own matter.
    let out = tempfile::tempdir().unwrap();
    bureau::issue_round(&mut desk, &id, out.path(), PASSPHRASE).unwrap();
    common::backup(&mut desk, &folder.join("备份.hjbackup")).unwrap();

    let none: Vec<std::path::PathBuf> = vec![];
    assert_eq!(holding(&folder, CANARY.as_bytes()), none, "while it is open, with its log");
    // A process that is killed leaves what lies on the disk at that moment.
    let killed = place.path().join("killed");
    copy_folder(&folder, &killed);
    drop(desk);
    assert_eq!(holding(&folder, CANARY.as_bytes()), none, "after closing");
    drop(Desk::open(host(), &killed, PASSPHRASE).unwrap());
    assert_eq!(holding(&killed, CANARY.as_bytes()), none, "after a crash and the opening that mends it");
    assert!(!holding(&dossier, CANARY.as_bytes()).is_empty(), "the search does find what lies in plain");

    // A dossier's own digest would tell whoever has the dossier that it is here.
    let digest = seal::key::sha256(document.as_bytes()).to_string();
    assert_eq!(holding(&folder, digest.as_bytes()), none);
    let named = |path: &std::path::Path| path.to_string_lossy().contains(&digest[..16]);
    assert!(!walk(&folder).iter().any(|path| named(path)));
}

#[test]
fn the_passphrase_and_the_names_of_others_are_nowhere_in_plain() {
    let place = tempfile::tempdir().unwrap();
    let host = host();
    let make = |name: &str, role: Role| {
        let new = NewDesk { name: name.to_owned(), ..new(&[role]) };
        Desk::create(Arc::clone(&host), &place.path().join(name), &new, false).unwrap()
    };
    let (mut expert, mut secretary) = (make(CANARY, Role::Expert), make("秘书", Role::Secretary));
    let cards = place.path().join("名片");
    common::export_card(&mut expert, &cards).unwrap();
    desk::secretary::import_cards(&mut secretary, &[cards]).unwrap();
    let folder = secretary.folder().to_owned();
    for secret in [CANARY, PASSPHRASE] {
        assert!(holding(&folder, secret.as_bytes()).is_empty(), "{secret}");
    }
    assert_eq!(holding(expert.folder(), CANARY.as_bytes()), [expert.folder().join("desk.json")], "only the label");
}

#[test]
fn a_canary_in_comments_and_opinion_is_nowhere_in_plain() {
    let place = tempfile::tempdir().unwrap();
    desk::sample::prepare(place.path(), &mut |_, _, _| {}).unwrap();
    // An expert of the sample who still has something to score.
    let desks = desk::list(&place.path().join("desks"));
    let experts = desks.iter().filter(|entry| entry.roles.contains(&Role::Expert));
    let mut typed = 0;
    for entry in experts {
        let folder = std::path::PathBuf::from(&entry.folder);
        let passphrase = desk::sample_passphrase(&folder).unwrap();
        let mut desk = Desk::open(host(), &folder, &passphrase).unwrap();
        let Some(round) = desk::expert::expert_rounds(&mut desk).unwrap().into_iter().next() else { continue };
        let Some(dossier) = round.dossiers.first() else { continue };
        let changes = [
            DraftChange::Comment { dimension: 0, text: format!("评语 {CANARY}") },
            DraftChange::Opinion { text: format!("意见 {CANARY}") },
        ];
        let saved =
            changes.map(|change| desk::expert::save_draft(&mut desk, &round.round.id, &dossier.centre, change).is_ok());
        if saved == [true, true] {
            typed += 1;
            let killed = place.path().join(format!("killed-{typed}"));
            copy_folder(&folder, &killed);
            drop(desk);
            assert!(holding(&folder, CANARY.as_bytes()).is_empty() && holding(&killed, CANARY.as_bytes()).is_empty());
            let mut desk = Desk::open(host(), &killed, &passphrase).unwrap();
            let view = desk::expert::review_view(&mut desk, &round.round.id, &dossier.centre).unwrap();
            assert!(serde_json::to_string(&view).unwrap().contains(CANARY), "it is kept, though nowhere in plain");
            break;
        }
    }
    assert_eq!(typed, 1, "one expert of the sample had something to score");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
