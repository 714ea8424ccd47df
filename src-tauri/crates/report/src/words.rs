//! Words of the printed forms: dates, kinds, and the marks that stand for what the measures leave open.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use review::{
    agreement::NotComputed,
    panel::Violation,
    points::Points,
    result::{CellKind, Consequence},
    round::RoundKind,
    rulebook::PanelRules,
    sheet::{ConflictKind, FindingKind},
};

/// `2026年11月23日`
pub(crate) fn day(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2026-11-23 14:03 +08:00`
pub(crate) fn moment(time: &DateTime<FixedOffset>) -> String {
    time.format("%Y-%m-%d %H:%M %:z").to_string()
}

pub(crate) const fn round_kind(kind: RoundKind) -> &'static str {
    match kind {
        RoundKind::Evaluation => "定期评估（第二十一条）",
        RoundKind::Establishment => "组建评审论证（第七条、第八条）",
    }
}

pub(crate) const fn conflict(kind: ConflictKind) -> &'static str {
    match kind {
        ConflictKind::SameUnit => "同单位",
        ConflictKind::Family => "近亲属关系",
        ConflictKind::Cooperation => "合作关系",
        ConflictKind::Interest => "利益关系",
        ConflictKind::Other => "其他",
    }
}

/// The words of Article 22.
pub(crate) const fn finding(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::AbsentWithoutReason => "无故不参加考核评估",
        FindingKind::FalseMaterial => "提供虚假材料",
        FindingKind::Interference => "干扰考核评估工作",
    }
}

pub(crate) fn consequence(consequence: &Consequence) -> String {
    match consequence {
        Consequence::NextEvaluation { year } => format!("下次评估：{year}年（第二十一条）"),
        Consequence::Rectification { until } => format!("限期整改至{}（第二十二条）", day(*until)),
        Consequence::Establishment => "由主管部门确定通过名单并公示（第七条第五项）".to_owned(),
        Consequence::Revocation => "撤销市技术创新中心资格（第二十二条）".to_owned(),
    }
}

/// A combined score (合成分): always with two decimals, as the declared rounding gives them.
pub(crate) fn combined(score: Points) -> String {
    format!("{}.{:02}", score.hundredths() / 100, score.hundredths() % 100)
}

/// What a panel does not meet, with the article that says so.
pub(crate) fn violation(rules: &PanelRules, violation: &Violation) -> String {
    let article = rules.article.chinese();
    match violation {
        Violation::TooFew { members, required } => {
            format!("有效评审专家{members}人，低于{article}规定的{required}人")
        }
        Violation::TooManyFromHost { members, host, allowed } => {
            let (part, whole) = rules.host_share;
            format!(
                "有效评审专家{members}人中依托单位人员{host}人，超过{article}规定的{part}/{whole}（至多{allowed}人）"
            )
        }
    }
}

pub(crate) const fn not_computed(why: NotComputed) -> &'static str {
    match why {
        NotComputed::TooFewCentres => "中心不足两个，不计算",
        NotComputed::TooFewExperts => "评全所有中心的专家不足两名，不计算",
        NotComputed::NoVariation => "评分没有足够差异，不计算",
    }
}

pub(crate) const fn cell(kind: &CellKind) -> &'static str {
    match kind {
        CellKind::Scored { .. } => "已评",
        CellKind::Recused => "回避",
        CellKind::Absent => "缺席",
    }
}
