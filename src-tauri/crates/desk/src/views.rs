//! From the things of the review to what screens show.

use std::collections::BTreeMap;

use review::{
    agreement::Robustness,
    conditions::{self, Stated, Verdict},
    ids::KeyId,
    naming,
    panel::{Composition, PanelError},
    points::Points,
    result::{CentreResult, Outcome},
    roster::{Panel, Person},
    round::{Centre, Round},
    rulebook::{PanelRules, Rulebook},
    scheme::Method,
    sheet::{Finding, FindingKind, Scoring},
};
use seal::meeting::{Issued, Meeting};
use store::{
    Reader,
    tables::{rosters, rounds},
};

use crate::{
    DeskError,
    dto::{
        CentreView, CompositionView, ConditionView, DocumentView, FindingView, GradeView, MemberTotal, PersonView,
        RoundSummary, RoundView, Sensitivity,
    },
};

/// A person.
pub(crate) fn person(person: &Person) -> PersonView {
    PersonView {
        key: person.key.to_string(),
        key_short: person.key.short(),
        name: person.name.clone(),
        unit: person.unit.clone(),
        title: person.title.clone(),
    }
}

/// A centre's name without what every centre's name has.
pub(crate) fn short_name(rulebook: &Rulebook, name: &str) -> String {
    let field = name.strip_prefix(&rulebook.name.prefix).and_then(|rest| rest.strip_suffix(&rulebook.name.suffix));
    field.filter(|field| !field.is_empty()).unwrap_or(name).to_owned()
}

/// A centre with its dossier.
pub(crate) fn centre(rulebook: &Rulebook, centre: &Centre) -> CentreView {
    CentreView {
        id: centre.id.to_string(),
        name: centre.name.clone(),
        short_name: short_name(rulebook, &centre.name),
        host: centre.host.clone(),
        partners: centre.partners.clone(),
        previous_grade: centre.previous_grade,
        documents: centre.dossier.documents.iter().map(|d| document(&d.name, d.size)).collect(),
        facts: centre.dossier.facts.clone(),
        conditions: conditions::checklist(&rulebook.conditions, &centre.dossier.facts).iter().map(condition).collect(),
        name_lawful: naming::check(&rulebook.name, &centre.name).is_ok(),
    }
}

/// A document.
pub(crate) fn document(name: &str, size: u64) -> DocumentView {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let kind = match ending.as_str() {
        "pdf" => "pdf",
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "bmp" => "image",
        "txt" | "md" | "csv" => "text",
        _ => "other",
    };
    DocumentView { name: name.to_owned(), size, kind: kind.to_owned() }
}

fn condition(item: &conditions::Item) -> ConditionView {
    let stated = match item.stated {
        None => String::new(),
        Some(Stated::Number(number)) => number.to_string(),
        Some(Stated::Flag(flag)) => if flag { "是" } else { "否" }.to_owned(),
        Some(Stated::Part { part, whole }) => format!("{part} / {whole}"),
        Some(Stated::Term { from, until }) => format!("{from} – {until}"),
    };
    let verdict = match item.verdict {
        Verdict::Met => "met",
        Verdict::NotMet => "not_met",
        Verdict::NotStated => "not_stated",
        Verdict::Contradictory => "contradictory",
    };
    ConditionView {
        key: item.condition.key.name().to_owned(),
        article: item.condition.article.chinese(),
        text: item.condition.text.clone(),
        stated,
        verdict: verdict.to_owned(),
    }
}

/// A round in a list, from its row.
pub(crate) fn round_summary(reader: &Reader, row: &rounds::RoundRow) -> Result<RoundSummary, DeskError> {
    let (Some(bytes), Some(card)) = (&row.bytes, &row.bureau_card) else {
        return Err(DeskError::not_found("round"));
    };
    let issued = Issued::read(card, bytes, &row.rulebook)?;
    summary(reader, &issued, row.status.as_str())
}

/// A verified round in a list.
pub(crate) fn summary(reader: &Reader, issued: &Issued, status: &str) -> Result<RoundSummary, DeskError> {
    let round = issued.round();
    let version = rosters::latest(reader, round.id.as_str())?.map_or(0, |roster| roster.version);
    Ok(RoundSummary {
        id: round.id.to_string(),
        title: round.title.clone(),
        kind: round.kind,
        status: status.to_owned(),
        held_on: round.held_on.to_string(),
        centres: count(round.centres.len()),
        roster_version: version,
        digest_short: round.digest().short(),
        bureau: round.bureau.name.clone(),
    })
}

/// A round as read.
pub(crate) fn round(issued: &Issued, summary: RoundSummary) -> RoundView {
    let round = issued.round();
    RoundView {
        summary,
        period: round.period,
        rulebook: issued.rulebook().id.clone(),
        rulebook_title: issued.rulebook().title.clone(),
        out_of_force_reason: round.out_of_force_reason.clone(),
        scheme: round.scheme.clone(),
        bureau_key_short: round.bureau_key.short(),
        bureau_key: round.bureau_key.to_string(),
        centres: round.centres.iter().map(|c| centre(issued.rulebook(), c)).collect(),
    }
}

/// Article 11 for a centre. `people` gives the names.
pub(crate) fn composition(
    rulebook: &Rulebook,
    centre: (&str, &str),
    composition: &Composition,
    people: &[Person],
) -> CompositionView {
    let names = |keys: &[KeyId]| {
        people.iter().filter(|person| keys.contains(&person.key)).map(|person| person.name.clone()).collect()
    };
    CompositionView {
        centre: centre.0.to_owned(),
        centre_name: centre.1.to_owned(),
        centre_short: short_name(rulebook, centre.1),
        members: count(composition.members.len()),
        host: count(composition.host_members.len()),
        host_names: names(&composition.host_members),
        by_name_only: names(&composition.by_name_only),
        violations: composition.violations.clone(),
        article: rulebook.panel.article.chinese(),
    }
}

/// Article 11 for every centre of a round, on these people.
pub(crate) fn compositions(rulebook: &Rulebook, round: &Round, people: &[Person]) -> Vec<CompositionView> {
    let of = |centre: &Centre| {
        let counted = Composition::of(&rulebook.panel, &centre.host, people);
        composition(rulebook, (centre.id.as_str(), &centre.name), &counted, people)
    };
    round.centres.iter().map(of).collect()
}

/// What is wrong with the people of a panel, with the article and the name of the one who stands twice.
pub(crate) fn people_problem(rules: &PanelRules, error: PanelError, people: &[Person]) -> DeskError {
    let key = match &error {
        PanelError::SameKey { key } | PanelError::SamePerson { second: key, .. } => Some(key.clone()),
        _ => None,
    };
    let person = people.iter().find(|person| Some(&person.key) == key.as_ref());
    match person {
        Some(person) => DeskError::from(error).with("name", &person.name),
        None => DeskError::from(error).with("article", rules.article.chinese()),
    }
}

/// A finding; `id` is its row, or 0 where it stands in a signed result.
pub(crate) fn finding(id: u32, finding: &Finding) -> FindingView {
    let kind = match finding.kind {
        FindingKind::AbsentWithoutReason => "absent_without_reason",
        FindingKind::FalseMaterial => "false_material",
        FindingKind::Interference => "interference",
    };
    FindingView {
        id,
        centre: finding.centre.to_string(),
        kind: kind.to_owned(),
        evidence: finding.evidence.clone(),
        recorded_at: finding.recorded_at.to_rfc3339(),
    }
}

/// The stable code of a method.
pub(crate) const fn method_code(method: Method) -> &'static str {
    match method {
        Method::Mean => "mean",
        Method::Median => "median",
        Method::TrimmedMean => "trimmed_mean",
    }
}

/// How a centre came out, with what is shown beside it. `scorings` gives each expert's counted scores for this centre.
pub(crate) fn grade(
    meeting: &Meeting,
    result: &CentreResult,
    scorings: &BTreeMap<KeyId, Scoring>,
    findings: &[Finding],
) -> GradeView {
    let (round, panel, rulebook) = (meeting.round(), meeting.panel(), meeting.rulebook());
    let name = round.centre(&result.centre).map_or_else(|| result.centre.to_string(), |c| c.name.clone());
    let totals = member_totals(panel, result, scorings);
    let keyed: Vec<(KeyId, Points)> = panel
        .members
        .iter()
        .filter_map(|member| scorings.get(&member.key).map(|scoring| (member.key.clone(), scoring.total())))
        .collect();
    let points = || keyed.iter().map(|(_, total)| *total);
    let (status, score, by_score, grade, consequence) = match &result.outcome {
        Outcome::Graded { score, by_score, grade, consequence } => {
            ("graded", Some(*score), Some(*by_score), Some(*grade), Some(consequence.clone()))
        }
        Outcome::ByFinding { consequence } => {
            ("by_finding", None, None, Some(review::scheme::Grade::Unqualified), Some(consequence.clone()))
        }
        Outcome::Refused { .. } => ("refused", None, None, None, None),
    };
    GradeView {
        centre: result.centre.to_string(),
        centre_short: short_name(rulebook, &name),
        status: status.to_owned(),
        score,
        by_score,
        grade,
        consequence,
        lowest: points().min(),
        highest: points().max(),
        sensitive_to: by_score.map(|_| sensitivities(meeting, result, &keyed)).unwrap_or_default(),
        findings: findings.iter().filter(|f| f.centre == result.centre).map(|f| finding(0, f)).collect(),
        composition: composition(rulebook, (result.centre.as_str(), &name), &result.composition, &panel.members),
        centre_name: name,
        totals,
    }
}

fn member_totals(panel: &Panel, result: &CentreResult, scorings: &BTreeMap<KeyId, Scoring>) -> Vec<MemberTotal> {
    let total = |member: &Person| {
        scorings.get(&member.key).map(|scoring| MemberTotal {
            key: member.key.to_string(),
            name: member.name.clone(),
            from_host: result.composition.host_members.contains(&member.key),
            total: scoring.total(),
            scores: scoring.scores.to_vec(),
        })
    };
    panel.members.iter().filter_map(total).collect()
}

/// What would alter the grade; shown beside the result, never applied.
fn sensitivities(meeting: &Meeting, result: &CentreResult, totals: &[(KeyId, Points)]) -> Vec<Sensitivity> {
    let hosts = &result.composition.host_members;
    let Some(robustness) = Robustness::of(&meeting.round().scheme, totals, hosts) else { return vec![] };
    let name = |key: &KeyId| meeting.panel().member(key).map(|member| member.name.clone()).unwrap_or_default();
    let experts = robustness.without_expert.iter().map(|(key, other)| ("without_expert", name(key), other));
    let host = [("without_host", String::new(), &robustness.without_host)];
    let methods = robustness.other_methods.iter().map(|(m, other)| ("method", method_code(*m).to_owned(), other));
    experts
        .chain(host)
        .chain(methods)
        .filter_map(|(kind, what, other)| {
            let grade = other.as_ref()?.grade;
            (grade != robustness.declared.grade).then(|| Sensitivity { kind: kind.to_owned(), what, grade })
        })
        .collect()
}

/// A length as screens carry it.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
