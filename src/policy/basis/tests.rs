use super::*;
use crate::comment::{
    Action, Actor, ArticleId, Attribute, Author, AuthorId, CommentText, ContentHash, Draft, Scores, SiteId, State,
    Verdict,
};
use crate::text::fingerprint;
use proptest::prelude::*;
use std::fmt::Write as _;

const TEXTS: [&str; 4] = [
    "They should sit down and talk about the border, as the people of both countries have asked for years.",
    "Thanks.",
    "See https://paper.example/more and http://other.example/x, and https://third.example/ for the figures.",
    "Ils devraient enfin se parler de la frontière, comme les gens des deux pays le demandent depuis des années.",
];

fn at() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn ago(ms: i64) -> Timestamp {
    at() - SignedDuration::from_millis(ms)
}

/// The shipped policy with these lines for rules.
fn policy(rules: &str) -> Policy {
    let (shipped, words) = Policy::default_files();
    let mut table: toml::Table = shipped.parse().unwrap();
    table.insert("rules".to_owned(), toml::Value::Table(rules.parse().unwrap()));
    Policy::parse(&toml::to_string(&table).unwrap(), words).unwrap_or_else(|e| panic!("{e}"))
}

/// Times around those that rules ask about, to the millisecond.
fn age() -> impl Strategy<Value = i64> {
    let edges = [0, 60, 3_600, 86_400, 24 * 3_600 * 30, 24 * 3_600 * 3650].map(|s: i64| s * 1_000);
    (prop::sample::select(edges.to_vec()), -2_i64..=2, any::<bool>())
        .prop_map(|(edge, off, after)| if after { -(edge / 7) - off } else { edge + off })
}

fn rules() -> impl Strategy<Value = String> {
    let response = || prop::sample::select(vec!["off", "review", "reject"]);
    let pace = (0_u32..=50, prop::sample::select(vec![1_u32, 60, 3_600, 86_400]));
    let repeats =
        (response(), response(), prop::sample::select(vec![1_u32, 24, 720]), 1_u32..=20, 1_u32..=20, 0_u32..=20);
    let history = (0_u32..=20, prop::sample::select(vec![1_u32, 30, 3650]));
    let others = (response(), 0_u32..=4, 0_u32..=4, 0_u32..=3, 0_u32..=5, 0.0..1.0_f64);
    (pace, repeats, history, others).prop_map(|(rate, again, history, other)| {
        let (exact, near, hours, min, near_min, bits) = again;
        let (replies, links, site, site_near, new, drift) = other;
        let mut text = String::new();
        let _ = write!(
            text,
            "[rate]\nmax_comments = {}\nseconds = {}\n\
             [repeats]\nexact = \"{exact}\"\nnear = \"{near}\"\nwindow_hours = {hours}\nmin_words = {min}\n\
             near_min_words = {near_min}\nnear_bits = {bits}\nsite_review_at = {site}\nsite_near_review_at = {site_near}\n\
             [history]\nrejections = {}\ndays = {}\n[replies]\nto_unpublished = \"{replies}\"\n\
             [links]\nreview_at = {links}\n[new_author]\nreview_below = {new}\n[drift]\nreview_at = {drift:.3}\n",
            rate.0, rate.1, history.0, history.1
        );
        text
    })
}

/// A fingerprint that differs from the comment's in so many bits.
fn print(own: Fingerprint, bits: u32, same: bool, words: u32) -> Fingerprint {
    let mask = (0..bits).fold(0, |mask, n| mask | 1_u64 << ((n * 11) % 64));
    Fingerprint { exact: if same { own.exact } else { own.exact ^ 5 }, near: own.near ^ mask, words }
}

prop_compose! {
    fn records(own: Fingerprint)(
        sent in prop::collection::vec((age(), 0_u32..=24, any::<bool>(), 0_u32..=20), 0..50),
        rejected in prop::collection::vec(age(), 0..20),
        published in 0_u64..6,
    ) -> AuthorRecord {
        let submission = |(ms, bits, same, words)| Submission {
            comment_id: CommentId::parse("earlier").unwrap(),
            created_at: ago(ms),
            fingerprint: print(own, bits, same, words),
        };
        AuthorRecord {
            published,
            rejected: rejected.len() as u64,
            rejections: rejected.into_iter().map(ago).collect(),
            submissions: sent.into_iter().map(submission).collect(),
        }
    }
}

fn article(url: Option<&str>, open: bool) -> Article {
    Article {
        site: SiteId::parse("paper").unwrap(),
        id: ArticleId::parse("a1").unwrap(),
        title: "Talks".to_owned(),
        url: url.map(str::to_owned),
        section: None,
        body: Some("They met.".to_owned()),
        comments_open: open,
        updated_at: ago(5_000),
    }
}

/// A comment as it is stored.
fn stored(text: &str, own: Fingerprint, scores: Scores, decision: Decision, basis: Basis) -> Comment {
    let draft = Draft {
        site: SiteId::parse("paper").unwrap(),
        id: CommentId::parse("c1").unwrap(),
        article_id: ArticleId::parse("a1").unwrap(),
        section: None,
        author: Author::new(AuthorId::parse("u1").unwrap(), None).unwrap(),
        text: CommentText::parse(text).unwrap(),
        created_at: at(),
        content_hash: ContentHash::of(&[]),
        fingerprint: own,
        parent: None,
    };
    let language = None;
    let verdict = Verdict {
        scores,
        decision,
        priority: crate::comment::Priority::default(),
        shadowed: None,
        basis: Some(basis),
        language,
    };
    let doc = serde_json::to_string(&draft.admit(verdict, Actor::Policy, at()).comment).unwrap();
    serde_json::from_str(&doc).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever an author did and whatever the policy asks, the kept basis answers as the facts did.
    #[test]
    fn a_kept_basis_decides_as_the_facts_did(
        (which, record) in (0..TEXTS.len()).prop_flat_map(|n| (Just(n), records(fingerprint(&normalise(TEXTS[n]))))),
        lines in rules(),
        known in prop::option::weighted(0.9, (prop::sample::select(vec![None, Some("https://Paper.example/a")]), any::<bool>())),
        parent in prop::option::of(prop::sample::select(vec![State::Published, State::Pending, State::Rejected])),
        (same_text, near_text, unread) in (0_u64..5, 0_u64..5, any::<bool>()),
        asked in prop::option::of(prop::sample::select(vec![UnknownArticle::Judge, UnknownArticle::Review])),
        scores in prop::collection::vec(prop::option::weighted(0.9, 0.0..=1.0_f64), Attribute::ALL.len()),
        drift in prop::option::of(0.0..=1.0_f64),
    ) {
        let text = TEXTS[which];
        let policy = policy(&lines);
        let normalised = normalise(text);
        let own = fingerprint(&normalised);
        let missing = if unread { Facts::unread().missing } else { Vec::new() };
        let article = known.map(|(url, open)| article(url, open));
        let facts = Facts { article, author: record, same_text, near_text, missing, ..Facts::default() };
        let scores: Scores =
            Attribute::ALL.into_iter().zip(scores).map(|(a, s)| (a, s.map(|s| (s * 1e4).round() / 1e4))).collect();
        let drift = drift.map(|d| (d * 1e4).round() / 1e4);
        let judgement = Judgement { scores: scores.clone(), drift, ..Judgement::default() };
        let context = Context {
            section: None,
            text,
            normalised: &normalised,
            language: detect(text),
            fingerprint: own,
            created_at: at(),
            judgement: &judgement,
            facts: &facts,
            parent,
            unknown_article: asked.unwrap_or(policy.unknown_article()),
        };
        let (decision, _) = decide(&policy, &context, "model");
        let mut kept = basis(&context, &[], asked, false);
        kept.parent = parent.map(|state| ParentBasis { state, exact: 7 });
        let comment = stored(text, own, scores, decision.clone(), kept);
        let again = Reread::of(&comment).expect("a text and a basis").judge(&policy);
        prop_assert_eq!(again, decision);
    }
}

#[test]
fn what_no_policy_can_ask_about_is_not_kept() {
    let own = fingerprint(&normalise(TEXTS[0]));
    let sent = |ms, bits| Submission {
        comment_id: CommentId::parse("earlier").unwrap(),
        created_at: ago(ms),
        fingerprint: print(own, bits, false, 9),
    };
    let kept = |ms, bits| sent_before(&sent(ms, bits), own, at());
    assert_eq!(kept(86_400_000, 30), None, "neither within a day nor alike");
    assert_eq!(kept(86_399_999, 30), Some(SentBasis { ms: 86_399_999, like: None }));
    let alike = kept(86_400_000, 12).expect("alike");
    assert_eq!(alike.like, Some(Likeness { same: false, bits: 12, words: 9 }));
    assert_eq!(kept(720 * 3_600_000 + 1, 0), None, "alike, and too long ago");
}

#[test]
fn a_comment_without_text_or_basis_is_not_judged_again() {
    let own = Fingerprint::default();
    let decision = stored_decision();
    let comment = stored(TEXTS[0], own, Scores::default(), decision, Basis::default());
    assert!(Reread::of(&comment).is_some());
    assert!(Reread::of(&Comment { basis: None, ..comment.clone() }).is_none());
    let dropped = comment.erase(Actor::Policy, at()).unwrap().comment;
    assert!(dropped.basis.is_none() && Reread::of(&dropped).is_none());
}

fn stored_decision() -> Decision {
    let policy = policy("");
    let (normalised, facts, judgement) = (normalise(TEXTS[0]), Facts::default(), Judgement::default());
    let context = Context {
        section: None,
        text: TEXTS[0],
        normalised: &normalised,
        language: Language::English,
        fingerprint: Fingerprint::default(),
        created_at: at(),
        judgement: &judgement,
        facts: &facts,
        parent: None,
        unknown_article: UnknownArticle::Judge,
    };
    let (decision, _) = decide(&policy, &context, "model");
    assert_eq!(decision.action, Action::Review);
    decision
}
