//! Coral signs what it sends: `X-Coral-Signature: sha256=HEX`, an HMAC over the body's bytes. While a secret is being
//! rotated there is one for each secret, with commas between.

use actix_web::http::header::HeaderMap;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const HEADER: &str = "x-coral-signature";
const SCHEME: &str = "sha256=";
/// Shorter secrets could be guessed; Coral makes longer ones.
const MIN_LENGTH: usize = 16;

/// The secrets that a site's phase may sign with: one, or two and more while one replaces the other. Prints
/// without them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

/// Why a text holds no secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecrets {
    #[error("there is no secret in it; write one a line")]
    None,
    #[error("a secret has at least {MIN_LENGTH} characters; copy the whole signing secret from Coral")]
    TooShort,
}

impl Secrets {
    /// Reads secrets, one a line. Empty lines, and those that begin with `#`, say nothing.
    ///
    /// # Errors
    /// [`InvalidSecrets`] if there is none, or one that is too short to be one.
    pub fn parse(text: &str) -> Result<Self, InvalidSecrets> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let secrets: Vec<String> = lines.map(str::to_owned).collect();
        if secrets.is_empty() {
            return Err(InvalidSecrets::None);
        }
        if secrets.iter().any(|secret| secret.len() < MIN_LENGTH) {
            return Err(InvalidSecrets::TooShort);
        }
        Ok(Self(secrets))
    }

    /// Whether one of the signatures in the headers was made over this body with one of the secrets. Takes as long
    /// for a wrong signature wherever it is wrong.
    pub(super) fn signed(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let signatures: Vec<[u8; 32]> = signatures(headers).collect();
        let made_with = |secret: &String| {
            let Ok(mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
            let mac = mac.chain_update(body);
            signatures.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
        };
        self.0.iter().any(made_with)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({}, redacted)", self.0.len())
    }
}

/// The signatures that are well-formed; others are no signatures.
fn signatures(headers: &HeaderMap) -> impl Iterator<Item = [u8; 32]> {
    let values = headers.get_all(HEADER).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|one| bytes(one.trim().strip_prefix(SCHEME)?))
}

/// 32 bytes from 64 hexadecimal digits.
fn bytes(hex: &str) -> Option<[u8; 32]> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs: Option<Vec<u8>> =
        hex.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect();
    pairs?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    /// `printf %s '{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef`
    const SIGNED: &str = "1c76fbb930d3aa8b1633728fae212c68ca68a6752bb319b98be6fe17e86cf5b8";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(HeaderName::from_static(HEADER), HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn a_signature_is_good_for_one_secret_and_one_body() {
        let secrets = Secrets::parse("# since May\nfedcba9876543210\n\n0123456789abcdef\n").expect("secrets");
        let good = format!("sha256={SIGNED}");
        let signed = |values: &[&str], body: &[u8]| secrets.signed(&headers(values), body);
        assert!(signed(&[&good], b"{\"a\":1}"));
        assert!(signed(&[&good.to_uppercase().replace("SHA", "sha")], b"{\"a\":1}"));
        assert!(signed(&[&format!("sha256={}, {good}", "0".repeat(64))], b"{\"a\":1}"), "one of several");
        assert!(signed(&["sha1=abc", &good], b"{\"a\":1}"), "in a line of its own");
        assert!(!signed(&[&good], b"{\"a\": 1}"), "another body");
        let other = Secrets::parse("0123456789abcdeg").expect("a secret");
        assert!(!other.signed(&headers(&[&good]), b"{\"a\":1}"), "another secret");
        let short = format!("sha256={}", &SIGNED[..62]);
        let odd = format!("{good}0");
        for bad in ["", "sha256=", SIGNED, "sha256=zz", &short, &odd, "sha256:0", &good.replace("sha256=", "sha512=")] {
            assert!(!signed(&[bad], b"{\"a\":1}"), "{bad}");
        }
        assert!(!signed(&[], b"{\"a\":1}"));
    }

    #[test]
    fn secrets_are_there_and_long_enough_and_never_print() {
        assert_eq!(Secrets::parse(" \n# nothing\n"), Err(InvalidSecrets::None));
        assert_eq!(Secrets::parse("0123456789abcdef\nshort"), Err(InvalidSecrets::TooShort));
        let secrets = Secrets::parse("0123456789abcdef").expect("a secret");
        assert!(!format!("{secrets:?}").contains("0123"));
    }
}
