//! What was decided about a comment, and every reason for it.

use super::{Attribute, DecisionTimes};
use serde::{Deserialize, Serialize};

/// What happens to a comment, from mild to strict. The order is what "the strictest wins" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Publish,
    Review,
    Reject,
}

impl Action {
    pub const ALL: [Self; 3] = [Self::Publish, Self::Review, Self::Reject];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Review => "review",
            Self::Reject => "reject",
        }
    }

    /// Every two actions, such as what was decided and what would have been.
    pub fn pairs() -> impl Iterator<Item = (Self, Self)> {
        Self::ALL.into_iter().flat_map(|one| Self::ALL.map(|other| (one, other)))
    }
}

/// Part of the comment's text, in Unicode code points, and how much it added.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Span {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// What it adds to the score, in log-odds, as an exact part of their sum; 0 where a rule, not a model, points
    /// here.
    pub weight: f64,
}

/// What made a score: spans of the text, and what the context said, in words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// Up to eight phrases, the one that matters most first.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// Sentences about the context, for topicality: "shares *talks* with the article".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
}

/// One reason for a decision: a stable machine code, a sentence for people, and the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reason {
    /// Stable and dotted, such as `threshold.TOXICITY` or `links.too_many`.
    pub code: String,
    /// What this reason alone would have led to.
    pub action: Action,
    /// One sentence that says what was seen and what it means.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Attribute>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Where in the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Span>,
    /// What the context said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
}

impl Reason {
    /// A reason that rests on a rule rather than on a score.
    #[must_use]
    pub fn rule(code: impl Into<String>, action: Action, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            action,
            text: text.into(),
            attribute: None,
            score: None,
            threshold: None,
            evidence: Vec::new(),
            context: Vec::new(),
        }
    }

    /// The same reason, pointing at parts of the text.
    #[must_use]
    pub fn at(mut self, evidence: Vec<Span>) -> Self {
        self.evidence = evidence;
        self
    }
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DecidedBy {
    Policy,
    Moderator,
}

/// A decision about a comment, with all its reasons, strictest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decision {
    pub action: Action,
    pub by: DecidedBy,
    /// The policy in force, as a hash of its file and word lists.
    pub policy_revision: String,
    /// The models that scored, as a hash of their files.
    pub model_revision: String,
    pub reasons: Vec<Reason>,
    /// Who, if a person decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderator: Option<String>,
    /// What the moderator wrote about it, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What the moderator wrote to the author, if anything. The author sees it beside the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_author: Option<String>,
    /// When, if a person decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<DecisionTimes>,
}

impl Decision {
    /// The same decision without what quotes people: words of the comment and its surroundings, and what the
    /// moderator wrote to her colleagues and to the author.
    #[must_use]
    pub fn without_words(&self) -> Self {
        let reasons = self.reasons.iter().map(|r| Reason { context: Vec::new(), ..r.clone() }).collect();
        Self { reasons, note: None, to_author: None, ..self.clone() }
    }
}

/// Where a pending comment stands in the queue's orders; each 0 to 1, higher is sooner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Priority {
    /// How close the scores come to the thresholds they are judged by.
    pub uncertain: f64,
    /// How bad it would be if the scores are right.
    pub harmful: f64,
}
