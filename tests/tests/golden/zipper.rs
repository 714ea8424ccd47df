//! A zip file taken apart and put together again: in the one accepted form, or with one thing that is not.

use seal::key::sha256;

/// One entry.
#[derive(Clone)]
pub struct Part {
    pub name: Vec<u8>,
    pub bytes: Vec<u8>,
    pub version: u16,
    pub flags: u16,
    pub method: u16,
    pub time: u16,
    pub date: u16,
    /// Added to the true checksum.
    pub crc_off: u32,
    /// Added to the true size.
    pub size_off: u32,
    pub extra: Vec<u8>,
    pub comment: Vec<u8>,
    pub attributes: u32,
    /// Another name in the entry's own header than in the directory.
    pub local_name: Option<Vec<u8>>,
    /// Bytes between this entry and the next.
    pub gap: Vec<u8>,
}

impl Part {
    pub fn new(name: impl AsRef<[u8]>, bytes: &[u8]) -> Self {
        Self {
            name: name.as_ref().to_vec(),
            bytes: bytes.to_vec(),
            version: 20,
            flags: 0x0800,
            method: 0,
            time: 0,
            date: 0x21,
            crc_off: 0,
            size_off: 0,
            extra: vec![],
            comment: vec![],
            attributes: 0,
            local_name: None,
            gap: vec![],
        }
    }

    fn size(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap().wrapping_add(self.size_off)
    }

    fn common(&self, out: &mut Vec<u8>, name: &[u8]) {
        for value in [self.version, self.flags, self.method, self.time, self.date] {
            out.extend(value.to_le_bytes());
        }
        out.extend(crc32fast::hash(&self.bytes).wrapping_add(self.crc_off).to_le_bytes());
        out.extend(self.size().to_le_bytes());
        out.extend(self.size().to_le_bytes());
        out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend(u16::try_from(self.extra.len()).unwrap().to_le_bytes());
    }
}

/// A zip file.
#[derive(Clone, Default)]
pub struct Zip {
    pub parts: Vec<Part>,
    pub before: Vec<u8>,
    pub after: Vec<u8>,
    pub comment: Vec<u8>,
    /// Added to the true count of entries.
    pub count_off: u16,
    /// Whether the end is written as zip64 announces it (APPNOTE 4.3.14).
    pub zip64: bool,
}

impl Zip {
    /// Takes a file apart that is in the accepted form.
    pub fn of(file: &[u8]) -> Self {
        let u16_at = |at: usize| usize::from(u16::from_le_bytes(file[at..at + 2].try_into().unwrap()));
        let u32_at = |at: usize| usize::try_from(u32::from_le_bytes(file[at..at + 4].try_into().unwrap())).unwrap();
        let end = file.len() - 22;
        let (mut at, mut parts) = (0, vec![]);
        for _ in 0..u16_at(end + 10) {
            let (size, name) = (u32_at(at + 22), u16_at(at + 26));
            let start = at + 30 + name;
            parts.push(Part::new(&file[at + 30..start], &file[start..start + size]));
            at = start + size;
        }
        assert_eq!(at, u32_at(end + 16));
        let zip = Self { parts, ..Self::default() };
        assert!(zip.file() == file, "put together again it must be the same file");
        zip
    }

    /// The whole file.
    pub fn file(&self) -> Vec<u8> {
        let (mut out, mut directory) = (self.before.clone(), vec![]);
        for part in &self.parts {
            let offset = u32::try_from(out.len()).unwrap();
            let local_name = part.local_name.as_ref().unwrap_or(&part.name);
            out.extend(b"PK\x03\x04");
            part.common(&mut out, local_name);
            out.extend(local_name);
            out.extend(&part.extra);
            out.extend(&part.bytes);
            out.extend(&part.gap);
            directory.extend(b"PK\x01\x02\x14\x00");
            part.common(&mut directory, &part.name);
            directory.extend(u16::try_from(part.comment.len()).unwrap().to_le_bytes());
            directory.extend([0; 4]);
            directory.extend(part.attributes.to_le_bytes());
            directory.extend(offset.to_le_bytes());
            directory.extend(&part.name);
            directory.extend(&part.extra);
            directory.extend(&part.comment);
        }
        let (count, offset) = (u16::try_from(self.parts.len()).unwrap().wrapping_add(self.count_off), out.len());
        let (size, offset) = (u32::try_from(directory.len()).unwrap(), u32::try_from(offset).unwrap());
        out.extend(directory);
        if self.zip64 {
            let record = u64::try_from(out.len()).unwrap();
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            out.extend(u64::from(count).to_le_bytes());
            out.extend(u64::from(count).to_le_bytes());
            out.extend(u64::from(size).to_le_bytes());
            out.extend(u64::from(offset).to_le_bytes());
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(record.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
            out.extend(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
            return out;
        }
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend(offset.to_le_bytes());
        out.extend(u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.after);
        out
    }

    /// The entry of that name within the base folder.
    pub fn part(&mut self, name: &str) -> &mut Part {
        let place = self.place(name);
        &mut self.parts[place]
    }

    pub fn place(&self, name: &str) -> usize {
        let wanted = [self.base(), name.as_bytes()].concat();
        self.parts.iter().position(|part| part.name == wanted).unwrap_or_else(|| panic!("no {name}"))
    }

    /// The base folder with its slash.
    pub fn base(&self) -> &[u8] {
        let name = &self.parts[0].name;
        &name[..=name.iter().position(|byte| *byte == b'/').unwrap()]
    }

    /// Makes both manifests anew for what is there now, so that the bag is sound in itself.
    pub fn with_manifests(mut self) -> Self {
        let data = [self.base(), b"data/"].concat();
        let mut manifest = vec![];
        for part in &self.parts {
            if let Some(path) = part.name.strip_prefix(&data[..]) {
                manifest.extend(format!("{}  data/", sha256(&part.bytes)).bytes());
                manifest.extend(path);
                manifest.push(b'\n');
            }
        }
        let bagit = sha256(&self.part("bagit.txt").bytes);
        let tags = format!("{bagit}  bagit.txt\n{}  manifest-sha256.txt\n", sha256(&manifest));
        self.part("manifest-sha256.txt").bytes = manifest;
        self.part("tagmanifest-sha256.txt").bytes = tags.into_bytes();
        self
    }
}
