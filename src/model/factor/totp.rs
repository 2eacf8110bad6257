//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, which is what every app understands.

use crate::platform::clock::Time;
use crate::platform::random::{self, Random};
use crate::platform::secret::Secret;
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, TOTP};

/// Seconds of a time step (RFC 6238 §4.1).
const PERIOD: i64 = 30;
const DIGITS: usize = 6;
/// As long as the hash (RFC 4226 §4, R6).
const SEED: usize = 20;

/// The newest time step whose code passes now, from a clock that is ahead: [`Seed::step_of`].
pub const fn newest_step(now: Time) -> i64 {
    now.seconds().div_euclid(PERIOD).saturating_add(1)
}

/// The secret that app and provider share.
#[derive(Clone, Debug)]
pub struct Seed(Secret<Vec<u8>>);

impl Seed {
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::new(random::bytes::<SEED>(random).to_vec()))
    }

    /// One that was sealed.
    pub const fn from_opened(bytes: Secret<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes, to be sealed.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// As people type it: base32.
    pub fn base32(&self) -> Secret<String> {
        Secret::new(self.totp().get_secret_base32())
    }

    /// What a QR code carries (the key URI format of authenticator apps).
    pub fn uri(&self, issuer: &str, account: &str) -> Secret<String> {
        let encode =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let (issuer, account, secret) = (encode(issuer), encode(account), self.base32());
        Secret::new(format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", secret.expose()))
    }

    /// The time step whose code this is: the present one, or its neighbour on either side, for clocks that differ
    /// and people who type slowly (RFC 6238 §5.2). That it was not used before is for the store to say.
    pub fn step_of(&self, code: &str, now: Time) -> Option<i64> {
        let typed: String = crate::platform::typed::ascii(code).chars().filter(|c| !c.is_whitespace()).collect();
        let present = now.seconds().div_euclid(PERIOD);
        let (totp, mut found) = (self.totp(), None);
        for step in [present.saturating_sub(1), present.saturating_add(1), present] {
            if bool::from(code_at(&totp, step).as_bytes().ct_eq(typed.as_bytes())) {
                found = Some(step);
            }
        }
        found
    }

    fn totp(&self) -> TOTP {
        TOTP::new_unchecked(Algorithm::SHA1, DIGITS, 1, PERIOD.unsigned_abs(), self.0.expose().clone())
    }
}

fn code_at(totp: &TOTP, step: i64) -> String {
    totp.generate(u64::try_from(step.saturating_mul(PERIOD)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed() -> Seed {
        Seed::from_opened(Secret::new(b"12345678901234567890".to_vec()))
    }

    #[test]
    fn rfc6238_appendix_b_the_vectors_of_sha_1() {
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(seed().step_of(code, Time::from_seconds(seconds)), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn aut_13_a_code_holds_one_step_before_and_after_its_own() {
        let at = |seconds: i64| seed().step_of("081 804", Time::from_seconds(1_111_111_109 + seconds));
        let step = Some(1_111_111_109 / 30);
        assert_eq!((at(-29), at(0), at(30), at(31), at(-60)), (step, step, step, None, None));
        for other in ["０８１８０４", "٠٨١٨٠٤", "०८१ ८०४"] {
            assert_eq!(
                seed().step_of(other, Time::from_seconds(1_111_111_109)),
                step,
                "digits of another script: {other}"
            );
        }
        for odd in ["", "81804", "0818040", "081804\u{0}", "-81804"] {
            assert_eq!(seed().step_of(odd, Time::from_seconds(1_111_111_109)), None, "{odd}");
        }
    }

    #[test]
    fn the_uri_escapes_names() {
        let uri = seed().uri("A & B", "ada@example.com");
        let expected =
            "otpauth://totp/A%20%26%20B:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%20%26%20B";
        assert_eq!(uri.expose(), expected);
        assert!(!format!("{:?}", seed()).contains("123"));
    }
}
