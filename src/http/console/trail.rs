//! The audit trail of a comment, in words.

use super::listed::{given, verb};
use super::words::{self, When};
use crate::comment::{APPEAL, Action, Attribute, AuditEntry, Comment, State, Step, Timestamp};
use crate::policy::Policy;
use std::str::FromStr as _;

/// One step, as it is told.
pub struct Line {
    pub told: String,
    /// For what reasons, where they were new.
    pub reasons: Vec<String>,
    pub when: When,
    pub version: u64,
    pub policy_revision: String,
    pub model_revision: String,
}

/// The steps of a comment, oldest first. `reader`: the moderator who looks, to whom others' opinions are not told while
/// more have to agree.
pub(super) fn lines(
    trail: &[AuditEntry],
    comment: &Comment,
    reader: &str,
    policy: &Policy,
    now: Timestamp,
) -> Vec<Line> {
    let line = |entry: &AuditEntry| {
        let secret = is_secret(entry, comment, reader);
        let states = matches!(entry.step, Step::Admitted | Step::Edited | Step::Decided | Step::Opinion);
        let reasons = entry.reasons.iter().filter(|_| states && !secret);
        Line {
            told: if secret { format!("{} gave an opinion.", entry.actor.label()) } else { told(entry) },
            reasons: reasons.filter_map(|code| in_words(code, policy)).collect(),
            when: When::of(entry.at, now),
            version: entry.version,
            policy_revision: entry.policy_revision.clone(),
            model_revision: entry.model_revision.clone(),
        }
    };
    trail.iter().map(line).collect()
}

/// What happened last, for whoever came too late: `Bea approved this 4 s ago.` `reader`: who that is.
pub(super) fn last(trail: &[AuditEntry], reader: &str, now: Timestamp) -> String {
    let Some(entry) = trail.last() else { return "It has moved on meanwhile.".to_owned() };
    let who = match entry.actor.label() {
        name if name == reader => "You".to_owned(),
        name => capitalised(name),
    };
    let what = match entry.step {
        Step::Decided => format!("{who} {} this", verb(entry.action)),
        // Which one is told once enough have one.
        Step::Opinion => format!("{who} gave an opinion"),
        Step::Edited => "The author changed it".to_owned(),
        _ => told(entry).trim_end_matches('.').to_owned(),
    };
    match words::seconds(entry.at, now) {
        0 => format!("{what} just now."),
        seconds => format!("{what} {} ago.", words::duration(seconds)),
    }
}

fn is_secret(entry: &AuditEntry, comment: &Comment, reader: &str) -> bool {
    entry.step == Step::Opinion && comment.state == State::Pending && entry.actor.label() != reader
}

fn told(entry: &AuditEntry) -> String {
    let who = capitalised(entry.actor.label());
    let became = match entry.to {
        State::Published => "published",
        State::Pending => "held for a moderator",
        State::Rejected => "rejected",
        State::Withdrawn => "taken back",
    };
    match entry.step {
        Step::Admitted => format!("It came in, and was {became}."),
        Step::Edited => format!("The text was edited, and it was {became}."),
        Step::Reported => "Readers reported it, and it was held for a moderator.".to_owned(),
        Step::Decided => format!("{who} {} it{}.", verb(entry.action), waited(entry)),
        Step::Opinion => match entry.action {
            Action::Publish => format!("{who} was for approving it."),
            Action::Review | Action::Reject => format!("{who} was for rejecting it."),
        },
        Step::SecondOpinion => format!("{who} asked for the opinions of others."),
        Step::Escalated => match &entry.role {
            Some(role) => format!("{who} handed it on to {role}."),
            None => format!("{who} handed it on."),
        },
        Step::Undone => format!("{who} took the decision back; it was {became} again."),
        Step::Withdrawn => format!("{who} took it back."),
        Step::BodyDropped => "Text and author were dropped, as the time of keeping them was over.".to_owned(),
        Step::Erased => "Its author was erased, and text and author with it.".to_owned(),
        Step::Appealed => "The author appealed against the rejection.".to_owned(),
    }
}

/// How long it had waited, where it had.
fn waited(entry: &AuditEntry) -> String {
    let since = entry.times.and_then(|times| times.queued_at);
    since.map_or_else(String::new, |since| {
        format!(", after it had waited {}", words::duration(words::seconds(since, entry.at)))
    })
}

/// What the policy's codes say, in a few words: the trail keeps the code alone. `docs/policy.md` has more of each.
const CODES: [(&str, &str); 26] = [
    (APPEAL, "the author appeals"),
    ("article.closed", "the discussion was closed"),
    ("article.unknown", "the article was unknown"),
    ("author.new", "its author was new"),
    ("author.rate", "its author wrote much in a short time"),
    ("author.rejections", "its author had been rejected of late"),
    ("edit.after_review", "it was edited after a moderator or readers had spoken"),
    ("facts.missing", "not everything was known in time"),
    ("language.unscored", "its language is not scored"),
    ("language.unsupported", "its language is not accepted"),
    ("length.empty", "it was empty"),
    ("length.too_long", "it was too long"),
    ("length.too_short", "it was too short"),
    ("links.too_many", "it had many links"),
    ("mode.pre", "moderators see every comment first"),
    ("repeat.exact", "its author had sent the same text"),
    ("repeat.near", "its author had sent nearly the same text"),
    ("repeat.site", "the same text came from many"),
    ("repeat.site_near", "nearly the same text came from many"),
    ("reply.to_unpublished", "it answered a comment that readers can't see"),
    ("reports.limit", "readers reported it"),
    ("scores.missing", "it could not be scored"),
    ("topicality.drifted", "the conversation had left the article"),
    ("topicality.unknown", "too little to tell whether it is on topic"),
    ("words.banned", "a banned word or phrase"),
    ("words.suspect", "a suspect word or phrase"),
];

/// A reason's code in words; one that nobody knows as it is. `None` where a moderator gave none.
fn in_words(code: &str, policy: &Policy) -> Option<String> {
    if code.starts_with("moderator.") {
        return given(code, policy);
    }
    let scored = code.strip_prefix("threshold.").and_then(|name| Attribute::from_str(name).ok());
    let known = || CODES.iter().find(|(known, _)| *known == code).map_or(code, |(_, words)| words).to_owned();
    Some(scored.map_or_else(known, |attribute| format!("may be {}", attribute.phrase())))
}

fn capitalised(name: &str) -> String {
    // "the policy" begins a sentence; a name stays as it is written.
    name.strip_prefix("the ").map_or_else(|| name.to_owned(), |rest| format!("The {rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::{Actor, CommentId};

    fn entry(step: Step, actor: Actor, to: State, action: Action) -> AuditEntry {
        AuditEntry {
            at: Timestamp::from_second(100).unwrap(),
            comment_id: CommentId::parse("c1").unwrap(),
            version: 2,
            step,
            actor,
            from: None,
            to,
            action,
            reasons: Vec::new(),
            policy_revision: "p".to_owned(),
            model_revision: "m".to_owned(),
            text_sha256: String::new(),
            role: None,
            times: None,
        }
    }

    #[test]
    fn steps_are_told_in_sentences() {
        let bea = || Actor::Moderator { name: "Bea".to_owned() };
        for (step, actor, to, action, expected) in [
            (
                Step::Admitted,
                Actor::Policy,
                State::Pending,
                Action::Review,
                "It came in, and was held for a moderator.",
            ),
            (Step::Decided, bea(), State::Published, Action::Publish, "Bea approved it."),
            (Step::Opinion, bea(), State::Pending, Action::Reject, "Bea was for rejecting it."),
            (
                Step::Undone,
                bea(),
                State::Rejected,
                Action::Reject,
                "Bea took the decision back; it was rejected again.",
            ),
            (Step::Withdrawn, Actor::Author, State::Withdrawn, Action::Publish, "The author took it back."),
        ] {
            assert_eq!(told(&entry(step, actor, to, action)), expected);
        }
    }

    #[test]
    fn codes_have_words_where_somebody_knows_them() {
        let (policy, words) = Policy::default_files();
        let policy = Policy::parse(policy, words).unwrap();
        for (code, expected) in [
            ("threshold.OFF_TOPIC", Some("may be off-topic")),
            ("moderator.spam", Some("Advertising or spam")),
            ("moderator.unspecified", None),
            ("links.too_many", Some("it had many links")),
            ("of.the.future", Some("of.the.future")),
        ] {
            assert_eq!(in_words(code, &policy).as_deref(), expected);
        }
        let manual = include_str!("../../../docs/policy.md").lines();
        let codes = manual.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).filter(|c| c.contains('.'));
        let unknown = codes.filter(|code| in_words(code, &policy).as_deref() == Some(code)).collect::<Vec<_>>();
        assert!(unknown.is_empty(), "the manual has {unknown:?}");
    }
}
