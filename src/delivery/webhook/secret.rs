//! What webhooks are signed with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// How long a secret's key may be, in bytes: what Standard Webhooks asks for.
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// A key with fewer different bytes was typed, not drawn.
const MIN_DISTINCT: usize = 8;
/// More are no rotation: every delivery carries a signature for each.
const MAX_SECRETS: usize = 10;

/// One key for HMAC-SHA256. Prints without it.
#[derive(Clone, PartialEq, Eq)]
struct Secret(Vec<u8>);

/// The secrets of an endpoint, newest first: one, or more while one replaces the other. Prints without them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets(Vec<Secret>);

/// Why a text holds no secrets. Says where, and never what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecrets {
    #[error("there is no secret in it; `ombud webhook secret` prints one")]
    None,
    #[error("more than {MAX_SECRETS} secrets; leave those that receivers check, newest first")]
    TooMany,
    #[error("line {0}: a secret is \"{PREFIX}\" and base64; `ombud webhook secret` prints one")]
    Form(usize),
    #[error("line {0}: a secret's key has {start} to {end} bytes", start = BYTES.start(), end = BYTES.end())]
    Length(usize),
    #[error("line {0}: anybody could guess this secret; `ombud webhook secret` prints one")]
    Weak(usize),
}

impl Secrets {
    /// Reads secrets, one a line. Empty lines, and those that begin with `#`, say nothing.
    ///
    /// # Errors
    /// [`InvalidSecrets`] if there is none, or one that is no secret.
    pub fn parse(text: &str) -> Result<Self, InvalidSecrets> {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let written = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let secrets = written.map(|(number, line)| secret(number, line)).collect::<Result<Vec<_>, _>>()?;
        match secrets.len() {
            0 => Err(InvalidSecrets::None),
            1..=MAX_SECRETS => Ok(Self(secrets)),
            _ => Err(InvalidSecrets::TooMany),
        }
    }

    /// The keys, newest first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|secret| secret.0.as_slice())
    }
}

fn secret(number: usize, line: &str) -> Result<Secret, InvalidSecrets> {
    let key = line.strip_prefix(PREFIX).and_then(|encoded| STANDARD.decode(encoded).ok());
    let key = key.ok_or(InvalidSecrets::Form(number))?;
    if !BYTES.contains(&key.len()) {
        return Err(InvalidSecrets::Length(number));
    }
    let mut distinct = key.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < MIN_DISTINCT { Err(InvalidSecrets::Weak(number)) } else { Ok(Secret(key)) }
}

/// A secret as it is written, of 32 random bytes.
///
/// # Errors
/// Fails if the system has no randomness.
pub fn new_secret() -> Result<String, getrandom::Error> {
    let mut key = [0_u8; 32];
    getrandom::fill(&mut key)?;
    Ok(format!("{PREFIX}{}", STANDARD.encode(key)))
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({}, redacted)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_and_drawn() {
        let drawn = new_secret().unwrap();
        let two = format!("# newest first\n{drawn}\n\n whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw \n");
        let secrets = Secrets::parse(&two).unwrap();
        assert_eq!(secrets.keys().map(<[u8]>::len).collect::<Vec<_>>(), [32, 24]);
        assert!(!format!("{secrets:?}").contains("82"), "{secrets:?}");
        for (bad, why) in [
            ("", InvalidSecrets::None),
            ("# none\n\n", InvalidSecrets::None),
            ("\nMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", InvalidSecrets::Form(2)),
            ("whsec_", InvalidSecrets::Length(1)),
            ("whsec_MfKQ9r8G", InvalidSecrets::Length(1)),
            ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa%w", InvalidSecrets::Form(1)),
            ("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", InvalidSecrets::Weak(1)),
        ] {
            assert_eq!(Secrets::parse(bad), Err(why), "{bad}");
        }
        assert_eq!(Secrets::parse(&format!("{drawn}\n").repeat(11)), Err(InvalidSecrets::TooMany));
    }
}
