use super::*;
use crate::classifier::Judgement;
use crate::comment::{Article, ArticleId, CommentId, Fingerprint, SiteId, Timestamp};
use crate::policy::{Facts, Submission, UnknownArticle};
use crate::text::{Language, Normalised, normalise};
use proptest::prelude::*;
use std::sync::LazyLock;

fn shipped() -> Policy {
    let (policy, words) = Policy::default_files();
    Policy::parse(policy, words).unwrap()
}

fn facts() -> Facts {
    let article = Article {
        site: SiteId::parse("paper").unwrap(),
        id: ArticleId::parse("a1").unwrap(),
        title: "Talks".to_owned(),
        url: None,
        section: None,
        body: None,
        comments_open: true,
        updated_at: Timestamp::UNIX_EPOCH,
    };
    Facts { article: Some(article), ..Facts::default() }
}

const TEXT: &str = "They should sit down and talk.";
const PRINT: Fingerprint = Fingerprint { exact: 1, near: 1, words: 6 };

static NORMALISED: LazyLock<Normalised> = LazyLock::new(|| normalise(TEXT));

/// A harmless text in English.
fn context<'a>(judgement: &'a Judgement, facts: &'a Facts) -> Context<'a> {
    Context {
        section: None,
        text: TEXT,
        normalised: &NORMALISED,
        language: Language::English,
        fingerprint: PRINT,
        created_at: Timestamp::UNIX_EPOCH,
        judgement,
        facts,
        parent: None,
        unknown_article: UnknownArticle::Refuse,
    }
}

/// The decision on a harmless text with these scores and facts.
fn judge(policy: &Policy, scores: &[(Attribute, Option<f64>)], facts: &Facts) -> (Decision, Priority) {
    let judgement = Judgement { scores: scores.iter().copied().collect(), ..Judgement::default() };
    decide(policy, &context(&judgement, facts), "model")
}

fn scores() -> impl Strategy<Value = Vec<(Attribute, Option<f64>)>> {
    let score = prop::option::weighted(0.9, 0.0..=1.0_f64);
    prop::collection::vec(score, Attribute::ALL.len())
        .prop_map(|scores| Attribute::ALL.into_iter().zip(scores).collect())
}

proptest! {
    #[test]
    fn a_higher_score_never_gives_a_milder_decision(
        scores in scores(), raised in 0..Attribute::ALL.len(), by in 0.0..=1.0_f64, closed in any::<bool>(),
    ) {
        let policy = shipped();
        let mut facts = facts();
        facts.article.as_mut().unwrap().comments_open = !closed;
        let mut higher = scores.clone();
        // From unknown to known is no rise: what is unknown may be anything.
        higher[raised].1 = higher[raised].1.map(|s| (s + by).min(1.0));
        let (before, _) = judge(&policy, &scores, &facts);
        let (after, _) = judge(&policy, &higher, &facts);
        prop_assert!(after.action >= before.action, "{:?} → {:?}", before.action, after.action);
    }

    #[test]
    fn reasons_come_strictest_first_and_the_strictest_decides(scores in scores()) {
        let (decision, priority) = judge(&shipped(), &scores, &facts());
        prop_assert!(decision.reasons.is_sorted_by(|a, b| a.action >= b.action));
        let strictest = decision.reasons.iter().map(|r| r.action).max();
        prop_assert_eq!(decision.action, strictest.unwrap_or(Action::Publish));
        prop_assert!((0.0..=1.0).contains(&priority.uncertain) && (0.0..=1.0).contains(&priority.harmful));
    }

    #[test]
    fn any_text_is_judged_and_never_repeated(text in "\\PC{0,60}( vermin| a\\.com b\\.org)?", author in "[a-z]{8}") {
        let text = format!("{text} zqxjkv");
        let judgement = Judgement::default();
        let mut facts = facts();
        facts.same_text = 9;
        facts.near_text = 9;
        facts.author.submissions = vec![Submission {
            comment_id: CommentId::parse(author.as_str()).unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            fingerprint: PRINT,
        }];
        let context = Context { text: &text, normalised: &normalise(&text), ..context(&judgement, &facts) };
        let (decision, _) = decide(&shipped(), &context, "model");
        let characters = u32::try_from(text.chars().count()).unwrap();
        for reason in &decision.reasons {
            prop_assert!(!reason.text.contains("zqxjkv") && !reason.text.contains(&author), "{}", reason.text);
            prop_assert!(reason.evidence.iter().all(|s| s.start < s.end && s.end <= characters));
        }
    }

    #[test]
    fn the_same_comment_gives_the_same_decision(scores in scores()) {
        let json = || serde_json::to_string(&judge(&shipped(), &scores, &facts()).0).unwrap();
        prop_assert_eq!(json(), json());
    }

    #[test]
    fn off_topic_alone_never_rejects(score in 0.0..=1.0_f64) {
        let calm = [(Attribute::Toxicity, Some(0.1)), (Attribute::OffTopic, Some(score))];
        prop_assert!(judge(&shipped(), &calm, &facts()).0.action < Action::Reject);
    }
}

#[test]
fn a_score_at_its_threshold_is_the_most_uncertain() {
    let uncertain = |score| judge(&shipped(), &[(Attribute::Threat, Some(score))], &facts()).1.uncertain;
    assert_eq!((uncertain(0.25), uncertain(0.125), uncertain(0.625)), (1.0, 0.5, 0.5));
    assert_eq!((uncertain(0.0), uncertain(1.0)), (0.0, 0.0));
}

#[test]
fn a_threat_is_more_harmful_than_as_likely_spam() {
    let harmful = |attribute| judge(&shipped(), &[(attribute, Some(0.7))], &facts()).1.harmful;
    assert!(harmful(Attribute::Threat) > harmful(Attribute::Spam));
    assert!(harmful(Attribute::Spam) > harmful(Attribute::OffTopic));
}

#[test]
fn no_score_is_no_pass() {
    let (decision, _) = judge(&shipped(), &[], &facts());
    assert_eq!(decision.action, Action::Review);
    assert_eq!(decision.reasons[0].code, "scores.missing");
    let (decision, _) = judge(&shipped(), &[(Attribute::Toxicity, Some(f64::NAN))], &facts());
    assert_eq!(decision.action, Action::Review);
}

#[test]
fn a_threshold_reason_carries_the_evidence_of_its_score() {
    let (decision, _) = judge(&shipped(), &[(Attribute::Toxicity, Some(0.61))], &facts());
    let reason = &decision.reasons[0];
    assert_eq!(reason.text, "Held: may be abusive (0.61, threshold 0.25).");
    assert_eq!((reason.attribute, reason.score, reason.threshold), (Some(Attribute::Toxicity), Some(0.61), Some(0.25)));
}

#[test]
fn where_nobody_judges_topicality_nobody_remarks_on_it() {
    let words = Policy::default_files().1;
    let policy = Policy::parse("[thresholds]\nTOXICITY = { review = 0.5 }\n", words).unwrap();
    let scores = [(Attribute::Toxicity, Some(0.1)), (Attribute::OffTopic, None)];
    assert_eq!(judge(&policy, &scores, &facts()).0.reasons, []);
}
