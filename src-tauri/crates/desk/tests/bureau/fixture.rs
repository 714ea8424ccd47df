//! A bureau's desk in a folder of its own, and the people and files that come to it, made with `seal` and `review` alone.

use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    sync::Arc,
};

use desk::{
    Desk, DeskError, Host, bureau,
    dto::{CentreInput, DraftView, NewDesk, ResultView, RoundInput, UnitInput},
};
use review::{
    compile,
    facts::Facts,
    points::Points,
    result::ResultHead,
    roster::{Card, Panel, Person, Role, Term},
    round::RoundKind,
    sheet::{Absence, ConflictKind, DossierRef, Finding, Scoring, Sheet, Statement},
    unit::{Unit, UnitCode},
};
use seal::{
    jws::{self, Verified},
    key::{SigningKey, SystemRandom},
    meeting::{Issued, Meeting},
    merkle,
    packages::{RoundFile, write_panel},
    result::{Leaf, entries, write_result},
};
use tempfile::TempDir;

pub const PASSPHRASE: &str = "correct horse";
pub const START: &str = "2025-06-10T09:00:00+08:00";

/// What a kept or refused import says.
pub fn codes(problems: &[DeskError]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code.as_str()).collect()
}

/// The code of a refusal.
pub fn code<T>(refused: Result<T, DeskError>) -> String {
    match refused {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.code,
    }
}

/// All problems of a result by check, as `check: CODE`.
pub fn problems(view: &ResultView) -> Vec<String> {
    let of = |check: &desk::dto::CheckView| {
        check.problems.iter().map(|problem| format!("{}: {}", check.key, problem.code)).collect::<Vec<_>>()
    };
    view.checks.iter().flat_map(of).collect()
}

pub fn unit(number: usize) -> Unit {
    let code = UnitCode::with_check(&format!("91140700FAKE{number:05}")).unwrap();
    Unit { name: format!("示例第{number}研究院"), code: Some(code) }
}

fn typed(unit: &Unit) -> UnitInput {
    UnitInput { name: unit.name.clone(), code: unit.code.as_ref().map(ToString::to_string).unwrap_or_default() }
}

/// A bureau with its desk, and a folder for what it writes.
pub struct Bureau {
    pub desk: Desk,
    pub out: PathBuf,
    pub folder: TempDir,
}

impl Bureau {
    pub fn new() -> Self {
        Self::at(START)
    }

    pub fn at(start: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let host = Arc::new(Host::sample(start.parse().unwrap(), 1));
        let new = NewDesk {
            roles: vec![Role::Bureau],
            name: "示例市科技局评审科".to_owned(),
            unit: typed(&unit(99)),
            title: String::new(),
            passphrase: PASSPHRASE.to_owned(),
        };
        let desk = Desk::create(host, &folder.path().join("科技局"), &new, true).unwrap();
        let out = folder.path().join("发出");
        Self { desk, out, folder }
    }

    /// A folder with the files of a dossier.
    pub fn dossier(&self, name: &str, files: &[&str]) -> PathBuf {
        let folder = self.folder.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        for file in files {
            fs::write(folder.join(file), format!("%PDF-1.7 {name} {file}\n%%EOF\n")).unwrap();
        }
        folder
    }

    /// A draft with two centres of different hosts and a confirmed scheme.
    pub fn ready(&mut self) -> DraftView {
        self.ready_with(&input())
    }

    pub fn ready_with(&mut self, input: &RoundInput) -> DraftView {
        let round = bureau::round_new(&mut self.desk, input).unwrap().summary.id;
        for (number, name) in ["晋中市示例甲技术创新中心", "晋中市示例乙技术创新中心"].iter().enumerate()
        {
            let folder = self.dossier(name, &["申报书.pdf", "佐证材料.pdf"]);
            bureau::add_centre(&mut self.desk, &round, &centre(name, number), &folder).unwrap();
        }
        bureau::confirm_scheme(&mut self.desk, &round, "局务会纪要〔2025〕1号").unwrap()
    }

    /// Issues a ready round: what a secretary reads of it.
    pub fn issued(&mut self) -> Issued {
        self.issued_with(&input())
    }

    pub fn issued_with(&mut self, input: &RoundInput) -> Issued {
        let round = self.ready_with(input).summary.id;
        let written = bureau::issue_round(&mut self.desk, &round, &self.out, PASSPHRASE).unwrap();
        RoundFile::open(BufReader::new(File::open(written.path).unwrap())).unwrap().issued
    }

    /// Issues a round, approves its panel: the meeting as everyone sees it.
    pub fn meeting(&mut self, people: &People) -> Meeting {
        let issued = self.issued();
        self.roster(people, issued)
    }

    pub fn roster(&mut self, people: &People, issued: Issued) -> Meeting {
        let path = people.panel_file(&self.out, &issued);
        let written = bureau::approve_panel(&mut self.desk, &path, &self.out, PASSPHRASE).unwrap();
        Meeting::read(issued, &fs::read(written.path).unwrap()).unwrap()
    }

    pub fn import(&mut self, path: &Path) -> ResultView {
        bureau::import_result(&mut self.desk, path, &mut |_, _| ()).unwrap()
    }
}

pub fn input() -> RoundInput {
    RoundInput {
        title: "2025年度定期评估（示例）".to_owned(),
        kind: RoundKind::Evaluation,
        held_on: "2025-06-16".to_owned(),
        period_from: "2022-01-01".to_owned(),
        period_to: "2024-12-31".to_owned(),
        out_of_force_reason: String::new(),
    }
}

pub fn centre(name: &str, host: usize) -> CentreInput {
    CentreInput {
        name: name.to_owned(),
        host: typed(&unit(host)),
        partners: vec![UnitInput::default()],
        previous_grade: None,
        facts: Facts::default(),
    }
}

/// Someone with a key.
pub struct Signer {
    pub key: SigningKey,
    pub card: Verified<Card>,
}

impl Signer {
    pub fn new(name: &str, unit: Unit, role: Role) -> Self {
        let random = SystemRandom::new();
        let key = SigningKey::generate(&random).unwrap();
        let person = Person {
            key: key.id().clone(),
            jwk: key.public().clone(),
            name: name.to_owned(),
            unit,
            title: "教授".to_owned(),
        };
        let card = Card { person, roles: vec![role], made_at: START.parse().unwrap() };
        let card = jws::read_card(&jws::sign(&card, &key, &random).unwrap()).unwrap();
        Self { key, card }
    }

    pub fn person(&self) -> Person {
        self.card.person.clone()
    }
}

/// A secretary and the members of a panel; the first member is the chair.
pub struct People {
    pub secretary: Signer,
    pub members: Vec<Signer>,
    pub term: Term,
}

impl People {
    /// So many members, one from each of the units 10, 11, … that host nothing; `hosts` of them from the first centre's host.
    pub fn new(count: usize, hosts: usize) -> Self {
        let member = |place: usize| {
            let unit = if place < hosts { unit(0) } else { unit(10 + place) };
            Signer::new(&format!("示例专家{place}"), unit, Role::Expert)
        };
        Self {
            secretary: Signer::new("示例秘书", unit(98), Role::Secretary),
            members: (0..count).map(member).collect(),
            term: Term { from: "2025-06-01".parse().unwrap(), to: "2026-05-31".parse().unwrap() },
        }
    }

    pub fn panel(&self, issued: &Issued) -> Panel {
        Panel {
            round: issued.round().id.clone(),
            round_digest: issued.round().digest(),
            secretary: self.secretary.person(),
            members: self.members.iter().map(Signer::person).collect(),
            chair: self.members[0].person().key,
            term: self.term,
            submitted_at: START.parse().unwrap(),
        }
    }

    pub fn panel_file(&self, folder: &Path, issued: &Issued) -> PathBuf {
        self.write_panel(folder, &self.panel(issued))
    }

    pub fn write_panel(&self, folder: &Path, panel: &Panel) -> PathBuf {
        let signed = jws::sign(panel, &self.secretary.key, &SystemRandom::new()).unwrap();
        let mut cards: Vec<_> = self.members.iter().chain([&self.secretary]).map(|signer| &signer.card).collect();
        cards.dedup_by_key(|card| card.person.key.clone());
        let name = format!("备案-{}.hjpanel", seal::key::sha256(&signed).short().replace(' ', ""));
        fs::create_dir_all(folder).unwrap();
        let path = folder.join(name);
        write_panel(&signed, &cards, File::create(&path).unwrap()).unwrap();
        path
    }
}

/// The signed files of a meeting in which everybody scored everything, but for one recusal and one absence.
pub struct Ballots {
    pub sheets: Vec<Verified<Sheet>>,
    pub absences: Vec<Verified<Absence>>,
    pub findings: Vec<Finding>,
}

impl Ballots {
    /// Each of the six scores so many hundredths; the second member recuses from the first centre, the third is absent there.
    pub fn new(people: &People, meeting: &Meeting, scores: [u32; 6]) -> Self {
        let mut ballots = Self { sheets: vec![], absences: vec![], findings: vec![] };
        for (column, centre) in meeting.round().centres.iter().enumerate() {
            for (row, member) in people.members.iter().enumerate() {
                let dossier = DossierRef {
                    centre: centre.id.clone(),
                    version: centre.dossier.version,
                    manifest: centre.dossier.manifest,
                };
                let statement = match (column, row) {
                    (0, 1) => Statement::Recusal { kind: ConflictKind::Family, reason: "近亲属任职".to_owned() },
                    (0, 2) => {
                        ballots.absences.push(absent(people, meeting, &dossier.centre, &member.person()));
                        continue;
                    }
                    _ => scoring(scores),
                };
                ballots.sheets.push(sheet(meeting, member, dossier, statement, vec![]));
            }
        }
        ballots
    }

    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        let absences = self.absences.iter().map(Leaf::Absence);
        self.sheets.iter().map(Leaf::Sheet).chain(absences).collect()
    }

    /// The head that an honest secretary signs.
    pub fn head(&self, meeting: &Meeting) -> ResultHead {
        let (round, panel) = (meeting.round(), meeting.panel());
        let sheets: Vec<_> = self.sheets.iter().map(|sheet| (sheet.digest(), sheet.value())).collect();
        let absences: Vec<_> = self.absences.iter().map(|absence| (absence.digest(), absence.value())).collect();
        let matrix = compile::matrix(round, panel, &sheets, &absences);
        let cells: Vec<_> =
            round.centres.iter().flat_map(|centre| compile::settled(&matrix, &centre.id).unwrap()).collect();
        let centres = round
            .centres
            .iter()
            .map(|c| compile::compile_centre(meeting.rulebook(), round, c, panel, &cells, &self.findings))
            .collect();
        let sorted = entries(round, panel, self.leaves());
        let bytes: Vec<&[u8]> = sorted.iter().map(|(_, leaf)| leaf.bytes()).collect();
        ResultHead {
            binding: meeting.binding().clone(),
            entries: sorted.iter().map(|(entry, _)| entry.clone()).collect(),
            tree_root: merkle::tree_hash(&bytes),
            matrix: cells,
            findings: self.findings.clone(),
            centres,
            software: "hengjian test".to_owned(),
            compiled_at: START.parse().unwrap(),
        }
    }

    /// Writes a result package with this head, signed by secretary and chair, whatever the head says.
    pub fn write(&self, folder: &Path, people: &People, meeting: &Meeting, head: &ResultHead) -> PathBuf {
        let random = SystemRandom::new();
        let signed = jws::sign(head, &people.secretary.key, &random).unwrap();
        let signed = jws::cosign::<ResultHead>(&signed, &people.members[0].key, &random).unwrap();
        self.write_signed(folder, meeting, &signed)
    }

    pub fn write_signed(&self, folder: &Path, meeting: &Meeting, head: &[u8]) -> PathBuf {
        let sorted = entries(meeting.round(), meeting.panel(), self.leaves());
        let path = folder.join(format!("结果-{}.hjresult", seal::key::sha256(head).short().replace(' ', "")));
        write_result(meeting, head, &sorted, File::create(&path).unwrap()).unwrap();
        path
    }
}

pub fn scoring(scores: [u32; 6]) -> Statement {
    Statement::Scoring(Scoring {
        scores: scores.map(Points::from_hundredths),
        comments: Default::default(),
        evidence: vec![],
        recommended: None,
        opinion: "总体良好。".to_owned(),
    })
}

/// The second sheet of a member on the centre of the first.
pub fn second(meeting: &Meeting, member: &Signer, first: &Verified<Sheet>, scores: [u32; 6]) -> Verified<Sheet> {
    sheet(meeting, member, first.dossier.clone(), scoring(scores), vec![first.digest()])
}

fn sheet(
    meeting: &Meeting,
    member: &Signer,
    dossier: DossierRef,
    statement: Statement,
    supersedes: Vec<review::ids::Digest>,
) -> Verified<Sheet> {
    let sheet = Sheet {
        id: "s-0000000000000001".parse().unwrap(),
        binding: meeting.binding().clone(),
        dossier,
        expert: member.person().key,
        seq: if supersedes.is_empty() { 1 } else { 2 },
        supersedes,
        statement,
        salt: "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(),
        software: "hengjian test".to_owned(),
        signed_at: START.parse().unwrap(),
    };
    meeting.read_sheet(&jws::sign(&sheet, &member.key, &SystemRandom::new()).unwrap()).unwrap()
}

fn absent(people: &People, meeting: &Meeting, centre: &review::ids::CentreId, who: &Person) -> Verified<Absence> {
    let absence = Absence {
        binding: meeting.binding().clone(),
        centre: centre.clone(),
        expert: who.key.clone(),
        reason: "因病".to_owned(),
        salt: "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(),
        recorded_at: START.parse().unwrap(),
    };
    meeting.read_absence(&jws::sign(&absence, &people.secretary.key, &SystemRandom::new()).unwrap()).unwrap()
}
