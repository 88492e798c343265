//! Why a comment waits or is not published, in words for its author.
//!
//! A reason's own sentence is for moderators: it counts, measures and names lists, and would tell how to get past them. Its
//! author is told the kind of thing, as the Comments FAQ tells everybody.

use crate::comment::{APPEAL, Action, Comment, Reason, State};
use crate::text::legible;

/// What an author is told of each kind, by the reason's code.
const KINDS: [(&str, &str); 24] = [
    ("article.closed", "The discussion of this article is closed."),
    ("article.unknown", "This article was not known here yet."),
    ("author.new", "A moderator reads the first comments of everybody who is new here."),
    ("author.rate", "You sent many comments in a short time."),
    ("author.rejections", "Several of your comments were not published of late."),
    ("edit.after_review", "You changed it after a moderator or other readers had looked at it."),
    ("facts.missing", "Not everything could be looked up when it came in."),
    ("language.unscored", "It is in a language that can't be checked automatically."),
    ("language.unsupported", "It seems to be in a language that is not read here."),
    ("length.empty", "It says nothing."),
    ("length.too_long", "It is too long."),
    ("length.too_short", "It is too short."),
    ("links.too_many", "It has too many links."),
    ("mode.pre", "A moderator reads every comment here before it appears."),
    ("repeat.exact", "You have sent the same before."),
    ("repeat.near", "You have sent nearly the same before."),
    ("repeat.site", "The same has come in many times."),
    ("repeat.site_near", "Nearly the same has come in many times."),
    ("reply.to_unpublished", "It answers a comment that readers can't see."),
    ("reports.limit", "Readers reported it."),
    ("scores.missing", "It could not be checked automatically."),
    ("topicality.drifted", "The discussion has left the subject of the article."),
    ("words.banned", "It has words that are not published here."),
    ("words.suspect", "It has words that a moderator reads in their sentence first."),
];

/// The reasons for which a comment waits, or was rejected; none where readers see it.
pub(super) fn reasons(comment: &Comment) -> Vec<String> {
    let least = match comment.state {
        State::Published | State::Withdrawn => return Vec::new(),
        State::Pending => Action::Review,
        State::Rejected => Action::Reject,
    };
    let mut told: Vec<String> = Vec::new();
    for reason in comment.decision.reasons.iter().filter(|reason| reason.action >= least && reason.code != APPEAL) {
        let words = plain(reason);
        if !told.contains(&words) {
            told.push(words);
        }
    }
    told
}

fn plain(reason: &Reason) -> String {
    if let Some(attribute) = reason.attribute.filter(|_| reason.code.starts_with("threshold.")) {
        let sure = if reason.action == Action::Reject { "is very likely" } else { "may be" };
        return format!("It {sure} {}.", attribute.readers_phrase());
    }
    if reason.code.starts_with("moderator.") {
        // In the editors' words for what moderators reject.
        return legible(&reason.text);
    }
    let known = KINDS.iter().find(|(code, _)| *code == reason.code).map(|(_, words)| *words);
    let otherwise = if reason.action == Action::Reject {
        "It goes against the rules of this site."
    } else {
        "The rules of this site ask that a moderator reads it first."
    };
    known.unwrap_or(otherwise).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Attribute;

    /// Whether a sentence says something about how comments are measured.
    fn tells_too_much(words: &str) -> bool {
        ["list", "phrase", "score", "threshold", "Held", "Rejected:"].iter().any(|inner| words.contains(inner))
            || words.contains(|c: char| c.is_ascii_digit())
    }

    #[test]
    fn every_reason_has_words_that_say_the_kind_and_no_more() {
        let inner = "Held: it holds 1 phrase on the suspect list (0.84, threshold 0.80).";
        let said = |code: &str, action| plain(&Reason::rule(code, action, inner));
        let manual = include_str!("../../../docs/policy.md").lines();
        let codes = manual.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|c| c.contains('.'));
        let mut seen = 0;
        // Reasons that only remark something are never told.
        for code in codes.filter(|code| !code.starts_with("threshold.") && *code != "topicality.unknown") {
            assert!(KINDS.iter().any(|(known, _)| *known == code), "no words for {code}");
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
        for code in KINDS.iter().map(|(code, _)| *code).chain(["of.the.future"]) {
            for action in [Action::Review, Action::Reject] {
                assert!(!tells_too_much(&said(code, action)), "{code}: {}", said(code, action));
            }
        }
        for attribute in Attribute::ALL {
            for action in [Action::Review, Action::Reject] {
                let code = format!("threshold.{attribute}");
                let reason = Reason { attribute: Some(attribute), ..Reason::rule(code, action, inner) };
                assert!(!tells_too_much(&plain(&reason)), "{}", plain(&reason));
            }
        }
        assert_eq!(said("moderator.hate", Action::Reject), inner, "a moderator's is in the editors' words");
    }

    #[test]
    fn an_author_reads_what_was_seen() {
        let off_topic = Attribute::OffTopic;
        let reason = |action| Reason {
            attribute: Some(off_topic),
            ..Reason::rule(format!("threshold.{off_topic}"), action, "Held: may be off-topic (0.84, threshold 0.80).")
        };
        assert_eq!(plain(&reason(Action::Review)), "It may be about something else than the article.");
        assert_eq!(plain(&reason(Action::Reject)), "It is very likely about something else than the article.");
    }
}
