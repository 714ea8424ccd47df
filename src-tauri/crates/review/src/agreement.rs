//! What is shown beside a result and never alters it: spread, agreement among the experts, robustness of the grade.
//!
//! The one module with floats: the coefficients are for reading. Spread and robustness are integers like the grades.

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

use crate::{
    compile::combine,
    ids::KeyId,
    points::Points,
    scheme::{Grade, Method, Scheme},
};

/// How far the experts' totals for one centre lie apart (极差).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The lowest total.
    pub min: Points,
    /// The highest total.
    pub max: Points,
    /// The distance between them.
    pub range: Points,
}

impl Spread {
    /// The spread of totals; nothing where there are none.
    #[must_use]
    pub fn of(totals: &[Points]) -> Option<Self> {
        let (min, max) = (*totals.iter().min()?, *totals.iter().max()?);
        Some(Self { min, max, range: max.abs_diff(min) })
    }
}

/// Why a coefficient is not computed; the screens say so instead of showing a number that means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NotComputed {
    /// Agreement over fewer than two centres is none.
    #[error("fewer than two centres")]
    TooFewCentres,
    /// Fewer than two experts scored every centre.
    #[error("fewer than two experts scored every centre")]
    TooFewExperts,
    /// The totals do not vary enough for the coefficient to be defined.
    #[error("the totals do not vary enough")]
    NoVariation,
}

/// A confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Its lower end; may be negative.
    pub lower: f64,
    /// Its upper end, at most 1.
    pub upper: f64,
}

/// The intraclass correlation ICC(2,k) (组内相关系数): two-way random effects, absolute agreement, average of k experts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Icc {
    /// The coefficient: 1 is perfect agreement; negative values say that experts differ more than centres do.
    pub value: f64,
    /// Its 95 % confidence interval (F distribution); nothing where the experts agree so exactly that it has no width.
    pub interval: Option<Interval>,
}

/// Agreement among the experts over all centres (评委一致性).
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// How many centres (n) it rests on.
    pub centres: usize,
    /// How many experts (k) it rests on: those who scored every centre.
    pub experts: usize,
    /// How many experts are left out because a recusal or an absence leaves a gap.
    pub left_out: usize,
    /// ICC(2,k).
    pub icc: Result<Icc, NotComputed>,
    /// Kendall's coefficient of concordance W (肯德尔和谐系数), corrected for ties: 0 none, 1 the same order by all.
    pub kendall_w: Result<f64, NotComputed>,
}

impl Agreement {
    /// Agreement over a matrix of totals: a row for each centre, in it a place for each expert.
    ///
    /// Both coefficients need complete columns; an expert with a gap is left out and counted in `left_out`. Rows that are
    /// shorter than the longest have gaps at their end.
    #[must_use]
    pub fn of(totals: &[Vec<Option<Points>>]) -> Self {
        let experts = totals.iter().map(Vec::len).max().unwrap_or(0);
        let columns: Vec<Vec<Points>> =
            (0..experts).filter_map(|e| totals.iter().map(|row| row.get(e).copied().flatten()).collect()).collect();
        let (centres, complete) = (totals.len(), columns.len());
        let enough = if centres < 2 {
            Err(NotComputed::TooFewCentres)
        } else if complete < 2 {
            Err(NotComputed::TooFewExperts)
        } else {
            Ok(())
        };
        Self {
            centres,
            experts: complete,
            left_out: experts - complete,
            icc: enough.and_then(|()| icc(&columns)),
            kendall_w: enough.and_then(|()| kendall_w(&columns)),
        }
    }
}

/// ICC(2,k) and its interval by Shrout and Fleiss (1979) and McGraw and Wong (1996), table 7.
fn icc(columns: &[Vec<Points>]) -> Result<Icc, NotComputed> {
    let Variances { n, k, rows: msr, columns: msc, error: mse } =
        Variances::of(columns).ok_or(NotComputed::NoVariation)?;
    let denominator = msr + (msc - mse) / n;
    let value = (msr - mse) / denominator;
    if denominator <= 0.0 || !value.is_finite() {
        return Err(NotComputed::NoVariation);
    }
    let single = (msr - mse) / (msr + (k - 1.0) * mse + k * (msc - mse) / n);
    let a = k * single / (n * (1.0 - single));
    let b = 1.0 + k * single * (n - 1.0) / (n * (1.0 - single));
    let v = (a * msc + b * mse).powi(2) / ((a * msc).powi(2) / (k - 1.0) + (b * mse).powi(2) / ((n - 1.0) * (k - 1.0)));
    let interval = || {
        let (low, high) = (f_quantile(n - 1.0, v)?, f_quantile(v, n - 1.0)?);
        let lower = n * (msr - low * mse) / (low * (msc - mse) + n * msr);
        let upper = n * (high * msr - mse) / (msc - mse + n * high * msr);
        (lower <= value && value <= upper && upper <= 1.0).then_some(Interval { lower, upper })
    };
    Ok(Icc { value, interval: interval() })
}

/// The mean squares of a two-way analysis of variance without replication.
struct Variances {
    /// Centres.
    n: f64,
    /// Experts.
    k: f64,
    /// Between centres.
    rows: f64,
    /// Between experts.
    columns: f64,
    /// What is left.
    error: f64,
}

impl Variances {
    fn of(columns: &[Vec<Points>]) -> Option<Self> {
        let columns: Vec<Vec<f64>> =
            columns.iter().map(|column| column.iter().map(|total| f64::from(total.hundredths())).collect()).collect();
        let (n, k) = (count(columns.first()?.len())?, count(columns.len())?);
        let centres = 0..columns.first()?.len();
        let row_means: Vec<f64> =
            centres.map(|c| columns.iter().filter_map(|column| column.get(c)).sum::<f64>() / k).collect();
        let column_means: Vec<f64> = columns.iter().map(|column| column.iter().sum::<f64>() / n).collect();
        let mean = row_means.iter().sum::<f64>() / n;
        let square_distance = |means: &[f64]| means.iter().map(|m| (m - mean).powi(2)).sum::<f64>();
        let residual = |(column, column_mean): (&Vec<f64>, &f64)| -> f64 {
            column.iter().zip(&row_means).map(|(x, row_mean)| (x - row_mean - column_mean + mean).powi(2)).sum()
        };
        Some(Self {
            n,
            k,
            rows: k * square_distance(&row_means) / (n - 1.0),
            columns: n * square_distance(&column_means) / (k - 1.0),
            error: columns.iter().zip(&column_means).map(residual).sum::<f64>() / ((n - 1.0) * (k - 1.0)),
        })
    }
}

fn count(length: usize) -> Option<f64> {
    u32::try_from(length).ok().map(f64::from)
}

/// The 0.975 quantile of the F distribution, by bisection on the incomplete beta function: bounded work, no panic
/// whatever the degrees of freedom.
fn f_quantile(d1: f64, d2: f64) -> Option<f64> {
    const P: f64 = 0.975;
    if !(d1.is_finite() && d2.is_finite() && d1 > 0.0 && d2 > 0.0) {
        return None;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if checked_beta_reg(d1 / 2.0, d2 / 2.0, middle).ok()? < P {
            low = middle;
        } else {
            high = middle;
        }
    }
    let quantile = d2 * low / (d1 * (1.0 - low));
    quantile.is_finite().then_some(quantile)
}

/// Kendall's W with the correction for ties; integers up to the one division.
fn kendall_w(columns: &[Vec<Points>]) -> Result<f64, NotComputed> {
    let (Some(n), Some(m)) = (columns.first().map(Vec::len), small(columns.len())) else {
        return Err(NotComputed::NoVariation);
    };
    // Twice the sum of mid-ranks of each centre, so that a shared rank stays an integer.
    let mut sums = vec![0_i64; n];
    let mut ties = 0_i64;
    for column in columns {
        for (sum, total) in sums.iter_mut().zip(column) {
            let below = column.iter().filter(|other| *other < total).count();
            let equal = column.iter().filter(|other| *other == total).count();
            let (below, equal) = (i64::from(small(below).unwrap_or(0)), i64::from(small(equal).unwrap_or(0)));
            *sum += 2 * below + equal + 1;
            // Each of t equal totals adds (t³ - t) / t, so a group adds t³ - t.
            ties += equal * equal - 1;
        }
    }
    let (n, m) = (i64::from(small(n).unwrap_or(0)), i64::from(m));
    // Four times the sum of squared distances from the mean m (n + 1) / 2.
    let squares: i128 = sums.iter().map(|sum| i128::from(sum - m * (n + 1)).pow(2)).sum();
    let (n, m) = (i128::from(n), i128::from(m));
    let denominator = m * m * (n * n * n - n) - m * i128::from(ties);
    ratio(3 * squares, denominator).ok_or(NotComputed::NoVariation)
}

fn small(length: usize) -> Option<u32> {
    u32::try_from(length).ok()
}

/// A quotient of two integers as a float; nothing where the denominator is not positive.
fn ratio(numerator: i128, denominator: i128) -> Option<f64> {
    if denominator <= 0 {
        return None;
    }
    // Nine decimals, cut off: far beyond what is shown.
    let billionths = numerator.checked_mul(1_000_000_000)? / denominator;
    u32::try_from(billionths).ok().map(|n| f64::from(n) / 1e9)
}

/// A total and its grade under some change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// The combined total.
    pub score: Points,
    /// Its grade.
    pub grade: Grade,
}

/// Whether a grade would change (稳健性) if someone were left out or totals were combined otherwise. A what-if beside the
/// result: Article 11 is not asked again, and nothing here alters the grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Robustness {
    /// As declared.
    pub declared: Alternative,
    /// Without each expert in turn; nothing where too few are left to combine.
    pub without_expert: Vec<(KeyId, Option<Alternative>)>,
    /// Without all members from the host unit; nothing where there are none, or too few are left to combine.
    pub without_host: Option<Alternative>,
    /// Under the other methods; nothing where a method has too few totals.
    pub other_methods: Vec<(Method, Option<Alternative>)>,
}

impl Robustness {
    /// Tries every change on the totals of one centre. `None` where the declared method has nothing to combine.
    #[must_use]
    pub fn of(scheme: &Scheme, totals: &[(KeyId, Points)], host_members: &[KeyId]) -> Option<Self> {
        let alternative = |method: Method, keep: &dyn Fn(&KeyId) -> bool| {
            let kept: Vec<Points> = totals.iter().filter(|(key, _)| keep(key)).map(|(_, total)| *total).collect();
            let score = combine(method, scheme.rounding, &kept)?;
            Some(Alternative { score, grade: scheme.bands.grade(score) })
        };
        let any_host = totals.iter().any(|(key, _)| host_members.contains(key));
        Some(Self {
            declared: alternative(scheme.method, &|_| true)?,
            without_expert: totals
                .iter()
                .map(|(left_out, _)| (left_out.clone(), alternative(scheme.method, &|key| key != left_out)))
                .collect(),
            without_host: if any_host { alternative(scheme.method, &|key| !host_members.contains(key)) } else { None },
            other_methods: [Method::Mean, Method::Median, Method::TrimmedMean]
                .into_iter()
                .filter(|method| *method != scheme.method)
                .map(|method| (method, alternative(method, &|_| true)))
                .collect(),
        })
    }

    /// The experts without whom the grade would be another.
    pub fn decisive_experts(&self) -> impl Iterator<Item = &KeyId> {
        self.without_expert.iter().filter(|(_, other)| self.differs(other.as_ref())).map(|(key, _)| key)
    }

    /// Whether the grade stays the same under every change that could be tried.
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.decisive_experts().next().is_none()
            && !self.differs(self.without_host.as_ref())
            && !self.other_methods.iter().any(|(_, other)| self.differs(other.as_ref()))
    }

    fn differs(&self, other: Option<&Alternative>) -> bool {
        other.is_some_and(|other| other.grade != self.declared.grade)
    }
}
