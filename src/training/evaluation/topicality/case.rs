//! Comments in their own surroundings and in others.

use crate::training::dataset::{ArticleLine, CommentLine};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::collections::{BTreeMap, HashMap};

/// How much of a thread is shown at most; how much, is drawn.
const THREAD: usize = 20;

/// What stands around a comment.
pub struct Surroundings<'a> {
    pub article: &'a ArticleLine,
    pub parent: Option<&'a str>,
    /// Other comments under the article, in no order.
    pub thread: Vec<&'a str>,
}

/// A comment, where it stands and where it might.
pub struct Case<'a> {
    pub comment: &'a CommentLine,
    pub own: Surroundings<'a>,
    /// Under any other article.
    pub random: Option<Surroundings<'a>>,
    /// Under another article of the same section.
    pub same_section: Option<Surroundings<'a>>,
}

/// Articles with their comments.
struct Shelf<'a> {
    articles: Vec<&'a ArticleLine>,
    comments: Vec<Vec<&'a CommentLine>>,
    /// Articles with a title and a thread: what a comment may be put under.
    everywhere: Vec<usize>,
    /// The same, by source and section.
    sections: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    by_id: HashMap<&'a str, &'a CommentLine>,
}

/// A case for every comment under the articles, in the order of the articles. The same seed draws the
/// same.
pub fn draw<'a>(articles: Vec<&'a ArticleLine>, comments: &'a [CommentLine], seed: u64) -> Vec<Case<'a>> {
    let shelf = Shelf::new(articles, comments);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut cases = Vec::new();
    for (place, comments) in shelf.comments.iter().enumerate() {
        for comment in comments {
            cases.push(shelf.case(place, comment, &mut rng));
        }
    }
    cases
}

impl<'a> Shelf<'a> {
    fn new(articles: Vec<&'a ArticleLine>, comments: &'a [CommentLine]) -> Self {
        let places: HashMap<&str, usize> =
            articles.iter().enumerate().map(|(place, a)| (a.article_id.as_str(), place)).collect();
        let mut grouped = vec![Vec::new(); articles.len()];
        for comment in comments {
            if let Some(place) = places.get(comment.article_id.as_str()) {
                grouped[*place].push(comment);
            }
        }
        let usable = |place: &usize| articles[*place].title.is_some() && grouped[*place].len() > 1;
        let everywhere: Vec<usize> = (0..articles.len()).filter(usable).collect();
        let mut sections: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for place in &everywhere {
            sections.entry(section(articles[*place])).or_default().push(*place);
        }
        let by_id = comments.iter().map(|c| (c.comment_id.as_str(), c)).collect();
        Self { articles, comments: grouped, everywhere, sections, by_id }
    }

    fn case(&self, place: usize, comment: &'a CommentLine, rng: &mut Xoshiro256PlusPlus) -> Case<'a> {
        let parent = comment.parent_id.as_deref().and_then(|id| self.by_id.get(id)).copied();
        let own = Surroundings {
            article: self.articles[place],
            parent: parent.map(|p| p.text.as_str()),
            thread: self.thread(place, comment, comment.parent_id.as_deref(), rng),
        };
        let siblings = self.sections.get(&section(self.articles[place])).map_or(&[][..], Vec::as_slice);
        let random = self.moved(&self.everywhere, place, comment, parent.is_some(), rng);
        let same_section = self.moved(siblings, place, comment, parent.is_some(), rng);
        Case { comment, own, random, same_section }
    }

    /// The comment under another of these articles; a reply answers any comment there.
    fn moved(
        &self,
        choice: &[usize],
        place: usize,
        comment: &CommentLine,
        reply: bool,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Option<Surroundings<'a>> {
        let others: Vec<usize> = choice.iter().copied().filter(|other| *other != place).collect();
        let other = others.choose(rng).copied()?;
        let parent = self.comments[other].choose(rng).copied().filter(|_| reply);
        let thread = self.thread(other, comment, parent.map(|p| p.comment_id.as_str()), rng);
        Some(Surroundings { article: self.articles[other], parent: parent.map(|p| p.text.as_str()), thread })
    }

    /// Other comments under an article, as many as chance has it: neither the parent nor an answer, which
    /// would come later.
    fn thread(
        &self,
        place: usize,
        comment: &CommentLine,
        parent: Option<&str>,
        rng: &mut Xoshiro256PlusPlus,
    ) -> Vec<&'a str> {
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
}

fn section(article: &ArticleLine) -> (&str, &str) {
    (article.source.as_str(), article.section.as_deref().unwrap_or(""))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::training::dataset::Split;

    /// Six articles in two sections, each with four comments on its own subject; the last comment answers
    /// the first.
    pub(in super::super) fn data() -> (Vec<ArticleLine>, Vec<CommentLine>) {
        let subject = |a: usize| ["harbour", "orchard", "glacier", "theatre", "railway", "vaccine"][a];
        let article = |a: usize| ArticleLine {
            article_id: format!("a{a}"),
            title: Some(format!("Council debates the {} again", subject(a))),
            summary: None,
            body: Some(format!("The {0} costs money. Every {0} engineer and {0} worker was heard.", subject(a))),
            section: Some(if a.is_multiple_of(2) { "news" } else { "sport" }.to_owned()),
            source: "made".to_owned(),
            split: Split::Dev,
        };
        let comment = |i: usize| CommentLine {
            comment_id: format!("c{i}"),
            article_id: format!("a{}", i / 4),
            parent_id: (i % 4 == 3).then(|| format!("c{}", i - 3)),
            text: format!("My uncle was a {} engineer once and nobody paid worker number{i} properly", subject(i / 4)),
            on_topic: None,
            source: "made".to_owned(),
            split: Split::Dev,
        };
        ((0..6).map(article).collect(), (0..24).map(comment).collect())
    }

    #[test]
    fn a_comment_is_moved_with_all_around_it() {
        let (articles, comments) = data();
        let cases = draw(articles.iter().collect(), &comments, 1);
        assert_eq!(cases.len(), 24);
        for case in &cases {
            let (random, near) = (case.random.as_ref().unwrap(), case.same_section.as_ref().unwrap());
            let id = |s: &Surroundings<'_>| s.article.article_id.clone();
            assert_eq!(id(&case.own), case.comment.article_id);
            assert!(id(random) != id(&case.own) && id(near) != id(&case.own));
            assert_eq!(near.article.section, case.own.article.section);
            let reply = case.comment.parent_id.is_some();
            assert_eq!(
                (case.own.parent.is_some(), random.parent.is_some(), near.parent.is_some()),
                (reply, reply, reply)
            );
            for around in [&case.own, random, near] {
                assert!(!around.thread.contains(&case.comment.text.as_str()));
                assert!(around.parent.is_none_or(|p| !around.thread.contains(&p)));
            }
        }
        let threads = |seed| -> Vec<usize> {
            draw(articles.iter().collect(), &comments, seed).iter().map(|c| c.own.thread.len()).collect()
        };
        assert_eq!(threads(1), threads(1));
        assert_ne!(threads(1), threads(2));
    }
}
