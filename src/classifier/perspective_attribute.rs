//! What Google's Perspective API calls what it scores, and what ombud answers under that name.

use crate::comment::Attribute;

/// A string names nothing that Perspective or ombud scores.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown attribute \"{0}\"")]
pub struct UnknownPerspectiveAttribute(pub String);

/// An attribute of the Perspective API; and ombud's own `OFF_TOPIC`, which Perspective never had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PerspectiveAttribute {
    Toxicity,
    SevereToxicity,
    IdentityAttack,
    Insult,
    Profanity,
    Threat,
    SexuallyExplicit,
    Spam,
    OffTopic,
    AttackOnAuthor,
    AttackOnCommenter,
    Flirtation,
    Incoherent,
    Inflammatory,
    LikelyToReject,
    Obscene,
    Unsubstantial,
}

impl PerspectiveAttribute {
    /// Those that ombud answers, then those that it does not.
    pub const ALL: [Self; 17] = [
        Self::Toxicity,
        Self::SevereToxicity,
        Self::IdentityAttack,
        Self::Insult,
        Self::Profanity,
        Self::Threat,
        Self::SexuallyExplicit,
        Self::Spam,
        Self::OffTopic,
        Self::AttackOnAuthor,
        Self::AttackOnCommenter,
        Self::Flirtation,
        Self::Incoherent,
        Self::Inflammatory,
        Self::LikelyToReject,
        Self::Obscene,
        Self::Unsubstantial,
    ];

    /// The name in requests and answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Toxicity => "TOXICITY",
            Self::SevereToxicity => "SEVERE_TOXICITY",
            Self::IdentityAttack => "IDENTITY_ATTACK",
            Self::Insult => "INSULT",
            Self::Profanity => "PROFANITY",
            Self::Threat => "THREAT",
            Self::SexuallyExplicit => "SEXUALLY_EXPLICIT",
            Self::Spam => "SPAM",
            Self::OffTopic => "OFF_TOPIC",
            Self::AttackOnAuthor => "ATTACK_ON_AUTHOR",
            Self::AttackOnCommenter => "ATTACK_ON_COMMENTER",
            Self::Flirtation => "FLIRTATION",
            Self::Incoherent => "INCOHERENT",
            Self::Inflammatory => "INFLAMMATORY",
            Self::LikelyToReject => "LIKELY_TO_REJECT",
            Self::Obscene => "OBSCENE",
            Self::Unsubstantial => "UNSUBSTANTIAL",
        }
    }

    /// The attribute of ombud that answers it. `None` where none ranks comments enough as Perspective did: decision
    /// 0016 has the figures.
    #[must_use]
    pub const fn native(self) -> Option<Attribute> {
        match self {
            Self::Toxicity => Some(Attribute::Toxicity),
            Self::SevereToxicity => Some(Attribute::SevereToxicity),
            Self::IdentityAttack => Some(Attribute::IdentityAttack),
            Self::Insult => Some(Attribute::Insult),
            Self::Profanity => Some(Attribute::Profanity),
            Self::Threat => Some(Attribute::Threat),
            Self::SexuallyExplicit => Some(Attribute::SexuallyExplicit),
            Self::Spam => Some(Attribute::Spam),
            Self::OffTopic => Some(Attribute::OffTopic),
            Self::AttackOnAuthor
            | Self::AttackOnCommenter
            | Self::Flirtation
            | Self::Incoherent
            | Self::Inflammatory
            | Self::LikelyToReject
            | Self::Obscene
            | Self::Unsubstantial => None,
        }
    }

    /// Whether the answer is on Perspective's own scale. `SPAM` is not: ombud's is about advertisements and has nothing
    /// in common with Perspective's. `OFF_TOPIC` is not: Perspective had none.
    #[must_use]
    pub const fn is_mapped(self) -> bool {
        self.native().is_some() && !matches!(self, Self::Spam | Self::OffTopic)
    }

    /// Position in [`PerspectiveAttribute::ALL`], for tables.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl std::str::FromStr for PerspectiveAttribute {
    type Err = UnknownPerspectiveAttribute;
    fn from_str(name: &str) -> Result<Self, UnknownPerspectiveAttribute> {
        let unknown = || UnknownPerspectiveAttribute(name.to_owned());
        Self::ALL.into_iter().find(|attribute| attribute.name() == name).ok_or_else(unknown)
    }
}

impl std::fmt::Display for PerspectiveAttribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back() {
        for (place, attribute) in PerspectiveAttribute::ALL.into_iter().enumerate() {
            assert_eq!((attribute.index(), attribute.name().parse()), (place, Ok(attribute)));
            assert_eq!(serde_json::to_value(attribute).unwrap(), attribute.name());
        }
        assert!("TOXICITI".parse::<PerspectiveAttribute>().is_err());
    }

    #[test]
    fn every_attribute_of_ombuds_answers_under_its_own_name() {
        for native in Attribute::ALL {
            let attribute: PerspectiveAttribute = native.name().parse().unwrap();
            assert_eq!(attribute.native(), Some(native));
        }
        assert_eq!(PerspectiveAttribute::Flirtation.native(), None);
    }
}
