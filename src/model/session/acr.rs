//! The classes (`acr`) and the methods (`amr`) of a session's proofs.

use super::{Authentication, AuthenticationMethod};
use crate::protocol::acr::Acr;

/// The kind of factor. Two of one kind count as one factor (NIST SP 800-63B-4 §2.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Factor {
    /// Something that the person knows. A mailbox is one: a password opens it (NIST SP 800-63B-4 §3.1.3.1).
    Knowledge,
    /// Something that the person has.
    Possession,
}

const fn factor(method: AuthenticationMethod) -> Factor {
    match method {
        AuthenticationMethod::Password | AuthenticationMethod::EmailCode => Factor::Knowledge,
        AuthenticationMethod::Totp | AuthenticationMethod::RecoveryCode | AuthenticationMethod::Passkey { .. } => {
            Factor::Possession
        }
    }
}

/// The classes that these proofs reach, the weakest first.
pub fn reached(proofs: &[Authentication]) -> Vec<Acr> {
    let is_reached = |acr: &Acr| match acr {
        Acr::OneFactor => !proofs.is_empty(),
        Acr::TwoFactors => are_two_factors(proofs),
        Acr::PhishingResistant => has(proofs, |_| true),
        Acr::PhishingResistantHardware => has(proofs, |hardware_bound| hardware_bound),
    };
    Acr::ALL.into_iter().filter(is_reached).collect()
}

fn has(proofs: &[Authentication], good: fn(bool) -> bool) -> bool {
    let passkey = |method| match method {
        AuthenticationMethod::Passkey { hardware_bound, .. } => good(hardware_bound),
        _ => false,
    };
    proofs.iter().any(|proof| passkey(proof.method))
}

fn are_two_factors(proofs: &[Authentication]) -> bool {
    let in_one =
        |proof: &Authentication| matches!(proof.method, AuthenticationMethod::Passkey { user_verified: true, .. });
    let differs = |proof: &Authentication, other: &Authentication| factor(proof.method) != factor(other.method);
    proofs.iter().any(|proof| in_one(proof) || proofs.iter().any(|other| differs(proof, other)))
}

/// How the person proved themselves (RFC 8176 §2), each name once; `mfa` where it was by two factors.
pub fn amr(proofs: &[Authentication]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for name in proofs.iter().flat_map(|proof| proof.method.amr()) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    if are_two_factors(proofs) {
        names.push("mfa");
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::Time;

    const fn passkey(user_verified: bool, hardware_bound: bool) -> AuthenticationMethod {
        AuthenticationMethod::Passkey { user_verified, hardware_bound }
    }

    #[test]
    fn oid_05_acr_and_amr_tell_what_really_happened() {
        use AuthenticationMethod::{EmailCode, Password, RecoveryCode, Totp};
        let cases: [(&[AuthenticationMethod], &str, &str); 13] = [
            (&[], "", ""),
            (&[Password], "1fa", "pwd"),
            (&[EmailCode], "1fa", "otp"),
            (&[Password, Totp], "1fa 2fa", "pwd otp mfa"),
            (&[Password, RecoveryCode], "1fa 2fa", "pwd mfa"),
            (&[Totp, RecoveryCode], "1fa", "otp"),
            (&[EmailCode, Totp], "1fa 2fa", "otp mfa"),
            (&[Password, EmailCode], "1fa", "pwd otp"),
            (&[passkey(false, false)], "1fa phr", "swk user"),
            (&[passkey(true, false)], "1fa 2fa phr", "swk user mfa"),
            (&[passkey(false, true)], "1fa phr phrh", "hwk user"),
            (&[passkey(true, true)], "1fa 2fa phr phrh", "hwk user mfa"),
            (&[Password, passkey(false, false)], "1fa 2fa phr", "pwd swk user mfa"),
        ];
        for (methods, acr, names) in cases {
            let proofs: Vec<_> =
                methods.iter().map(|method| Authentication { method: *method, at: Time::default() }).collect();
            let words: Vec<_> = reached(&proofs).into_iter().map(Acr::as_str).collect();
            assert_eq!((words.join(" ").as_str(), amr(&proofs).join(" ").as_str()), (acr, names), "{methods:?}");
        }
    }
}
