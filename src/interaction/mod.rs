//! Pages of the authorize hub: sign-in and consent.
