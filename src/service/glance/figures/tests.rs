use super::*;
use crate::comment::{
    Actor, AppealText, ArticleId, Attribute, Author, AuthorId, Change, CommentId, CommentText, ContentHash, Decision,
    DecisionTimes, Draft, Fingerprint, Priority, Reason, Role, SiteId, Verdict,
};
use crate::policy::Policy;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + minute * 60).unwrap()
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

fn thresholds() -> Thresholds {
    let policy = "[thresholds]\nTOXICITY = { review = 0.25, reject = 0.8 }\n";
    Policy::parse(policy, "banned = []\nsuspect = []\nallowed = []\n").unwrap().thresholds(None).clone()
}

fn decision_of(action: Action, by: DecidedBy) -> Decision {
    Decision {
        action,
        by,
        policy_revision: "p1".to_owned(),
        model_revision: "m".to_owned(),
        reasons: vec![Reason::rule("why", action, "So.")],
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    }
}

fn verdict(action: Action, toxicity: f64) -> Verdict {
    Verdict {
        scores: [(Attribute::Toxicity, Some(toxicity)), (Attribute::OffTopic, None)].into_iter().collect(),
        decision: decision_of(action, DecidedBy::Policy),
        priority: Priority::default(),
        shadowed: None,
        basis: None,
        language: None,
    }
}

/// A comment and all that happened to it.
struct Life {
    comment: Comment,
    trail: Vec<AuditEntry>,
}

impl Life {
    fn admitted(action: Action, toxicity: f64, minute: i64) -> Self {
        let draft = Draft {
            site: SiteId::parse("daily").unwrap(),
            id: CommentId::parse("c1").unwrap(),
            article_id: ArticleId::parse("a1").unwrap(),
            section: None,
            author: Author::new(AuthorId::parse("u1").unwrap(), None).unwrap(),
            text: CommentText::parse("They should talk.").unwrap(),
            created_at: at(0),
            content_hash: ContentHash::of(&[]),
            fingerprint: Fingerprint::default(),
            parent: None,
        };
        let Change { comment, audit, .. } = draft.admit(verdict(action, toxicity), Actor::Policy, at(minute));
        Self { comment, trail: vec![audit] }
    }

    fn then(mut self, step: impl FnOnce(&Comment) -> Change) -> Self {
        let Change { comment, audit, .. } = step(&self.comment);
        self.comment = comment;
        self.trail.push(audit);
        self
    }

    /// A moderator's word, the last of `needed` or one of them.
    fn said(self, who: &str, action: Action, needed: u8, minute: i64) -> Self {
        self.then(|comment| {
            let times = DecisionTimes { queued_at: comment.queued_at, claimed_at: None, decided_at: at(minute) };
            let decision = Decision { times: Some(times), ..decision_of(action, DecidedBy::Moderator) };
            comment.opine(decision, needed, Actor::Moderator { name: who.to_owned() }, at(minute)).unwrap()
        })
    }

    fn decided(self, action: Action, minute: i64) -> Self {
        self.said("anna", action, 1, minute)
    }

    fn appealed(self, minute: i64) -> Self {
        let (text, role) = (AppealText::parse("I quoted it.").unwrap(), Role::parse("senior").unwrap());
        self.then(|comment| comment.appeal(text, Some(role), Actor::Author, at(minute)).unwrap())
    }
}

fn of(lives: &[Life], since: i64) -> Figures {
    figures(lives.iter().map(|life| (&life.comment, life.trail.as_slice())), at(since), &thresholds())
}

use Action::{Publish, Reject, Review};

#[test]
fn a_day_adds_up() {
    let lives = [
        Life::admitted(Publish, 0.02, 100),
        Life::admitted(Reject, 0.91, 101),
        Life::admitted(Review, 0.31, 102),
        Life::admitted(Review, 0.4, 103).decided(Publish, 113),
        Life::admitted(Review, 0.5, 104).decided(Reject, 124),
        Life::admitted(Review, 0.6, 105).decided(Publish, 205),
        Life::admitted(Reject, 0.85, 106).appealed(110).decided(Publish, 140),
        Life::admitted(Publish, 0.03, 107).then(|comment| comment.withdraw(Actor::Author, at(108)).unwrap()),
    ];
    let figures = of(&lives, 100);
    assert_eq!(figures.came_in, Standing { published: 4, waiting: 1, rejected: 2, withdrawn: 1 });
    assert_eq!(figures.by_machine, Outcome { published: 1, rejected: 1 });
    assert_eq!(figures.by_people, Outcome { published: 3, rejected: 1 });
    // 10, 20, 30 and 100 minutes.
    assert_eq!(figures.median_wait, Some(minutes(25)));
    assert_eq!(figures.appeals, Appeals { made: 1, open: 0, upheld: 1, declined: 0 });
    let beside = figures.beside_machine;
    assert_eq!(beside.where_it_said(Review), Outcome { published: 2, rejected: 1 });
    assert_eq!((beside.where_it_said(Reject).published, beside.left_so(), beside.all()), (1, (0, 1), 4));
    let toxicity = figures.scores.get(Attribute::Toxicity).unwrap();
    assert_eq!((toxicity.scores(), toxicity.at_review, toxicity.at_reject), (8, 6, 2));
    assert_eq!((toxicity.bins[0], toxicity.bins[6], toxicity.bins[17], toxicity.bins[18]), (2, 1, 1, 1));
    assert_eq!(figures.scores.get(Attribute::OffTopic).unwrap().unknown, 8);
}

#[test]
fn what_happened_before_does_not_count_though_something_did_since() {
    let lives = [
        // Came in before and was decided since.
        Life::admitted(Review, 0.3, 10).decided(Publish, 110),
        // Decided before, appealed since.
        Life::admitted(Review, 0.3, 10).decided(Reject, 20).appealed(120),
        // Appealed before, declined since.
        Life::admitted(Reject, 0.9, 10).appealed(30).decided(Reject, 130),
        // Decided before; only its body went since.
        Life::admitted(Review, 0.3, 10).decided(Publish, 20).then(|comment| comment.drop_body(at(140)).unwrap()),
    ];
    let figures = of(&lives, 100);
    assert_eq!((figures.came_in, figures.by_machine), (Standing::default(), Outcome::default()));
    assert_eq!(figures.by_people, Outcome { published: 1, rejected: 1 });
    assert_eq!(figures.appeals, Appeals { made: 1, open: 1, upheld: 0, declined: 1 });
    assert_eq!(figures.beside_machine.all(), 2);
    assert_eq!(figures.scores.get(Attribute::Toxicity).unwrap().scores(), 0);
}

#[test]
fn an_undo_and_an_edit_leave_what_stands() {
    let anna = || Actor::Moderator { name: "anna".to_owned() };
    let undone = Life::admitted(Review, 0.3, 100).decided(Reject, 110).then(|c| c.undo(anna(), at(111)).unwrap());
    let text = CommentText::parse("They should talk, I say.").unwrap();
    let edited = Life::admitted(Review, 0.3, 10).decided(Publish, 20).then(|comment| {
        comment.edit(text, Fingerprint::default(), verdict(Publish, 0.1), Actor::Policy, at(112)).unwrap()
    });
    let figures = of(&[undone, edited], 100);
    assert_eq!((figures.by_people, figures.by_machine), (Outcome::default(), Outcome { published: 1, rejected: 0 }));
    assert_eq!(figures.came_in, Standing { waiting: 1, ..Standing::default() });
    assert_eq!(figures.median_wait, None);
}

#[test]
fn moderators_agree_or_not_also_on_what_still_waits() {
    let lives = [
        Life::admitted(Review, 0.3, 100).said("anna", Publish, 2, 110).said("bea", Publish, 2, 111),
        Life::admitted(Review, 0.3, 100).said("anna", Publish, 2, 110).said("bea", Reject, 2, 112),
        Life::admitted(Review, 0.3, 100).said("anna", Publish, 2, 113),
        Life::admitted(Review, 0.3, 10).said("anna", Publish, 3, 11).said("bea", Reject, 3, 12),
    ];
    let figures = of(&lives, 100);
    assert_eq!(figures.among_moderators, Among { several: 2, agreed: 1 });
    assert_eq!(figures.by_people, Outcome { published: 1, rejected: 0 });
}

#[test]
fn a_trail_that_was_not_read_says_nothing() {
    let life = Life::admitted(Review, 0.3, 100).decided(Publish, 110);
    let figures = figures([(&life.comment, [].as_slice())], at(100), &thresholds());
    assert_eq!((figures.by_people.all(), figures.beside_machine.all()), (1, 0));
}

#[test]
fn the_median_is_in_the_middle() {
    let of = |waits: &[u64]| median(waits.iter().map(|wait| minutes(*wait)).collect());
    assert_eq!(
        (of(&[]), of(&[7]), of(&[9, 1]), of(&[9, 1, 2])),
        (None, Some(minutes(7)), Some(minutes(5)), Some(minutes(2)))
    );
}

#[test]
fn a_change_of_the_policy_shows_in_what_it_judged() {
    let judged = |revision: &str, minute| {
        let mut comment = Life::admitted(Publish, 0.1, minute).comment;
        revision.clone_into(&mut comment.decision.policy_revision);
        comment
    };
    let by_hand = Life::admitted(Review, 0.3, 150).decided(Publish, 160).comment;
    let comments =
        [judged("new", 140), judged("old", 110), judged("old", 130), judged("new", 135), judged("old", 90), by_hand];
    let found = policies(&comments, at(100));
    let of = |revision: &str, comments, first, last| PolicyUse {
        revision: revision.to_owned(),
        comments,
        first: at(first),
        last: at(last),
    };
    assert_eq!(found, [of("new", 2, 135, 140), of("old", 2, 110, 130)]);
}
