//! Small PDFs, people who sign them, and updates that nobody may add.

use chrono::{DateTime, FixedOffset};
use seal::{
    certificate::{Certificate, Holder, Period, Root},
    key::{SigningKey, SystemRandom},
    pdf::{Attachment, Sealing, SignatureBox, Signer, attach_and_sign, countersign},
};

pub struct Person {
    pub key: SigningKey,
    pub certificate: Certificate,
}

impl Person {
    pub fn signer(&self) -> Signer<'_> {
        Signer::new(&self.key, &self.certificate).unwrap()
    }
}

pub struct Meeting {
    pub root: Root,
    pub secretary: Person,
    pub chair: Person,
}

pub fn at(text: &str) -> DateTime<FixedOffset> {
    text.parse().unwrap()
}

pub fn meeting() -> Meeting {
    let random = SystemRandom::new();
    let bureau = SigningKey::generate(&random).unwrap();
    let years = Period { from: at("2025-01-01T00:00:00+08:00"), to: at("2035-01-01T00:00:00+08:00") };
    let holder = Holder { name: "示例市科学技术局根证书", unit: "示例市科学技术局" };
    let root = Root::create(&bureau, &holder, &years, &random).unwrap();
    let person = |name| {
        let key = SigningKey::generate(&random).unwrap();
        let holder = Holder { name, unit: "示例大学" };
        let certificate = root.issue(&bureau, key.public(), &holder, &years, &random).unwrap();
        Person { key, certificate }
    };
    Meeting { secretary: person("甲某某"), chair: person("𠮷某某"), root }
}

pub const BOX: SignatureBox = SignatureBox { page: 0, left: 5_000, bottom: 5_000, right: 25_050, top: 10_005 };
pub const OTHER_BOX: SignatureBox = SignatureBox { page: 0, left: 30_000, bottom: 5_000, right: 50_000, top: 10_000 };
pub const BOTH: Sealing = Sealing::First { first: BOX, second: OTHER_BOX };

pub fn attachment() -> Attachment {
    Attachment {
        name: "评分表-甲某某.hjsheet".to_owned(), bytes: br#"{"payload":"e30","signatures":[]}"#.to_vec()
    }
}

/// Writes objects 1, 2, … with a table and a trailer.
pub fn write(objects: &[&str], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", index + 1).as_bytes());
    }
    let start = out.len();
    let size = objects.len() + 1;
    let end = format!("{table}trailer\n<</Size {size}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF");
    out.extend_from_slice(end.as_bytes());
    out
}

/// One page with a line of text.
pub fn small() -> Vec<u8> {
    let text = "BT /F1 24 Tf 72 700 Td (86.50) Tj ET";
    let content = format!("<</Length {}>>\nstream\n{text}\nendstream", text.len());
    write(
        &[
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Count 1/Kids[3 0 R]>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[]>>",
            &content,
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ],
        "/ID[<00112233445566778899AABBCCDDEEFF><00112233445566778899AABBCCDDEEFF>]",
    )
}

pub fn signed_once(meeting: &Meeting, pdf: &[u8], sealing: &Sealing) -> Vec<u8> {
    let time = at("2026-01-16T14:03:22+08:00");
    attach_and_sign(pdf, &attachment(), sealing, &meeting.secretary.signer(), &time, &SystemRandom::new()).unwrap()
}

pub fn signed_twice(meeting: &Meeting, pdf: &[u8]) -> Vec<u8> {
    let first = signed_once(meeting, pdf, &BOTH);
    countersign(&first, &meeting.chair.signer(), &at("2026-01-16T16:00:00+08:00"), &SystemRandom::new()).unwrap()
}

/// Adds an update as any PDF editor would: these objects, anew.
pub fn edited(pdf: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pdf);
    let previous = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().to_owned();
    let trailer = text.rsplit("trailer\n<<").next().unwrap();
    let kept = trailer.split("/Prev").next().unwrap().split(">>\nstartxref").next().unwrap().to_owned();
    let mut out = pdf.to_vec();
    let mut table = "xref\n".to_owned();
    for (number, object) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let start = out.len();
    let end = format!("{table}trailer\n<<{kept}/Prev {previous}>>\nstartxref\n{start}\n%%EOF\n");
    out.extend_from_slice(end.as_bytes());
    out
}

/// Where the digits of each signature's `/Contents<…>` stand.
pub fn holes(pdf: &[u8]) -> Vec<std::ops::Range<usize>> {
    const KEY: &[u8] = b"/Contents<";
    let starts = pdf.windows(KEY.len()).enumerate().filter(|(_, window)| *window == KEY);
    starts
        .filter_map(|(at, _)| {
            let start = at + KEY.len();
            let length = pdf[start..].iter().position(|byte| *byte == b'>')?;
            (length > 100).then_some(start..start + length)
        })
        .collect()
}
