//! What the library keeps to itself of an attestation object: the model of the authenticator (Web Authentication §6.5.4).

/// Flag "attested credential data included" (§6.1).
const ATTESTED: u8 = 0x40;
/// The hash of the name, the flags and the counter stand before it.
const AAGUID: std::ops::Range<usize> = 37..53;
const FLAGS: usize = 32;

/// The AAGUID, as text; all zeros where there is none. The object was verified before, and this claim is for display:
/// without an attestation nothing proves it.
pub(super) fn aaguid(attestation_object: &[u8]) -> String {
    let bytes = authenticator_data(attestation_object)
        .filter(|data| data.get(FLAGS).is_some_and(|flags| flags & ATTESTED != 0))
        .and_then(|data| data.get(AAGUID)?.try_into().ok())
        .unwrap_or([0; 16]);
    uuid::Uuid::from_bytes(bytes).to_string()
}

/// The byte string after the key `authData` of the CBOR map.
fn authenticator_data(object: &[u8]) -> Option<&[u8]> {
    const KEY: &[u8] = b"\x68authData";
    let at = object.windows(KEY.len()).position(|window| window == KEY)?;
    let rest = object.get(at.checked_add(KEY.len())?..)?;
    let (head, rest) = rest.split_first()?;
    let (length, rest) = match head {
        0x58 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
        0x59 => rest.split_first_chunk::<2>().map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
        _ => return None,
    };
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webauthn_6_5_4_the_aaguid_stands_after_name_flags_and_counter() {
        let mut data = vec![0; 37];
        data[FLAGS] = ATTESTED | 1;
        data.extend(1..=16);
        let object =
            |data: &[u8]| [b"\xa1\x68authData\x58".as_slice(), &[u8::try_from(data.len()).unwrap()], data].concat();
        assert_eq!(aaguid(&object(&data)), "01020304-0506-0708-090a-0b0c0d0e0f10");
        let none = "00000000-0000-0000-0000-000000000000";
        data[FLAGS] = 1;
        assert_eq!(aaguid(&object(&data)), none);
        for odd in
            [&b""[..], b"\x68authData", b"\x68authData\x58", b"\x68authData\x58\xff\x00", b"\x68authData\x59\x00"]
        {
            assert_eq!(aaguid(odd), none);
        }
    }
}
