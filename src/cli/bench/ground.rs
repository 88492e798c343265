//! What a store holds before it is measured: articles and comments in every state, the same at every run.
//!
//! They go through the store's port and past HTTP, facts and scoring in context, many at a time, as fast as the store
//! takes them. Of ten comments one stands under one of ten articles that everybody reads; the others are spread evenly.
//! Some ten answer the first under an article. The policy says what becomes of each, but that of those it would publish
//! every tenth is held and every twentieth rejected.

use super::submitting::AUTHORS;
use super::synthetic::Synthetic;
use crate::classifier::{Classifier, Input};
use crate::comment::{
    Action, Actor, Article, ArticleId, Author, AuthorId, Change, Comment, CommentId, CommentText, ContentHash, Draft,
    Reason, SiteId, State, Timestamp, Verdict,
};
use crate::policy::{Context, Facts, Policy, UnknownArticle, basis, decide};
use crate::service::Clock;
use crate::startup::open_store;
use crate::store::redis::RedisSettings;
use crate::store::{Store, StoreUrl};
use crate::text::{detect, fingerprint, normalise};
use crate::training::Progress;
use anyhow::Context as _;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Articles that every tenth comment stands under.
const READ_BY_ALL: usize = 10;
/// Writes at a time: more than what SQLite puts into one commit.
const AT_A_TIME: usize = 512;
/// Time between two comments; a million of them are less than a day.
const BETWEEN: Duration = Duration::from_millis(80);
const DAY: Duration = Duration::from_hours(24);

/// How many articles so many comments stand under: one for a hundred, so that a page of a thread is as long at every
/// size; 10 at the least and 10,000 at the most.
pub fn articles(stored: usize) -> usize {
    (stored / 100).clamp(READ_BY_ALL, 10_000)
}

/// The article of a comment, by its number.
pub fn article_of(number: usize, articles: usize) -> usize {
    let (ten, place) = (number / 10, number % 10);
    // The others are counted on their own, or no article whose number ends in 0 would have any.
    if place == 0 { ten % READ_BY_ALL.min(articles) } else { (ten * 9 + place - 1) % articles }
}

/// Whether a comment answers the first one under its article: some do under every article, and never so many that one
/// conversation fills the page.
fn answers_the_first(number: usize, articles: usize) -> bool {
    number.is_multiple_of(3) && !number.is_multiple_of(10) && number < 30 * articles
}

/// How many comments stand how.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct States {
    published: usize,
    pending: usize,
    rejected: usize,
}

impl States {
    fn count(&mut self, state: State) {
        match state {
            State::Published => self.published += 1,
            State::Pending => self.pending += 1,
            State::Rejected | State::Withdrawn => self.rejected += 1,
        }
    }
}

/// What a site holds.
pub struct Ground {
    /// The first comment under each article, `first-NUMBER` under `aNUMBER`.
    firsts: Arc<Vec<Comment>>,
    /// Comments in all.
    pub stored: usize,
    /// How those stand that were filled in.
    pub states: States,
    maker: Arc<Maker>,
}

impl Ground {
    pub fn new(site: &SiteId, classifier: &Arc<Classifier>) -> anyhow::Result<Self> {
        let (policy, words) = Policy::default_files();
        let begun = Clock::System.now().saturating_sub(DAY)?;
        let facts = Facts { article: Some(article(site, 0, begun)?), ..Facts::default() };
        let (policy, classifier) = (Policy::parse(policy, words)?, Arc::clone(classifier));
        let maker = Arc::new(Maker { site: site.clone(), classifier, policy, begun, facts });
        Ok(Self { firsts: Arc::default(), stored: 0, states: States::default(), maker })
    }

    pub fn articles(&self) -> usize {
        self.firsts.len()
    }

    /// Fills in until there are so many comments; returns how long that took.
    pub async fn fill(&mut self, store: &StoreUrl, to: usize, bar: &mut impl Progress) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        bar.stage(&format!("filling {store}"), to.saturating_sub(self.stored));
        self.lay_out(store, articles(to), bar).await?;
        let (maker, firsts) = (Arc::clone(&self.maker), Arc::clone(&self.firsts));
        let make = move |number: usize| {
            let article = article_of(number, firsts.len());
            let answers = answers_the_first(number, firsts.len());
            let parent = answers.then(|| firsts[article].clone());
            Ok((None, maker.change(&format!("s{number}"), number, article, parent, None)?))
        };
        let new = self.stored..to.max(self.stored);
        self.stored = new.end;
        write(store, new, make, bar, |comment| self.states.count(comment.state)).await?;
        Ok(begun.elapsed())
    }

    /// Sees to it that there are so many articles, each with its first comment.
    async fn lay_out(&mut self, store: &StoreUrl, articles: usize, bar: &mut impl Progress) -> anyhow::Result<()> {
        let maker = Arc::clone(&self.maker);
        let make = move |number| {
            let article = article(&maker.site, number, maker.begun)?;
            Ok((Some(article), maker.change(&format!("first-{number}"), number, number, None, None)?))
        };
        let mut firsts = self.firsts.to_vec();
        let new = firsts.len()..articles.max(firsts.len());
        self.stored += new.len();
        write(store, new, make, bar, |comment| {
            self.states.count(comment.state);
            firsts.push(comment);
        })
        .await?;
        self.firsts = Arc::new(firsts);
        Ok(())
    }

    /// Fills in a crowd: so many comments that wait, spread over articles as ever, and so many published ones under
    /// article `a0`, of which every fiftieth answers the first.
    pub async fn crowd(
        &mut self,
        store: &StoreUrl,
        pending: usize,
        published: usize,
        bar: &mut impl Progress,
    ) -> anyhow::Result<()> {
        bar.stage(&format!("filling {store}"), articles(pending) + pending + published);
        self.lay_out(store, articles(pending), bar).await?;
        let (maker, firsts) = (Arc::clone(&self.maker), Arc::clone(&self.firsts));
        let make = move |number: usize| {
            let waits = number < pending;
            let article = if waits { number % firsts.len() } else { 0 };
            let parent = (!waits && number.is_multiple_of(50)).then(|| firsts[0].clone());
            let action = if waits { Action::Review } else { Action::Publish };
            Ok((None, maker.change(&format!("x{number}"), number, article, parent, Some(action))?))
        };
        self.stored += pending + published;
        write(store, 0..pending + published, make, bar, |comment| self.states.count(comment.state)).await
    }
}

/// What is written for one number.
type Write = (Option<Article>, Change);

/// Makes and writes, on threads of their own, and shows progress. `done` is shown what was written, in order.
async fn write(
    store: &StoreUrl,
    numbers: Range<usize>,
    make: impl Fn(usize) -> anyhow::Result<Write> + Send + Sync + 'static,
    bar: &mut impl Progress,
    mut done: impl FnMut(Comment),
) -> anyhow::Result<()> {
    let (store, make) = (store.clone(), Arc::new(make));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let work = std::thread::Builder::new().name("ombud-bench-filler".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let store = open_store(&store, &RedisSettings::default()).await?;
            let writes = stream::iter(numbers).map(|number| {
                let (store, make) = (Arc::clone(&store), Arc::clone(&make));
                tokio::spawn(async move { put(&*store, make(number)?).await })
            });
            let written = writes.buffered(AT_A_TIME).map(|joined| joined.context("a writer panicked")?);
            // Nobody listens any more if the command was broken off.
            written
                .try_for_each(async |comment| {
                    let _ = tell.send(comment);
                    Ok(())
                })
                .await
        })
    })?;
    while let Some(comment) = told.recv().await {
        bar.advance(1);
        done(comment);
    }
    work.join().map_err(|_| anyhow::anyhow!("the filler panicked"))?
}

async fn put(store: &dyn Store, (article, change): Write) -> anyhow::Result<Comment> {
    if let Some(article) = article {
        store.put_article(&article).await?;
    }
    store.admit(&change).await?;
    Ok(change.comment)
}

/// Makes what is written: a function of the number alone, and of when it began.
struct Maker {
    site: SiteId,
    classifier: Arc<Classifier>,
    policy: Policy,
    begun: Timestamp,
    /// Those of a comment whose article is known, and nothing else.
    facts: Facts,
}

impl Maker {
    /// `action`: what becomes of it, whatever the policy says.
    fn change(
        &self,
        id: &str,
        number: usize,
        article: usize,
        parent: Option<Comment>,
        action: Option<Action>,
    ) -> anyhow::Result<Change> {
        // Other seeds than those of articles and of what is submitted.
        let text = Synthetic::seeded((1 << 32) + number as u64).comment();
        let at = self.begun.checked_add(BETWEEN * u32::try_from(number % 1_000_000)?)?;
        let normalised = normalise(&text);
        let draft = Draft {
            site: self.site.clone(),
            id: CommentId::parse(id)?,
            article_id: ArticleId::parse(format!("a{article}"))?,
            section: Some("world".to_owned()),
            author: Author::new(AuthorId::parse(format!("r{}", number % AUTHORS))?, Some("A Reader".to_owned()))?,
            created_at: at,
            content_hash: ContentHash::of(&[Some(id), Some(&text)]),
            fingerprint: fingerprint(&normalised),
            text: CommentText::parse(text.clone())?,
            parent,
        };
        let language = detect(&text);
        let input = Input { text: &text, normalised: &normalised, language, article: None, parent: None, thread: &[] };
        let judgement = self.classifier.judge(&input);
        let context = Context {
            section: Some("world"),
            text: &text,
            normalised: &normalised,
            language,
            fingerprint: draft.fingerprint,
            created_at: at,
            judgement: &judgement,
            facts: &self.facts,
            parent: None,
            unknown_article: UnknownArticle::Judge,
        };
        let basis = Some(basis(&context, &[], None, false));
        let (mut decision, priority) = decide(&self.policy, &context, self.classifier.revision());
        let other = action.or_else(|| drawn(number).filter(|_| decision.action == Action::Publish));
        if let Some(other) = other.filter(|other| *other != decision.action) {
            if action.is_some() {
                decision.reasons.clear();
            }
            decision.action = other;
            decision
                .reasons
                .insert(0, Reason::rule("bench.drawn", other, "Drawn, so that there is some of everything."));
        }
        let language = language.code().map(str::to_owned);
        let verdict = Verdict { scores: judgement.scores, decision, priority, shadowed: None, basis, language };
        Ok(draft.admit(verdict, Actor::Policy, at))
    }
}

fn article(site: &SiteId, number: usize, at: Timestamp) -> anyhow::Result<Article> {
    let mut source = Synthetic::seeded(number as u64);
    Ok(Article {
        site: site.clone(),
        id: ArticleId::parse(format!("a{number}"))?,
        title: source.comment(),
        url: None,
        section: Some("world".to_owned()),
        body: Some(source.article()),
        comments_open: true,
        updated_at: at,
    })
}

/// What becomes of a comment that the policy would publish, if it is not published.
fn drawn(number: usize) -> Option<Action> {
    match number % 20 {
        3 | 13 => Some(Action::Review),
        7 => Some(Action::Reject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_grow_with_comments_and_some_have_many() {
        assert_eq!([articles(1_000), articles(100_000), articles(5_000_000)], [10, 1_000, 10_000]);
        let mut under = vec![0; 1_000];
        (0..100_000).for_each(|number| under[article_of(number, 1_000)] += 1);
        assert!(under[..READ_BY_ALL].iter().all(|n| *n >= 1_000), "{:?}", &under[..READ_BY_ALL]);
        let answers = (0..100_000).filter(|n| article_of(*n, 1_000) == 500 && answers_the_first(*n, 1_000)).count();
        assert!((5..=30).contains(&answers), "{answers}");
        assert!(under[READ_BY_ALL..].iter().all(|n| *n == 90));
    }

    #[test]
    fn the_same_number_makes_the_same_comment_and_every_state_occurs() {
        let site = SiteId::parse("s").unwrap();
        let ground = Ground::new(&site, &Arc::new(Classifier::embedded())).unwrap();
        let change = |n: usize| ground.maker.change(&format!("s{n}"), n, 1, None, None).unwrap();
        assert_eq!(change(5), change(5));
        let mut states = States::default();
        (0..200).for_each(|n| states.count(change(n).comment.state));
        assert!(states.published > 120 && states.pending >= 20 && states.rejected >= 8, "{states:?}");
    }
}
