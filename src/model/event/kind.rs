//! What can happen, by name. Automation reads these words: they are extended, never renamed.

use super::stored::Word;
use std::fmt;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $($(#[$doc])* $name,)+
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stored word, such as `session.started`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }

        impl Word for EventKind {
            fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A sign-in.
    SessionStarted = "session.started",
    /// A person authenticated again.
    SessionReauthenticated = "session.reauthenticated",
    /// A session gained a stronger proof.
    SessionSteppedUp = "session.stepped_up",
    /// A session ended; `detail.reason` says why.
    SessionEnded = "session.ended",
    /// A person let an application in.
    ConsentAllowed = "consent.allowed",
    /// A consent was withdrawn.
    ConsentRevoked = "consent.revoked",
    /// An application revoked a refresh token (RFC 7009).
    TokenFamilyRevoked = "token_family.revoked",
    /// An application revoked an access token (RFC 7009).
    AccessTokenRevoked = "access_token.revoked",
    /// A person was added.
    UserCreated = "user.created",
    /// A person's claims or identifiers changed.
    UserUpdated = "user.updated",
    /// An account was offered to an address.
    UserInvited = "user.invited",
    /// A person is refused everywhere.
    UserDisabled = "user.disabled",
    /// A disabled person may sign in again.
    UserEnabled = "user.enabled",
    /// A person asked to be deleted.
    UserLeaving = "user.leaving",
    /// A person cancelled the deletion of their account.
    UserStayed = "user.stayed",
    /// A person was deleted.
    UserDeleted = "user.deleted",
    /// A person fetched what is held about them.
    UserExported = "user.exported",
    /// A password was set without the one before.
    PasswordSet = "user.password_set",
    /// A password was changed by somebody who knew it.
    PasswordChanged = "user.password_changed",
    /// A person does without a password.
    PasswordRemoved = "user.password_removed",
    /// A password was set with a code or a link sent by email.
    PasswordReset = "password.reset",
    /// Somebody asked for a code or a link to set a password.
    RecoveryRequested = "recovery.requested",
    /// Somebody asked for a code or a link to sign in.
    SignInCodeRequested = "sign_in_code.requested",
    /// An authenticator app was added.
    AuthenticatorEnrolled = "authenticator.enrolled",
    /// An authenticator app was renamed.
    AuthenticatorRenamed = "authenticator.renamed",
    /// An authenticator app was removed.
    AuthenticatorRemoved = "authenticator.removed",
    /// All of a person's second factors were removed.
    FactorsReset = "factors.reset",
    /// A recovery code was used.
    RecoveryCodeUsed = "recovery_code.used",
    /// New recovery codes replaced those before.
    RecoveryCodesReplaced = "recovery_codes.replaced",
    /// A passkey was added.
    PasskeyAdded = "passkey.added",
    /// A passkey was renamed.
    PasskeyRenamed = "passkey.renamed",
    /// A passkey was removed.
    PasskeyRemoved = "passkey.removed",
    /// Somebody signed in with a passkey.
    PasskeyUsed = "passkey.used",
    /// A passkey's counter went back: there may be a copy of it.
    PasskeyCopySuspected = "passkey.copy_suspected",
    /// A browser needs no second factor for a while.
    DeviceRemembered = "device.remembered",
    /// A browser needs the second factor again.
    DeviceForgotten = "device.forgotten",
    /// An email address was added.
    AddressAdded = "address.added",
    /// An email address was proved.
    AddressVerified = "address.verified",
    /// Another email address became the primary one.
    AddressMadePrimary = "address.made_primary",
    /// An email address was removed.
    AddressRemoved = "address.removed",
    /// A change of addresses was undone.
    AddressRestored = "address.restored",
    /// An operator registered an application.
    ClientCreated = "client.created",
    /// An operator changed an application.
    ClientUpdated = "client.updated",
    /// An application may be used again.
    ClientEnabled = "client.enabled",
    /// An application is refused everywhere.
    ClientDisabled = "client.disabled",
    /// An operator deleted an application.
    ClientDeleted = "client.deleted",
    /// An application has a new secret.
    ClientSecretRotated = "client.secret_rotated",
    /// An application registered itself (RFC 7591).
    ClientRegistered = "client.registered",
    /// An application changed its registration (RFC 7592).
    ClientReregistered = "client.reregistered",
    /// An application deleted its registration (RFC 7592).
    ClientDeregistered = "client.deregistered",
    /// An initial access token was made (RFC 7591 §3).
    RegistrationTokenCreated = "registration_token.created",
    /// An initial access token was revoked.
    RegistrationTokenRevoked = "registration_token.revoked",
    /// A key was made.
    KeyCreated = "key.created",
    /// A key came into use.
    KeyActivated = "key.activated",
    /// A leaked key was taken out of use.
    KeyRevoked = "key.revoked",
    /// Secrets were sealed under the current master key.
    KeysRewrapped = "keys.rewrapped",
    /// After a restore, what had been issued before was ended.
    StoreRecovered = "store.recovered",
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::Stored;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_is_read_as_it_was_written_and_an_unknown_one_survives() {
        let words: BTreeSet<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), EventKind::ALL.len(), "two kinds share a word");
        for kind in EventKind::ALL {
            assert_eq!(Stored::read(kind.as_str()), Stored::Known(*kind));
        }
        let later = Stored::<EventKind>::read("session.teleported");
        assert_eq!((later.known(), later.to_string().as_str()), (None, "session.teleported"));
    }
}
