//! Moderation cases as data: `tests/cases/*.toml` judged by the shipped policy.
//!
//! Scores are fixed in the cases, so they test the policy and not the model; fingerprints and word
//! matches are made from the text as in the service. `tests/cases/README.md` is for editors.

use ombud::classifier::Judgement;
use ombud::comment::{
    Action, Actor, Article, ArticleId, Attribute, Author, AuthorId, Comment, CommentId, CommentText, ContentHash,
    Decision, Draft, Fingerprint, Priority, SiteId, State, Timestamp, Verdict,
};
use ombud::policy::{AuthorRecord, Context, Facts, Policy, Submission, decide};
use ombud::text::{Language, fingerprint, normalise};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    text: String,
    #[serde(default = "one")]
    text_times: usize,
    language: Option<String>,
    #[serde(default)]
    scores: BTreeMap<Attribute, Score>,
    #[serde(default)]
    unscored: bool,
    drift: Option<f64>,
    #[serde(default)]
    article: ArticleCase,
    #[serde(default)]
    unknown_article: bool,
    parent: Option<State>,
    #[serde(default)]
    author: AuthorCase,
    #[serde(default)]
    same_text: u64,
    #[serde(default)]
    near_text: u64,
    #[serde(default)]
    missing: Vec<String>,
    /// Lines of `policy.toml` that differ from the shipped one.
    #[serde(default)]
    policy: String,
    expect: Action,
    reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Score {
    Known(f64),
    Unknown(Unknown),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unknown {
    Unknown,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticleCase {
    #[serde(default)]
    closed: bool,
    section: Option<String>,
    url: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorCase {
    #[serde(default)]
    published: u64,
    #[serde(default)]
    rejected_days_ago: Vec<i64>,
    #[serde(default)]
    sent: Vec<Sent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    text: String,
    seconds_ago: i64,
}

const fn one() -> usize {
    1
}

/// What a score is where the case says nothing: a calm comment.
const CALM: f64 = 0.02;

fn now() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("a time")
}

fn ago(seconds: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs(seconds)
}

fn print(text: &str) -> Fingerprint {
    fingerprint(&normalise(text))
}

/// The shipped policy with the case's lines laid over it.
fn policy_of(case: &Case) -> Policy {
    let (policy, words) = Policy::default_files();
    let mut table: toml::Table = policy.parse().expect("the shipped policy");
    lay_over(&mut table, case.policy.parse().expect("the case's policy"));
    let text = toml::to_string(&table).expect("a table");
    Policy::parse(&text, words).unwrap_or_else(|e| panic!("{}: {e}", case.name))
}

fn lay_over(base: &mut toml::Table, over: toml::Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(base)), toml::Value::Table(over)) => lay_over(base, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn judgement_of(case: &Case) -> Judgement {
    let score = |attribute: Attribute| match case.scores.get(&attribute) {
        Some(Score::Known(score)) => Some(*score),
        Some(Score::Unknown(Unknown::Unknown)) => None,
        None => Some(CALM),
    };
    let scored = Attribute::ALL.into_iter().filter(|_| !case.unscored);
    Judgement { scores: scored.map(|a| (a, score(a))).collect(), drift: case.drift, ..Judgement::default() }
}

fn facts_of(case: &Case) -> Facts {
    let article = Article {
        site: SiteId::parse("paper").expect("an id"),
        id: ArticleId::parse("a1").expect("an id"),
        title: "Talks over the border".to_owned(),
        url: case.article.url.clone(),
        section: case.article.section.clone(),
        body: None,
        comments_open: !case.article.closed,
        updated_at: ago(86_400),
    };
    let sent = case.author.sent.iter().enumerate().map(|(n, sent)| Submission {
        comment_id: CommentId::parse(format!("sent-{n}")).expect("an id"),
        created_at: ago(sent.seconds_ago),
        fingerprint: print(&sent.text),
    });
    let rejections: Vec<Timestamp> = case.author.rejected_days_ago.iter().map(|days| ago(days * 86_400)).collect();
    Facts {
        article: (!case.unknown_article).then_some(article),
        parent: case.parent.map(parent),
        thread: Vec::new(),
        author: AuthorRecord {
            published: case.author.published,
            rejected: rejections.len() as u64,
            rejections,
            submissions: sent.collect(),
        },
        same_text: case.same_text,
        near_text: case.near_text,
        missing: case.missing.iter().map(|name| name.clone().into()).collect(),
    }
}

fn parent(state: State) -> Comment {
    let decision = Decision {
        action: Action::Publish,
        by: ombud::comment::DecidedBy::Policy,
        policy_revision: String::new(),
        model_revision: String::new(),
        reasons: Vec::new(),
        moderator: None,
        note: None,
        to_author: None,
        times: None,
    };
    let draft = Draft {
        site: SiteId::parse("paper").expect("an id"),
        id: CommentId::parse("parent").expect("an id"),
        article_id: ArticleId::parse("a1").expect("an id"),
        section: None,
        author: Author::new(AuthorId::parse("reader").expect("an id"), None).expect("a name"),
        text: CommentText::parse("They should talk first.").expect("a text"),
        created_at: ago(600),
        content_hash: ContentHash::of(&[]),
        fingerprint: Fingerprint::default(),
        parent: None,
    };
    let verdict = Verdict {
        scores: ombud::comment::Scores::default(),
        decision,
        priority: Priority::default(),
        shadowed: None,
        basis: None,
        language: None,
    };
    Comment { state, ..draft.admit(verdict, Actor::Policy, ago(600)).comment }
}

fn language_of(case: &Case) -> Language {
    match case.language.as_deref() {
        None => Language::English,
        Some("uncertain") => Language::Uncertain,
        Some(code) => Language::Other(code.to_owned().leak()),
    }
}

/// The differences between what a case expects and what the policy does.
fn check(case: &Case) -> Option<String> {
    let text = case.text.repeat(case.text_times);
    let (policy, judgement, facts) = (policy_of(case), judgement_of(case), facts_of(case));
    let normalised = normalise(&text);
    let context = Context {
        section: case.article.section.as_deref(),
        text: &text,
        normalised: &normalised,
        language: language_of(case),
        fingerprint: fingerprint(&normalised),
        created_at: now(),
        judgement: &judgement,
        facts: &facts,
        parent: case.parent,
        unknown_article: policy.unknown_article(),
    };
    let (decision, _) = decide(&policy, &context, "fixed");
    let codes: Vec<&str> = decision.reasons.iter().map(|r| r.code.as_str()).collect();
    let as_expected = decision.action == case.expect && codes == case.reasons;
    (!as_expected).then(|| {
        format!(
            "{}\n    expected {} {:?}\n    found    {} {codes:?}",
            case.name,
            case.expect.name(),
            case.reasons,
            decision.action.name()
        )
    })
}

/// All cases, each with the name of its file.
fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the cases").map(|e| e.expect("an entry").path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let cases: CaseFile = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        cases.case.into_iter().map(move |case| (name.clone(), case))
    };
    files.into_iter().flat_map(read).collect()
}

#[test]
fn every_case_is_decided_as_its_author_expects() {
    let cases = cases();
    let failures: Vec<String> =
        cases.iter().filter_map(|(file, case)| check(case).map(|failure| format!("{file}: {failure}"))).collect();
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() >= 40, "only {} cases were found", cases.len());
}

#[test]
fn every_documented_reason_has_a_case_and_every_reason_is_documented() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md")).expect("docs/policy.md");
    let code = |row: &str| row.strip_prefix("| `").and_then(|r| r.split('`').next()).map(str::to_owned);
    let documented: BTreeSet<String> = docs.lines().filter_map(code).collect();
    let one_for_all = |c: String| if c.starts_with("threshold.") { "threshold.TOXICITY".to_owned() } else { c };
    let seen: BTreeSet<String> = cases().into_iter().flat_map(|(_, case)| case.reasons).map(one_for_all).collect();
    assert_eq!(documented, seen);
}
