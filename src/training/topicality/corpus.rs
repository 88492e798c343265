//! Examples: comments under their own article, and the same comments put under another.

use crate::classifier::feature::Idf;
use crate::classifier::topicality::feature::{COUNT, read};
use crate::classifier::{ArticleText, Input};
use crate::text::{Language, normalise};
use crate::training::Progress;
use crate::training::dataset::{ArticleLine, CommentLine};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, HashMap};

/// No source gives more comments than this, so that none drowns the others.
const MAX_PER_SOURCE: usize = 8_000;
/// How much of a thread is shown at most; how much, is drawn.
const THREAD: usize = 20;

/// How an example was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Under its own article.
    Own,
    /// Under any other article.
    OtherSection,
    /// Under another article of the same section.
    SameSection,
}

/// A comment beside an article.
pub struct Example<'a> {
    pub source: &'a str,
    pub kind: Kind,
    pub features: [f32; COUNT],
}

/// Articles with their comments.
pub struct Corpus<'a> {
    articles: Vec<&'a ArticleLine>,
    comments: Vec<Vec<&'a CommentLine>>,
    /// Articles of a split and section.
    sections: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    by_id: HashMap<&'a str, &'a CommentLine>,
}

impl<'a> Corpus<'a> {
    /// Articles that have a text of their own and comments, in the order of the file.
    pub fn new(
        articles: &'a [ArticleLine],
        comments: &'a [CommentLine],
        wanted: impl Fn(&ArticleLine) -> bool,
    ) -> Self {
        let articles: Vec<&ArticleLine> = articles.iter().filter(|a| a.title.is_some() && wanted(a)).collect();
        let places: HashMap<&str, usize> =
            articles.iter().enumerate().map(|(place, a)| (a.article_id.as_str(), place)).collect();
        let mut grouped = vec![Vec::new(); articles.len()];
        for comment in comments {
            if let Some(place) = places.get(comment.article_id.as_str()) {
                grouped[*place].push(comment);
            }
        }
        let mut sections: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (place, article) in articles.iter().enumerate().filter(|(place, _)| grouped[*place].len() > 1) {
            let section = article.section.as_deref().unwrap_or("");
            sections.entry((article.source.as_str(), section)).or_default().push(place);
        }
        let by_id = comments.iter().map(|c| (c.comment_id.as_str(), c)).collect();
        Self { articles, comments: grouped, sections, by_id }
    }

    /// Up to [`MAX_PER_SOURCE`] comments of each source that nobody called off-topic, in seeded order.
    fn sample(&self, rng: &mut Xoshiro256PlusPlus) -> Vec<(usize, &'a CommentLine)> {
        let mut sources: BTreeMap<&str, Vec<(usize, &CommentLine)>> = BTreeMap::new();
        for (place, comments) in self.comments.iter().enumerate() {
            for comment in comments.iter().filter(|c| c.on_topic != Some(0)) {
                sources.entry(comment.source.as_str()).or_default().push((place, comment));
            }
        }
        for comments in sources.values_mut() {
            comments.shuffle(rng);
            comments.truncate(MAX_PER_SOURCE);
        }
        sources.into_values().flatten().collect()
    }

    /// A comment under its own article, and under another: in turn of the same section and of any.
    pub fn examples(&self, idf: &Idf, seed: u64, progress: &mut dyn Progress) -> Vec<Example<'a>> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let sample = self.sample(&mut rng);
        progress.stage("comparing comments with articles", sample.len());
        let everywhere: Vec<usize> = self.sections.values().flatten().copied().collect();
        let mut examples = Vec::new();
        for (turn, (place, comment)) in sample.into_iter().enumerate() {
            progress.advance(1);
            let article = self.articles[place];
            let section = (article.source.as_str(), article.section.as_deref().unwrap_or(""));
            let (kind, choice) = match self.sections.get(&section) {
                Some(siblings) if turn % 2 == 0 && siblings.len() > 1 => (Kind::SameSection, siblings),
                _ => (Kind::OtherSection, &everywhere),
            };
            let other = (0..10).find_map(|_| choice.choose(&mut rng).copied().filter(|other| *other != place));
            let parent = comment.parent_id.as_deref().and_then(|id| self.by_id.get(id)).map(|p| p.text.as_str());
            let thread = self.thread(place, comment, &mut rng);
            let own = self.read(comment, place, parent, &thread, idf);
            let moved = other.and_then(|other| {
                let thread = self.thread(other, comment, &mut rng);
                let answered = self.comments[other].choose(&mut rng).map(|c| c.text.as_str());
                self.read(comment, other, parent.and(answered), &thread, idf)
            });
            // In pairs, so that nothing about the comment alone tells the two kinds apart.
            if let (Some(own), Some(moved)) = (own, moved) {
                let source = comment.source.as_str();
                examples.push(Example { source, kind: Kind::Own, features: own });
                examples.push(Example { source, kind, features: moved });
            }
        }
        examples
    }

    /// Other comments under an article, as many as chance has it: not the parent, nor an answer, which
    /// would come later.
    fn thread(&self, place: usize, comment: &CommentLine, rng: &mut Xoshiro256PlusPlus) -> Vec<&'a str> {
        let parent = comment.parent_id.as_deref();
        let around = self.comments[place].iter().filter(|c| {
            c.comment_id != comment.comment_id
                && Some(c.comment_id.as_str()) != parent
                && c.parent_id.as_deref() != Some(comment.comment_id.as_str())
        });
        let mut around: Vec<&str> = around.map(|c| c.text.as_str()).collect();
        around.shuffle(rng);
        around.truncate(rng.random_range(0..=THREAD));
        around
    }

    fn read(
        &self,
        comment: &CommentLine,
        place: usize,
        parent: Option<&str>,
        thread: &[&str],
        idf: &Idf,
    ) -> Option<[f32; COUNT]> {
        let article = self.articles[place];
        let normalised = normalise(&comment.text);
        let input = Input {
            text: &comment.text,
            normalised: &normalised,
            language: Language::English,
            article: Some(ArticleText {
                title: article.title.as_deref().unwrap_or(""),
                body: article.body.as_deref().or(article.summary.as_deref()),
            }),
            parent,
            thread,
        };
        read(&input, idf).map(|reading| reading.features)
    }
}
