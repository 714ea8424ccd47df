//! Certificates: issued, followed to their root, and refused when anything does not fit.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

mod support;

use std::process::Command;

use chrono::{DateTime, FixedOffset};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use review::roster::PublicKey;
use seal::{
    certificate::{Certificate, CertificateError, Holder, Period, Root, Serial},
    key::{SigningKey, SystemRandom},
};
use support::new_key;

const BUREAU: Holder = Holder { name: "示例市科学技术局根证书", unit: "示例市科学技术局" };
const MEMBER: Holder = Holder { name: "𠮷某某", unit: "示例大学" };

fn day(text: &str) -> DateTime<FixedOffset> {
    format!("{text}T00:00:00+08:00").parse().unwrap()
}

fn period(from: &str, to: &str) -> Period {
    Period { from: day(from), to: day(to) }
}

struct Bureau {
    key: SigningKey,
    root: Root,
}

fn bureau() -> Bureau {
    let key = new_key();
    let root = Root::create(&key, &BUREAU, &period("2025-01-01", "2035-01-01"), &SystemRandom::new()).unwrap();
    Bureau { key, root }
}

impl Bureau {
    fn issue(&self, member: &PublicKey) -> Certificate {
        let round = period("2026-01-01", "2026-04-01");
        self.root.issue(&self.key, member, &MEMBER, &round, &SystemRandom::new()).unwrap()
    }

    /// A certificate by the root's key that our own issuing would not make.
    fn issue_otherwise(&self, member: &SigningKey, change: impl Fn(&mut CertificateParams)) -> Certificate {
        let pkcs8 = |key: &SigningKey| {
            let bytes = key.to_pkcs8().to_vec();
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&bytes.into(), &rcgen::PKCS_ECDSA_P256_SHA256).unwrap()
        };
        let mut issuer = CertificateParams::default();
        let mut name = rcgen::DistinguishedName::new();
        name.push(rcgen::DnType::OrganizationName, BUREAU.unit);
        name.push(rcgen::DnType::CommonName, BUREAU.name);
        let user_id = rcgen::DnType::CustomDnType(vec![0, 9, 2342, 19_200_300, 100, 1, 1]);
        name.push(user_id, self.key.id().as_str());
        issuer.distinguished_name = name;
        let mut params = CertificateParams::default();
        params.not_before = time::OffsetDateTime::from_unix_timestamp(day("2026-01-01").timestamp()).unwrap();
        params.not_after = time::OffsetDateTime::from_unix_timestamp(day("2026-04-01").timestamp()).unwrap();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let signing = ExtendedKeyUsagePurpose::Other(vec![1, 3, 6, 1, 5, 5, 7, 3, 36]);
        params.extended_key_usages = vec![signing];
        change(&mut params);
        let issuer = rcgen::Issuer::new(issuer, pkcs8(&self.key));
        // rcgen's own signing does not see to low S: every second certificate is one that we refuse.
        let mut made = (0..100).map(|_| params.signed_by(&pkcs8(member), &issuer).unwrap());
        made.find_map(|made| Certificate::from_der(made.der()).ok()).unwrap()
    }

    fn check(&self, certificate: &Certificate, member: &SigningKey) -> Result<(), CertificateError> {
        self.root.check(certificate, member.public(), &day("2026-02-01"), &[])
    }
}

#[test]
fn a_member_s_certificate_says_who_and_leads_to_the_root() {
    let (bureau, member) = (bureau(), new_key());
    let certificate = bureau.issue(member.public());
    assert_eq!(bureau.check(&certificate, &member), Ok(()));
    assert_eq!((certificate.name(), certificate.unit()), (MEMBER.name, MEMBER.unit));
    assert_eq!(certificate.key(), member.public());
    assert_eq!(certificate.period().unwrap(), period("2026-01-01", "2026-04-01"));
    assert_eq!(certificate.serial().as_str().len(), 32);
    assert_eq!(certificate.serial().as_str().parse::<Serial>().unwrap(), *certificate.serial());
    assert_ne!(certificate.serial(), bureau.issue(member.public()).serial(), "a serial is random");
}

#[test]
fn certificates_and_roots_survive_pem() {
    let bureau = bureau();
    let certificate = bureau.issue(new_key().public());
    let pem = certificate.to_pem().unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert_eq!(Certificate::from_pem(&pem).unwrap(), certificate);
    assert_eq!(Root::from_pem(&bureau.root.certificate().to_pem().unwrap()).unwrap(), bureau.root);
    for wrong in
        ["", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", &pem.replace("CERT", "KERT"), &pem[1..]]
    {
        assert_eq!(Certificate::from_pem(wrong).unwrap_err(), CertificateError::Form);
    }
    assert_eq!(Certificate::from_pem(&"A".repeat(1 << 20)).unwrap_err().code(), "CERTIFICATE_TOO_LARGE");
}

#[test]
fn a_certificate_is_valid_from_its_first_second_to_its_last() {
    let (bureau, member) = (bureau(), new_key());
    let certificate = bureau.issue(member.public());
    let at = |text: &str| bureau.root.check(&certificate, member.public(), &text.parse().unwrap(), &[]);
    assert_eq!(at("2025-12-31T23:59:59+08:00"), Err(CertificateError::NotYetValid));
    assert_eq!(at("2026-01-01T00:00:00+08:00"), Ok(()));
    assert_eq!(at("2026-04-01T00:00:00+08:00"), Ok(()));
    assert_eq!(at("2026-04-01T00:00:01+08:00"), Err(CertificateError::Expired));
    assert_eq!(at("1960-01-01T00:00:00+08:00"), Err(CertificateError::NotYetValid));
    assert_eq!(at("2035-01-01T00:00:01+08:00"), Err(CertificateError::Expired), "nor after the root's own end");
}

#[test]
fn a_revoked_serial_is_refused_and_no_other() {
    let (bureau, member) = (bureau(), new_key());
    let (first, second) = (bureau.issue(member.public()), bureau.issue(member.public()));
    let revoked = [first.serial().clone()];
    let check = |certificate| bureau.root.check(certificate, member.public(), &day("2026-02-01"), &revoked);
    assert_eq!(check(&first), Err(CertificateError::Revoked));
    assert_eq!(check(&second), Ok(()));
}

#[test]
fn a_certificate_of_another_root_is_refused_even_under_the_same_name() {
    let (bureau, other, member) = (bureau(), bureau(), new_key());
    let certificate = other.issue(member.public());
    assert_eq!(bureau.check(&certificate, &member), Err(CertificateError::OtherRoot));
}

#[test]
fn a_certificate_for_another_key_than_the_roster_s_is_refused() {
    let (bureau, member, other) = (bureau(), new_key(), new_key());
    assert_eq!(bureau.check(&bureau.issue(other.public()), &member), Err(CertificateError::OtherKey));
}

#[test]
fn a_root_cannot_stand_as_a_signer() {
    let bureau = bureau();
    assert_eq!(bureau.check(bureau.root.certificate(), &bureau.key), Err(CertificateError::Authority));
    let member = new_key();
    let authority = bureau.issue_otherwise(&member, |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    assert_eq!(bureau.check(&authority, &member), Err(CertificateError::Authority), "nor another authority below it");
}

#[test]
fn a_certificate_for_another_purpose_is_refused() {
    let (bureau, member) = (bureau(), new_key());
    assert_eq!(
        bureau.check(&bureau.issue_otherwise(&member, |_| ()), &member),
        Ok(()),
        "the same with the right purpose"
    );
    let mail =
        bureau.issue_otherwise(&member, |p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection]);
    assert_eq!(bureau.check(&mail, &member), Err(CertificateError::Purpose));
    let none = bureau.issue_otherwise(&member, |p| p.extended_key_usages = vec![]);
    assert_eq!(bureau.check(&none, &member), Err(CertificateError::Purpose));
    let agreement = bureau.issue_otherwise(&member, |p| p.key_usages = vec![KeyUsagePurpose::KeyAgreement]);
    assert_eq!(bureau.check(&agreement, &member), Err(CertificateError::Purpose));
}

#[test]
fn no_flipped_bit_of_a_certificate_is_accepted() {
    let (bureau, member) = (bureau(), new_key());
    let good = bureau.issue(member.public());
    let mut bytes = good.der().to_vec();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            if let Ok(altered) = Certificate::from_der(&bytes) {
                let refused = bureau.check(&altered, &member);
                assert!(refused.is_err(), "bit {bit} of byte {at}");
            }
            bytes[at] ^= 1 << bit;
        }
    }
    bytes.push(0);
    assert_eq!(Certificate::from_der(&bytes).unwrap_err(), CertificateError::Form, "nor with a byte behind it");
}

#[test]
fn no_flipped_bit_of_a_root_makes_a_root() {
    let mut bytes = bureau().root.certificate().der().to_vec();
    for at in 0..bytes.len() {
        bytes[at] ^= 1 << (at % 8);
        assert!(Root::from_der(&bytes).is_err(), "byte {at}");
        bytes[at] ^= 1 << (at % 8);
    }
}

#[test]
fn a_member_s_certificate_is_not_a_root() {
    let certificate = bureau().issue(new_key().public());
    assert_eq!(Root::from_der(certificate.der()).unwrap_err(), CertificateError::NotARoot);
}

#[test]
fn a_root_issues_only_with_its_own_key_and_within_its_own_period() {
    let (bureau, member, random) = (bureau(), new_key(), SystemRandom::new());
    let issue = |key, period| bureau.root.issue(key, member.public(), &MEMBER, &period, &random).unwrap_err();
    assert_eq!(issue(&member, period("2026-01-01", "2026-04-01")), CertificateError::OtherKey);
    for outside in [
        period("2024-12-31", "2026-01-01"),
        period("2026-01-01", "2035-01-02"),
        period("2026-01-02", "2026-01-01"),
        period("1900-01-01", "2026-01-01"),
    ] {
        assert_eq!(issue(&bureau.key, outside), CertificateError::Period);
    }
}

#[test]
fn a_renewed_root_carries_the_certificates_issued_before() {
    let (old, member) = (bureau(), new_key());
    let certificate = old.issue(member.public());
    let later = period("2025-06-01", "2045-01-01");
    let renewed = Root::create(&old.key, &BUREAU, &later, &SystemRandom::new()).unwrap();
    assert_eq!(renewed.check(&certificate, member.public(), &day("2026-02-01"), &[]), Ok(()));
}

#[test]
fn names_have_the_lengths_of_the_standard() {
    let (bureau, member, random) = (bureau(), new_key(), SystemRandom::new());
    let round = period("2026-01-01", "2026-04-01");
    let issue = |name: &str, unit: &str| {
        bureau.root.issue(&bureau.key, member.public(), &Holder { name, unit }, &round, &random)
    };
    assert_eq!(issue("", "示例大学").unwrap_err(), CertificateError::Name { characters: 0 });
    assert_eq!(issue("甲", "").unwrap_err(), CertificateError::Name { characters: 0 });
    assert_eq!(issue(&"甲".repeat(65), "示例大学").unwrap_err(), CertificateError::Name { characters: 65 });
    let longest = issue(&"龘".repeat(64), &"校".repeat(100)).unwrap();
    assert_eq!(longest.unit().chars().count(), 64, "a long unit is cut");
    assert_eq!(bureau.check(&longest, &member), Ok(()));
}

#[test]
fn hostile_bytes_are_refused() {
    let nested = vec![0x30; 4000];
    for wrong in [&b""[..], b"\x30\x84\xff\xff\xff\xff", &nested] {
        assert_eq!(Certificate::from_der(wrong).unwrap_err(), CertificateError::Form);
    }
    assert_eq!(Certificate::from_der(&vec![0; 1 << 16]).unwrap_err().code(), "CERTIFICATE_TOO_LARGE");
}

/// Skipped with a word where there is no `openssl`: Windows laptops have none.
#[test]
fn openssl_accepts_a_member_s_certificate_for_signing() {
    let bureau = bureau();
    let certificate = bureau.issue(new_key().public());
    let folder = tempfile::tempdir().unwrap();
    let (root, member) = (folder.path().join("root.pem"), folder.path().join("member.pem"));
    std::fs::write(&root, bureau.root.certificate().to_pem().unwrap()).unwrap();
    std::fs::write(&member, certificate.to_pem().unwrap()).unwrap();
    let mut command = Command::new("openssl");
    command.args(["verify", "-x509_strict", "-purpose", "smimesign", "-attime"]);
    command.arg(day("2026-02-01").timestamp().to_string()).arg("-CAfile").arg(&root).arg(&member);
    let Ok(output) = command.output() else {
        eprintln!("no openssl here: not compared");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = Command::new("openssl")
        .args(["x509", "-noout", "-text", "-nameopt", "utf8", "-in"])
        .arg(&member)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(text.contains("E-mail Protection") && text.contains("Digital Signature"), "{text}");
}
