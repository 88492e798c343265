//! The topicality model on articles that it has not seen: comments under their own article against the
//! same comments put under another, and against what people said.
//!
//! Drawn here and not by the code that draws training examples, so that the yardstick stays the same
//! while training changes.

mod case;

use super::article_text::KnownText;
use super::length::Length;
use super::panel::{Figures, Kind, Panel};
use super::ranking::{NotANumber, Ranking, Scored, float};
use super::report::{LengthMeasures, PairMeasures, PeopleMeasures, TopicalityMeasures, TopicalityReport};
use super::{Outcome, measure, roc_auc, rounded};
use crate::classifier::topicality::feature;
use crate::classifier::{ArticleText, Passage, TopicalityModel};
use crate::text::normalise;
use crate::training::Progress;
use crate::training::dataset::{ArticleLine, CommentLine, Split};
use case::{Case, Surroundings, draw};
use std::collections::BTreeMap;

/// How much a comment is shown beside: as a row of the report.
const VIEWS: [&str; 3] = ["in context", "cold", "whole thread"];
/// What it is compared with: as a row of the report.
const KINDS: [&str; 2] = ["random article", "same section"];

/// What a model says of one case in one view: log-odds of being off-topic, `None` where it can't tell.
#[derive(Debug, Clone, Copy, PartialEq)]
struct CaseScores {
    own: Option<f64>,
    /// By [`KINDS`].
    moved: [Option<f64>; 2],
}

/// Comments of the dev articles and what a model says of them.
pub struct Measured<'a> {
    cases: Vec<Case<'a>>,
    /// By [`VIEWS`].
    scores: [Vec<CaseScores>; 3],
    /// By case: which article it stands under, from 0. What a resample draws: comments under one article are told
    /// well or badly together, as its title says much or little.
    units: Vec<usize>,
    articles: usize,
}

impl<'a> Measured<'a> {
    /// Draws cases from the dev articles and scores them. The same seed draws the same cases.
    #[must_use]
    pub fn new(
        model: &TopicalityModel,
        articles: &'a [ArticleLine],
        comments: &'a [CommentLine],
        seed: u64,
        progress: &mut dyn Progress,
    ) -> Self {
        let articles: Vec<&ArticleLine> = articles.iter().filter(|a| a.split == Split::Dev).collect();
        let cases = draw(articles, comments, seed);
        progress.stage("comparing comments with articles", cases.len());
        let mut scores = [Vec::new(), Vec::new(), Vec::new()];
        for case in &cases {
            let [alone @ .., whole] = &mut scores;
            for (view, list) in alone.iter_mut().enumerate() {
                let score =
                    |around: Option<&Surroundings<'_>>| off_topic(model, &case.comment.text, around?, view == 1);
                let moved = [score(case.random.as_ref()), score(case.same_section.as_ref())];
                list.push(CaseScores { own: score(Some(&case.own)), moved });
            }
            // The thread moves with its comment: whether it all has left the article is asked.
            let score =
                |around: Option<&Surroundings<'a>>| drift(model, &case.comment.text, &case.own, around?.article);
            let moved = [score(case.random.as_ref()), score(case.same_section.as_ref())];
            whole.push(CaseScores { own: score(Some(&case.own)), moved });
            progress.advance(1);
        }
        let mut places = BTreeMap::new();
        let place = |case: &Case<'a>| {
            let next = places.len();
            *places.entry(case.own.article.article_id.as_str()).or_insert(next)
        };
        let units = cases.iter().map(place).collect();
        Self { cases, scores, units, articles: places.len() }
    }

    /// Every figure that is worth an interval, which rests on articles drawn whole, with all their comments (the
    /// cluster bootstrap; Davison and Hinkley 1997, section 3.8).
    ///
    /// # Errors
    /// [`NotANumber`] if a score is NaN.
    pub fn panel(&self) -> Result<Panel, NotANumber> {
        let mut panel = Panel::new(self.articles);
        for view in 0..VIEWS.len() {
            for kind in 0..KINDS.len() {
                let rows = self.pairs(view, kind).flat_map(|(case, _, scores)| {
                    let unit = self.units[case];
                    let row = |(score, label)| Scored { unit, score, label, positive: label > 0.5 };
                    [(scores.0, 0.0), (scores.1, 1.0)].map(row)
                });
                let place = panel.rank(Ranking::new(rows)?);
                panel.add(name(view, kind), Kind::Auc, &[place]);
            }
        }
        Ok(panel)
    }

    /// Cases that have a score in both places: their place, and the scores of the own and the other.
    fn pairs(&self, view: usize, kind: usize) -> impl Iterator<Item = (usize, &Case<'a>, (f64, f64))> {
        let cases = self.cases.iter().zip(&self.scores[view]).enumerate();
        // Where a person said that it is off-topic, its own article is no better than another.
        let usable = cases.filter(|(_, (case, _))| case.comment.on_topic != Some(0));
        usable.filter_map(move |(place, (case, scores))| Some((place, case, (scores.own?, scores.moved[kind]?))))
    }

    /// All that is measured, around the figures of the [`panel`](Self::panel).
    #[must_use]
    pub fn report(&self, figures: &Figures) -> TopicalityReport {
        TopicalityReport {
            comments: self.cases.len() as u64,
            in_context: self.view(0, figures),
            cold: self.view(1, figures),
            whole_thread: self.view(2, figures),
            people: self.people(),
        }
    }

    fn view(&self, view: usize, figures: &Figures) -> TopicalityMeasures {
        let titled = self.cases.iter().zip(&self.scores[view]).filter(|(case, _)| case.own.article.title.is_some());
        let (all, silent) =
            titled.fold((0u64, 0u64), |(all, silent), (_, scores)| (all + 1, silent + u64::from(scores.own.is_none())));
        TopicalityMeasures {
            unscored: if all > 0 { rounded(float(silent) / float(all)) } else { 0.0 },
            random: self.kind(view, 0, figures),
            same_section: self.kind(view, 1, figures),
        }
    }

    fn kind(&self, view: usize, kind: usize, figures: &Figures) -> PairMeasures {
        let outcomes = |wanted: &dyn Fn(&Case<'_>) -> bool| -> Vec<Outcome<'_>> {
            let pairs = self.pairs(view, kind).filter(|(_, case, _)| wanted(case));
            let outcomes = pairs.flat_map(|(_, case, (own, moved))| {
                let outcome = |(score, positive)| Outcome { source: &case.comment.source, score, positive };
                [(own, false), (moved, true)].map(outcome)
            });
            outcomes.collect()
        };
        let some = |rows: Vec<Outcome<'_>>| (!rows.is_empty()).then(|| LengthMeasures::of(&rows));
        let by_length = |length| Some((length, some(outcomes(&|case| Length::of(&case.comment.text) == length))?));
        let by_text = |text| Some((text, some(outcomes(&|case| KnownText::of(case.own.article) == text))?));
        let metric = measure(&outcomes(&|_| true));
        PairMeasures {
            comments: metric.positives,
            auc: figures.get(&name(view, kind)).copied(),
            auc_within_source: metric.auc_within_source,
            by_source: metric.by_source,
            by_length: Length::ALL.into_iter().filter_map(by_length).collect(),
            by_text: KnownText::ALL.into_iter().filter_map(by_text).collect(),
        }
    }

    /// The comments that people judged, by source, with all that stands around them.
    fn people(&self) -> BTreeMap<String, PeopleMeasures> {
        let mut sources: BTreeMap<&str, Vec<(&Case<'_>, Option<f64>)>> = BTreeMap::new();
        for (case, scores) in self.cases.iter().zip(&self.scores[0]) {
            if case.comment.on_topic.is_some() {
                sources.entry(&case.comment.source).or_default().push((case, scores.own));
            }
        }
        sources.into_iter().map(|(source, rows)| (source.to_owned(), people(source, &rows))).collect()
    }
}

fn people(source: &str, rows: &[(&Case<'_>, Option<f64>)]) -> PeopleMeasures {
    let outcome = |score, case: &Case<'_>| Outcome { source, score, positive: case.comment.on_topic == Some(0) };
    let scored: Vec<Outcome<'_>> = rows.iter().filter_map(|(case, score)| Some(outcome((*score)?, case))).collect();
    let shortness = rows.iter().filter(|(_, score)| score.is_some()).map(|(case, _)| {
        let words = case.comment.text.split_whitespace().count() as u64;
        outcome(-float(words), case)
    });
    let off_topic = scored.iter().filter(|o| o.positive).count();
    let untitled = rows.iter().all(|(case, _)| case.own.article.title.is_none());
    let absent = if scored.is_empty() {
        let cause = if untitled { ": their articles have no title" } else { "" };
        Some(format!("the model gives none of them a score{cause}"))
    } else if off_topic == 0 || off_topic == scored.len() {
        Some("people said the same of all".to_owned())
    } else {
        None
    };
    PeopleMeasures {
        comments: rows.len() as u64,
        scored: scored.len() as u64,
        off_topic: off_topic as u64,
        auc: roc_auc(&scored),
        auc_of_shortness: roc_auc(&shortness.collect::<Vec<_>>()),
        absent,
    }
}

fn name(view: usize, kind: usize) -> String {
    format!("topicality {}, {}.auc", VIEWS[view], KINDS[kind])
}

/// Log-odds of being off-topic; cold, with the article alone.
fn off_topic(model: &TopicalityModel, text: &str, around: &Surroundings<'_>, cold: bool) -> Option<f64> {
    with(model, text, around, around.article, cold, |comment, around| {
        feature::comparable(comment, around).then(|| model.raw(comment, around))
    })
}

/// Log-odds that a conversation has left an article.
fn drift(model: &TopicalityModel, text: &str, around: &Surroundings<'_>, article: &ArticleLine) -> Option<f64> {
    with(model, text, around, article, false, |comment, around| model.raw_drift(comment, around))
}

/// The one place where a comment meets the model: read with what stands around it, under this article.
fn with(
    model: &TopicalityModel,
    text: &str,
    around: &Surroundings<'_>,
    article: &ArticleLine,
    cold: bool,
    ask: impl Fn(&Passage, &feature::Surroundings<'_>) -> Option<f32>,
) -> Option<f64> {
    let reader = model.reader();
    let title = article.title.as_deref()?;
    let body = article.body.as_deref().or(article.summary.as_deref());
    let article = reader.article(ArticleText { title, body });
    let parent = around.parent.filter(|_| !cold).map(|text| reader.passage(text));
    let thread = if cold { &[] } else { around.thread.as_slice() };
    let thread: Vec<Passage> = thread.iter().map(|text| reader.passage(text)).collect();
    let thread: Vec<&Passage> = thread.iter().collect();
    let around = feature::Surroundings { article: &article, parent: parent.as_ref(), thread: &thread };
    ask(&reader.comment(&normalise(text)), &around).map(f64::from)
}

#[cfg(test)]
mod tests {
    use super::case::tests::data;
    use super::*;
    use crate::classifier::{Embedding, ModelBytes};
    use crate::training::evaluation::bootstrap::Bootstrap;

    fn model() -> TopicalityModel {
        TopicalityModel::from_bytes(ModelBytes::EMBEDDED.topicality, Embedding::embedded()).unwrap().0
    }

    fn report(articles: &[ArticleLine], comments: &[CommentLine]) -> TopicalityReport {
        let measured = Measured::new(&model(), articles, comments, 3, &mut ());
        let bootstrap = Some(Bootstrap { resamples: 20, seed: 1 });
        measured.report(&measured.panel().unwrap().figures(bootstrap, &mut ()))
    }

    #[test]
    fn comments_are_told_from_those_of_other_articles() {
        let (articles, comments) = data();
        let told = report(&articles, &comments);
        assert_eq!((told.comments, told.cold.random.comments), (24, 24));
        // Four comments an article, and as many of them in the thread as chance has it.
        assert!(told.whole_thread.random.comments > 0 && told.whole_thread.unscored > 0.2, "{:?}", told.whole_thread);
        for pair in [&told.in_context.random, &told.in_context.same_section, &told.cold.random, &told.cold.same_section]
        {
            let auc = pair.auc.unwrap();
            assert!(auc.value > 0.7 && auc.low.unwrap() <= auc.value, "{pair:?}");
            assert_eq!(pair.by_length.keys().collect::<Vec<_>>(), [&Length::UpTo20]);
            assert_eq!(pair.by_text.keys().collect::<Vec<_>>(), [&KnownText::TitleAndBody]);
        }
        assert!(told.people.is_empty());
        assert_eq!(told, report(&articles, &comments));
        let unseen: Vec<ArticleLine> = articles.into_iter().map(|a| ArticleLine { split: Split::Train, ..a }).collect();
        let nothing = report(&unseen, &comments);
        assert_eq!((nothing.comments, nothing.cold.random.auc), (0, None));
    }

    /// With every comment there twice, intervals over comments would shrink by a third, and those over articles stay.
    #[test]
    fn intervals_rest_on_articles() {
        let (articles, comments) = data();
        let again = comments.iter().map(|c| CommentLine { comment_id: format!("{}again", c.comment_id), ..c.clone() });
        let twice: Vec<CommentLine> = comments.iter().cloned().chain(again).collect();
        let measured = Measured::new(&model(), &articles, &twice, 3, &mut ());
        assert_eq!((measured.cases.len(), measured.articles), (48, 6));
        let mut by_article: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (case, unit) in measured.cases.iter().zip(&measured.units) {
            by_article.entry(&case.comment.article_id).or_default().push(*unit);
        }
        let mut units: Vec<usize> = by_article.values().map(|units| units[0]).collect();
        assert!(by_article.values().all(|units| units.len() == 8 && units.iter().all(|unit| *unit == units[0])));
        units.sort_unstable();
        assert_eq!(units, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn people_are_asked_where_they_spoke() {
        let (mut articles, mut comments) = data();
        for (i, comment) in comments.iter_mut().enumerate() {
            comment.on_topic = Some(u8::from(i % 4 != 0));
            if i % 4 == 0 {
                comment.text = "Does anybody know where to buy cheap honey from bees around here, please".to_owned();
            }
        }
        let told = report(&articles, &comments);
        let people = &told.people["made"];
        assert_eq!((people.comments, people.scored, people.off_topic), (24, 24, 6));
        assert!(
            people.auc.unwrap() > 0.9 && people.auc_of_shortness.is_some() && people.absent.is_none(),
            "{people:?}"
        );
        assert_eq!(told.cold.random.comments, 18, "what people called off-topic is no example of on-topic");
        for article in &mut articles {
            article.title = None;
        }
        let people = &report(&articles, &comments).people["made"];
        assert_eq!((people.scored, people.auc), (0, None));
        assert!(people.absent.as_ref().unwrap().ends_with("their articles have no title"));
    }
}
