//! Keys, signed objects and packages: what makes a file provable by strangers.
//!
//! Knows the things of `review` and nothing of stores, screens or paper; with `review` alone it makes an independent
//! verifier. Every byte of a travelling file is fixed by what the file says: signed objects ([`jws`]), zip packages
//! ([`zipform`]) and bags ([`bag`]) each have one accepted form. For strangers' tools, [`certificate`] and [`pdf`] say the
//! same in X.509 and PAdES. Time and randomness are passed in.
//!
//! ```
//! use seal::{jws, key::{SigningKey, SystemRandom}};
//! # use review::{roster::{Card, Person, Role}, unit::Unit};
//! # fn card(key: &SigningKey) -> Card {
//! #     let unit = serde_json::from_str::<Unit>(r#"{"name":"示例大学","code":null}"#).unwrap();
//! #     let person = Person { key: key.id().clone(), jwk: key.public().clone(), name: "甲".into(), unit, title: "".into() };
//! #     Card { person, roles: vec![Role::Expert], made_at: "2024-05-01T09:00:00+08:00".parse().unwrap() }
//! # }
//! let random = SystemRandom::new();
//! let key = SigningKey::generate(&random).unwrap();
//! let bytes = jws::sign(&card(&key), &key, &random).unwrap();
//! let card = jws::read_card(&bytes).unwrap();
//! assert_eq!(card.signers(), [key.id().clone()]);
//! assert!(jws::read_card(&bytes[1..]).is_err());
//! ```

pub mod bag;
pub mod certificate;
mod ecdsa;
pub mod envelope;
pub mod jws;
pub mod key;
mod kinds;
pub mod limits;
pub mod meeting;
pub mod merkle;
pub mod packages;
pub mod pdf;
pub mod receipt;
pub mod recount;
pub mod result;
pub mod secret;
mod strict_json;
pub mod zipform;
