//! The kinds of signed things: one `typ` each, so that a signature under one kind never counts as another.

use review::{
    receipt::{Inclusion, Receipt},
    result::ResultHead,
    roster::{Card, Handout, Panel, Roster},
    round::Round,
    sheet::{Absence, Sheet},
};

use crate::jws::Signed;

impl Signed for Card {
    const TYP: &'static str = "hengjian-card+jws";
    const MAX_BYTES: usize = 16 << 10;
    const CARRIES_KEY: bool = true;
}

impl Signed for Round {
    const TYP: &'static str = "hengjian-round+jws";
    const MAX_BYTES: usize = 64 << 20;
}

impl Signed for Panel {
    const TYP: &'static str = "hengjian-panel+jws";
    const MAX_BYTES: usize = 1 << 20;
}

impl Signed for Handout {
    const TYP: &'static str = "hengjian-handout+jws";
    const MAX_BYTES: usize = 1 << 20;
}

impl Signed for Roster {
    const TYP: &'static str = "hengjian-roster+jws";
    const MAX_BYTES: usize = 1 << 20;
}

// Comments and opinion at their longest, all of it Chinese, in base64: about 90 KiB, and room for evidence.
impl Signed for Sheet {
    const TYP: &'static str = "hengjian-sheet+jws";
    const MAX_BYTES: usize = 256 << 10;
}

impl Signed for Absence {
    const TYP: &'static str = "hengjian-absence+jws";
    const MAX_BYTES: usize = 16 << 10;
}

// Ten thousand centres with one sheet each: about 2 MiB.
impl Signed for Receipt {
    const TYP: &'static str = "hengjian-receipt+jws";
    const MAX_BYTES: usize = 4 << 20;
}

// Ten thousand centres with a path of 17 hashes each: about 20 MiB.
impl Signed for Inclusion {
    const TYP: &'static str = "hengjian-inclusion+jws";
    const MAX_BYTES: usize = 32 << 20;
}

// Ten thousand centres with ten experts each come to about 60 MiB.
impl Signed for ResultHead {
    const TYP: &'static str = "hengjian-result+jws";
    const MAX_BYTES: usize = 128 << 20;
}
