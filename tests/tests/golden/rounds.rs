//! Round files that are truly signed by their bureau, or nearly so, and hold a round that could not have been issued.

use std::{fs, path::PathBuf};

use desk::{common, dto::UnitInput, secretary};
use review::{points::Points, roster::Role, round::Round, rulebook::JINZHONG_2023_33};
use seal::{
    key::{SigningKey, SystemRandom, sha256},
    packages::{BUREAU_CARD, ROUND_HEAD, RULEBOOK, RoundFile},
};

use crate::{
    fixture::{Hall, Plan, new_desk, signed, unit},
    forge::{forge, header},
    wording::has_a_sentence,
    zipper::Zip,
};

/// How a round is changed before the bureau's own key signs it.
type Change = (&'static str, &'static str, fn(&mut Round));

const UNSOUND: [Change; 14] = [
    ("scheme_unconfirmed", "SCHEME_UNCONFIRMED", |round| round.scheme.confirmed = None),
    ("scheme_without_a_basis", "SCHEME_NO_BASIS", |round| round.scheme.confirmed.as_mut().unwrap().basis.clear()),
    ("scheme_not_summing_to_100", "SCHEME_SUM", |round| round.scheme.maxima[0] = Points::whole(11)),
    ("scheme_with_an_odd_step", "SCHEME_STEP", |round| round.scheme.step = Points::whole(3)),
    ("scheme_with_crossed_bands", "SCHEME_BANDS", |round| round.scheme.bands.good = round.scheme.bands.excellent),
    ("out_of_force", "ROUND_OUT_OF_FORCE", |round| round.held_on = "2026-01-22".parse().unwrap()),
    ("out_of_force_with_an_empty_reason", "ROUND_OUT_OF_FORCE", |round| {
        round.held_on = "2024-01-21".parse().unwrap();
        round.out_of_force_reason = Some("  ".to_owned());
    }),
    ("another_rulebook", "SHEET_RULEBOOK_MISMATCH", |round| round.rulebook.digest = sha256(b"another")),
    ("another_bureaus_key", "JWS_SIGNER", |round| round.bureau_key = "another".parse().unwrap()),
    ("without_centres", "ROUND_CENTRES", |round| round.centres.clear()),
    ("a_centre_twice", "ROUND_CENTRES", |round| {
        let centre = round.centres[0].clone();
        round.centres.push(centre);
    }),
    ("a_manifest_that_does_not_fit", "ROUND_CENTRES", |round| round.centres[0].dossier.manifest = sha256(b"x")),
    ("a_document_that_climbs", "ROUND_CENTRES", |round| {
        let dossier = &mut round.centres[0].dossier;
        dossier.documents[0].name = "../x.pdf".to_owned();
        dossier.manifest = sha256(review::round::Dossier::manifest_text(&dossier.documents).as_bytes());
    }),
    ("a_period_that_ends_before_it_begins", "ROUND_CENTRES", |round| {
        round.period.to = "2000-01-01".parse().unwrap();
    }),
];

struct Mail {
    hall: Hall,
    zip: Zip,
    round: Round,
}

impl Mail {
    /// A bureau's round, and another secretary who has not seen it yet.
    fn new() -> Self {
        let mut hall = Hall::issued(&Plan::of(9, 1));
        let zip = Zip::of(&fs::read(&hall.round_file).unwrap());
        let round = RoundFile::open(fs::File::open(&hall.round_file).unwrap()).unwrap().issued.round().value().clone();
        let host = hall.host.clone();
        let (desk, _) =
            new_desk(&host, &hall.place("另一秘书"), &[Role::Expert, Role::Secretary], "另一秘书", &unit(7));
        hall.experts.insert(0, desk);
        Self { hall, zip, round }
    }

    /// The round file with one of its files replaced, sound as a bag.
    fn with(&self, file: &str, bytes: Vec<u8>) -> Vec<u8> {
        let mut zip = self.zip.clone();
        zip.part(&format!("data/{file}")).bytes = bytes;
        zip.with_manifests().file()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.hall.place(&format!("{name}.hjround"));
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The code by which a file is refused, before and when it is taken in, with the desk unchanged.
    fn refused(&mut self, name: &str, bytes: &[u8]) -> String {
        let path = self.write(name, bytes);
        let desk = &mut self.hall.experts[0];
        let before = (common::check(desk).unwrap().audit_head, common::check(desk).unwrap().files);
        let preview = secretary::preview_round(desk, &path).map(drop).map_err(|error| error.code);
        let import = secretary::import_round(desk, &path, &mut |_, _| {}).map(drop).map_err(|error| error.code);
        assert_eq!(preview, import, "{name}");
        let after = (common::check(desk).unwrap().audit_head, common::check(desk).unwrap().files);
        assert_eq!(after, before, "{name} leaves no trace");
        let code = import.expect_err(name);
        has_a_sentence(&code);
        code
    }
}

#[test]
fn a_round_that_could_not_have_been_issued_is_refused_in_spite_of_its_signature() {
    let mut mail = Mail::new();
    for (name, code, change) in UNSOUND {
        let mut round = mail.round.clone();
        change(&mut round);
        let bytes = mail.with(ROUND_HEAD, signed(&round, &mail.hall.keys.bureau));
        assert_eq!(mail.refused(name, &bytes), code, "{name}");
    }
}

#[test]
fn a_round_whose_parts_are_not_of_one_bureau_is_refused() {
    let mut mail = Mail::new();
    let other = SigningKey::generate(&SystemRandom::new()).unwrap();
    let json = serde_json::to_vec(&mail.round).unwrap();
    let own = header::<Round>(&mail.hall.keys.bureau);
    let office = UnitInput { name: "另一科学技术局".to_owned(), code: String::new() };
    let (mut desk, key) =
        new_desk(&mail.hall.host.clone(), &mail.hall.place("另一局"), &[Role::Bureau], "另一局", &office);
    let card = fs::read(common::export_card(&mut desk, &mail.hall.place("名片二")).unwrap().path).unwrap();
    let rulebook = JINZHONG_2023_33.replacen("9", "8", 1).into_bytes();
    for (name, code, bytes) in [
        ("signed_by_another", "JWS_SIGNER", mail.with(ROUND_HEAD, signed(&mail.round, &other))),
        ("signed_by_another_under_its_key", "JWS_SIGNATURE", mail.with(ROUND_HEAD, forge(&own, &json, &other))),
        ("with_another_bureaus_card", "JWS_SIGNER", mail.with(BUREAU_CARD, card)),
        ("with_an_altered_rulebook", "SHEET_RULEBOOK_MISMATCH", mail.with(RULEBOOK, rulebook)),
        ("with_an_empty_rulebook", "SHEET_RULEBOOK_MISMATCH", mail.with(RULEBOOK, vec![])),
        ("with_an_empty_head", "JWS_FORM", mail.with(ROUND_HEAD, vec![])),
    ] {
        assert_eq!(mail.refused(name, &bytes), code, "{name}");
    }
    assert_ne!(key.id(), mail.hall.keys.bureau.id());
}

#[test]
fn another_round_under_the_same_id_is_refused_once_one_is_here() {
    let mut mail = Mail::new();
    let good = mail.hall.round_file.clone();
    secretary::import_round(&mut mail.hall.experts[0], &good, &mut |_, _| {}).unwrap();
    let round = Round { title: "另一轮次".to_owned(), ..mail.round.clone() };
    let path = mail.write("same_id", &mail.with(ROUND_HEAD, signed(&round, &mail.hall.keys.bureau)));
    let refused = secretary::import_round(&mut mail.hall.experts[0], &path, &mut |_, _| {}).unwrap_err();
    assert_eq!(refused.code, "ROUND_DIFFERENT");
    has_a_sentence("ROUND_DIFFERENT");
}
