//! What is scored. The names follow the Perspective API, so that thresholds carry over by name.

use serde::{Deserialize, Serialize};

/// A string names no attribute.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown attribute \"{0}\"; the attributes are {list}", list = Attribute::names())]
pub struct UnknownAttribute(pub String);

/// One thing that a comment is scored for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Attribute {
    Toxicity,
    SevereToxicity,
    Insult,
    Profanity,
    Threat,
    IdentityAttack,
    SexuallyExplicit,
    Spam,
    OffTopic,
}

impl Attribute {
    pub const ALL: [Self; 9] = [
        Self::Toxicity,
        Self::SevereToxicity,
        Self::Insult,
        Self::Profanity,
        Self::Threat,
        Self::IdentityAttack,
        Self::SexuallyExplicit,
        Self::Spam,
        Self::OffTopic,
    ];

    /// The attributes that the abuse classifier scores: all but `OFF_TOPIC`.
    pub const ABUSE: [Self; 8] = [
        Self::Toxicity,
        Self::SevereToxicity,
        Self::Insult,
        Self::Profanity,
        Self::Threat,
        Self::IdentityAttack,
        Self::SexuallyExplicit,
        Self::Spam,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Toxicity => "TOXICITY",
            Self::SevereToxicity => "SEVERE_TOXICITY",
            Self::Insult => "INSULT",
            Self::Profanity => "PROFANITY",
            Self::Threat => "THREAT",
            Self::IdentityAttack => "IDENTITY_ATTACK",
            Self::SexuallyExplicit => "SEXUALLY_EXPLICIT",
            Self::Spam => "SPAM",
            Self::OffTopic => "OFF_TOPIC",
        }
    }

    /// What the score says of a comment, for a sentence: "may be …".
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Toxicity => "abusive",
            Self::SevereToxicity => "severely abusive",
            Self::Insult => "an insult",
            Self::Profanity => "profane",
            Self::Threat => "a threat",
            Self::IdentityAttack => "an attack on a group",
            Self::SexuallyExplicit => "sexually explicit",
            Self::Spam => "spam",
            Self::OffTopic => "off-topic",
        }
    }

    /// The same for readers and authors, who don't know the desk's words: "may be …", "likely …".
    #[must_use]
    pub const fn readers_phrase(self) -> &'static str {
        match self {
            Self::OffTopic => "about something else than the article",
            Self::Profanity => "obscene",
            Self::Spam => "advertising or spam",
            _ => self.phrase(),
        }
    }

    /// Position in [`Attribute::ALL`], for tables.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl std::str::FromStr for Attribute {
    type Err = UnknownAttribute;
    fn from_str(name: &str) -> Result<Self, UnknownAttribute> {
        Self::ALL.into_iter().find(|a| a.name() == name).ok_or_else(|| UnknownAttribute(name.to_owned()))
    }
}

impl std::fmt::Display for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
