//! The two files as editors write them. What they say together is checked in [`super::Policy`].
//!
//! A key that is left out takes the default that the shipped file shows; `[thresholds]` can't be left
//! out, because a policy without any would publish nearly everything.

use super::setting::{
    AuditShare, Host, LanguageCode, Mode, OnError, RejectReason, Response, Roles, UnknownArticle, Whole,
};
use super::threshold::{Probability, ThresholdFile};
use crate::comment::Attribute;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// Thresholds by the name of their attribute.
pub(super) type ThresholdTable = BTreeMap<Spanned<String>, Spanned<ThresholdFile>>;

/// `policy.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    #[serde(default)]
    pub on_error: OnError,
    #[serde(default)]
    pub unknown_article: UnknownArticle,
    #[serde(default)]
    pub allow_reject_off_topic: bool,
    pub thresholds: ThresholdTable,
    #[serde(default)]
    pub sections: BTreeMap<Spanned<String>, SectionFile>,
    #[serde(default)]
    pub rules: Rules,
    #[serde(default)]
    pub moderation: Moderation,
    #[serde(default)]
    pub reports: Reports,
    #[serde(default)]
    pub appeals: Appeals,
    #[serde(default)]
    pub queue: Queue,
    #[serde(default)]
    pub audit: AuditFile,
}

/// `[sections.NAME]`: what differs in one part of the paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SectionFile {
    pub mode: Option<Mode>,
    #[serde(default)]
    pub thresholds: ThresholdTable,
    #[serde(default)]
    pub queue: SectionQueue,
}

/// `[sections.NAME.queue]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SectionQueue {
    pub opinions: Option<Whole<1, 5>>,
}

/// `[moderation]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Moderation {
    pub mode: Mode,
    pub reject_reasons: Vec<Spanned<RejectReason>>,
}

impl Default for Moderation {
    fn default() -> Self {
        let reasons = [
            ("off_topic", "Not about the article", Some(Attribute::OffTopic)),
            ("abuse", "Abuses another person", Some(Attribute::Toxicity)),
            ("hate", "Attacks a group of people", Some(Attribute::IdentityAttack)),
            ("threat", "Threatens someone", Some(Attribute::Threat)),
            ("spam", "Advertising or spam", Some(Attribute::Spam)),
            ("personal_data", "Gives away personal data", None),
            ("other", "Breaks another house rule", None),
        ];
        let reason = |(code, text, attribute): (&str, &str, _)| {
            Spanned::new(0..0, RejectReason { code: code.to_owned(), text: text.to_owned(), attribute })
        };
        Self { mode: Mode::Post, reject_reasons: reasons.map(reason).into() }
    }
}

/// `[reports]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reports {
    pub limit: Whole<1, 1000>,
}

impl Default for Reports {
    fn default() -> Self {
        Self { limit: Whole::new(3) }
    }
}

/// `[appeals]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Appeals {
    pub taken: bool,
    /// A role of `queue.roles`; empty for the first of them.
    pub role: Spanned<String>,
}

impl Default for Appeals {
    fn default() -> Self {
        Self { taken: true, role: Spanned::new(0..0, String::new()) }
    }
}

/// `[queue]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Queue {
    pub lease_seconds: Whole<10, 86_400>,
    pub skip_minutes: Whole<1, 1440>,
    pub undo_seconds: Whole<0, 300>,
    pub opinions: Whole<1, 5>,
    pub roles: Roles,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            lease_seconds: Whole::new(300),
            skip_minutes: Whole::new(30),
            undo_seconds: Whole::new(5),
            opinions: Whole::new(1),
            roles: Roles::senior(),
        }
    }
}

/// `[audit]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AuditFile {
    pub share: AuditShare,
}

impl Default for AuditFile {
    fn default() -> Self {
        Self { share: AuditShare::DEFAULT }
    }
}

/// `[rules]`: a table a rule. 0 switches a limit off.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rules {
    pub replies: Replies,
    pub drift: Drift,
    pub length: Length,
    pub links: Links,
    pub repeats: Repeats,
    pub new_author: NewAuthor,
    pub history: History,
    pub rate: Rate,
    pub languages: Languages,
}

/// `[rules.replies]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Replies {
    pub to_unpublished: Response,
}

impl Default for Replies {
    fn default() -> Self {
        Self { to_unpublished: Response::Review }
    }
}

/// `[rules.drift]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Drift {
    pub review_at: Probability,
}

/// `[rules.length]`, in Unicode code points of the text without the white space around it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Length {
    pub min_characters: Whole<0, 1000>,
    pub max_characters: Whole<0, 65_536>,
    pub too_short: Response,
    pub too_long: Response,
}

impl Default for Length {
    fn default() -> Self {
        Self {
            min_characters: Whole::new(2),
            max_characters: Whole::new(5000),
            too_short: Response::Review,
            too_long: Response::Reject,
        }
    }
}

/// `[rules.links]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Links {
    pub review_at: Whole<0, 1000>,
    pub reject_at: Whole<0, 1000>,
    pub free_hosts: Vec<Host>,
}

impl Default for Links {
    fn default() -> Self {
        Self { review_at: Whole::new(2), reject_at: Whole::new(0), free_hosts: Vec::new() }
    }
}

/// `[rules.repeats]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Repeats {
    pub exact: Response,
    pub near: Response,
    pub window_hours: Whole<1, 720>,
    pub min_words: Whole<1, 1000>,
    pub near_min_words: Whole<1, 1000>,
    pub near_bits: Whole<0, 20>,
    pub site_review_at: Whole<0, 100_000>,
    pub site_near_review_at: Whole<0, 100_000>,
}

impl Default for Repeats {
    fn default() -> Self {
        Self {
            exact: Response::Reject,
            near: Response::Review,
            window_hours: Whole::new(24),
            min_words: Whole::new(5),
            near_min_words: Whole::new(12),
            near_bits: Whole::new(12),
            site_review_at: Whole::new(3),
            site_near_review_at: Whole::new(3),
        }
    }
}

/// `[rules.new_author]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NewAuthor {
    pub review_below: Whole<0, 1000>,
}

impl Default for NewAuthor {
    fn default() -> Self {
        Self { review_below: Whole::new(0) }
    }
}

/// `[rules.history]`. The facts hold 20 rejections at most.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct History {
    pub rejections: Whole<0, 20>,
    pub days: Whole<1, 3650>,
}

impl Default for History {
    fn default() -> Self {
        Self { rejections: Whole::new(3), days: Whole::new(30) }
    }
}

/// `[rules.rate]`. The facts hold 50 submissions at most.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Rate {
    pub max_comments: Whole<0, 50>,
    pub seconds: Whole<1, 86_400>,
}

impl Default for Rate {
    fn default() -> Self {
        Self { max_comments: Whole::new(5), seconds: Whole::new(60) }
    }
}

/// `[rules.languages]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Languages {
    pub accept: Vec<LanguageCode>,
    pub other: Response,
}

impl Default for Languages {
    fn default() -> Self {
        Self { accept: vec![LanguageCode::english()], other: Response::Review }
    }
}

/// `words.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WordsFile {
    pub banned: Vec<Spanned<String>>,
    pub suspect: Vec<Spanned<String>>,
    pub allowed: Vec<Spanned<String>>,
}
