//! Handing a pending comment on to those who have a role.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A string names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is 1 to 40 of a-z, 0-9 and '_'")]
pub struct InvalidRole;

/// What some moderators are and others are not, such as `senior`. The policy lists those there are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(String);

impl Role {
    /// Parses a role's name.
    ///
    /// # Errors
    /// [`InvalidRole`] unless it is 1 to 40 of a-z, 0-9 and `_`.
    pub fn parse(name: impl Into<String>) -> Result<Self, InvalidRole> {
        let name = name.into();
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if (1..=40).contains(&name.len()) && name.bytes().all(plain) { Ok(Self(name)) } else { Err(InvalidRole) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Role {
    type Error = InvalidRole;
    fn try_from(name: String) -> Result<Self, InvalidRole> {
        Self::parse(name)
    }
}

impl From<Role> for String {
    fn from(role: Role) -> String {
        role.0
    }
}

impl std::str::FromStr for Role {
    type Err = InvalidRole;
    fn from_str(name: &str) -> Result<Self, InvalidRole> {
        Self::parse(name)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// For whom a pending comment waits, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Escalation {
    #[schema(value_type = String)]
    pub role: Role,
    /// The moderator who handed it on.
    pub by: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What she wrote about it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_plain_word() {
        assert_eq!(Role::parse("senior_2").unwrap().as_str(), "senior_2");
        for bad in ["", "Senior", "se nior", "senior:", &"x".repeat(41)] {
            assert_eq!(Role::parse(bad), Err(InvalidRole), "{bad}");
        }
    }
}
