//! The tables, as both engines have them (`migrations/`).

diesel::table! { people (id) {
    id -> Text, sub -> Text, status -> Text, epoch -> BigInt, version -> BigInt, claims -> Text,
    created_at -> BigInt, updated_at -> BigInt, delete_at -> Nullable<BigInt>,
    language -> Nullable<Text>, theme -> Nullable<Text>,
} }
diesel::table! { identifiers (kind, folded) {
    kind -> Text, folded -> Text, value -> Text, person_id -> Text, verified_at -> Nullable<BigInt>, created_at -> BigInt,
    skeleton -> Nullable<Text>,
} }
diesel::table! { credentials (id) {
    id -> Text, person_id -> Text, kind -> Text, data -> Text, version -> BigInt,
    created_at -> BigInt, updated_at -> BigInt, last_used_at -> Nullable<BigInt>, imported -> Nullable<Text>,
} }
diesel::table! { person_pictures (person_id) {
    person_id -> Text, name -> Text, media_type -> Text, content -> Binary, created_at -> BigInt,
} }
diesel::table! { client_logos (client_id) {
    client_id -> Text, name -> Text, source -> Nullable<Text>, media_type -> Text, content -> Binary, created_at -> BigInt,
} }
diesel::table! { imports (digest) {
    digest -> Text, done -> BigInt, created -> BigInt, updated -> BigInt, unchanged -> BigInt, refused -> BigInt,
    updated_at -> BigInt,
} }
diesel::table! { clients (id) {
    id -> Text, origin -> Text, enabled -> Bool, version -> BigInt, metadata -> Text, created_at -> BigInt, updated_at -> BigInt,
    registration_token_hash -> Nullable<Text>, used_at -> Nullable<BigInt>,
} }
diesel::table! { client_secrets (id) {
    id -> Text, client_id -> Text, hash -> Text, created_at -> BigInt, expires_at -> Nullable<BigInt>,
    sealed -> Nullable<Text>,
} }
diesel::table! { consents (id) {
    id -> Text, person_id -> Text, client_id -> Text, scope -> Text, resources -> Text, version -> BigInt,
    created_at -> BigInt, updated_at -> BigInt, claims -> Text,
} }
diesel::table! { sessions (id) {
    id -> Text, person_id -> Text, person_epoch -> BigInt, authentications -> Text, user_agent -> Text, network -> Text,
    created_at -> BigInt, expires_at -> BigInt, ended_at -> Nullable<BigInt>, end_reason -> Nullable<Text>,
    withdrawn_at -> Nullable<BigInt>,
} }
diesel::table! { token_families (id) {
    id -> Text, client_id -> Text, person_id -> Text, person_epoch -> BigInt, session_id -> Nullable<Text>,
    authorization_data -> Text, offline -> Bool, secret -> Text, generation -> BigInt, rotated_at -> BigInt,
    idle_until -> BigInt, created_at -> BigInt, expires_at -> BigInt, revoked_at -> Nullable<BigInt>,
    revoke_reason -> Nullable<Text>, binding -> Nullable<Text>,
} }
diesel::table! { spent_codes (hash) {
    hash -> Text, client_id -> Text, family_id -> Text, redirect_uri -> Text, code_challenge -> Nullable<Text>,
    spent_at -> BigInt, expires_at -> BigInt,
} }
diesel::table! { spent_assertions (hash) { hash -> Text, expires_at -> BigInt, } }
diesel::table! { revoked_tokens (jti) { jti -> Text, expires_at -> BigInt, } }
diesel::table! { signing_keys (kid) {
    kid -> Text, algorithm -> Text, state -> Text, public_jwk -> Text, sealed_private -> Text,
    created_at -> BigInt, activate_at -> BigInt, retire_at -> Nullable<BigInt>,
} }
diesel::table! { server_secrets (name) { name -> Text, version -> BigInt, sealed -> Text, created_at -> BigInt, } }
diesel::table! { events (sequence) {
    sequence -> BigInt, at -> BigInt, kind -> Text, actor -> Text, person_id -> Nullable<Text>,
    client_id -> Nullable<Text>, session_id -> Nullable<Text>, detail -> Text, reference -> Nullable<Text>,
    position -> Nullable<BigInt>,
} }
diesel::table! { event_feed (id) { id -> BigInt, last -> BigInt, } }
diesel::table! { outbox (id) {
    id -> Text, event_sequence -> Nullable<BigInt>, kind -> Text, payload -> Text, attempts -> BigInt,
    next_attempt_at -> BigInt, done_at -> Nullable<BigInt>, created_at -> BigInt,
    client_id -> Nullable<Text>, claimed_until -> BigInt, outcome -> Nullable<Text>, last_error -> Nullable<Text>,
} }
diesel::table! { one_time (id) {
    id -> Text, kind -> Text, subject -> Text, link_hash -> Text, code_hash -> Nullable<Text>, binding -> Nullable<Text>,
    payload -> Text, tries -> BigInt, created_at -> BigInt, code_expires_at -> BigInt, expires_at -> BigInt,
    used_at -> Nullable<BigInt>, is_known -> Bool,
} }
diesel::table! { pairwise_subjects (sub) { sub -> Text, person_id -> Text, sector -> Text, created_at -> BigInt, } }
diesel::table! { initial_access_tokens (id) {
    id -> Text, hash -> Text, note -> Text, uses_left -> Nullable<BigInt>, created_at -> BigInt,
    expires_at -> Nullable<BigInt>, revoked_at -> Nullable<BigInt>,
} }
diesel::table! { jwks_fetches (network) { network -> Text, fetched_at -> BigInt, } }
diesel::table! { client_networks (client_id) { client_id -> Text, network -> Text, seen_at -> BigInt, } }
diesel::table! { authenticators (person_id) {
    person_id -> Text, id -> Text, name -> Text, sealed -> Text, last_step -> BigInt, created_at -> BigInt,
    last_used_at -> Nullable<BigInt>,
} }
diesel::table! { recovery_codes (hash) {
    hash -> Text, person_id -> Text, created_at -> BigInt, used_at -> Nullable<BigInt>,
} }
diesel::table! { known_devices (id) {
    id -> Text, hash -> Text, person_id -> Text, person_epoch -> BigInt, user_agent -> Text, network -> Text,
    remembered_until -> Nullable<BigInt>, created_at -> BigInt, seen_at -> BigInt,
} }
diesel::table! { passkey_users (person_id) { person_id -> Text, handle -> Text, } }
diesel::table! { passkeys (id) {
    id -> Text, person_id -> Text, credential_id -> Text, rp_id -> Text, name -> Text, aaguid -> Text, data -> Text,
    counter -> BigInt, backup_eligible -> Bool, backup_state -> Bool, transports -> Text, version -> BigInt,
    created_at -> BigInt, last_used_at -> Nullable<BigInt>,
} }
diesel::table! { unproved_addresses (person_id, folded) {
    person_id -> Text, folded -> Text, value -> Text, created_at -> BigInt,
} }
diesel::table! { changes (topic) { topic -> Text, counter -> BigInt, } }

diesel::joinable!(sessions -> people (person_id));
diesel::joinable!(token_families -> people (person_id));
diesel::joinable!(identifiers -> people (person_id));
diesel::joinable!(credentials -> people (person_id));
diesel::joinable!(client_secrets -> clients (client_id));
diesel::allow_tables_to_appear_in_same_query!(
    people,
    identifiers,
    credentials,
    clients,
    client_secrets,
    consents,
    sessions,
    token_families,
    spent_codes,
    revoked_tokens,
    pairwise_subjects,
    client_networks,
    jwks_fetches,
);
