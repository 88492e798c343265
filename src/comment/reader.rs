//! Who a reader is: the secrets by which ombud knows a token of the platform's, a form and a private link of its own.
//!
//! A token is `PAYLOAD.SIGNATURE`, both in base64url without padding. The payload is a JSON object, `{"id", "name",
//! "exp"}`; the signature is HMAC-SHA-256 over the payload's characters, keyed with the secret's characters.

use super::key::hex;
use super::{Author, AuthorId, CommentId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// How far ahead a token may expire. One that outlives the reader's session speaks for whoever finds it.
pub const LONGEST_TOKEN: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);
/// Longer tokens are not read at all, in bytes: an id and a name take less.
const MAX_TOKEN_BYTES: usize = 4_096;
/// What the ids of authors who are no reader of the platform's begin with.
pub const GUEST_PREFIX: &str = "guest-";

/// A secret by which the platform signs tokens. Kept as it is, since a hash of it could check nothing. Prints without it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSecret {
    /// Names it: the first 8 hex digits of its SHA-256.
    pub id: String,
    secret: String,
    pub made_at: Timestamp,
}

impl TokenSecret {
    /// A secret, which has 256 random bits.
    #[must_use]
    pub fn new(secret: String, made_at: Timestamp) -> Self {
        let id = hex(&Sha256::digest(secret.as_bytes()))[..8].to_owned();
        Self { id, secret, made_at }
    }
}

impl std::fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenSecret({}, redacted)", self.id)
    }
}

/// A site's secrets for its readers' pages.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderKeys {
    /// Counts changes, from 1. Every change names the one it expects.
    pub version: u64,
    /// Signs forms and private links; ombud's own, and never shown.
    own: String,
    /// What the platform signs with: one, or two while one replaces the other. Oldest first.
    tokens: Vec<TokenSecret>,
}

/// Why a site's secrets stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReaderKeysError {
    #[error("there are two secrets already; revoke the one that is no longer used first")]
    TwoAlready,
    #[error("there is no such secret")]
    Unknown,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("the token is not PAYLOAD.SIGNATURE, or its payload is not {{\"id\", \"name\", \"exp\"}}")]
    Malformed,
    #[error("the token was signed with none of the site's secrets")]
    Signature,
    #[error("the token has expired")]
    Expired,
    #[error("the token expires more than seven days from now")]
    TooLong,
    #[error("the token's id or name breaks the rules for authors, or the id begins with \"{GUEST_PREFIX}\"")]
    Author,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    id: String,
    #[serde(default)]
    name: Option<String>,
    /// Seconds since 1970.
    exp: i64,
}

impl ReaderKeys {
    /// A site's first, without a secret for the platform. `own` has 256 random bits.
    #[must_use]
    pub fn new(own: String) -> Self {
        Self { version: 1, own, tokens: Vec::new() }
    }

    /// The secrets that the platform may sign with, oldest first.
    #[must_use]
    pub fn tokens(&self) -> &[TokenSecret] {
        &self.tokens
    }

    /// With one more secret for the platform; those before go on being taken.
    ///
    /// # Errors
    /// [`ReaderKeysError::TwoAlready`] if there are two.
    pub fn with(&self, secret: TokenSecret) -> Result<Self, ReaderKeysError> {
        if self.tokens.len() >= 2 {
            return Err(ReaderKeysError::TwoAlready);
        }
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.tokens.push(secret);
        Ok(next)
    }

    /// Without the secret of this id: tokens signed with it are taken no longer.
    ///
    /// # Errors
    /// [`ReaderKeysError::Unknown`] if there is none.
    pub fn without(&self, id: &str) -> Result<Self, ReaderKeysError> {
        let mut next = Self { version: self.version + 1, ..self.clone() };
        next.tokens.retain(|secret| secret.id != id);
        if next.tokens.len() == self.tokens.len() { Err(ReaderKeysError::Unknown) } else { Ok(next) }
    }

    /// The author that a token of the platform's names. Takes as long for a wrong signature wherever it is wrong.
    ///
    /// # Errors
    /// [`InvalidToken`] says what is wrong with it.
    pub fn author(&self, token: &str, now: Timestamp) -> Result<Author, InvalidToken> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidToken::Malformed);
        }
        let (payload, signature) = token.split_once('.').ok_or(InvalidToken::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| InvalidToken::Malformed)?;
        // Each is tried to its end, whichever it is.
        let signed = |secret: &TokenSecret| mac(&secret.secret, payload.as_bytes()).verify_slice(&signature).is_ok();
        if self.tokens.iter().filter(|secret| signed(secret)).count() == 0 {
            return Err(InvalidToken::Signature);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| InvalidToken::Malformed)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| InvalidToken::Malformed)?;
        let expires = Timestamp::from_second(payload.exp).map_err(|_| InvalidToken::Malformed)?;
        if expires <= now {
            return Err(InvalidToken::Expired);
        }
        if expires.duration_since(now) > LONGEST_TOKEN {
            return Err(InvalidToken::TooLong);
        }
        if payload.id.starts_with(GUEST_PREFIX) {
            return Err(InvalidToken::Author);
        }
        let id = AuthorId::parse(payload.id).map_err(|_| InvalidToken::Author)?;
        Author::new(id, payload.name.filter(|name| !name.trim().is_empty())).map_err(|_| InvalidToken::Author)
    }

    /// A seal of ombud's own over these fields, for one purpose: 128 bits in base64url.
    #[must_use]
    pub fn seal(&self, purpose: &str, fields: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(&self.sealed(purpose, fields).finalize().into_bytes()[..16])
    }

    /// Whether a seal is the one over these fields. Takes as long wherever it is wrong.
    #[must_use]
    pub fn is_sealed(&self, purpose: &str, fields: &[&str], seal: &str) -> bool {
        let Ok(seal) = URL_SAFE_NO_PAD.decode(seal) else { return false };
        seal.len() == 16 && self.sealed(purpose, fields).verify_truncated_left(&seal).is_ok()
    }

    /// The number that a version of a comment draws, of 2³² equally likely ones: the same on every replica, whatever the
    /// comment says, and known to nobody without the site's own secret. Its key is made from that, for this alone.
    #[must_use]
    pub fn draw(&self, comment: &CommentId, version: u64) -> u32 {
        let key = hex(&self.sealed("key of draws for audits", &[]).finalize().into_bytes());
        let version = version.to_string();
        let drawn = framed(framed(mac(&key, b""), comment.as_str()), &version).finalize().into_bytes();
        drawn.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
    }

    /// No field runs into the next, and no purpose into another.
    fn sealed(&self, purpose: &str, fields: &[&str]) -> Hmac<Sha256> {
        fields.iter().fold(framed(mac(&self.own, b""), purpose), |sum, field| framed(sum, field))
    }
}

impl std::fmt::Debug for ReaderKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReaderKeys(version {}, {} for tokens, redacted)", self.version, self.tokens.len())
    }
}

/// The sum over one more field, which can't be taken for part of the one before.
fn framed(sum: Hmac<Sha256>, field: &str) -> Hmac<Sha256> {
    sum.chain_update((field.len() as u64).to_le_bytes()).chain_update(field.as_bytes())
}

/// HMAC takes keys of any length.
fn mac(key: &str, message: &[u8]) -> Hmac<Sha256> {
    let keyed = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    keyed.unwrap_or_else(|_| Hmac::<Sha256>::new(&hmac::digest::Key::<Hmac<Sha256>>::default())).chain_update(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "ombud_reader_abcdefghijklmnopqrstuvwxyz";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn keys() -> ReaderKeys {
        ReaderKeys::new("own".to_owned()).with(TokenSecret::new(SECRET.to_owned(), at(0))).unwrap()
    }

    fn token(payload: &str, secret: &str) -> String {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let signature = mac(secret, payload.as_bytes()).finalize().into_bytes();
        format!("{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn a_token_names_an_author_until_it_expires() {
        let read = |payload: &str, now| keys().author(&token(payload, SECRET), at(now));
        let author = read(r#"{"id":"u7","name":"Zoë","exp":1000}"#, 999).unwrap();
        assert_eq!((author.id.as_str(), author.name()), ("u7", Some("Zoë")));
        assert_eq!(read(r#"{"id":"u7","exp":1000}"#, 999).unwrap().name(), None);
        assert_eq!(read(r#"{"id":"u7","name":" ","exp":1000}"#, 999).unwrap().name(), None);
        for (payload, now, wrong) in [
            (r#"{"id":"u7","exp":1000}"#, 1000, InvalidToken::Expired),
            (r#"{"id":"u7","exp":700000}"#, 0, InvalidToken::TooLong),
            (r#"{"id":"u7"}"#, 0, InvalidToken::Malformed),
            (r#"{"id":"u7","exp":"soon"}"#, 0, InvalidToken::Malformed),
            (r#"{"id":"u7","exp":1000,"admin":true}"#, 0, InvalidToken::Malformed),
            (r#"{"id":"","exp":1000}"#, 0, InvalidToken::Author),
            (r#"{"id":"guest-1","exp":1000}"#, 0, InvalidToken::Author),
            ("nonsense", 0, InvalidToken::Malformed),
        ] {
            assert_eq!(read(payload, now), Err(wrong), "{payload}");
        }
    }

    #[test]
    fn only_the_secrets_of_the_moment_sign() {
        let (old, new) = ("an older secret, long enough", "a newer secret, long enough too");
        let of = |secret: &str| TokenSecret::new(secret.to_owned(), at(0));
        let payload = r#"{"id":"u7","exp":1000}"#;
        let both = ReaderKeys::new("own".to_owned()).with(of(old)).unwrap().with(of(new)).unwrap();
        for secret in [old, new] {
            assert!(both.author(&token(payload, secret), at(1)).is_ok());
        }
        assert_eq!(both.with(of("a third")), Err(ReaderKeysError::TwoAlready));
        let one = both.without(&of(old).id).unwrap();
        assert_eq!(one.author(&token(payload, old), at(1)), Err(InvalidToken::Signature));
        assert!(one.author(&token(payload, new), at(1)).is_ok());
        assert_eq!(one.without("nothing"), Err(ReaderKeysError::Unknown));
        assert_eq!((both.version, one.version), (3, 4));
        // ombud's own secret signs no token, and a changed payload no longer fits.
        assert_eq!(both.author(&token(payload, "own"), at(1)), Err(InvalidToken::Signature));
        let signed = token(payload, new);
        let forged = signed.replacen(&signed[..12], &token(r#"{"id":"u8"#, new)[..12], 1);
        assert_eq!(both.author(&forged, at(1)), Err(InvalidToken::Signature));
        for bad in ["", ".", "a.b", "a.b.c", &"x".repeat(MAX_TOKEN_BYTES + 1)] {
            assert!(both.author(bad, at(1)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_seal_is_for_one_purpose_and_these_fields() {
        let keys = keys();
        let seal = keys.seal("follow", &["c1"]);
        assert_eq!(seal.len(), 22);
        assert!(keys.is_sealed("follow", &["c1"], &seal));
        for (purpose, fields) in [("form", ["c1"].as_slice()), ("follow", &["c2"]), ("follow", &["c", "1"])] {
            assert!(!keys.is_sealed(purpose, fields, &seal), "{purpose} {fields:?}");
        }
        assert!(!ReaderKeys::new("other".to_owned()).is_sealed("follow", &["c1"], &seal));
        for bad in ["", "AAAA", &seal[..20], "!"] {
            assert!(!keys.is_sealed("follow", &["c1"], bad), "{bad}");
        }
    }

    #[test]
    fn no_secret_prints() {
        assert!(!format!("{:?} {:?}", keys(), keys().tokens()).contains("abcdef"));
    }
}
