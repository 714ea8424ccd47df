//! The form that X.509 and CMS give to an ECDSA signature: DER instead of two halves side by side.

use der::{Decode, Encode, Sequence, asn1::UintRef};

use crate::key::is_high_s;

/// `ECDSA-Sig-Value` (RFC 3279 section 2.2.3).
#[derive(Sequence)]
struct EcdsaSigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// The DER form of a signature.
pub(crate) fn to_der(signature: &[u8; 64]) -> der::Result<Vec<u8>> {
    let (r, s) = signature.split_at(32);
    EcdsaSigValue { r: UintRef::new(r)?, s: UintRef::new(s)? }.to_der()
}

/// The halves of a signature in DER: only minimal integers, and only the form with low S.
pub(crate) fn from_der(bytes: &[u8]) -> Option<[u8; 64]> {
    let value = EcdsaSigValue::from_der(bytes).ok()?;
    let mut signature = [0; 64];
    for (half, number) in signature.chunks_exact_mut(32).zip([value.r, value.s]) {
        let digits = number.as_bytes();
        half.get_mut(32_usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    }
    (!is_high_s(&signature)).then_some(signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::negate_s;

    #[test]
    fn a_signature_keeps_its_halves_through_der() {
        let mut signature = [0; 64];
        signature[31] = 0x80;
        signature[40] = 7;
        let bytes = to_der(&signature).unwrap();
        assert_eq!(bytes[..5], [0x30, 30, 2, 2, 0], "a leading zero where the top bit is set, and no other");
        assert_eq!(from_der(&bytes), Some(signature));
    }

    #[test]
    fn the_same_signature_in_any_other_form_is_refused() {
        let mut signature = [1; 64];
        let good = to_der(&signature).unwrap();
        assert!(from_der(&[&good[..], b"\0"].concat()).is_none(), "bytes behind it");
        let padded = [&[0x30, good[1] + 1, 2, 33, 0][..], &good[4..]].concat();
        assert!(from_der(&padded).is_none(), "a leading zero too many");
        negate_s(&mut signature);
        assert!(from_der(&to_der(&signature).unwrap()).is_none(), "high S");
    }
}
