//! A meeting to print: 3 fictional centres, 11 experts from several units, one with a rare character in the name.

// What does not parse here is a fault of the test itself.
#![allow(clippy::unwrap_used)]

use chrono::{DateTime, FixedOffset, NaiveDate};
use report::{SheetInput, SummaryInput};
use review::{
    compile::compile_centre,
    facts::Facts,
    ids::{Digest, KeyId},
    points::Points,
    result::{Cell, CellKind, ResultHead},
    roster::{Panel, Person, PublicKey, Roster, Term},
    round::{Centre, Dossier, Period, Round, RoundKind, RulebookRef},
    rulebook::Rulebook,
    scheme::{Bands, Confirmation, Dimension, Grade, Method, Rounding, Scheme},
    sheet::{Binding, ConflictKind, DossierRef, Evidence, Finding, FindingKind, Scoring, Sheet, Statement},
    unit::{Unit, UnitCode},
};

pub struct Meeting {
    pub round: Round,
    pub roster: Roster,
    pub sheets: Vec<(Digest, Sheet)>,
    pub head: ResultHead,
}

pub fn time() -> DateTime<FixedOffset> {
    "2026-01-16T14:03:22+08:00".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn digest(seed: u8) -> Digest {
    let mut bytes = [0_u8; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = seed.wrapping_mul(37).wrapping_add(u8::try_from(place).unwrap().wrapping_mul(73)) ^ 0x5a;
    }
    Digest(bytes)
}

fn unit(name: &str, number: u32) -> Unit {
    Unit { name: name.to_owned(), code: Some(UnitCode::with_check(&format!("91140700MA0{number:06}")).unwrap()) }
}

fn key(place: usize) -> KeyId {
    format!("{place:0>43}").parse().unwrap()
}

fn person(place: usize, name: &str, unit: Unit, title: &str) -> Person {
    let jwk = PublicKey { crv: "P-256".into(), kty: "EC".into(), x: "A".repeat(43), y: "A".repeat(43) };
    Person { key: key(place), jwk, name: name.to_owned(), unit, title: title.to_owned() }
}

fn centre(id: &str, name: &str, host: Unit) -> Centre {
    let dossier = Dossier { version: 1, manifest: digest(40), documents: vec![], facts: Facts::default() };
    Centre { id: id.parse().unwrap(), name: name.to_owned(), host, partners: vec![], previous_grade: None, dossier }
}

pub fn meeting() -> Meeting {
    let machines = unit("晋中示例农机有限公司", 1);
    let castings = unit("太谷示例玛钢铸造有限公司", 2);
    let tea = unit("和顺示例药茶有限公司", 3);
    let round = Round {
        id: "r-2026-1".parse().unwrap(),
        title: "晋中市技术创新中心评估·2026年第一轮".to_owned(),
        kind: RoundKind::Evaluation,
        held_on: day("2026-01-16"),
        period: Period { from: day("2023-01-01"), to: day("2025-12-31") },
        rulebook: RulebookRef { id: "jinzhong-2023-33".to_owned(), digest: digest(41) },
        out_of_force_reason: None,
        scheme: Scheme {
            maxima: [10, 25, 25, 15, 15, 10].map(Points::whole),
            step: Points::from_hundredths(50),
            bands: Bands {
                excellent: Points::whole(90),
                good: Points::whole(80),
                qualified: Points::whole(70),
                basically_qualified: Points::whole(60),
            },
            method: Method::Mean,
            rounding: Rounding::HalfUp,
            confirmed: Some(Confirmation {
                on: day("2026-01-09"), basis: "示例局务会会议纪要〔2026〕1号".to_owned()
            }),
        },
        bureau: unit("晋中市示例科学技术局", 9),
        bureau_key: key(99),
        centres: vec![
            centre("c-01", "晋中市智能农机装备技术创新中心", machines.clone()),
            centre("c-02", "晋中市玛钢铸造技术创新中心", castings),
            centre("c-03", "晋中市药茶精深加工技术创新中心", tea),
        ],
    };
    let names = [
        ("示例甲", "示例农业大学", "教授"),
        ("示例乙", "示例农业大学", "副教授"),
        ("𠮷示例", "示例理工大学", "教授"),
        ("示例䶮", "示例理工大学", "正高级工程师"),
        ("示例镕喆", "山西示例铸造研究所", "研究员"),
        ("示例己", "山西示例铸造研究所", "高级工程师"),
        ("示例庚", "示例中医药大学", "教授"),
        ("示例辛", "晋中示例会计师事务所（普通合伙）", "正高级会计师"),
        ("示例壬", "晋中示例食品检验检测中心", "高级工程师"),
        ("示例癸", "晋中示例科技服务中心", "研究员"),
    ];
    let mut members: Vec<Person> = names
        .iter()
        .enumerate()
        .map(|(place, (name, of, title))| person(place, name, unit(of, 100 + u32::try_from(of.len()).unwrap()), title))
        .collect();
    members.push(person(10, "示例子", machines, "高级工程师"));
    let roster = Roster {
        panel: Panel {
            round: round.id.clone(),
            round_digest: digest(42),
            secretary: person(50, "示例丑", unit("晋中市示例科学技术局", 9), ""),
            members,
            chair: key(2),
            term: Term { from: day("2026-01-01"), to: day("2028-12-31") },
            submitted_at: time(),
        },
        version: 1,
        previous: None,
        approved_at: time(),
    };
    let sheets: Vec<(Digest, Sheet)> = (0..3)
        .flat_map(|c| (0..11).map(move |e| (c, e)))
        .map(|(c, e)| (digest(u8::try_from(c * 11 + e).unwrap()), sheet(&round, &roster, c, e)))
        .collect();
    let head = head(&round, &roster, &sheets);
    Meeting { round, roster, sheets, head }
}

fn sheet(round: &Round, roster: &Roster, c: usize, e: usize) -> Sheet {
    let centre = &round.centres[c];
    let statement = if c == 1 && (e == 4 || e == 5) {
        Statement::Recusal {
            kind: ConflictKind::Cooperation,
            reason: "2024年起与该中心共同承担示例项目，存在合作关系。".to_owned(),
        }
    } else {
        Statement::Scoring(scoring(c, e))
    };
    Sheet {
        id: format!("s-{c}-{e}").parse().unwrap(),
        binding: binding(),
        dossier: DossierRef { centre: centre.id.clone(), version: 1, manifest: digest(40) },
        expert: roster.panel.members[e].key.clone(),
        seq: 1,
        supersedes: vec![],
        statement,
        salt: "A".repeat(22).parse().unwrap(),
        software: "hengjian 0.1.0".to_owned(),
        signed_at: time(),
    }
}

fn binding() -> Binding {
    Binding {
        round: "r-2026-1".parse().unwrap(),
        round_digest: digest(42),
        roster_digest: digest(43),
        rulebook_digest: digest(41),
        scheme_digest: digest(44),
    }
}

fn scoring(c: usize, e: usize) -> Scoring {
    let off = u32::try_from((c * 7 + e * 5) % 9).unwrap();
    let of = |maximum: u32, place: u32| {
        let lost = [10, 16, 36][c] * maximum / 100 * 100 + 50 * ((off + place) % 5);
        Points::from_hundredths((maximum * 100).saturating_sub(lost))
    };
    let comments = [
        "理事会、专家委员会运行规范，章程和经费管理制度完备，专账独立核算。",
        "研究方向凝练，三个方向均有省级以上项目支撑，授权发明专利与方向直接相关；原始创新仍显不足。",
        "转化项数和合同金额逐年增长，新增产值可由应用证明核实。第三个方向的成果尚未批量应用，建议持续跟踪。",
        "设备开放天数较多，服务企业满意率95%以上。",
        "",
        "安全与保密制度健全，三年无事故；科普活动形式较单一。",
    ];
    Scoring {
        scores: [of(10, 0), of(25, 1), of(25, 2), of(15, 3), of(15, 4), of(10, 5)],
        comments: comments.map(str::to_owned),
        evidence: vec![
            Evidence { dimension: Dimension::Organisation, document: "01-三年工作总结.pdf".to_owned(), page: 2 },
            Evidence { dimension: Dimension::Transfer, document: "01-三年工作总结.pdf".to_owned(), page: 5 },
            Evidence { dimension: Dimension::Transfer, document: "03-财务审计报告.pdf".to_owned(), page: 4 },
        ],
        recommended: Some(Grade::Good),
        opinion: "该中心围绕丘陵山地轻简化农机开展研究，机构健全，运行规范，成果转化成效明显，对县域产业带动作用较强。\n\
                  主要不足：一是原始创新不够，高水平论文偏少；二是市场化收入占比偏低；三是共建单位设备共享的结算机制有待完善。\n\
                  建议：下一周期聚焦一到两个方向做深做透，提高对科技型中小企业的服务频次，并完善青年人才培养计划。"
            .to_owned(),
    }
}

fn head(round: &Round, roster: &Roster, sheets: &[(Digest, Sheet)]) -> ResultHead {
    let rulebook = rulebook();
    let matrix: Vec<Cell> = sheets
        .iter()
        .map(|(digest, sheet)| Cell {
            expert: sheet.expert.clone(),
            centre: sheet.dossier.centre.clone(),
            kind: match &sheet.statement {
                Statement::Scoring(scoring) => CellKind::Scored { total: scoring.total() },
                Statement::Recusal { .. } => CellKind::Recused,
            },
            digest: *digest,
        })
        .collect();
    let findings = vec![Finding {
        centre: round.centres[2].id.clone(),
        kind: FindingKind::FalseMaterial,
        evidence: "应用证明第3份所列单位经核实未采用该技术，核实记录见示例调查笔录第2页。".to_owned(),
        recorded_at: time(),
    }];
    let centres = round
        .centres
        .iter()
        .map(|centre| compile_centre(&rulebook, round, centre, &roster.panel, &matrix, &findings))
        .collect();
    ResultHead {
        binding: binding(),
        entries: vec![],
        tree_root: digest(45),
        matrix,
        findings,
        centres,
        software: "hengjian 0.1.0".to_owned(),
        compiled_at: time(),
    }
}

impl Meeting {
    pub fn sheet_input(&self, place: usize) -> SheetInput<'_> {
        let (digest, sheet) = &self.sheets[place];
        SheetInput {
            round: &self.round,
            centre: self.round.centre(&sheet.dossier.centre).unwrap(),
            expert: self.roster.panel.member(&sheet.expert).unwrap(),
            sheet,
            digest,
            printed_at: time(),
        }
    }

    pub fn with_summary<T>(&self, use_it: impl FnOnce(&SummaryInput) -> T) -> T {
        let sheets: Vec<(Digest, &Sheet)> = self.sheets.iter().map(|(digest, sheet)| (*digest, sheet)).collect();
        let digest = digest(77);
        use_it(&SummaryInput {
            round: &self.round,
            rulebook: &rulebook(),
            roster: &self.roster,
            head: &self.head,
            sheets: &sheets,
            digest: &digest,
            printed_at: time(),
        })
    }
}

/// The rulebook as shipped.
pub fn rulebook() -> Rulebook {
    Rulebook::parse(include_str!("../../../../../assets/rulebooks/jinzhong-2023-33.toml")).unwrap()
}
