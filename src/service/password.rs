//! Passwords: what makes one, and how they are kept and compared.
//!
//! argon2id with the parameters that OWASP recommends (19 MiB, two passes, one lane). That takes a core some 20 ms on
//! purpose, so it is done on threads of its own, few at a time.

use super::access::random;
use super::{Ombud, ServiceError};
use crate::comment::{ModeratorName, PasswordHash};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

/// Fewest characters of a password.
pub const MIN_PASSWORD_CHARACTERS: usize = 12;
/// Most bytes of one: what is longer is none that a person types.
const MAX_BYTES: usize = 1000;
/// Fewest different characters.
const MIN_DIFFERENT: usize = 5;

/// How many are compared at once.
const AT_ONCE: usize = 2;
/// How long one may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a string is not taken as a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    #[error(
        "a password has at least {MIN_PASSWORD_CHARACTERS} characters; a few words that don't belong together are easy to keep"
    )]
    Short,
    #[error("a password has at most {MAX_BYTES} bytes")]
    Long,
    #[error("the password repeats a few characters; use others too")]
    Monotonous,
    #[error("the password is made of the name it is for")]
    OfName,
}

/// A password that may be set. `Debug` prints it redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Parses a password for this person. What only looks different by the keyboard it was typed on is the same.
    ///
    /// # Errors
    /// [`WeakPassword`] says what is wrong with it.
    pub fn parse(password: &str, of: &ModeratorName) -> Result<Self, WeakPassword> {
        let password = normalised(password);
        if password.chars().count() < MIN_PASSWORD_CHARACTERS {
            return Err(WeakPassword::Short);
        }
        if password.len() > MAX_BYTES {
            return Err(WeakPassword::Long);
        }
        let mut different: Vec<char> = password.to_lowercase().chars().collect();
        different.sort_unstable();
        different.dedup();
        if different.len() < MIN_DIFFERENT {
            return Err(WeakPassword::Monotonous);
        }
        let letters = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let name = letters(of.as_str());
        if !name.is_empty() && letters(&password).replace(&name, "").is_empty() {
            return Err(WeakPassword::OfName);
        }
        Ok(Self(password))
    }

    /// A new password of 100 random bits: four groups of five letters and digits, none of them easily taken for another.
    ///
    /// # Errors
    /// Fails if the machine has no randomness.
    pub fn generate() -> Result<Self, ServiceError> {
        const DIGITS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
        let digits = random::<20>()?.map(|byte| char::from(DIGITS[usize::from(byte % 32)]));
        let groups: Vec<String> = digits.chunks(5).map(|group| group.iter().collect()).collect();
        Ok(Self(groups.join("-")))
    }

    /// The password itself, to be shown to whoever it is for.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(redacted)")
    }
}

fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// Makes hashes and compares them. Shared by all clones of the service.
pub(super) struct Passwords {
    turns: Semaphore,
    /// Of no password that anybody has: compared where there is no account, so that it takes as long.
    nobody: OnceLock<PasswordHash>,
}

impl Passwords {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { turns: Semaphore::new(AT_ONCE), nobody: OnceLock::new() })
    }

    /// Does this work on a thread of its own, when it is its turn.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
    ) -> Result<T, ServiceError> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| ServiceError::Unavailable("too many passwords to compare at once".to_owned()))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|_| ServiceError::Internal("a password could not be worked on".to_owned()))?
    }
}

fn argon2() -> Result<Argon2<'static>, ServiceError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| ServiceError::Internal(format!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<PasswordHash, ServiceError> {
    let internal = |e: argon2::password_hash::Error| ServiceError::Internal(format!("argon2: {e}"));
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(internal)?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(internal)?;
    Ok(PasswordHash(hash.to_string()))
}

fn fits(password: &str, hash: &PasswordHash) -> Result<bool, ServiceError> {
    let unreadable = |_| ServiceError::Internal("the hash of a password can't be read".to_owned());
    let hash = argon2::PasswordHash::new(&hash.0).map_err(unreadable)?;
    Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
}

impl Ombud {
    pub(super) async fn hash_password(&self, password: &Password) -> Result<PasswordHash, ServiceError> {
        let password = password.clone();
        self.passwords.work(move || hash(password.reveal())).await
    }

    /// Whether this is the password; without an account to compare with it takes as long, and is not.
    pub(super) async fn is_password(&self, password: &str, of: Option<&PasswordHash>) -> Result<bool, ServiceError> {
        // What is longer is no password, and need not be looked at.
        let known = password.len() <= MAX_BYTES;
        let password = if known { normalised(password) } else { String::new() };
        let (passwords, of) = (Arc::clone(&self.passwords), of.cloned());
        let fits = move || {
            let nobody = match passwords.nobody.get() {
                Some(nobody) => nobody.clone(),
                None => passwords.nobody.get_or_init(|| hash("nobody").unwrap_or(PasswordHash(String::new()))).clone(),
            };
            let exists = of.is_some();
            Ok(fits(&password, &of.unwrap_or(nobody))? && exists && known)
        };
        self.passwords.work(fits).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_not_made_of_the_name() {
        let anna = ModeratorName::parse("Anna Berg").unwrap();
        let parse = |password: &str| Password::parse(password, &anna).map(|p| p.0);
        assert_eq!(parse("harbour lamp eleven"), Ok("harbour lamp eleven".to_owned()));
        assert_eq!(parse("eleven char"), Err(WeakPassword::Short));
        assert_eq!(parse(&"lamp".repeat(300)), Err(WeakPassword::Long));
        assert_eq!(parse("abababababab"), Err(WeakPassword::Monotonous));
        assert_eq!(parse("anna-berg-2026"), Err(WeakPassword::OfName));
        // Typed on another keyboard, it is the same.
        assert_eq!(parse("cafe\u{301} lamp eleven"), parse("café lamp eleven"));
    }

    #[test]
    fn a_generated_password_may_be_set() {
        let anna = ModeratorName::parse("Anna Berg").unwrap();
        let [one, two] = [(); 2].map(|()| Password::generate().unwrap());
        assert_eq!((one.reveal().len(), Password::parse(one.reveal(), &anna)), (23, Ok(one.clone())));
        assert_ne!(one, two);
        assert_eq!(format!("{one:?}"), "Password(redacted)");
    }

    #[test]
    fn a_hash_fits_its_password_and_says_how_it_was_made() {
        let hash = hash("harbour lamp eleven").unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(fits("harbour lamp eleven", &hash).unwrap());
        assert!(!fits("harbour lamp twelve", &hash).unwrap());
    }
}
