//! Identifiers. Comments, articles and authors carry the platform's own; sites and keys are ours.

use serde::{Deserialize, Serialize};

/// Longest identifier a platform may use, in bytes.
const MAX_BYTES: usize = 200;

/// Why a string is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    #[error("an id must not be empty")]
    Empty,
    #[error("an id must be at most {MAX_BYTES} bytes")]
    TooLong,
    #[error("an id must not hold control characters or white space")]
    Character,
    #[error("a site id is 1 to 63 of a-z, 0-9 and '-', and starts with a letter or digit")]
    Site,
    #[error("an endpoint's id is 1 to 63 of a-z, 0-9 and '-', and starts with a letter or digit")]
    Endpoint,
}

fn check_foreign(value: &str) -> Result<(), InvalidId> {
    if value.is_empty() {
        return Err(InvalidId::Empty);
    }
    if value.len() > MAX_BYTES {
        return Err(InvalidId::TooLong);
    }
    if value.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(InvalidId::Character);
    }
    Ok(())
}

fn check_site(value: &str) -> Result<(), InvalidId> {
    if is_own(value) { Ok(()) } else { Err(InvalidId::Site) }
}

fn check_endpoint(value: &str) -> Result<(), InvalidId> {
    if is_own(value) { Ok(()) } else { Err(InvalidId::Endpoint) }
}

/// Whether a name of our own fits in keys and addresses.
fn is_own(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let starts_well = value.chars().next().is_some_and(plain);
    starts_well && value.len() <= 63 && value.chars().all(|c| plain(c) || c == '-')
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses an identifier.
            ///
            /// # Errors
            /// [`InvalidId`] says which rule the string breaks.
            pub fn parse(value: impl Into<String>) -> Result<Self, InvalidId> {
                let value = value.into();
                $check(&value)?;
                Ok(Self(value))
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(value: String) -> Result<Self, InvalidId> {
                Self::parse(value)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A comment's id: the platform's own, unique within a site.
    CommentId, check_foreign
);
identifier!(
    /// An article's id: the platform's own, unique within a site.
    ArticleId, check_foreign
);
identifier!(
    /// One publication. Every key, record and query belongs to a site.
    SiteId, check_site
);
identifier!(
    /// A place that webhooks are sent to, named in their configuration.
    EndpointId, check_endpoint
);
identifier!(
    /// The public name of an API key; the secret itself is stored only as a hash.
    KeyId, check_foreign
);

/// The platform's id of an author. Personal data: `Debug` prints it redacted and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AuthorId(String);

impl AuthorId {
    /// Parses an author id by the rules of every foreign id.
    ///
    /// # Errors
    /// [`InvalidId`] says which rule the string breaks.
    pub fn parse(value: impl Into<String>) -> Result<Self, InvalidId> {
        let value = value.into();
        check_foreign(&value)?;
        Ok(Self(value))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AuthorId {
    type Error = InvalidId;
    fn try_from(value: String) -> Result<Self, InvalidId> {
        Self::parse(value)
    }
}

impl From<AuthorId> for String {
    fn from(value: AuthorId) -> String {
        value.0
    }
}

impl std::fmt::Debug for AuthorId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorId(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_id_is_printable_and_bounded() {
        assert!(CommentId::parse("c-1:ü").is_ok());
        assert_eq!(CommentId::parse(""), Err(InvalidId::Empty));
        assert_eq!(CommentId::parse("a b"), Err(InvalidId::Character));
        assert_eq!(CommentId::parse("a\0b"), Err(InvalidId::Character));
        assert_eq!(CommentId::parse("x".repeat(201)), Err(InvalidId::TooLong));
    }

    #[test]
    fn a_site_id_fits_in_keys_and_addresses() {
        assert!(SiteId::parse("the-daily-2").is_ok());
        for bad in ["", "-x", "The", "a_b", "a{b}"] {
            assert_eq!(SiteId::parse(bad), Err(InvalidId::Site), "{bad}");
            assert_eq!(EndpointId::parse(bad), Err(InvalidId::Endpoint), "{bad}");
        }
    }

    #[test]
    fn an_author_id_never_prints() {
        let id = AuthorId::parse("user-77").unwrap();
        assert_eq!(format!("{id:?}"), "AuthorId(redacted)");
    }
}
