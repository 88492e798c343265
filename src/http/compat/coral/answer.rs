//! What Coral is answered: how the comment stands, in the few words that Coral takes from a phase.

use super::settings::CoralSite;
use crate::comment::{Action, Attribute, Comment, Reason, State};
use actix_web::HttpResponse;
use serde::Serialize;

/// A decision, as Coral takes it. Coral checks an answer as a whole and drops one with a value that it does not
/// know, so these are all there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PhaseResponse {
    status: Status,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    actions: Vec<Flag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    Approved,
    /// In Coral's queue of pending comments, and not shown.
    SystemWithheld,
    Rejected,
}

/// A remark that moderators see on the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "actionType", rename = "FLAG")]
struct Flag {
    reason: FlagReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum FlagReason {
    CommentDetectedToxic,
    CommentDetectedSpam,
}

impl PhaseResponse {
    /// A comment that a moderator has to see, for a reason that Coral has no word for.
    pub fn withheld() -> Self {
        Self { status: Status::SystemWithheld, actions: Vec::new() }
    }

    /// How a comment stands; `None` where Coral goes on as if nobody had been asked.
    pub fn of(comment: &Comment, settings: &CoralSite) -> Option<Self> {
        let status = match comment.state {
            State::Published if settings.approve => Status::Approved,
            State::Published => return None,
            // What was taken back elsewhere and is sent again is for a person to look at.
            State::Pending | State::Withdrawn => Status::SystemWithheld,
            State::Rejected => Status::Rejected,
        };
        let actions = if status == Status::Approved { Vec::new() } else { flags(&comment.decision.reasons) };
        Some(Self { status, actions })
    }

    /// The answer; 204 for none.
    pub fn respond(answer: Option<&Self>) -> HttpResponse {
        answer.map_or_else(|| HttpResponse::NoContent().finish(), |answer| HttpResponse::Ok().json(answer))
    }
}

/// The flags for the reasons that spoke against publishing, each once.
fn flags(reasons: &[Reason]) -> Vec<Flag> {
    let against = || reasons.iter().filter(|r| r.action >= Action::Review);
    let toxic = |r: &Reason| {
        r.code.starts_with("words.")
            || r.attribute.is_some_and(|a| a != Attribute::Spam && Attribute::ABUSE.contains(&a))
    };
    let spam = |r: &Reason| {
        r.code.starts_with("links.") || r.code.starts_with("repeat.") || r.attribute == Some(Attribute::Spam)
    };
    let toxic = against().any(toxic).then_some(FlagReason::CommentDetectedToxic);
    let spam = against().any(spam).then_some(FlagReason::CommentDetectedSpam);
    toxic.into_iter().chain(spam).map(|reason| Flag { reason }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_become_the_flags_that_coral_knows() {
        let rule = |code: &str, action| Reason::rule(code, action, "");
        let score = |attribute| Reason { attribute: Some(attribute), ..rule("threshold", Action::Review) };
        let cases = [
            (vec![rule("words.banned", Action::Reject)], vec![FlagReason::CommentDetectedToxic]),
            (vec![score(Attribute::Threat), score(Attribute::Insult)], vec![FlagReason::CommentDetectedToxic]),
            (
                vec![score(Attribute::Spam), score(Attribute::Toxicity)],
                vec![FlagReason::CommentDetectedToxic, FlagReason::CommentDetectedSpam],
            ),
            (vec![rule("links.too_many", Action::Review)], vec![FlagReason::CommentDetectedSpam]),
            (vec![rule("repeat.exact", Action::Reject)], vec![FlagReason::CommentDetectedSpam]),
            (vec![score(Attribute::OffTopic), rule("length.too_long", Action::Reject)], vec![]),
            (vec![rule("links.too_many", Action::Publish)], vec![]),
        ];
        for (reasons, expected) in cases {
            let found: Vec<FlagReason> = flags(&reasons).into_iter().map(|flag| flag.reason).collect();
            assert_eq!(found, expected, "{reasons:?}");
        }
    }

    #[test]
    fn an_answer_is_written_as_coral_reads_it() {
        let flag = Flag { reason: FlagReason::CommentDetectedToxic };
        let answer = PhaseResponse { status: Status::Rejected, actions: vec![flag] };
        let expected = r#"{"status":"REJECTED","actions":[{"actionType":"FLAG","reason":"COMMENT_DETECTED_TOXIC"}]}"#;
        assert_eq!(serde_json::to_string(&answer).expect("JSON"), expected);
        assert_eq!(serde_json::to_string(&PhaseResponse::withheld()).expect("JSON"), r#"{"status":"SYSTEM_WITHHELD"}"#);
    }
}
