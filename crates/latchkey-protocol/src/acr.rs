//! Authentication context classes (`acr`, OpenID Connect Core §2): the words that this provider knows.

/// A class. What each asks for is judged where a session's proofs are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acr {
    /// `1fa`: one factor.
    OneFactor,
    /// `2fa`: two factors of different kinds.
    TwoFactors,
    /// `phr`: phishing-resistant (OpenID Connect EAP ACR Values 1.0 §2).
    PhishingResistant,
    /// `phrh`: phishing-resistant, by a key that its hardware keeps (the same).
    PhishingResistantHardware,
}

impl Acr {
    /// Every class, the weakest first.
    pub const ALL: [Self; 4] =
        [Self::OneFactor, Self::TwoFactors, Self::PhishingResistant, Self::PhishingResistantHardware];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneFactor => "1fa",
            Self::TwoFactors => "2fa",
            Self::PhishingResistant => "phr",
            Self::PhishingResistantHardware => "phrh",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}
