//! The scoring scheme (评分方案) of a round: what the measures leave open and the bureau confirms before issue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::points::Points;

/// The six dimensions (评估内容) of Article 21, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// 机构与体制建设
    Organisation,
    /// 研究水平与贡献
    Research,
    /// 科技成果转移转化与产业化
    Transfer,
    /// 创新服务数量及质量
    Service,
    /// 队伍建设与人才培养
    Team,
    /// 开放交流与运行管理
    Openness,
}

impl Dimension {
    /// All six, in the order of Article 21.
    pub const ALL: [Self; 6] =
        [Self::Organisation, Self::Research, Self::Transfer, Self::Service, Self::Team, Self::Openness];

    /// The place in [`Dimension::ALL`], from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Organisation => 0,
            Self::Research => 1,
            Self::Transfer => 2,
            Self::Service => 3,
            Self::Team => 4,
            Self::Openness => 5,
        }
    }

    /// The words of Article 21.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Organisation => "机构与体制建设",
            Self::Research => "研究水平与贡献",
            Self::Transfer => "科技成果转移转化与产业化",
            Self::Service => "创新服务数量及质量",
            Self::Team => "队伍建设与人才培养",
            Self::Openness => "开放交流与运行管理",
        }
    }
}

/// The grades (档次) of Article 22, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// 优秀
    Excellent,
    /// 良好
    Good,
    /// 合格
    Qualified,
    /// 基本合格: one year to rectify.
    BasicallyQualified,
    /// 不合格: the standing is revoked.
    Unqualified,
}

impl Grade {
    /// All five, best first.
    pub const ALL: [Self; 5] =
        [Self::Excellent, Self::Good, Self::Qualified, Self::BasicallyQualified, Self::Unqualified];

    /// The words of Article 22.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Excellent => "优秀",
            Self::Good => "良好",
            Self::Qualified => "合格",
            Self::BasicallyQualified => "基本合格",
            Self::Unqualified => "不合格",
        }
    }
}

/// The lower bounds of the four upper grades; each bound belongs to its grade, and what lies below the last is 不合格.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// 优秀 from here.
    pub excellent: Points,
    /// 良好 from here.
    pub good: Points,
    /// 合格 from here.
    pub qualified: Points,
    /// 基本合格 from here.
    pub basically_qualified: Points,
}

impl Bands {
    /// The grade of a total.
    #[must_use]
    pub fn grade(&self, total: Points) -> Grade {
        if total >= self.excellent {
            Grade::Excellent
        } else if total >= self.good {
            Grade::Good
        } else if total >= self.qualified {
            Grade::Qualified
        } else if total >= self.basically_qualified {
            Grade::BasicallyQualified
        } else {
            Grade::Unqualified
        }
    }
}

/// How the experts' totals become one (合成方法).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Arithmetic mean (平均分).
    Mean,
    /// Median (中位数); of an even number the mean of the middle two.
    Median,
    /// Mean without one highest and one lowest total (去掉一个最高分和一个最低分).
    TrimmedMean,
}

impl Method {
    /// The usual words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Mean => "平均分",
            Self::Median => "中位数",
            Self::TrimmedMean => "去掉一个最高分和一个最低分后的平均分",
        }
    }
}

/// The one rounding (修约) at the end, to hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero (四舍五入).
    HalfUp,
    /// Half to even (四舍六入五成双, GB/T 8170).
    HalfEven,
    /// Cut off (截尾).
    Down,
}

impl Rounding {
    /// The usual words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::HalfUp => "四舍五入",
            Self::HalfEven => "四舍六入五成双",
            Self::Down => "截尾",
        }
    }
}

/// That the bureau has settled what the measures leave open. Without it a round cannot be issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The day of the confirmation.
    pub on: NaiveDate,
    /// The basis that the bureau names, for example the minutes of a meeting; 1 to 500 characters.
    pub basis: String,
}

/// A scoring scheme (评分方案). Frozen once its round is issued; its digest is in every signed thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(specta::Type))]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The most points of each dimension, in the order of Article 21; they sum to 100.
    pub maxima: [Points; 6],
    /// Scores are whole multiples of this, for example half a point.
    pub step: Points,
    /// The grade bands.
    pub bands: Bands,
    /// How totals are combined.
    pub method: Method,
    /// How the combined total is rounded to hundredths.
    pub rounding: Rounding,
    /// Set when the bureau has confirmed the values (主管部门确认); `None` means 待主管部门确认.
    pub confirmed: Option<Confirmation>,
}

/// What is wrong with a scheme or with a score under it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// The maxima do not sum to 100.
    #[error("the maxima sum to {sum}, not 100")]
    SumNotHundred {
        /// What they sum to.
        sum: Points,
    },
    /// A dimension has no points.
    #[error("dimension {} has no points", .dimension.title())]
    EmptyDimension {
        /// The dimension.
        dimension: Dimension,
    },
    /// The step is nothing, above 10, or does not divide each maximum.
    #[error("the step {step} does not divide every maximum")]
    Step {
        /// The step.
        step: Points,
    },
    /// The bands are not strictly descending within 0 to 100.
    #[error("the grade bands are not strictly descending")]
    BandsNotDescending,
    /// The bureau has not confirmed the scheme.
    #[error("the scheme is not confirmed")]
    Unconfirmed,
    /// The confirmation names no basis, or one of more than 500 characters.
    #[error("the confirmation names no basis")]
    NoBasis,
}

/// Why one score cannot stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// Above the dimension's maximum.
    #[error("{score} is above the maximum {maximum}")]
    AboveMaximum {
        /// The dimension.
        dimension: Dimension,
        /// The score.
        score: Points,
        /// Its maximum.
        maximum: Points,
    },
    /// Not a multiple of the step.
    #[error("{score} is not a multiple of {step}")]
    OffStep {
        /// The dimension.
        dimension: Dimension,
        /// The score.
        score: Points,
        /// The step.
        step: Points,
    },
    /// No score given.
    #[error("no score for {}", .dimension.title())]
    Missing {
        /// The dimension.
        dimension: Dimension,
    },
}

impl Scheme {
    /// Checks everything but the confirmation.
    ///
    /// # Errors
    /// The first of [`SchemeError`] that applies, in the order of its variants.
    pub fn check(&self) -> Result<(), SchemeError> {
        let sum = self.maxima.iter().copied().sum();
        if sum != Points::HUNDRED {
            return Err(SchemeError::SumNotHundred { sum });
        }
        if let Some(dimension) = Dimension::ALL.into_iter().find(|d| self.maximum(*d) == Points::ZERO) {
            return Err(SchemeError::EmptyDimension { dimension });
        }
        let step = self.step.hundredths();
        if step == 0 || step > 1_000 || self.maxima.iter().any(|m| m.hundredths() % step != 0) {
            return Err(SchemeError::Step { step: self.step });
        }
        let b = &self.bands;
        let descending = b.excellent > b.good && b.good > b.qualified && b.qualified > b.basically_qualified;
        if !descending || b.basically_qualified == Points::ZERO || b.excellent > Points::HUNDRED {
            return Err(SchemeError::BandsNotDescending);
        }
        Ok(())
    }

    /// Checks that the scheme may be issued: sound and confirmed.
    ///
    /// # Errors
    /// As [`Scheme::check`]; [`SchemeError::Unconfirmed`], [`SchemeError::NoBasis`].
    pub fn check_issuable(&self) -> Result<(), SchemeError> {
        self.check()?;
        let confirmation = self.confirmed.as_ref().ok_or(SchemeError::Unconfirmed)?;
        let length = confirmation.basis.trim().chars().count();
        if length == 0 || length > 500 { Err(SchemeError::NoBasis) } else { Ok(()) }
    }

    /// The most points of a dimension.
    #[must_use]
    pub const fn maximum(&self, dimension: Dimension) -> Points {
        self.maxima[dimension.index()]
    }

    /// Checks one score against its dimension's maximum and the step.
    ///
    /// # Errors
    /// [`ScoreError::AboveMaximum`], [`ScoreError::OffStep`].
    pub fn check_score(&self, dimension: Dimension, score: Points) -> Result<(), ScoreError> {
        let maximum = self.maximum(dimension);
        if score > maximum {
            return Err(ScoreError::AboveMaximum { dimension, score, maximum });
        }
        if score.hundredths().checked_rem(self.step.hundredths()) != Some(0) {
            return Err(ScoreError::OffStep { dimension, score, step: self.step });
        }
        Ok(())
    }

    /// Checks six scores, all present.
    ///
    /// # Errors
    /// The first [`ScoreError`] in the order of the dimensions.
    pub fn check_scores(&self, scores: &[Option<Points>; 6]) -> Result<[Points; 6], ScoreError> {
        let mut complete = [Points::ZERO; 6];
        for dimension in Dimension::ALL {
            let score = scores[dimension.index()].ok_or(ScoreError::Missing { dimension })?;
            self.check_score(dimension, score)?;
            complete[dimension.index()] = score;
        }
        Ok(complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme() -> Scheme {
        Scheme {
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
            confirmed: None,
        }
    }

    #[test]
    fn a_scheme_not_summing_to_100_is_refused() {
        let mut s = scheme();
        s.maxima[0] = Points::whole(11);
        assert_eq!(s.check(), Err(SchemeError::SumNotHundred { sum: Points::whole(101) }));
    }

    #[test]
    fn an_unconfirmed_scheme_cannot_be_issued() {
        assert_eq!(scheme().check(), Ok(()));
        assert_eq!(scheme().check_issuable(), Err(SchemeError::Unconfirmed));
    }

    #[test]
    fn points_above_the_maximum_off_the_step_and_missing_are_refused() {
        let s = scheme();
        let d = Dimension::Organisation;
        assert_eq!(s.check_score(d, Points::whole(10)), Ok(()));
        assert!(matches!(s.check_score(d, Points::from_hundredths(1_050)), Err(ScoreError::AboveMaximum { .. })));
        assert!(matches!(s.check_score(d, Points::from_hundredths(825)), Err(ScoreError::OffStep { .. })));
        let mut scores = [Some(Points::ZERO); 6];
        scores[3] = None;
        assert_eq!(s.check_scores(&scores), Err(ScoreError::Missing { dimension: Dimension::Service }));
    }

    #[test]
    fn each_band_begins_at_its_bound() {
        let bands = scheme().bands;
        for (hundredths, grade) in [
            (10000, Grade::Excellent),
            (9000, Grade::Excellent),
            (89_99, Grade::Good),
            (8000, Grade::Good),
            (79_99, Grade::Qualified),
            (7000, Grade::Qualified),
            (69_99, Grade::BasicallyQualified),
            (6000, Grade::BasicallyQualified),
            (59_99, Grade::Unqualified),
            (0, Grade::Unqualified),
        ] {
            assert_eq!(bands.grade(Points::from_hundredths(hundredths)), grade, "{hundredths}");
        }
    }
}
