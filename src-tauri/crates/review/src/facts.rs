//! The facts (基本情况) of a dossier that Article 8 asks for, as its applicant states them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Figures stated in a dossier; `None` is "not stated" (未填报), never zero.
///
/// Money is in whole yuan, areas in square metres, ages in full years on the day of application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// How many units apply jointly, the host included (申报单位数), Article 8(1).
    pub applicants: Option<u32>,
    /// The day the application was handed in (申报材料提交之日), from which the agreement's term counts.
    pub applied_on: Option<NaiveDate>,
    /// The last day of the cooperation agreement (合作协议截止日), Article 8(1).
    pub agreement_until: Option<NaiveDate>,
    /// Laboratory area in m² (实验用房面积), Article 8(2).
    pub area_m2: Option<u32>,
    /// Value of instruments and equipment in yuan, partners' share included (仪器设备总值), Article 8(2).
    pub equipment_yuan: Option<u64>,
    /// The partners' share of it in yuan (共建单位自有设备), Article 8(2).
    pub partner_equipment_yuan: Option<u64>,
    /// The director's age (中心主任年龄), Article 8(4).
    pub director_age: Option<u32>,
    /// Whether the director holds an associate senior title or above (副高以上职称).
    pub director_senior: Option<bool>,
    /// Whether the director works full time at the host unit (全职全时).
    pub director_full_time: Option<bool>,
    /// Permanent researchers (固定科研人员), Article 8(4).
    pub staff: Option<u32>,
    /// Of these with a master's degree or an associate senior title or above.
    pub staff_master_or_senior: Option<u32>,
    /// Of these young and middle-aged (中青年).
    pub staff_young: Option<u32>,
    /// Research and development spending of host and partners in the field, last 3 years, in yuan, Article 8(7).
    pub rd_yuan: Option<u64>,
    /// The host unit's part of it in yuan.
    pub host_rd_yuan: Option<u64>,
}
