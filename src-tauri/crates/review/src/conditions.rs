//! The conditions for establishing a centre (申请建设条件), Article 8, as a checklist from the dossier's facts.
//!
//! Advice to the expert, never a score: what the article asks beyond figures stays with the expert, and a figure that
//! is not stated is "not stated", never "not met".

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{deadlines::last_day_of, facts::Facts, rulebook::Article};

/// The conditions of Article 8 that figures can decide, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionKey {
    /// Units applying jointly (申报单位).
    Applicants,
    /// Term of the cooperation agreement (合作协议).
    Agreement,
    /// Laboratory area (实验用房).
    Area,
    /// Value of the equipment (仪器设备总值).
    Equipment,
    /// The partners' share of it (共建单位自有设备).
    PartnerEquipment,
    /// The director's age (主任年龄).
    DirectorAge,
    /// The director's title (副高以上职称).
    DirectorSenior,
    /// The director's engagement (全职全时).
    DirectorFullTime,
    /// Permanent researchers (固定科研人员).
    Staff,
    /// Of these with a master's degree or an associate senior title.
    StaffMasterOrSenior,
    /// Of these young and middle-aged (中青年).
    StaffYoung,
    /// Research and development spending of the last three years (研发总投入).
    Rd,
    /// The host unit's part of it.
    HostRd,
}

impl ConditionKey {
    /// All, in the order of Article 8.
    pub const ALL: [Self; 13] = [
        Self::Applicants,
        Self::Agreement,
        Self::Area,
        Self::Equipment,
        Self::PartnerEquipment,
        Self::DirectorAge,
        Self::DirectorSenior,
        Self::DirectorFullTime,
        Self::Staff,
        Self::StaffMasterOrSenior,
        Self::StaffYoung,
        Self::Rd,
        Self::HostRd,
    ];

    /// Its table under `conditions` in the rulebook file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applicants => "applicants",
            Self::Agreement => "agreement",
            Self::Area => "area",
            Self::Equipment => "equipment",
            Self::PartnerEquipment => "partner_equipment",
            Self::DirectorAge => "director_age",
            Self::DirectorSenior => "director_senior",
            Self::DirectorFullTime => "director_full_time",
            Self::Staff => "staff",
            Self::StaffMasterOrSenior => "staff_master_or_senior",
            Self::StaffYoung => "staff_young",
            Self::Rd => "rd",
            Self::HostRd => "host_rd",
        }
    }

    /// The key of its threshold in the rulebook file, which is also the kind of the threshold.
    pub(crate) const fn limit(self) -> &'static str {
        match self {
            Self::Applicants | Self::DirectorAge => "at_most",
            Self::Agreement => "years",
            Self::Area | Self::Equipment | Self::Staff | Self::Rd | Self::HostRd => "at_least",
            Self::PartnerEquipment => "share_at_most",
            Self::StaffMasterOrSenior | Self::StaffYoung => "share_at_least",
            Self::DirectorSenior | Self::DirectorFullTime => "required",
        }
    }
}

/// A share as a fraction of integers; the denominator is at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Above the line.
    pub numerator: u32,
    /// Below the line.
    pub denominator: u32,
}

/// What a condition asks. "At least" (以上, 不少于) and "at most" (不超过) include the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// No more than this.
    AtMost(u64),
    /// No less than this.
    AtLeast(u64),
    /// From the day of application this many years or more.
    Years(u32),
    /// A part that is no larger than this share of its whole.
    ShareAtMost(Share),
    /// A part that is no smaller than this share of its whole.
    ShareAtLeast(Share),
    /// It must be so.
    Required,
}

/// One condition as the rulebook file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Condition {
    /// Which.
    pub key: ConditionKey,
    /// In Chinese, as a checklist shows it.
    pub text: String,
    /// What it asks.
    pub threshold: Threshold,
    /// Where it stands.
    pub article: Article,
}

/// The figure that a dossier states for a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// A number: units, years of age, people, square metres or yuan, as [`Facts`] says.
    Number(u64),
    /// Whether it is so.
    Flag(bool),
    /// A part and the whole that it is a share of.
    Part {
        /// The part.
        part: u64,
        /// The whole.
        whole: u64,
    },
    /// The term of an agreement.
    Term {
        /// The day of application, from which it counts.
        from: NaiveDate,
        /// Its last day.
        until: NaiveDate,
    },
}

/// What a figure says to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Met (符合).
    Met,
    /// Not met (不符合).
    NotMet,
    /// Not stated (未填报): a figure that the condition needs is missing.
    NotStated,
    /// The figures cannot both be true, as a part larger than its whole (数据矛盾).
    Contradictory,
}

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The condition with its article and threshold.
    pub condition: Condition,
    /// The figure, where all of it is stated.
    pub stated: Option<Stated>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// The checklist of a dossier: one item for each condition of the rulebook, in its order.
///
/// ```
/// use review::{conditions::{Verdict, checklist}, facts::Facts, rulebook::{JINZHONG_2023_33, Rulebook}};
/// let rules = Rulebook::parse(JINZHONG_2023_33).unwrap();
/// let facts = Facts { staff: Some(24), ..Facts::default() };
/// let staff = checklist(&rules.conditions, &facts).into_iter().find(|item| item.condition.key.name() == "staff");
/// assert_eq!(staff.unwrap().verdict, Verdict::NotMet);
/// ```
#[must_use]
pub fn checklist(conditions: &[Condition], facts: &Facts) -> Vec<Item> {
    conditions
        .iter()
        .map(|condition| {
            let stated = stated(condition.key, facts);
            let verdict = stated.map_or(Verdict::NotStated, |stated| judge(condition.threshold, stated));
            Item { condition: condition.clone(), stated, verdict }
        })
        .collect()
}

/// What the dossier states for a condition.
fn stated(key: ConditionKey, facts: &Facts) -> Option<Stated> {
    let number = |n: Option<u32>| n.map(|n| Stated::Number(u64::from(n)));
    let part = |part: Option<u64>, whole: Option<u64>| Some(Stated::Part { part: part?, whole: whole? });
    let staff = |n: Option<u32>| part(n.map(u64::from), facts.staff.map(u64::from));
    match key {
        ConditionKey::Applicants => number(facts.applicants),
        ConditionKey::Agreement => Some(Stated::Term { from: facts.applied_on?, until: facts.agreement_until? }),
        ConditionKey::Area => number(facts.area_m2),
        ConditionKey::Equipment => facts.equipment_yuan.map(Stated::Number),
        ConditionKey::PartnerEquipment => part(facts.partner_equipment_yuan, facts.equipment_yuan),
        ConditionKey::DirectorAge => number(facts.director_age),
        ConditionKey::DirectorSenior => facts.director_senior.map(Stated::Flag),
        ConditionKey::DirectorFullTime => facts.director_full_time.map(Stated::Flag),
        ConditionKey::Staff => number(facts.staff),
        ConditionKey::StaffMasterOrSenior => staff(facts.staff_master_or_senior),
        ConditionKey::StaffYoung => staff(facts.staff_young),
        ConditionKey::Rd => facts.rd_yuan.map(Stated::Number),
        ConditionKey::HostRd => facts.host_rd_yuan.map(Stated::Number),
    }
}

/// Compares in integers; a share by cross-multiplying.
fn judge(threshold: Threshold, stated: Stated) -> Verdict {
    let met = match (threshold, stated) {
        (_, Stated::Part { part, whole }) if part > whole => return Verdict::Contradictory,
        (Threshold::AtMost(limit), Stated::Number(n)) => n <= limit,
        (Threshold::AtLeast(limit), Stated::Number(n)) => n >= limit,
        (Threshold::Required, Stated::Flag(flag)) => flag,
        (Threshold::ShareAtMost(share), Stated::Part { part, whole }) => {
            u128::from(share.denominator) * u128::from(part) <= u128::from(share.numerator) * u128::from(whole)
        }
        // Half of nobody is no half.
        (Threshold::ShareAtLeast(share), Stated::Part { part, whole }) => {
            whole > 0
                && u128::from(share.denominator) * u128::from(part) >= u128::from(share.numerator) * u128::from(whole)
        }
        (Threshold::Years(years), Stated::Term { from, until }) => {
            last_day_of(from, years).is_some_and(|last| until >= last)
        }
        // The rulebook's reader pairs each condition with its kind of threshold.
        _ => return Verdict::NotStated,
    };
    if met { Verdict::Met } else { Verdict::NotMet }
}
