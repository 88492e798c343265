//! The values that editors may write, each refusing what makes no sense.

use crate::comment::{Action, Attribute, Role};
use serde::{Deserialize, Serialize};

/// What happens to a comment that can't be judged, because scoring or the store failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// It is accepted and waits for a moderator.
    #[default]
    Review,
    /// The platform is told to try again later.
    Refuse,
}

/// What happens to a comment under an article that nobody registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownArticle {
    /// The platform is told that the article is unknown.
    #[default]
    Refuse,
    /// It is accepted and waits for a moderator.
    Review,
    /// It is accepted and judged by everything else; the decision notes it.
    Judge,
}

/// When moderators see comments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// What no rule holds is published at once.
    #[default]
    Post,
    /// Nothing is published before a moderator has seen it.
    Pre,
}

/// What a rule does when it applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Response {
    Off,
    Review,
    Reject,
}

impl Response {
    /// The action, or `None` where the rule is off.
    pub(super) const fn action(self) -> Option<Action> {
        match self {
            Self::Off => None,
            Self::Review => Some(Action::Review),
            Self::Reject => Some(Action::Reject),
        }
    }
}

/// A reason that a moderator can give for a rejection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "RejectReasonFile")]
pub struct RejectReason {
    /// Stable, for machines: lower-case letters, digits and `_`, at most 40.
    pub code: String,
    /// For people: one phrase, at most 120 characters.
    pub text: String,
    /// What it says of the comment, for the classifiers to learn from; `None` where it is about something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Attribute>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RejectReasonFile {
    code: String,
    text: String,
    #[serde(default)]
    attribute: Option<Attribute>,
}

impl TryFrom<RejectReasonFile> for RejectReason {
    type Error = String;
    fn try_from(file: RejectReasonFile) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if file.code.is_empty() || file.code.len() > 40 || !file.code.chars().all(plain) {
            return Err("a reason's `code` is 1 to 40 of a-z, 0-9 and _".to_owned());
        }
        let text = file.text.trim();
        if text.is_empty() || text.chars().count() > 120 || text.chars().any(char::is_control) {
            return Err("a reason's `text` is one line of 1 to 120 characters".to_owned());
        }
        Ok(Self { code: file.code, text: text.to_owned(), attribute: file.attribute })
    }
}

/// Which share of the machine's decisions people judge again, from 0 to 0.2.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub(super) struct AuditShare(f64);

impl AuditShare {
    /// One in a hundred.
    pub(super) const DEFAULT: Self = Self(0.01);

    pub(super) const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for AuditShare {
    type Error = String;
    fn try_from(value: f64) -> Result<Self, String> {
        if (0.0..=0.2).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("a share for audits is a number from 0 to 0.2, not {value}"))
        }
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub(super) struct Whole<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Whole<MIN, MAX> {
    /// A default, known to be in range. Panics otherwise, as the first test to run would show.
    pub(super) fn new(value: u32) -> Self {
        assert!((MIN..=MAX).contains(&value), "{value} is out of range");
        Self(value)
    }

    pub(super) const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> TryFrom<i64> for Whole<MIN, MAX> {
    type Error = String;
    fn try_from(value: i64) -> Result<Self, String> {
        u32::try_from(value)
            .ok()
            .filter(|v| (MIN..=MAX).contains(v))
            .map(Self)
            .ok_or_else(|| format!("{value} is out of range: write a whole number from {MIN} to {MAX}"))
    }
}

/// A language by its ISO 639-3 code, one that ombud can tell from others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct LanguageCode(String);

impl LanguageCode {
    pub(super) fn english() -> Self {
        Self("eng".to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LanguageCode {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        match whatlang::Lang::from_code(code.as_str()) {
            Some(_) => Ok(Self(code)),
            None => Err(format!("\"{code}\" is no language ombud can tell; write an ISO 639-3 code such as \"eng\"")),
        }
    }
}

/// The roles that a comment can be handed on to, each once; at most 20.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Roles(Vec<Role>);

impl Roles {
    /// The default: `senior` and no other. Panics never: the name is a role's.
    pub(super) fn senior() -> Self {
        Self(Role::parse("senior").into_iter().collect())
    }

    pub(super) fn into_inner(self) -> Vec<Role> {
        self.0
    }
}

impl TryFrom<Vec<String>> for Roles {
    type Error = String;
    fn try_from(names: Vec<String>) -> Result<Self, String> {
        if names.len() > 20 {
            return Err("at most 20 roles".to_owned());
        }
        let mut roles = Vec::with_capacity(names.len());
        for name in names {
            let role = Role::parse(name.as_str()).map_err(|e| format!("\"{name}\": {e}"))?;
            if roles.contains(&role) {
                return Err(format!("the role \"{role}\" is here twice"));
            }
            roles.push(role);
        }
        Ok(Self(roles))
    }
}

/// The name of a host, in lower case, without scheme, port and path.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Host(String);

impl Host {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Host {
    type Error = String;
    fn try_from(name: String) -> Result<Self, String> {
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
        let well_formed = name.contains('.') && !name.starts_with('.') && !name.ends_with('.');
        if well_formed && name.chars().all(plain) {
            Ok(Self(name.to_lowercase()))
        } else {
            Err(format!("\"{name}\" is no host; write it as in \"example.com\", without https:// and path"))
        }
    }
}
