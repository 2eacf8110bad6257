//! An authenticator in software (Web Authentication Level 3): ES256, attestation `none`, CBOR by hand.

use super::answer::between;
use super::{Answer, Browser, TestOp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use reqwest::Method;
use serde_json::{Value, json};

/// Where keys are made and removed.
pub const PASSKEYS: &str = "/account/security/passkeys";
/// iCloud Keychain's.
pub const AAGUID: [u8; 16] =
    [0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc, 0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd];

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;

/// A key, and what the device and the browser around it say when it is used. Tests change the fields to lie.
#[derive(Clone)]
pub struct SoftwareKey {
    pub credential_id: Vec<u8>,
    pub user_handle: Option<Vec<u8>>,
    pub rp_id: String,
    pub origin: String,
    pub cross_origin: bool,
    pub verifies: bool,
    pub synced: bool,
    /// The next count; `None` where the authenticator does not count.
    pub counter: Option<u32>,
    pub aaguid: [u8; 16],
    key: PKey<Private>,
}

impl SoftwareKey {
    /// An authenticator of the usual kind: synced, without a counter, with user verification.
    pub fn new(op: &TestOp) -> Self {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let mut credential_id = vec![0; 20];
        openssl::rand::rand_bytes(&mut credential_id).unwrap();
        Self {
            credential_id,
            user_handle: None,
            rp_id: op.op.config.issuer.host().to_owned(),
            origin: op.op.config.issuer.origin().to_owned(),
            cross_origin: false,
            verifies: true,
            synced: true,
            counter: None,
            aaguid: AAGUID,
            key: PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap(),
        }
    }

    /// One that cannot leave its device, and counts.
    pub fn hardware(op: &TestOp) -> Self {
        Self { synced: false, counter: Some(1), aaguid: [0; 16], ..Self::new(op) }
    }

    pub fn id(&self) -> String {
        text(&self.credential_id)
    }

    /// Makes the key that these options ask for, and says so.
    pub fn create(&mut self, options: &Value) -> String {
        let wanted = &options["publicKey"];
        self.user_handle = Some(bytes(&wanted["user"]["id"]));
        let mut data = self.authenticator_data(ATTESTED);
        data.extend(self.aaguid);
        data.extend(u16::try_from(self.credential_id.len()).unwrap().to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(self.cose());
        let object = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".as_slice(),
            &u16::try_from(data.len()).unwrap().to_be_bytes(),
            &data,
        ]
        .concat();
        let client_data = self.client_data("webauthn.create", &wanted["challenge"]);
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "response": { "clientDataJSON": text(&client_data), "attestationObject": text(&object), "transports": ["internal", "hybrid"] },
        })
        .to_string()
    }

    /// Signs what these options ask for.
    pub fn sign(&mut self, options: &Value) -> String {
        let client_data = self.client_data("webauthn.get", &options["publicKey"]["challenge"]);
        let data = self.authenticator_data(0);
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        let signature = signer.sign_oneshot_to_vec(&[data.as_slice(), &sha256(&client_data)].concat()).unwrap();
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "response": {
                "clientDataJSON": text(&client_data), "authenticatorData": text(&data), "signature": text(&signature),
                "userHandle": self.user_handle.as_deref().map(text),
            },
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin })
            .to_string()
            .into_bytes()
    }

    fn authenticator_data(&mut self, more: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let synced = if self.synced { BACKUP_ELIGIBLE | BACKED_UP } else { 0 };
        let count = self.counter.unwrap_or_default();
        self.counter = self.counter.map(|count| count + 1);
        let mut data = sha256(self.rp_id.as_bytes()).to_vec();
        data.push(PRESENT | verified | synced | more);
        data.extend(count.to_be_bytes());
        data
    }

    /// {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1).
    fn cose(&self) -> Vec<u8> {
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let key = self.key.ec_key().unwrap();
        let mut context = BigNumContext::new().unwrap();
        key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut context).unwrap();
        let (x, y) = (x.to_vec_padded(32).unwrap(), y.to_vec_padded(32).unwrap());
        [b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".as_slice(), &x, b"\x22\x58\x20", &y].concat()
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

impl Browser {
    /// What the script of the page shown asks the provider for.
    pub async fn passkey_options(&mut self) -> Value {
        let url = between(&self.page().body, "data-options=\"", "\"")
            .unwrap_or_else(|| panic!("no passkeys: {}", self.page().body));
        let csrf = self.csrf();
        let answer = self.request(Method::POST, &url, Some(&[("csrf", csrf.as_str())])).await;
        answer.ok().json()
    }

    /// Sends what the device said, as the script of the page shown does.
    pub async fn send_passkey(&mut self, credential: &str, more: &[(&str, &str)]) -> Answer {
        let form = between(&self.page().body, "id=\"passkey-form\" method=\"post\" action=\"", "\"").unwrap();
        let csrf = self.csrf();
        let mut fields = vec![("csrf", csrf.as_str()), ("credential", credential)];
        fields.extend(more);
        self.post(&form, &fields).await
    }

    /// Uses a key at a page of the sign-in.
    pub async fn use_passkey(&mut self, key: &mut SoftwareKey) -> Answer {
        let options = self.passkey_options().await;
        let signed = key.sign(&options);
        self.send_passkey(&signed, &[]).await
    }

    /// Adds a key at the console, where the person is signed in.
    pub async fn add_passkey(&mut self, key: &mut SoftwareKey) -> Answer {
        self.open(PASSKEYS).await.ok();
        assert!(self.is_at(PASSKEYS), "{}", self.path);
        let options = self.passkey_options().await;
        let made = key.create(&options);
        self.send_passkey(&made, &[("action", "add")]).await
    }
}

/// The recovery codes that a page shows.
pub fn codes(answer: &Answer) -> Vec<String> {
    answer.body.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}
