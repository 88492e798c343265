//! The policy in force: what the editors' files say, checked as a whole.

use super::error::PolicyError;
use super::facts::Nearness;
use super::file::{PolicyFile, Rules, ThresholdTable, WordsFile};
use super::setting::{Mode, OnError, RejectReason, UnknownArticle, Whole};
use super::threshold::{Threshold, Thresholds};
use super::word_list::{List, WordList};
use crate::comment::{Attribute, Role};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const POLICY: &str = "policy.toml";
const WORDS: &str = "words.toml";

/// What is publishable, who sees the rest, and what the queue's terms are. Immutable; a changed file is
/// another policy with another revision.
#[derive(Debug, Clone)]
pub struct Policy {
    revision: String,
    on_error: OnError,
    unknown_article: UnknownArticle,
    paper: Section,
    /// By name in lower case.
    sections: BTreeMap<String, Section>,
    pub(super) rules: Rules,
    pub(super) words: WordList,
    reject_reasons: Vec<RejectReason>,
    report_limit: u32,
    lease_seconds: u32,
    skip_minutes: u32,
    undo_seconds: u32,
    roles: Vec<Role>,
    takes_appeals: bool,
    appeal_role: Option<Role>,
    audit_share: f64,
}

/// What applies in one part of the paper.
#[derive(Debug, Clone)]
struct Section {
    mode: Mode,
    thresholds: Thresholds,
    opinions: u8,
}

impl Policy {
    /// Reads and checks the two files as one policy.
    ///
    /// # Errors
    /// [`PolicyError`] names the first mistake: syntax, an unknown key, a wrong type, a value out of range,
    /// or settings that contradict each other.
    pub fn parse(policy_toml: &str, words_toml: &str) -> Result<Self, PolicyError> {
        let file: PolicyFile =
            toml::from_str(policy_toml).map_err(|e| PolicyError::from_toml(POLICY, policy_toml, &e))?;
        let words: WordsFile = toml::from_str(words_toml).map_err(|e| PolicyError::from_toml(WORDS, words_toml, &e))?;

        let merge = Merge { source: policy_toml, off_topic_rejects: file.allow_reject_off_topic };
        let paper = Section {
            mode: file.moderation.mode,
            thresholds: merge.over(&file.thresholds, &Thresholds::default())?,
            opinions: few(file.queue.opinions),
        };
        let mut sections = BTreeMap::new();
        for (name, section) in &file.sections {
            let thresholds = merge.over(&section.thresholds, &paper.thresholds)?;
            let section = Section {
                mode: section.mode.unwrap_or(paper.mode),
                thresholds,
                opinions: section.queue.opinions.map_or(paper.opinions, few),
            };
            if sections.insert(name.get_ref().to_lowercase(), section).is_some() {
                let message = format!("section \"{}\" is here twice: capitals do not tell them apart", name.get_ref());
                return Err(PolicyError::at(POLICY, policy_toml, &name.span(), message));
            }
        }

        let mut reject_reasons: Vec<RejectReason> = Vec::new();
        for reason in file.moderation.reject_reasons {
            if reject_reasons.iter().any(|r| r.code == reason.get_ref().code) {
                let message = format!("the code \"{}\" is here twice", reason.get_ref().code);
                return Err(PolicyError::at(POLICY, policy_toml, &reason.span(), message));
            }
            reject_reasons.push(reason.into_inner());
        }

        let roles = file.queue.roles.into_inner();
        let named = file.appeals.role.get_ref();
        let appeal_role = roles.iter().find(|role| named.is_empty() || role.as_str() == named).cloned();
        if appeal_role.is_none() && !named.is_empty() {
            let message = format!("\"{named}\" is none of `queue.roles`");
            return Err(PolicyError::at(POLICY, policy_toml, &file.appeals.role.span(), message));
        }

        let lists = [
            (List::Banned, words.banned.as_slice()),
            (List::Suspect, words.suspect.as_slice()),
            (List::Allowed, words.allowed.as_slice()),
        ];
        Ok(Self {
            revision: revision(policy_toml, words_toml),
            on_error: file.on_error,
            unknown_article: file.unknown_article,
            paper,
            sections,
            rules: file.rules,
            words: WordList::compile(WORDS, words_toml, lists)?,
            reject_reasons,
            report_limit: file.reports.limit.get(),
            lease_seconds: file.queue.lease_seconds.get(),
            skip_minutes: file.queue.skip_minutes.get(),
            undo_seconds: file.queue.undo_seconds.get(),
            roles,
            takes_appeals: file.appeals.taken,
            appeal_role,
            audit_share: file.audit.share.get(),
        })
    }

    /// The texts of `policy.toml` and `words.toml` as they ship.
    #[must_use]
    pub const fn default_files() -> (&'static str, &'static str) {
        (include_str!("../../config/policy.toml"), include_str!("../../config/words.toml"))
    }

    /// Names the policy: the first 12 hex digits of the SHA-256 over both files.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// What happens when scoring or the store fails.
    #[must_use]
    pub const fn on_error(&self) -> OnError {
        self.on_error
    }

    /// What happens under an article that nobody registered.
    #[must_use]
    pub const fn unknown_article(&self) -> UnknownArticle {
        self.unknown_article
    }

    /// The thresholds of a section, its own over the paper's.
    #[must_use]
    pub fn thresholds(&self, section: Option<&str>) -> &Thresholds {
        &self.section(section).thresholds
    }

    /// When moderators see the comments of a section.
    #[must_use]
    pub fn mode(&self, section: Option<&str>) -> Mode {
        self.section(section).mode
    }

    /// The sections that differ from the rest of the paper, in lower case.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// The reasons that a moderator can give for a rejection, in the editors' order.
    #[must_use]
    pub fn reject_reasons(&self) -> &[RejectReason] {
        &self.reject_reasons
    }

    /// The reason with this code, if the editors know it.
    #[must_use]
    pub fn reject_reason(&self, code: &str) -> Option<&RejectReason> {
        self.reject_reasons.iter().find(|r| r.code == code)
    }

    /// The attribute that a reason for a rejection says the comment has: by its code, or by the attribute's own name.
    #[must_use]
    pub fn attribute_of(&self, reason: &str) -> Option<Attribute> {
        match self.reject_reason(reason) {
            Some(known) => known.attribute,
            None => reason.to_ascii_uppercase().parse().ok(),
        }
    }

    /// What counts as nearly the same text across the site; `None` where the editors don't ask.
    #[must_use]
    pub fn nearness(&self) -> Option<Nearness> {
        let rule = &self.rules.repeats;
        let asked = rule.site_near_review_at.get() > 0;
        asked.then(|| Nearness { bits: rule.near_bits.get(), min_words: rule.near_min_words.get() })
    }

    /// How many readers have to report a published comment before it returns to the queue; at least 1.
    #[must_use]
    pub const fn report_limit(&self) -> u32 {
        self.report_limit
    }

    /// How long a claimed comment is kept for its moderator, in seconds; 10 to 86,400.
    #[must_use]
    pub const fn lease_seconds(&self) -> u32 {
        self.lease_seconds
    }

    /// How long a comment that a moderator passed over is not handed to her again, in minutes; 1 to 1440.
    #[must_use]
    pub const fn skip_minutes(&self) -> u32 {
        self.skip_minutes
    }

    /// How long the event of a moderator's decision is held back, in seconds, so that it can be undone unheard;
    /// 0 to 300, 0 for not at all.
    #[must_use]
    pub const fn undo_seconds(&self) -> u32 {
        self.undo_seconds
    }

    /// How many moderators have to agree on a pending comment of a section; 1 to 5.
    #[must_use]
    pub fn opinions(&self, section: Option<&str>) -> u8 {
        self.section(section).opinions
    }

    /// Whether authors can appeal against rejections.
    #[must_use]
    pub const fn takes_appeals(&self) -> bool {
        self.takes_appeals
    }

    /// The role that decides on appeals; `None` where there are no roles, and anybody may.
    #[must_use]
    pub const fn appeal_role(&self) -> Option<&Role> {
        self.appeal_role.as_ref()
    }

    /// Which share of what is published or rejected without a person is judged by one afterwards; 0 to 0.2.
    #[must_use]
    pub const fn audit_share(&self) -> f64 {
        self.audit_share
    }

    /// The roles that a comment can be handed on to.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    fn section(&self, name: Option<&str>) -> &Section {
        name.and_then(|n| self.sections.get(&n.to_lowercase())).unwrap_or(&self.paper)
    }
}

fn few(count: Whole<1, 5>) -> u8 {
    u8::try_from(count.get()).unwrap_or(u8::MAX)
}

/// Lays threshold tables over each other.
struct Merge<'a> {
    source: &'a str,
    /// Whether the editors allow rejections on topicality alone.
    off_topic_rejects: bool,
}

impl Merge<'_> {
    fn over(&self, table: &ThresholdTable, base: &Thresholds) -> Result<Thresholds, PolicyError> {
        let mut merged = base.clone();
        for (name, threshold) in table {
            let attribute: Attribute = name
                .get_ref()
                .parse()
                .map_err(|e: crate::comment::UnknownAttribute| self.error(&name.span(), e.to_string()))?;
            let own = *threshold.get_ref();
            if attribute == Attribute::OffTopic && own.reject.is_some() && !self.off_topic_rejects {
                let message = "rejecting on topicality alone has to be switched on: `allow_reject_off_topic = true`";
                return Err(self.error(&threshold.span(), message.to_owned()));
            }
            let threshold = Threshold::over(own, base.get(attribute)).map_err(|m| self.error(&threshold.span(), m))?;
            merged.set(attribute, threshold);
        }
        Ok(merged)
    }

    fn error(&self, span: &std::ops::Range<usize>, message: String) -> PolicyError {
        PolicyError::at(POLICY, self.source, span, message)
    }
}

/// The length of the first file is part of the hash, so that no text can move between the two.
pub(super) fn revision(policy_toml: &str, words_toml: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update((policy_toml.len() as u64).to_le_bytes());
    hasher.update(policy_toml);
    hasher.update(words_toml);
    let digest = hasher.finalize();
    let first = digest.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:012x}")
}

#[cfg(test)]
mod tests;
