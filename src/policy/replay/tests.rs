use super::*;
use crate::comment::Action::{Publish, Reject, Review};
use crate::comment::{
    Actor, ArticleBasis, ArticleId, Attribute, Author, AuthorId, Basis, CommentId, CommentText, ContentHash, DecidedBy,
    Draft, Priority, Reason, SiteId, Verdict,
};
use crate::text::{fingerprint, normalise};

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_762_000_000 / 86_400 * 86_400 + hour * 3_600).unwrap()
}

fn policy(review: &str) -> Policy {
    let (shipped, words) = Policy::default_files();
    let from = "TOXICITY          = { review = 0.25, reject = 0.80 }";
    assert!(shipped.contains(from));
    Policy::parse(&shipped.replace(from, &format!("TOXICITY = {review}")), words).unwrap()
}

/// A comment of so much toxicity, as the policy in force took it in.
fn comment(id: &str, toxicity: f64, hour: i64) -> Comment {
    let text = "They should sit down and talk about the border again.";
    let decision = Decision {
        action: Action::Publish,
        by: DecidedBy::Policy,
        policy_revision: "p".to_owned(),
        model_revision: "m".to_owned(),
        reasons: Vec::new(),
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    };
    let draft = Draft {
        site: SiteId::parse("daily").unwrap(),
        id: CommentId::parse(id).unwrap(),
        article_id: ArticleId::parse("a1").unwrap(),
        section: Some(if hour == 5 { "Sport" } else { "World" }.to_owned()),
        author: Author::new(AuthorId::parse("u1").unwrap(), None).unwrap(),
        text: CommentText::parse(text).unwrap(),
        created_at: at(hour),
        content_hash: ContentHash::of(&[]),
        fingerprint: fingerprint(&normalise(text)),
        parent: None,
    };
    let verdict = Verdict {
        scores: Attribute::ALL
            .into_iter()
            .map(|a| (a, Some(if a == Attribute::Toxicity { toxicity } else { 0.01 })))
            .collect(),
        decision,
        priority: Priority::default(),
        shadowed: None,
        basis: Some(Basis { article: Some(ArticleBasis::default()), ..Basis::default() }),
        language: None,
    };
    draft.admit(verdict, Actor::Policy, at(hour)).comment
}

fn by_person(comment: &Comment, action: Action) -> Comment {
    let pending = Comment { state: State::Pending, ..comment.clone() };
    let decision = Decision {
        action,
        by: DecidedBy::Moderator,
        reasons: vec![Reason::rule("moderator.abuse", action, "So.")],
        ..comment.decision.clone()
    };
    pending.decide(decision, Actor::Moderator { name: "anna".to_owned() }, at(9)).unwrap().comment
}

fn replayed(comments: &[Comment]) -> ReplayCounts {
    let mut counts = ReplayCounts::default();
    let (live, candidate) = (policy("{ review = 0.25, reject = 0.80 }"), policy("{ review = 0.40, reject = 0.60 }"));
    for comment in comments {
        counts.add(&live, &candidate, comment);
    }
    counts
}

#[test]
fn what_would_change_is_counted() {
    let comments = [
        comment("calm", 0.1, 3),
        comment("warm", 0.3, 3),
        comment("hot", 0.5, 5),
        comment("worse", 0.7, 5),
        comment("worst", 0.9, 7),
    ];
    let counts = replayed(&comments);
    assert_eq!(counts.judged, 5);
    assert_eq!(counts.decided(Publish, Publish), 1);
    assert_eq!(counts.decided(Review, Publish), 1, "warm");
    assert_eq!(counts.decided(Review, Review), 1, "hot");
    assert_eq!(counts.decided(Review, Reject), 1, "worse");
    assert_eq!(counts.decided(Reject, Reject), 1, "worst");
    assert_eq!(counts.changed(), 2);
    assert_eq!(counts.total(Review), Pair { live: 3, candidate: 1 });
    assert_eq!(counts.held_by_hour[3], Pair { live: 1, candidate: 0 });
    assert_eq!(counts.held_by_section["sport"], Pair { live: 2, candidate: 1 });
    let toxicity = counts.reasons["threshold.TOXICITY"];
    assert_eq!(toxicity.any, Pair { live: 4, candidate: 3 });
    assert_eq!(toxicity.alone, toxicity.any, "nothing else speaks here");
    let named: Vec<&str> = counts.differing().flat_map(|(_, s)| s.examples()).map(|e| e.comment.id.as_str()).collect();
    assert_eq!(named, ["warm", "worse"]);
    assert!((counts.days() - 1.0).abs() < f64::EPSILON, "four hours are a day");
}

#[test]
fn what_a_person_decided_is_held_against_it() {
    let comments = [
        by_person(&comment("rightly", 0.7, 1), Action::Reject),
        by_person(&comment("wrongly", 0.7, 1), Action::Publish),
        by_person(&comment("missed", 0.3, 1), Action::Reject),
        by_person(&comment("fine", 0.3, 1), Action::Publish),
    ];
    let counts = replayed(&comments);
    assert_eq!(counts.beside_people(Action::Publish, Action::Reject), Pair { live: 0, candidate: 1 });
    assert_eq!(counts.beside_people(Action::Reject, Action::Publish), Pair { live: 0, candidate: 1 });
    assert_eq!(counts.beside_people(Action::Reject, Action::Reject), Pair { live: 0, candidate: 1 });
    let named = |person| counts.contradicting(person).iter().map(|e| e.comment.id.as_str()).collect::<Vec<_>>();
    assert_eq!(named(Action::Publish), ["wrongly"]);
    assert_eq!(named(Action::Reject), ["missed"]);
}

#[test]
fn parts_put_together_are_the_whole_in_any_order() {
    let comments: Vec<Comment> =
        (0..400).map(|n| comment(&format!("c{n}"), f64::from(n % 10) / 10.0, i64::from(n) % 24)).collect();
    let whole = replayed(&comments);
    for size in [1, 7, 40] {
        let mut parts: Vec<ReplayCounts> = comments.chunks(size).map(replayed).collect();
        parts.reverse();
        let mut together = ReplayCounts::default();
        for part in parts {
            together.merge(part);
        }
        assert_eq!(together, whole, "{size} at a time");
    }
    let drawn: usize = whole.differing().map(|(_, sample)| sample.examples().len()).sum();
    assert!(whole.changed() > 2 * EXAMPLES as u64, "there is more than is kept");
    assert_eq!(drawn, 2 * EXAMPLES);
}

#[test]
fn what_cannot_be_judged_again_is_said() {
    let old = Comment { basis: None, ..comment("old", 0.5, 1) };
    let dropped = comment("dropped", 0.5, 1).erase(Actor::Policy, at(2)).unwrap().comment;
    let counts = replayed(&[old, dropped]);
    assert_eq!((counts.judged, counts.without_basis, counts.without_text), (0, 1, 1));
}
