//! The sample meeting: a whole review on fictional data, performed through the same use cases as a real one.

mod data;
mod summary;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, FixedOffset};
use review::{
    points::Points,
    roster::Role,
    round::RoundKind,
    scheme::{Dimension, Grade, Scheme},
    sheet::{ConflictKind, Evidence},
};

use self::data::{Data, SampleCentre, SamplePerson};
pub use self::summary::Summary;
use crate::{
    Desk, DeskError, Host, bureau, common,
    dto::{DraftChange, PanelInput, RecusalInput, ResultView, Written},
    expert,
    output::{name_part, write_bytes},
    secretary,
};

/// The passphrase of every desk of the sample meeting; it protects nothing.
pub const PASSPHRASE: &str = "示例口令，仅供演示";

/// How large a sample meeting is.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Members of the panel, at most 99; below nine the bureau cannot approve it (Article 11).
    pub experts: u32,
    /// Centres under review, 1 to 60.
    pub centres: u32,
    /// Everything but keys, salts and signatures follows from it.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { experts: 11, centres: 3, seed: 1 }
    }
}

/// The most members of a sample panel.
pub const MAX_EXPERTS: u32 = 99;
/// The most centres of a sample meeting.
pub const MAX_CENTRES: u32 = 60;

/// Hears what is being done: the step's stable name, how much of it, of how much.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u32, u32);

/// When the sample meeting takes place: within the period of the measures.
fn start() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-01-15T08:30:00+08:00").unwrap_or_default()
}

/// Performs a whole meeting into an empty folder, every file left there, and says where each is.
///
/// # Errors
/// `SAMPLE_SIZE` for more than 99 experts or 60 centres; `DESK_EXISTS` where the folder has something in it; `PANEL_TOO_FEW` with fewer than nine experts; those of every step.
pub fn demo(out: &Path, options: Options, progress: Progress<'_>) -> Result<Summary, DeskError> {
    let mut meeting = Meeting::begin(out, options, progress)?;
    meeting.panel(progress)?;
    meeting.hand_out(progress)?;
    meeting.score(progress, |_| true)?;
    meeting.collect(progress)?;
    let result = meeting.sign_result(progress)?;
    let view = meeting.file_result(&result)?;
    progress("result", 3, 3);
    let summary = Summary::of(&meeting, &view);
    let text = serde_json::to_vec_pretty(&summary).map_err(DeskError::internal)?;
    write_bytes(out, "summary.json", &text)?;
    Ok(summary)
}

/// Makes the sample meeting of the application: handed out, and every expert but the chair has signed and handed back. What
/// remains is the chair's scoring, and everything after it.
///
/// # Errors
/// Those of every step.
pub fn prepare(home: &Path, progress: Progress<'_>) -> Result<(), DeskError> {
    let mut meeting = Meeting::begin(home, Options::default(), progress)?;
    meeting.panel(progress)?;
    meeting.hand_out(progress)?;
    meeting.score(progress, |place| place > 0)
}

/// A sample meeting as it proceeds.
struct Meeting {
    out: PathBuf,
    options: Options,
    data: Data,
    people: Vec<SamplePerson>,
    centres: Vec<SampleCentre>,
    bureau: Desk,
    secretary: Desk,
    experts: Vec<Desk>,
    round: String,
    scheme: Scheme,
    files: Files,
}

/// Every file that the meeting leaves.
#[derive(Default)]
struct Files {
    bureau_card: Option<Written>,
    cards: Vec<Written>,
    round: Option<Written>,
    panel: Option<Written>,
    roster: Option<Written>,
    pack: Option<Written>,
    /// For each expert what was exported.
    sheets: Vec<Vec<Written>>,
    receipts: Vec<Written>,
    result: Option<Written>,
    inclusions: Vec<Written>,
    summaries: Vec<Written>,
    register: Option<Written>,
}

/// Where each kind of file is left.
mod place {
    pub(super) const DESKS: &str = "desks";
    pub(super) const DOSSIERS: &str = "dossiers";
    pub(super) const ROUND: &str = "1-round";
    pub(super) const CARDS: &str = "2-cards";
    pub(super) const PANEL: &str = "3-panel";
    pub(super) const ROSTER: &str = "4-roster";
    pub(super) const PACK: &str = "5-pack";
    pub(super) const SHEETS: &str = "6-sheets";
    pub(super) const RECEIPTS: &str = "6-sheets/receipts";
    pub(super) const RESULT: &str = "7-result";
    pub(super) const INCLUSION: &str = "7-result/inclusion";
    pub(super) const FILED: &str = "8-filed";
}

impl Meeting {
    /// Everybody makes an identity, and the bureau issues the round.
    fn begin(out: &Path, options: Options, progress: Progress<'_>) -> Result<Self, DeskError> {
        for (asked, maximum) in [(options.experts, MAX_EXPERTS), (options.centres, MAX_CENTRES)] {
            if asked > maximum {
                return Err(DeskError::new("SAMPLE_SIZE").with("maximum", maximum));
            }
        }
        if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(DeskError::new("DESK_EXISTS").with("path", out.display()));
        }
        let data = Data::load()?;
        let (people, centres) = (data.experts(options.experts)?, data.centres(options.centres)?);
        let host = Arc::new(Host::sample(start(), options.seed));
        let total = options.experts + 2;
        let mut made = 0;
        let mut make = |folder: &str, person: &SamplePerson, role: Role| {
            progress("identities", made, total);
            made += 1;
            let folder = out.join(place::DESKS).join(folder);
            Desk::create(Arc::clone(&host), &folder, &person.new_desk(role, PASSPHRASE), true)
        };
        let bureau = make("1-bureau", &data.bureau, Role::Bureau)?;
        let secretary = make("2-secretary", &data.secretary, Role::Secretary)?;
        let experts = people
            .iter()
            .enumerate()
            .map(|(place, person)| make(&format!("3-expert-{:02}", place + 1), person, Role::Expert))
            .collect::<Result<Vec<_>, _>>()?;
        let scheme = common::built_in_rulebook()?.default_scheme();
        let mut meeting = Self {
            out: out.to_owned(),
            options,
            data,
            people,
            centres,
            bureau,
            secretary,
            experts,
            round: String::new(),
            scheme,
            files: Files::default(),
        };
        meeting.issue_round(progress)?;
        Ok(meeting)
    }

    fn issue_round(&mut self, progress: Progress<'_>) -> Result<(), DeskError> {
        self.files.bureau_card = Some(common::export_card(&mut self.bureau, &self.out.join(place::CARDS))?);
        let draft = bureau::round_new(&mut self.bureau, &self.data.round())?;
        self.round = draft.summary.id;
        for (number, centre) in self.centres.iter().enumerate() {
            progress("round", crate::views::count(number), self.options.centres + 1);
            let folder = self.out.join(place::DOSSIERS).join(name_part(&centre.name));
            for document in report::sample_documents(number, &centre.name, centre.host_name())? {
                write_bytes(&folder, &document.file_name, &document.bytes)?;
            }
            bureau::add_centre(&mut self.bureau, &self.round, &centre.input(), &folder)?;
        }
        bureau::confirm_scheme(&mut self.bureau, &self.round, &self.data.basis)?;
        let folder = self.out.join(place::ROUND);
        self.files.round = Some(bureau::issue_round(&mut self.bureau, &self.round, &folder, PASSPHRASE)?);
        Ok(())
    }

    /// The secretary composes the panel, and the bureau approves it.
    fn panel(&mut self, progress: Progress<'_>) -> Result<(), DeskError> {
        progress("panel", 0, 2);
        let cards = self.out.join(place::CARDS);
        for expert in &mut self.experts {
            self.files.cards.push(common::export_card(expert, &cards)?);
        }
        self.files.cards.push(common::export_card(&mut self.secretary, &cards)?);
        secretary::import_round(&mut self.secretary, &written(&self.files.round)?, &mut |_, _| {})?;
        let cards: Vec<PathBuf> = self.files.cards.iter().map(|card| PathBuf::from(&card.path)).collect();
        secretary::import_cards(&mut self.secretary, &cards)?;
        let members: Vec<String> = self.experts.iter().map(|desk| desk.person().key.to_string()).collect();
        let input = PanelInput {
            chair: members.first().cloned().unwrap_or_default(),
            members,
            term_from: "2025-06-01".to_owned(),
            term_to: "2028-05-31".to_owned(),
        };
        secretary::set_panel(&mut self.secretary, &self.round, &input)?;
        let folder = self.out.join(place::PANEL);
        self.files.panel = Some(secretary::submit_panel(&mut self.secretary, &self.round, &folder, PASSPHRASE)?);
        progress("panel", 1, 2);
        let folder = self.out.join(place::ROSTER);
        let panel = written(&self.files.panel)?;
        self.files.roster = Some(bureau::approve_panel(&mut self.bureau, &panel, &folder, PASSPHRASE)?);
        Ok(())
    }

    /// The secretary hands out, and every expert takes in.
    fn hand_out(&mut self, progress: Progress<'_>) -> Result<(), DeskError> {
        let total = self.options.experts + 1;
        progress("packs", 0, total);
        secretary::import_roster(&mut self.secretary, &written(&self.files.roster)?)?;
        let folder = self.out.join(place::PACK);
        let (secretary, round) = (&mut self.secretary, &self.round);
        self.files.pack = Some(secretary::issue_packs(secretary, round, &folder, PASSPHRASE, &mut |_, _| {})?);
        let pack = written(&self.files.pack)?;
        for (place, expert) in self.experts.iter_mut().enumerate() {
            progress("packs", crate::views::count(place) + 1, total);
            expert::import_pack(expert, &pack, &mut |_, _| {})?;
        }
        Ok(())
    }

    /// Those experts of whom `takes_part` is true promise, read, score, sign and hand back.
    fn score(&mut self, progress: Progress<'_>, takes_part: impl Fn(usize) -> bool) -> Result<(), DeskError> {
        for place in 0..self.experts.len() {
            progress("sheets", crate::views::count(place), self.options.experts);
            let exported = if takes_part(place) { self.score_all(place)? } else { vec![] };
            self.files.sheets.push(exported);
        }
        Ok(())
    }

    fn score_all(&mut self, place: usize) -> Result<Vec<Written>, DeskError> {
        let round = self.round.clone();
        expert::promise(&mut self.experts[place], &round)?;
        let mut to_sign = vec![];
        for centre in 0..self.centres.len() {
            if self.is_absent(place, centre) {
                continue;
            }
            let id = centre_id(centre);
            if self.recuses(place, centre) {
                let input = RecusalInput {
                    kind: ConflictKind::SameUnit,
                    reason: "本人所在单位即该中心依托单位，按规定回避。".to_owned(),
                };
                expert::recuse(&mut self.experts[place], &round, &id, &input, PASSPHRASE)?;
                continue;
            }
            self.draft(place, centre, self.options.seed)?;
            to_sign.push(id);
        }
        let desk = &mut self.experts[place];
        expert::sign(desk, &round, &to_sign, PASSPHRASE)?;
        // One expert thinks again and signs a second version of the first sheet.
        if place == 2 && self.centres.len() > 1 {
            let again = to_sign.first().cloned().unwrap_or_default();
            let text = "复核审计报告后，对研究水平与贡献的评分维持，补充意见如上。".to_owned();
            expert::save_draft(desk, &round, &again, DraftChange::Opinion { text })?;
            expert::sign(desk, &round, &[again], PASSPHRASE)?;
        }
        Ok(expert::export_sheets(desk, &round, &self.out.join(place::SHEETS))?.files)
    }

    /// Fills in the six scores of one expert for one centre.
    fn draft(&mut self, place: usize, centre: usize, seed: u64) -> Result<(), DeskError> {
        const COMMENTS: [&str; 6] = [
            "理事会运行规范，章程与管理制度完备。",
            "研究方向凝练，承担省级项目，论文与专利质量较好。",
            "转化项目与合同金额逐年增长，效益可核实。",
            "面向产业链企业开展检测与试制服务，数量稳定。",
            "团队结构合理，青年骨干成长明显。",
            "仪器设备开放共享，产学研合作持续。",
        ];
        let (id, round) = (centre_id(centre), self.round.clone());
        let desk = &mut self.experts[place];
        let documents = expert::review_view(desk, &round, &id)?.centre.documents;
        let mut total = Points::ZERO;
        for dimension in Dimension::ALL {
            let number = u8::try_from(dimension.index()).unwrap_or_default();
            let score = sample_score(&self.scheme, dimension, self.centres[centre].level, (seed, place, centre));
            total = total + score;
            expert::save_draft(desk, &round, &id, DraftChange::Score { dimension: number, score: Some(score) })?;
            let text = COMMENTS[dimension.index()].to_owned();
            expert::save_draft(desk, &round, &id, DraftChange::Comment { dimension: number, text })?;
        }
        let evidence = |(dimension, document): (Dimension, &crate::dto::DocumentView)| Evidence {
            dimension,
            document: document.name.clone(),
            page: 2,
        };
        let pieces = [Dimension::Research, Dimension::Transfer].into_iter().zip(&documents).map(evidence).collect();
        expert::save_draft(desk, &round, &id, DraftChange::Evidence { pieces })?;
        let grade: Grade = self.scheme.bands.grade(total);
        expert::save_draft(desk, &round, &id, DraftChange::Recommended { grade: Some(grade) })?;
        let text = format!("总体评价：该中心建设与运行情况与自评材料基本一致，建议评为“{}”。", grade.title());
        expert::save_draft(desk, &round, &id, DraftChange::Opinion { text })?;
        Ok(())
    }

    /// One member steps back from the centre of the own unit, where the panel can spare one.
    fn recuses(&self, expert: usize, centre: usize) -> bool {
        self.options.experts >= 10 && centre == 0 && self.people[expert].is_from_host(&self.centres[0])
    }

    /// One member misses the last centre, where the panel can spare one.
    fn is_absent(&self, expert: usize, centre: usize) -> bool {
        self.options.experts >= 11 && centre > 0 && centre + 1 == self.centres.len() && expert + 1 == self.people.len()
    }

    /// The secretary collects, records who was absent, and gives receipts.
    fn collect(&mut self, progress: Progress<'_>) -> Result<(), DeskError> {
        progress("result", 0, 3);
        let report = secretary::collect(&mut self.secretary, &self.round, &[self.out.join(place::SHEETS)])?;
        if let Some(problem) = report.problems.first() {
            return Err(problem.error.clone());
        }
        for centre in 0..self.centres.len() {
            for expert in 0..self.experts.len() {
                if self.is_absent(expert, centre) {
                    let key = self.experts[expert].person().key.to_string();
                    let (desk, round, reason) =
                        (&mut self.secretary, &self.round, "因公务中途离会，未参加该中心评分。");
                    secretary::record_absence(desk, round, &key, &centre_id(centre), reason, PASSPHRASE)?;
                }
            }
        }
        let folder = self.out.join(place::RECEIPTS);
        let given = secretary::export_receipts(&mut self.secretary, &self.round, &folder, PASSPHRASE)?;
        self.files.receipts = given.files;
        Ok(())
    }

    /// The secretary compiles and signs, the chair countersigns, and every expert gets the proof of inclusion.
    fn sign_result(&mut self, progress: Progress<'_>) -> Result<PathBuf, DeskError> {
        progress("result", 1, 3);
        let folder = self.out.join(place::RESULT);
        secretary::sign_result(&mut self.secretary, &self.round, PASSPHRASE)?;
        let exported = secretary::export_result(&mut self.secretary, &self.round, &folder)?;
        let half = exported.files.iter().find(|file| file.path.ends_with(".hjresult"));
        let half = PathBuf::from(&half.ok_or_else(|| DeskError::not_found("result"))?.path);
        let chair = self.experts.first_mut().ok_or_else(|| DeskError::not_found("chair"))?;
        let whole = expert::countersign(chair, &half, &folder, PASSPHRASE)?;
        progress("result", 2, 3);
        let path = PathBuf::from(&whole.path);
        self.files.result = Some(whole);
        secretary::collect(&mut self.secretary, &self.round, std::slice::from_ref(&path))?;
        let folder = self.out.join(place::INCLUSION);
        let given = secretary::export_inclusions(&mut self.secretary, &self.round, &folder, PASSPHRASE)?;
        self.files.inclusions = given.files;
        Ok(path)
    }

    /// The bureau imports, decides and keeps the register.
    fn file_result(&mut self, path: &Path) -> Result<ResultView, DeskError> {
        let view = bureau::import_result(&mut self.bureau, path, &mut |_, _| {})?;
        if !view.filed {
            let problem = view.checks.iter().flat_map(|check| &check.problems).next().cloned();
            return Err(problem.unwrap_or_else(|| DeskError::new("RESULT_UNSOUND")));
        }
        for grade in &view.grades {
            if grade.grade.is_some() {
                bureau::decide(&mut self.bureau, &view.digest, &grade.centre, "按评审结果认定（示例）。")?;
            }
        }
        let folder = self.out.join(place::FILED);
        self.files.summaries = bureau::export_result_files(&mut self.bureau, &view.digest, &folder)?.files;
        self.files.register = Some(bureau::export_register(&mut self.bureau, &folder.join("中心台账.xlsx"))?);
        Ok(view)
    }
}

fn written(file: &Option<Written>) -> Result<PathBuf, DeskError> {
    file.as_ref().map(|file| PathBuf::from(&file.path)).ok_or_else(|| DeskError::not_found("file"))
}

/// The id that the bureau's desk gives to the centre added at that place.
fn centre_id(place: usize) -> String {
    format!("c-{:02}", place + 1)
}

/// A score near the centre's level, in steps: what this expert gives for this dimension follows from the seed alone.
fn sample_score(
    scheme: &Scheme,
    dimension: Dimension,
    level: u32,
    (seed, expert, centre): (u64, usize, usize),
) -> Points {
    let text = format!("hengjian score {seed} {expert} {centre} {}", dimension.index());
    let byte = seal::key::sha256(text.as_bytes()).0[0];
    let maximum = scheme.maximum(dimension).hundredths();
    // Within 6 percent of the maximum to either side of the level.
    let percent = (level + u32::from(byte) % 13).saturating_sub(6).min(100);
    let step = scheme.step.hundredths().max(1);
    let steps = (maximum * percent / 100 + step / 2) / step;
    Points::from_hundredths((steps * step).min(maximum))
}

/// The kind of round that the sample is; for the summary.
const KIND: RoundKind = RoundKind::Evaluation;
