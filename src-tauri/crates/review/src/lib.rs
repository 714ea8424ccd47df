//! The rules of the measures 市科发〔2023〕33号, and the things that the rules speak of.
//!
//! Pure: no I/O, no clock, no randomness; times and digests are passed in, and no float ever decides a grade. It never
//! knows how a thing is signed, stored or drawn. With `seal` alone it makes an independent verifier.
//!
//! ```
//! use review::points::Points;
//! let scores = ["8.5", "21", "21.5", "12", "12.5", "9"].map(|s| s.parse::<Points>().unwrap());
//! assert_eq!(scores.into_iter().sum::<Points>().to_string(), "84.5");
//! ```

pub mod agreement;
pub mod calendar;
pub mod compile;
pub mod conditions;
pub mod datafile;
pub mod deadlines;
pub mod facts;
pub mod ids;
pub mod naming;
pub mod panel;
pub mod points;
pub mod receipt;
pub mod result;
pub mod roster;
pub mod round;
pub mod rulebook;
pub mod scheme;
pub mod sheet;
pub mod text;
pub mod unit;
pub mod versions;
