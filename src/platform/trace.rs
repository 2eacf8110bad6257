//! W3C Trace Context, level 1: one id that follows a request through everyone's logs.

use crate::platform::random::{self, Random};
use actix_web::http::header::HeaderMap;
use std::fmt;

/// What names a request: the trace it belongs to (perhaps the caller's) and the request itself (always ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace_id: [u8; 16],
    request_id: [u8; 8],
    parent: Option<Parent>,
}

/// The caller's part of a trace that was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parent {
    id: [u8; 8],
    /// Whether the caller keeps this trace.
    pub sampled: bool,
}

impl Parent {
    /// The caller's span: 16 hexadecimal digits.
    pub const fn id(&self) -> Hex<8> {
        Hex(self.id)
    }
}

/// Bytes that print in lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hex<const N: usize>([u8; N]);

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // One write of all digits: this runs for every request.
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |value: u8| DIGITS.get(usize::from(value & 15)).map_or('0', |digit| char::from(*digit));
        let mut text = String::with_capacity(2 * N);
        for byte in self.0 {
            text.extend([digit(byte >> 4), digit(byte)]);
        }
        f.write_str(&text)
    }
}

impl Trace {
    /// Starts a new trace.
    pub fn begin(random: &dyn Random) -> Self {
        Self::take_up(&HeaderMap::new(), random)
    }

    /// Continues the caller's trace if its `traceparent` is valid; else starts a new one.
    pub fn take_up(headers: &HeaderMap, random: &dyn Random) -> Self {
        let drawn = random::bytes::<24>(random);
        let (mut trace_id, mut request_id) = ([0; 16], [0; 8]);
        trace_id.copy_from_slice(drawn.first_chunk::<16>().unwrap_or(&[1; 16]));
        request_id.copy_from_slice(drawn.last_chunk::<8>().unwrap_or(&[1; 8]));
        let mut parent = None;
        let mut lines = headers.get_all("traceparent");
        // Two headers contradict each other.
        if let (Some(line), None) = (lines.next(), lines.next())
            && let Some(given) = parse(line.as_bytes())
        {
            (trace_id, parent) = (given.0, Some(given.1));
        }
        Self { trace_id, request_id, parent }
    }

    /// The trace: 32 hexadecimal digits.
    pub const fn trace_id(&self) -> Hex<16> {
        Hex(self.trace_id)
    }

    /// The caller's part, where its trace was taken up.
    pub const fn parent(&self) -> Option<Parent> {
        self.parent
    }

    /// The request: 16 hexadecimal digits, ours whatever the caller says.
    pub const fn request_id(&self) -> Hex<8> {
        Hex(self.request_id)
    }
}

/// The trace id and the caller's part of a `traceparent` (Trace Context §3.2): `version-traceid-parentid-flags`, lower-case hexadecimal,
/// ids not all zero. Later versions may add fields after a dash; version ff is forbidden.
fn parse(text: &[u8]) -> Option<([u8; 16], Parent)> {
    let (known, rest) = text.split_at_checked(55)?;
    let mut fields = known.split(|byte| *byte == b'-');
    let version = hex::<1>(fields.next()?)?;
    let trace_id = hex::<16>(fields.next()?)?;
    let parent_id = hex::<8>(fields.next()?)?;
    let [flags] = hex::<1>(fields.next()?)?;
    let at_end = match version {
        [0xff] => false,
        [0] => rest.is_empty(),
        _ => rest.is_empty() || rest.starts_with(b"-"),
    };
    let sound = at_end && fields.next().is_none() && trace_id != [0; 16] && parent_id != [0; 8];
    sound.then_some((trace_id, Parent { id: parent_id, sampled: flags & 1 == 1 }))
}

fn hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_chunks::<2>();
    let mut bytes = [0; N];
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random::OsRandom;
    use actix_web::http::header::{HeaderName, HeaderValue};

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn take_up(lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static("traceparent"), HeaderValue::from_str(line).unwrap());
        }
        Trace::take_up(&headers, &OsRandom).trace_id().to_string()
    }

    #[test]
    fn a_sound_traceparent_is_taken_up() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(take_up(&[GIVEN]), id);
        let (_, parent) = parse(GIVEN.as_bytes()).unwrap();
        assert_eq!((parent.id().to_string().as_str(), parent.sampled), ("00f067aa0ba902b7", true));
        assert!(!parse(GIVEN.replace("-01", "-00").as_bytes()).unwrap().1.sampled);
        assert_eq!(take_up(&[&GIVEN.replacen("00", "cc", 1)]), id);
        assert_eq!(take_up(&[&format!("{}-more", GIVEN.replacen("00", "01", 1))]), id);
    }

    #[test]
    fn an_unsound_one_begins_a_new_trace() {
        let zero_trace = GIVEN.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let zero_parent = GIVEN.replace("00f067aa0ba902b7", &"0".repeat(16));
        let cases = [
            "",
            "00",
            &GIVEN.to_uppercase(),
            &GIVEN.replacen("00", "ff", 1),
            &format!("{GIVEN}-more"),
            &format!("{}x", GIVEN.replacen("00", "01", 1)),
            &GIVEN.replace('-', "_"),
            &zero_trace,
            &zero_parent,
            &GIVEN[..54],
            "00-4bf92f3577b34da6a3ce929d0e0e47-36-00f067aa0ba902b7-1",
        ];
        for case in cases {
            let id = take_up(&[case]);
            assert!(id.len() == 32 && !id.starts_with("4bf9") && id != "0".repeat(32), "{case}: {id}");
        }
        assert!(!take_up(&[GIVEN, GIVEN]).starts_with("4bf9"));
    }

    #[test]
    fn the_request_id_is_always_ours() {
        let headers = HeaderMap::new();
        let (one, two) = (Trace::take_up(&headers, &OsRandom), Trace::take_up(&headers, &OsRandom));
        assert_ne!(one.request_id(), two.request_id());
        assert_eq!(one.request_id().to_string().len(), 16);
    }
}
