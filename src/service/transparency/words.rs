//! What each reason says, in words for everybody.
//!
//! A reason's own sentence is of one comment, and for moderators: it counts, measures and names lists. Here is the kind of
//! thing, and of a moderator's reason what the policy calls it.

use crate::comment::{APPEAL, Attribute, EDITED_AFTER_REVIEW, REPORTED};
use crate::policy::{ARTICLE_UNKNOWN, Policy};
use std::collections::BTreeMap;

/// The code under which reasons of moderators are counted that no policy of the period lists: a platform may make up its own,
/// and what it wrote there is not for everybody.
pub const UNLISTED: &str = "moderator.unlisted";

/// By the reason's code.
const KINDS: [(&str, &str); 25] = [
    (APPEAL, "Its author had appealed"),
    ("article.closed", "The discussion of the article was closed"),
    (ARTICLE_UNKNOWN, "The article was not known yet"),
    ("author.new", "The author was new"),
    ("author.rate", "The author sent many comments in a short time"),
    ("author.rejections", "Several of the author's comments had been rejected of late"),
    (EDITED_AFTER_REVIEW, "The author edited it after a moderator or readers had looked at it"),
    ("facts.missing", "Not everything could be looked up in time"),
    ("language.unscored", "It was in a language that can't be checked automatically"),
    ("language.unsupported", "It seemed to be in a language that is not read here"),
    ("length.empty", "It said nothing"),
    ("length.too_long", "It was too long"),
    ("length.too_short", "It was too short"),
    ("links.too_many", "It had too many links"),
    ("mode.pre", "A moderator reads every comment there before it appears"),
    ("repeat.exact", "Its author had sent the same before"),
    ("repeat.near", "Its author had sent nearly the same before"),
    ("repeat.site", "The same had come in many times"),
    ("repeat.site_near", "Nearly the same had come in many times"),
    ("reply.to_unpublished", "It answered a comment that readers can't see"),
    (REPORTED, "Readers had reported it"),
    ("scores.missing", "It could not be checked automatically"),
    ("topicality.drifted", "The discussion had left the subject of the article"),
    ("words.banned", "It had words that are not published here"),
    ("words.suspect", "It had words that a moderator reads in their sentence first"),
];

/// Reasons that only remark something, and neither hold nor reject.
pub(super) const REMARKS: [&str; 2] = ["topicality.unknown", "language.unscored"];

/// The words of the policies of a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What moderators reject for, by the policy's code.
    moderators: BTreeMap<String, String>,
}

impl Words {
    /// Takes up the words of a policy; what an earlier call said of a code stands.
    pub fn add(&mut self, policy: &Policy) {
        for reason in policy.reject_reasons() {
            self.moderators.entry(reason.code.clone()).or_insert_with(|| reason.text.clone());
        }
    }

    /// The code under which a reason is counted: its own, or `moderator.unlisted` for one that no policy lists.
    #[must_use]
    pub fn counted_as<'a>(&self, code: &'a str) -> &'a str {
        match code.strip_prefix("moderator.") {
            Some(given) if !self.moderators.contains_key(given) => UNLISTED,
            _ => code,
        }
    }

    /// What a reason says.
    #[must_use]
    pub fn of(&self, code: &str) -> String {
        if let Some(given) = code.strip_prefix("moderator.") {
            let listed = self.moderators.get(given).map(String::as_str);
            return listed.unwrap_or("A reason that the policy does not list").to_owned();
        }
        if let Some(attribute) = code.strip_prefix("threshold.").and_then(|name| name.parse::<Attribute>().ok()) {
            return format!("Likely {}", attribute.readers_phrase());
        }
        let known = KINDS.iter().find(|(kind, _)| *kind == code);
        known.map_or("A rule of this site", |(_, words)| words).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_reason_has_words_and_none_tells_how_it_is_measured() {
        let words = Words::default();
        let manual = include_str!("../../../docs/policy.md").lines();
        let codes = manual.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|c| c.contains('.'));
        let mut seen = 0;
        for code in codes.filter(|code| !REMARKS.contains(code)) {
            assert_ne!(words.of(code), "A rule of this site", "{code}");
            assert!(!words.of(code).contains(|c: char| c.is_ascii_digit()), "{code}");
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
        for attribute in Attribute::ALL {
            assert!(words.of(&format!("threshold.{attribute}")).starts_with("Likely "));
        }
        assert_eq!(words.of("of.the.future"), "A rule of this site");
    }

    #[test]
    fn what_no_policy_lists_is_not_repeated() {
        let (policy, lists) = Policy::default_files();
        let mut words = Words::default();
        words.add(&Policy::parse(policy, lists).unwrap());
        assert_eq!(words.counted_as("moderator.hate"), "moderator.hate");
        assert_eq!(words.of("moderator.hate"), "Attacks a group of people");
        assert_eq!(words.counted_as("moderator.told-by-ada.lovelace"), UNLISTED);
        assert_eq!(words.counted_as("threshold.SPAM"), "threshold.SPAM");
        assert_eq!(words.of(UNLISTED), "A reason that the policy does not list");
    }
}
