//! Envelopes (加密封装): what travels on a stick is encrypted with age to those whom it is meant for.
//!
//! The standard format of age (X25519 recipients), so that the `age` command opens it too. Decryption is by seeking: a page
//! of the last document of a large package is read without decrypting what stands before it, and nothing plain touches the
//! disk. An envelope proves nothing about who made it; the signatures inside do.

use std::{
    fmt,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    iter,
    str::FromStr,
};

use age::{
    Decryptor, Encryptor,
    secrecy::ExposeSecret,
    stream::{StreamReader, StreamWriter},
    x25519,
};
use zeroize::Zeroizing;

/// How every age file begins.
const MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// Why an envelope is not opened, or not made.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// A text is not a recipient of age.
    #[error("not an age recipient")]
    Recipient,
    /// A text is not an identity of age.
    #[error("not an age identity")]
    Identity,
    /// There is nobody to encrypt to.
    #[error("no recipients")]
    NoRecipients,
    /// It is encrypted to others.
    #[error("encrypted to others")]
    NotForMe,
    /// It is no envelope, or a damaged one.
    #[error("not an envelope, or damaged")]
    Damaged,
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl EnvelopeError {
    /// The stable code that screens and scripts match.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Recipient => "ENVELOPE_RECIPIENT",
            Self::Identity => "ENVELOPE_IDENTITY",
            Self::NoRecipients => "ENVELOPE_NO_RECIPIENTS",
            Self::NotForMe => "ENVELOPE_NOT_FOR_ME",
            Self::Damaged => "ENVELOPE_DAMAGED",
            Self::Io(_) => "ENVELOPE_IO",
        }
    }
}

/// Whom something is encrypted to: a public key of age, `age1…`.
#[derive(Clone)]
pub struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = EnvelopeError;

    fn from_str(text: &str) -> Result<Self, EnvelopeError> {
        text.parse().map(Self).map_err(|_| EnvelopeError::Recipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The key that opens envelopes. Never printed.
pub struct DecryptionKey(x25519::Identity);

impl DecryptionKey {
    /// A new key from the system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads the text that [`DecryptionKey::secret_text`] gives.
    ///
    /// # Errors
    /// [`EnvelopeError::Identity`].
    pub fn from_secret_text(text: &str) -> Result<Self, EnvelopeError> {
        text.parse().map(Self).map_err(|_| EnvelopeError::Identity)
    }

    /// The key as age writes it, `AGE-SECRET-KEY-1…`: to be wrapped and kept.
    #[must_use]
    pub fn secret_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// Whom others encrypt to so that this key opens it.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecryptionKey")
    }
}

/// Encrypts what `fill` writes to these recipients.
///
/// # Errors
/// [`EnvelopeError::NoRecipients`], [`EnvelopeError::Io`]; whatever `fill` gives.
pub fn encrypt<W: Write, E: From<EnvelopeError>>(
    recipients: &[Recipient],
    out: W,
    fill: impl FnOnce(&mut StreamWriter<W>) -> Result<(), E>,
) -> Result<(), E> {
    let named = recipients.iter().map(|recipient| -> &dyn age::Recipient { &recipient.0 });
    let encryptor = Encryptor::with_recipients(named).map_err(|_| EnvelopeError::NoRecipients)?;
    let mut writer = encryptor.wrap_output(out).map_err(EnvelopeError::Io)?;
    fill(&mut writer)?;
    writer.finish().and_then(|mut out| out.flush()).map_err(EnvelopeError::Io)?;
    Ok(())
}

/// An open envelope: its content, decrypted where it is read.
pub type Opened<R> = StreamReader<BufReader<R>>;

/// Whether a file is an envelope; leaves it at its beginning.
///
/// # Errors
/// Those of reading.
pub fn is_envelope(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut start = Vec::with_capacity(MAGIC.len());
    let length = u64::try_from(MAGIC.len()).unwrap_or(u64::MAX);
    file.by_ref().take(length).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(start == MAGIC)
}

/// Opens an envelope.
///
/// # Errors
/// [`EnvelopeError::NotForMe`], [`EnvelopeError::Damaged`].
pub fn open<R: Read + Seek>(file: R, key: &DecryptionKey) -> Result<Opened<R>, EnvelopeError> {
    let refused = |error| match error {
        age::DecryptError::NoMatchingKeys => EnvelopeError::NotForMe,
        age::DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => EnvelopeError::Io(error),
        _ => EnvelopeError::Damaged,
    };
    let decryptor = Decryptor::new_buffered(BufReader::new(file)).map_err(refused)?;
    if decryptor.is_scrypt() {
        return Err(EnvelopeError::NotForMe);
    }
    let identity: &dyn age::Identity = &key.0;
    decryptor.decrypt(iter::once(identity)).map_err(refused)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn envelope(recipients: &[Recipient], content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![];
        encrypt(recipients, &mut bytes, |out| out.write_all(content).map_err(EnvelopeError::Io)).unwrap();
        bytes
    }

    #[test]
    fn every_recipient_opens_it_and_nobody_else() {
        let keys = [DecryptionKey::generate(), DecryptionKey::generate()];
        let bytes = envelope(&keys.each_ref().map(DecryptionKey::recipient), "卷宗".as_bytes());
        assert!(is_envelope(&mut Cursor::new(&bytes)).unwrap());
        for key in &keys {
            let mut content = String::new();
            open(Cursor::new(&bytes), key).unwrap().read_to_string(&mut content).unwrap();
            assert_eq!(content, "卷宗");
        }
        let refused = open(Cursor::new(&bytes), &DecryptionKey::generate()).err().unwrap();
        assert_eq!(refused.code(), "ENVELOPE_NOT_FOR_ME");
    }

    #[test]
    fn a_piece_is_read_by_seeking() {
        let key = DecryptionKey::generate();
        let content: Vec<u8> = (0..300_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let bytes = envelope(&[key.recipient()], &content);
        let mut opened = open(Cursor::new(&bytes), &key).unwrap();
        opened.seek(SeekFrom::Start(200_000)).unwrap();
        let mut piece = [0; 10];
        opened.read_exact(&mut piece).unwrap();
        assert_eq!(piece, content[200_000..200_010]);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let key = DecryptionKey::generate();
        let bytes = envelope(&[key.recipient()], b"scores");
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1 << bit;
                let mut content = vec![];
                let read =
                    open(Cursor::new(&flipped), &key).and_then(|mut opened| Ok(opened.read_to_end(&mut content)?));
                assert!(read.is_err(), "bit {bit} of byte {place}");
            }
        }
    }

    #[test]
    fn what_is_no_envelope_is_refused() {
        let key = DecryptionKey::generate();
        for bytes in [&b""[..], b"PK\x03\x04", b"age-encryption.org/v1\n", b"age-encryption.org/v2\n-> X25519 a\n"] {
            assert!(open(Cursor::new(bytes), &key).is_err());
        }
        assert_eq!("age1nobody".parse::<Recipient>().err().unwrap().code(), "ENVELOPE_RECIPIENT");
        let refused = encrypt::<_, EnvelopeError>(&[], vec![], |_| Ok(())).unwrap_err();
        assert_eq!(refused.code(), "ENVELOPE_NO_RECIPIENTS");
    }

    #[test]
    fn the_secret_survives_being_written_down() {
        let key = DecryptionKey::generate();
        let again = DecryptionKey::from_secret_text(&key.secret_text()).unwrap();
        assert_eq!(again.recipient().to_string(), key.recipient().to_string());
        assert!(!format!("{key:?}").contains("AGE"));
    }
}
