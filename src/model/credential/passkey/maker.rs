//! Who made an authenticator, by its AAGUID: the ones that people use most. It is what the authenticator claims.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maker {
    /// What the product is called.
    pub name: &'static str,
    /// What it looks like to its owner.
    pub kind: Kind,
}

/// What keeps the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A password manager, on each of the person's devices.
    Manager,
    Computer,
    Phone,
    /// A key on a key ring.
    SecurityKey,
}

impl Kind {
    /// The name of its mark among the icons.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Manager => "vault",
            Self::Computer => "computer",
            Self::Phone => "phone",
            Self::SecurityKey => "security-key",
        }
    }
}

/// The maker of the model with this AAGUID.
pub fn find(aaguid: &str) -> Option<&'static Maker> {
    MAKERS.iter().find(|(known, _)| *known == aaguid).map(|(_, maker)| maker)
}

const fn manager(name: &'static str) -> Maker {
    Maker { name, kind: Kind::Manager }
}

const fn computer(name: &'static str) -> Maker {
    Maker { name, kind: Kind::Computer }
}

const fn key(name: &'static str) -> Maker {
    Maker { name, kind: Kind::SecurityKey }
}

const MAKERS: &[(&str, Maker)] = &[
    ("ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", manager("Google Password Manager")),
    ("fbfc3007-154e-4ecc-8c0b-6e020557d7bd", manager("iCloud Keychain")),
    ("dd4ec289-e01d-41c9-bb89-70fa845d4bf2", manager("iCloud Keychain")),
    ("adce0002-35bc-c60a-648b-0b25f1f05503", computer("Chrome on Mac")),
    ("08987058-cadc-4b81-b6e1-30de50dcbe96", computer("Windows Hello")),
    ("9ddd1817-af5a-4672-a2b9-3e3dd95000a9", computer("Windows Hello")),
    ("6028b017-b1d4-4c02-b4b3-afcdafc96bb2", computer("Windows Hello")),
    ("b5397666-4885-aa6b-cebf-e52262a439a2", computer("Chromium")),
    ("53414d53-554e-4700-0000-000000000000", Maker { name: "Samsung Pass", kind: Kind::Phone }),
    ("bada5566-a7aa-401f-bd96-45619a55120d", manager("1Password")),
    ("d548826e-79b4-db40-a3d8-11116f7e8349", manager("Bitwarden")),
    ("531126d6-e717-415c-9320-3d9aa6981239", manager("Dashlane")),
    ("f3809540-7f14-49c1-a8b3-8f813b225541", manager("Enpass")),
    ("fdb141b2-5d84-443e-8a35-4698c205a502", manager("KeePassXC")),
    ("0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6", manager("Keeper")),
    ("b84e4048-15dc-4dd0-8640-f4f60813c8af", manager("NordPass")),
    ("50726f74-6f6e-5061-7373-50726f746f6e", manager("Proton Pass")),
    ("cb69481e-8ff7-4039-93ec-0a2729a154a8", key("YubiKey 5")),
    ("ee882879-721c-4913-9775-3dfcce97072a", key("YubiKey 5")),
    ("fa2b99dc-9e39-4257-8f92-4a30d23c4118", key("YubiKey 5 NFC")),
    ("2fc0579f-8113-47ea-b116-bb5a8db9202a", key("YubiKey 5 NFC")),
    ("a25342c0-3cdc-4414-8e46-f4807fca511c", key("YubiKey 5 NFC")),
    ("19083c3d-8383-4b18-bc03-8f1c9ab2fd1b", key("YubiKey 5")),
    ("c5ef55ff-ad9a-4b9f-b580-adebafe026d0", key("YubiKey 5Ci")),
    ("73bb0cd4-e502-49b8-9c6f-b59445bf720b", key("YubiKey 5 FIPS")),
    ("d8522d9f-575b-4866-88a9-ba99fa02f35b", key("YubiKey Bio")),
    ("f8a011f3-8c0a-4d15-8006-17111f9edc7d", key("Security Key by Yubico")),
    ("149a2021-8ef6-4133-96b8-81f8d5b7f1f5", key("Security Key NFC by Yubico")),
    ("42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3", key("Google Titan")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_named_once_and_in_its_normal_form() {
        for (number, (aaguid, _)) in MAKERS.iter().enumerate() {
            assert_eq!(uuid::Uuid::parse_str(aaguid).unwrap().to_string(), *aaguid);
            assert!(MAKERS.iter().skip(number + 1).all(|(other, _)| other != aaguid), "{aaguid} twice");
        }
        assert_eq!(find("fbfc3007-154e-4ecc-8c0b-6e020557d7bd").map(|maker| maker.name), Some("iCloud Keychain"));
        assert_eq!(find("00000000-0000-0000-0000-000000000000"), None);
    }
}
