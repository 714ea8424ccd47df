//! A meeting made by hand: a bureau's key, a round of three centres, a roster, experts who sign. The secretary's desk is real.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, Host,
    dto::{CollectView, ImportReport, MatrixCell, NewDesk, PanelInput, UnitInput},
    secretary,
};
use review::{
    ids::{Digest, KeyId},
    result::ResultHead,
    roster::{Card, Panel, Person, Role, Roster, Term},
    round::{Centre, Document, Dossier, Period, Round, RoundKind, RulebookRef},
    rulebook::{JINZHONG_2023_33, Rulebook},
    scheme::Confirmation,
    sheet::{Binding, ConflictKind, DossierRef, Scoring, Sheet, Statement},
    unit::{Unit, UnitCode},
};
use seal::{
    bag::{Bag, Content},
    jws,
    key::{SigningKey, SystemRandom, base64url, sha256},
    meeting::{Issued, Meeting},
    packages::{document_path, write_round},
    result::{RESULT, RESULT_HEAD, limits, with_head},
};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "看山不是山 2024";
/// Eleven experts from eight units; the first three are the hosts of the three centres.
pub const UNITS: [usize; 11] = [0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2];
pub const CENTRES: [&str; 3] = ["c-1", "c-2", "c-3"];

pub fn random() -> SystemRandom {
    SystemRandom::new()
}

pub fn unit(number: usize) -> Unit {
    let code = UnitCode::with_check(&format!("9999990000000000{number}")).unwrap();
    Unit { name: format!("示例单位{number}"), code: Some(code) }
}

/// A person with a key, as the bureau and the secretary see them.
pub struct Someone {
    pub key: SigningKey,
    pub person: Person,
    pub card: Vec<u8>,
}

impl Someone {
    pub fn new(name: &str, unit: Unit, role: Role) -> Self {
        let key = SigningKey::generate(&random()).unwrap();
        let person = Person {
            key: key.id().clone(),
            jwk: key.public().clone(),
            name: name.to_owned(),
            unit,
            title: "教授".to_owned(),
        };
        let made_at = "2024-05-01T09:00:00+08:00".parse().unwrap();
        let card = Card { person: person.clone(), roles: vec![role], made_at };
        let card = jws::sign(&card, &key, &random()).unwrap();
        Self { key, person, card }
    }
}

/// A round and whoever takes part in it.
pub struct Setting {
    pub folder: TempDir,
    pub desk: Desk,
    pub bureau: Someone,
    pub experts: Vec<Someone>,
    pub issued: Issued,
    pub round_file: PathBuf,
}

/// The documents of a centre.
fn documents(centre: &str) -> Vec<(String, Vec<u8>)> {
    vec![("申报书.pdf".to_owned(), format!("%PDF {centre}").into_bytes()), ("附件（一）.pdf".to_owned(), vec![7; 5000])]
}

fn round(bureau: &Someone) -> Round {
    let rulebook = Rulebook::parse(JINZHONG_2023_33).unwrap();
    let held_on = "2024-06-18".parse().unwrap();
    let mut scheme = rulebook.default_scheme();
    scheme.confirmed = Some(Confirmation { on: held_on, basis: "局务会纪要".to_owned() });
    let centre = |(number, id): (usize, &&str)| {
        let mut documents: Vec<Document> = documents(id)
            .into_iter()
            .map(|(name, bytes)| Document { name, size: bytes.len().try_into().unwrap(), digest: sha256(&bytes) })
            .collect();
        documents.sort_by(|a, b| a.name.cmp(&b.name));
        let manifest = sha256(Dossier::manifest_text(&documents).as_bytes());
        Centre {
            id: id.parse().unwrap(),
            name: format!("晋中市示例{number}技术创新中心"),
            host: unit(number),
            partners: vec![],
            previous_grade: None,
            dossier: Dossier { version: 1, manifest, documents, facts: Default::default() },
        }
    };
    Round {
        id: "r-2024".parse().unwrap(),
        title: "2024 年度定期评估（示例）".to_owned(),
        kind: RoundKind::Evaluation,
        held_on,
        period: Period { from: "2021-01-01".parse().unwrap(), to: "2023-12-31".parse().unwrap() },
        rulebook: RulebookRef { id: rulebook.id, digest: sha256(JINZHONG_2023_33.as_bytes()) },
        out_of_force_reason: None,
        scheme,
        bureau: bureau.person.unit.clone(),
        bureau_key: bureau.person.key.clone(),
        centres: CENTRES.iter().enumerate().map(centre).collect(),
    }
}

/// Signs a round and writes its file.
pub fn issue(bureau: &Someone, change: impl FnOnce(&mut Round), path: &Path) -> Issued {
    let mut round = round(bureau);
    change(&mut round);
    let head = jws::sign(&round, &bureau.key, &random()).unwrap();
    let issued = Issued::read(&bureau.card, &head, JINZHONG_2023_33.as_bytes()).unwrap();
    let content = round.centres.iter().flat_map(|centre| {
        let of_centre = documents(centre.id.as_str()).into_iter();
        of_centre.map(|(name, bytes)| (document_path(&centre.id, &name), Content::Bytes(bytes)))
    });
    let mut bytes = vec![];
    write_round(&issued, content.collect(), &mut bytes).unwrap();
    fs::write(path, bytes).unwrap();
    issued
}

pub fn new_desk(folder: &Path) -> Desk {
    let host = Host::sample("2024-06-18T09:00:00+08:00".parse().unwrap(), 1);
    let new = NewDesk {
        roles: vec![Role::Secretary],
        name: "秘书甲".to_owned(),
        unit: UnitInput { name: "示例事务中心".to_owned(), code: String::new() },
        title: String::new(),
        passphrase: PASSPHRASE.to_owned(),
    };
    Desk::create(Arc::new(host), folder, &new, false).unwrap()
}

impl Setting {
    /// A round file, a desk that knows nothing yet, and one expert from each unit named.
    pub fn new(units: &[usize]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = new_desk(&folder.path().join("desk"));
        let office = Unit { name: "示例科技局".to_owned(), code: None };
        let bureau = Someone::new("示例科技局", office, Role::Bureau);
        let round_file = folder.path().join("轮次.hjround");
        let issued = issue(&bureau, |_| {}, &round_file);
        let names = units.iter().enumerate();
        let experts = names.map(|(n, u)| Someone::new(&format!("专家{n}"), unit(*u), Role::Expert)).collect();
        Self { folder, desk, bureau, experts, issued, round_file }
    }

    /// As [`Setting::new`], with the round and all cards taken in.
    pub fn with_cards(units: &[usize]) -> Self {
        let mut setting = Self::new(units);
        secretary::import_round(&mut setting.desk, &setting.round_file, &mut |_, _| {}).unwrap();
        let cards = setting.folder.path().join("cards");
        fs::create_dir(&cards).unwrap();
        for (number, expert) in setting.experts.iter().enumerate() {
            fs::write(cards.join(format!("名片-{number}.hjcard")), &expert.card).unwrap();
        }
        let report = secretary::import_cards(&mut setting.desk, &[cards]).unwrap();
        assert_eq!(usize::try_from(report.accepted).unwrap(), units.len());
        setting
    }

    /// A desk that has the approved roster.
    pub fn meeting(units: &[usize]) -> Room {
        let mut setting = Self::with_cards(units);
        let roster = setting.roster(None, &setting.issued, setting.desk.person());
        let path = setting.folder.path().join("名册.hjroster");
        fs::write(&path, &roster).unwrap();
        secretary::import_roster(&mut setting.desk, &path).unwrap();
        let meeting = Meeting::read(setting.issued.clone(), &roster).unwrap();
        Room { setting, meeting }
    }

    /// A roster of all experts, the first in the chair: the first version, or the one after `previous`.
    pub fn roster(&self, previous: Option<Digest>, issued: &Issued, secretary: &Person) -> Vec<u8> {
        let panel = Panel {
            round: issued.round().id.clone(),
            round_digest: issued.round().digest(),
            secretary: secretary.clone(),
            members: self.experts.iter().map(|expert| expert.person.clone()).collect(),
            chair: self.experts[0].person.key.clone(),
            term: Term { from: "2024-06-18".parse().unwrap(), to: "2025-06-17".parse().unwrap() },
            submitted_at: "2024-06-01T09:00:00+08:00".parse().unwrap(),
        };
        let version = if previous.is_none() { 1 } else { 2 };
        let approved_at = "2024-06-02T09:00:00+08:00".parse().unwrap();
        jws::sign(&Roster { panel, version, previous, approved_at }, &self.bureau.key, &random()).unwrap()
    }

    pub fn input(&self, members: &[usize]) -> PanelInput {
        PanelInput {
            members: members.iter().map(|n| self.experts[*n].person.key.to_string()).collect(),
            chair: members.first().map(|n| self.experts[*n].person.key.to_string()).unwrap_or_default(),
            term_from: "2024-06-18".to_owned(),
            term_to: "2025-06-17".to_owned(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// A meeting at which experts sign.
pub struct Room {
    pub setting: Setting,
    pub meeting: Meeting,
}

/// A sheet before it is signed, changed as a test needs it.
pub struct Signing<'a> {
    pub sheet: Sheet,
    pub key: &'a SigningKey,
}

impl Signing<'_> {
    pub fn change(mut self, change: impl FnOnce(&mut Sheet)) -> Self {
        change(&mut self.sheet);
        self
    }

    pub fn after(self, seq: u32, supersedes: &[&[u8]]) -> Self {
        let supersedes: Vec<Digest> = supersedes.iter().map(|bytes| sha256(bytes)).collect();
        self.change(|sheet| (sheet.seq, sheet.supersedes) = (seq, supersedes))
    }

    pub fn recusing(self) -> Self {
        let reason = "与该中心有合作项目".to_owned();
        self.change(|sheet| sheet.statement = Statement::Recusal { kind: ConflictKind::Cooperation, reason })
    }

    pub fn bytes(&self) -> Vec<u8> {
        jws::sign(&self.sheet, self.key, &random()).unwrap()
    }
}

impl Room {
    pub fn binding(&self) -> &Binding {
        self.meeting.binding()
    }

    pub fn key_of(&self, expert: usize) -> &KeyId {
        &self.setting.experts[expert].person.key
    }

    /// The sheet of an expert for a centre: the sum of the scores is 84 to 89.
    pub fn sheet(&self, expert: usize, centre: &str) -> Signing<'_> {
        let someone = &self.setting.experts[expert];
        let centre = self.meeting.round().centre(&centre.parse().unwrap()).unwrap();
        let more = u32::try_from(expert % 6).unwrap();
        let scores = [800, 2000 + 100 * more, 2200, 1300, 1300, 800];
        let mut salt = [0; 16];
        seal::key::SecureRandom::fill(&random(), &mut salt).unwrap();
        let sheet = Sheet {
            id: format!("s-{expert}").parse().unwrap(),
            binding: self.binding().clone(),
            dossier: DossierRef { centre: centre.id.clone(), version: 1, manifest: centre.dossier.manifest },
            expert: someone.person.key.clone(),
            seq: 1,
            supersedes: vec![],
            statement: Statement::Scoring(Scoring {
                scores: scores.map(review::points::Points::from_hundredths),
                comments: Default::default(),
                evidence: vec![],
                recommended: None,
                opinion: "总体较好".to_owned(),
            }),
            salt: base64url(&salt).parse().unwrap(),
            software: "test".to_owned(),
            signed_at: "2024-06-18T10:00:00+08:00".parse().unwrap(),
        };
        Signing { sheet, key: &someone.key }
    }

    /// Lays files into a new folder.
    pub fn lay(&self, folder: &str, files: &[(&str, &[u8])]) -> PathBuf {
        let folder = self.setting.path(folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in files {
            fs::write(folder.join(name), bytes).unwrap();
        }
        folder
    }

    /// Lays files and collects them.
    pub fn collect(&mut self, folder: &str, files: &[(&str, &[u8])]) -> ImportReport {
        let folder = self.lay(folder, files);
        secretary::collect(&mut self.setting.desk, "r-2024", &[folder]).unwrap()
    }

    /// Every expert's sheet for every centre, but for those left out.
    pub fn collect_all(&mut self, left_out: &[(usize, &str)]) {
        let folder = self.setting.path("sheets");
        for centre in CENTRES {
            fs::create_dir_all(folder.join(centre)).unwrap();
            for expert in 0..self.setting.experts.len() {
                if !left_out.contains(&(expert, centre)) {
                    let name = format!("评分表-{expert}.hjsheet");
                    fs::write(folder.join(centre).join(name), self.sheet(expert, centre).bytes()).unwrap();
                }
            }
        }
        let report = secretary::collect(&mut self.setting.desk, "r-2024", &[folder]).unwrap();
        let expected = self.setting.experts.len() * 3 - left_out.len();
        assert_eq!((usize::try_from(report.accepted).unwrap(), report.problems.len()), (expected, 0));
    }

    pub fn view(&mut self) -> CollectView {
        secretary::collect_view(&mut self.setting.desk, "r-2024").unwrap()
    }

    pub fn cell(&mut self, expert: usize, centre: &str) -> MatrixCell {
        let view = self.view();
        view.rows[expert].cells.iter().find(|cell| cell.centre == centre).unwrap().clone()
    }

    /// How many rows the audit trail has: a change that was none leaves it as it was.
    pub fn audit_rows(&self) -> u32 {
        desk::common::check(&self.setting.desk).unwrap().audit_rows
    }

    pub fn sign(&mut self) -> Result<desk::dto::SignedResult, desk::DeskError> {
        secretary::sign_result(&mut self.setting.desk, "r-2024", PASSPHRASE)
    }

    pub fn export(&mut self, folder: &str) -> Result<desk::dto::Exported, desk::DeskError> {
        let folder = self.setting.path(folder);
        secretary::export_result(&mut self.setting.desk, "r-2024", &folder)
    }

    /// The same result with a second signature.
    pub fn countersigned(&self, package: &Path, key: &SigningKey) -> Vec<u8> {
        let mut bag = Bag::open(fs::File::open(package).unwrap(), RESULT, &limits()).unwrap();
        let head = bag.read(RESULT_HEAD, limits().file).unwrap();
        let signed = jws::cosign::<ResultHead>(&head, key, &random()).unwrap();
        let mut bytes = vec![];
        with_head(&mut bag, &signed, &mut bytes).unwrap();
        bytes
    }
}

/// The codes of the refused files, in order.
pub fn codes(report: &ImportReport) -> Vec<&str> {
    report.problems.iter().map(|problem| problem.error.code.as_str()).collect()
}
