//! Examples: comments under their own article, and the same comments put under another.

use crate::classifier::topicality::drift;
use crate::classifier::topicality::feature::{COUNT, Surroundings, THREAD_COMMENTS, comparable, features};
use crate::classifier::{ArticlePassage, ArticleText, Passage, Reader};
use crate::training::Progress;
use crate::training::dataset::{ArticleLine, CommentLine};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, HashMap};

/// No article gives more conversations than this.
const CONVERSATIONS: usize = 40;
/// No source gives more comments than this, so that none drowns the others.
const MAX_PER_SOURCE: usize = 16_000;
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

/// A comment, or a conversation, beside an article.
pub struct Example<'a, const N: usize> {
    pub source: &'a str,
    pub kind: Kind,
    pub features: [f32; N],
}

/// How much of the surroundings is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The parent and the thread, of a length drawn by chance; now and then neither, as under a new article.
    Drawn,
    /// The parent and the whole thread, as far as it is looked at.
    Full,
    /// The article alone.
    Cold,
}

/// A comment with what was read of it.
struct Read<'a> {
    line: &'a CommentLine,
    passage: Passage,
}

/// Articles with their comments.
pub struct Corpus<'a> {
    articles: Vec<(&'a ArticleLine, ArticlePassage)>,
    comments: Vec<Vec<Read<'a>>>,
    /// Articles of a source and section.
    sections: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    /// Where each comment is.
    places: HashMap<&'a str, (usize, usize)>,
    reader: &'a Reader,
}

impl<'a> Corpus<'a> {
    /// Articles that have a title and comments, in the order of the file.
    pub fn new(
        articles: &'a [ArticleLine],
        comments: &'a [CommentLine],
        reader: &'a Reader,
        wanted: impl Fn(&ArticleLine) -> bool,
    ) -> Self {
        let read_article = |line: &'a ArticleLine| {
            let title = line.title.as_deref()?;
            let body = line.body.as_deref().or(line.summary.as_deref());
            wanted(line).then(|| (line, reader.article(ArticleText { title, body })))
        };
        let articles: Vec<(&ArticleLine, ArticlePassage)> = articles.iter().filter_map(read_article).collect();
        let by_id: HashMap<&str, usize> =
            articles.iter().enumerate().map(|(place, (line, _))| (line.article_id.as_str(), place)).collect();
        let mut grouped: Vec<Vec<Read<'_>>> = articles.iter().map(|_| Vec::new()).collect();
        let mut places = HashMap::new();
        for line in comments {
            if let Some(place) = by_id.get(line.article_id.as_str()) {
                places.insert(line.comment_id.as_str(), (*place, grouped[*place].len()));
                grouped[*place].push(Read { line, passage: reader.passage(&line.text) });
            }
        }
        let mut sections: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (place, (article, _)) in articles.iter().enumerate().filter(|(place, _)| grouped[*place].len() > 1) {
            sections.entry(section(article)).or_default().push(place);
        }
        Self { articles, comments: grouped, sections, places, reader }
    }

    /// Up to [`MAX_PER_SOURCE`] comments of each source that nobody called off-topic, in seeded order.
    fn sample(&self, rng: &mut Xoshiro256PlusPlus) -> Vec<(usize, usize)> {
        let mut sources: BTreeMap<&str, Vec<(usize, usize)>> = BTreeMap::new();
        for (place, comments) in self.comments.iter().enumerate() {
            for (index, comment) in comments.iter().enumerate().filter(|(_, c)| c.line.on_topic != Some(0)) {
                sources.entry(comment.line.source.as_str()).or_default().push((place, index));
            }
        }
        for comments in sources.values_mut() {
            comments.shuffle(rng);
            comments.truncate(MAX_PER_SOURCE);
        }
        sources.into_values().flatten().collect()
    }

    /// A comment under its own article, and under another: in turn of the same section and of any.
    pub fn examples(&self, view: View, seed: u64, progress: &mut dyn Progress) -> Vec<Example<'a, COUNT>> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let sample = self.sample(&mut rng);
        progress.stage("comparing comments with articles", sample.len());
        let everywhere = self.everywhere();
        let mut examples = Vec::new();
        for (turn, (place, index)) in sample.into_iter().enumerate() {
            progress.advance(1);
            let comment = &self.comments[place][index];
            let Some((kind, other)) = self.elsewhere(place, turn, &everywhere, &mut rng) else { continue };
            let shown = Shown::draw(view, &mut rng);
            let parent = comment.line.parent_id.as_deref().and_then(|id| self.places.get(id)).filter(|_| shown.parent);
            let parent = parent.map(|(place, index)| &self.comments[*place][*index].passage);
            let thread = self.thread(place, comment.line, shown.thread, &mut rng);
            let own = self.features(comment, place, parent, &thread);
            let thread = self.thread(other, comment.line, shown.thread, &mut rng);
            let answered = self.comments[other].choose(&mut rng).map(|c| &c.passage);
            let moved = self.features(comment, other, parent.and(answered), &thread);
            // In pairs, so that nothing about the comment alone tells the two kinds apart.
            if let (Some(own), Some(moved)) = (own, moved) {
                let source = comment.line.source.as_str();
                examples.push(Example { source, kind: Kind::Own, features: own });
                examples.push(Example { source, kind, features: moved });
            }
        }
        examples
    }

    /// Conversations under their own article and under another, in turn of the same section and of any: as many of
    /// each article as it has comments, up to [`CONVERSATIONS`], of lengths drawn by chance.
    pub fn conversations(&self, seed: u64) -> Vec<Example<'a, { drift::COUNT }>> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let everywhere = self.everywhere();
        let mut examples = Vec::new();
        for (place, comments) in self.comments.iter().enumerate() {
            for (turn, comment) in comments.iter().take(CONVERSATIONS).enumerate() {
                let Some((kind, other)) = self.elsewhere(place, turn, &everywhere, &mut rng) else { continue };
                let length = rng.random_range(drift::LEAST_COMMENTS..=THREAD_COMMENTS);
                let thread = self.thread(place, comment.line, length - 1, &mut rng);
                let features = |place: usize| {
                    let around = Surroundings { article: &self.articles[place].1, parent: None, thread: &thread };
                    drift::features(&comment.passage, &around, self.reader)
                };
                // In pairs, so that nothing about the conversation alone tells the two kinds apart.
                if let (Some(own), Some(moved)) = (features(place), features(other)) {
                    let source = comment.line.source.as_str();
                    examples.push(Example { source, kind: Kind::Own, features: own });
                    examples.push(Example { source, kind, features: moved });
                }
            }
        }
        examples
    }

    /// The articles that another comment may be put under.
    fn everywhere(&self) -> Vec<usize> {
        self.sections.values().flatten().copied().collect()
    }

    /// Another article: in turn one of the same section, and any.
    fn elsewhere(
        &self,
        place: usize,
        turn: usize,
        everywhere: &[usize],
        rng: &mut Xoshiro256PlusPlus,
    ) -> Option<(Kind, usize)> {
        let (kind, choice) = match self.sections.get(&section(self.articles[place].0)) {
            Some(siblings) if turn.is_multiple_of(2) && siblings.len() > 1 => (Kind::SameSection, siblings.as_slice()),
            _ => (Kind::OtherSection, everywhere),
        };
        let other = (0..10).find_map(|_| choice.choose(rng).copied().filter(|other| *other != place))?;
        Some((kind, other))
    }

    /// Other comments under an article, in an order that chance has: not the parent, nor an answer, which
    /// would come later.
    fn thread(&self, place: usize, comment: &CommentLine, most: usize, rng: &mut Xoshiro256PlusPlus) -> Vec<&Passage> {
        let parent = comment.parent_id.as_deref();
        let around = self.comments[place].iter().filter(|c| {
            c.line.comment_id != comment.comment_id
                && Some(c.line.comment_id.as_str()) != parent
                && c.line.parent_id.as_deref() != Some(comment.comment_id.as_str())
        });
        let mut around: Vec<&Passage> = around.map(|c| &c.passage).collect();
        let (drawn, _) = around.partial_shuffle(rng, most);
        drawn.to_vec()
    }

    fn features(
        &self,
        comment: &Read<'_>,
        place: usize,
        parent: Option<&Passage>,
        thread: &[&Passage],
    ) -> Option<[f32; COUNT]> {
        let around = Surroundings { article: &self.articles[place].1, parent, thread };
        comparable(&comment.passage, &around).then(|| features(&comment.passage, &around, self.reader))
    }
}

fn section(article: &ArticleLine) -> (&str, &str) {
    (article.source.as_str(), article.section.as_deref().unwrap_or(""))
}

/// What is shown around one comment.
struct Shown {
    parent: bool,
    thread: usize,
}

impl Shown {
    fn draw(view: View, rng: &mut Xoshiro256PlusPlus) -> Self {
        match view {
            View::Full => Self { parent: true, thread: THREAD_COMMENTS },
            View::Cold => Self { parent: false, thread: 0 },
            View::Drawn => Self { parent: true, thread: rng.random_range(0..=THREAD_COMMENTS) },
        }
    }
}
