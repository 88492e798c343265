//! Whether evidence points at what made a score: each span shown is deleted from the text, and the rest scored
//! anew.

use super::abuse::read;
use super::labelled::Labelled;
use super::ranking::float;
use super::rounded;
use crate::classifier::{AbuseModel, left_out};
use crate::comment::{Attribute, Span};
use crate::training::Progress;
use serde::Serialize;
use std::collections::BTreeMap;

/// The attributes that are looked at.
const LOOKED_AT: [Attribute; 2] = [Attribute::Toxicity, Attribute::Insult];
/// Comments are looked at from this probability on.
const FROM: f64 = 0.5;
/// Of more comments, so many are looked at, evenly spread.
const MOST: usize = 2_000;

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DeletionMeasures {
    /// Comments scored at .5 or more that were looked at.
    pub comments: u64,
    /// Those of them that show two spans or more.
    pub several: u64,
    /// Share of all where deleting the first span lowers the score, and deleting no other lowers it more.
    pub first_matters_most: f64,
    /// The same among those with several spans.
    pub first_of_several: Option<f64>,
    /// The same if the span of the greatest weight were the first.
    pub heaviest_of_several: Option<f64>,
}

/// What was seen of one comment.
struct Seen {
    spans: usize,
    first: bool,
    heaviest: bool,
}

/// Measures the attributes that the model knows and that some comment is scored high on, by name.
#[must_use]
pub fn run(model: &AbuseModel, rows: &[Labelled], progress: &mut dyn Progress) -> BTreeMap<String, DeletionMeasures> {
    let known = LOOKED_AT.into_iter().filter(|attribute| model.attributes().contains(attribute));
    known.filter_map(|a| Some((a.name().to_owned(), measure(model, a, rows, progress)?))).collect()
}

fn measure(
    model: &AbuseModel,
    attribute: Attribute,
    rows: &[Labelled],
    progress: &mut dyn Progress,
) -> Option<DeletionMeasures> {
    let score = |text: &str| read(model, text, None).0[attribute.index()];
    let scored = rows.iter().map(|row| (row.text.as_str(), score(&row.text)));
    let high: Vec<(&str, f64)> = scored.filter(|(_, score)| *score >= FROM).collect();
    let looked_at = high.len().min(MOST);
    progress.stage("deleting evidence", looked_at);
    let seen = (0..looked_at).map(|n| {
        progress.advance(1);
        let (text, before) = high[n * high.len() / looked_at];
        let spans = model.evidence(text, attribute).spans;
        look(&spans, before, |span| score(&left_out(text, span.start, span.end)))
    });
    let seen: Vec<Seen> = seen.collect();
    let several: Vec<&Seen> = seen.iter().filter(|seen| seen.spans > 1).collect();
    let share = |holds: usize, of: usize| (of > 0).then(|| rounded(float(holds as u64) / float(of as u64)));
    let of_several = |holds: fn(&Seen) -> bool| share(several.iter().filter(|s| holds(s)).count(), several.len());
    Some(DeletionMeasures {
        comments: seen.len() as u64,
        several: several.len() as u64,
        first_matters_most: share(seen.iter().filter(|s| s.first).count(), seen.len())?,
        first_of_several: of_several(|s| s.first),
        heaviest_of_several: of_several(|s| s.heaviest),
    })
}

/// `without` scores the text without a span. Where nothing is shown, nothing holds.
fn look(spans: &[Span], before: f64, without: impl Fn(&Span) -> f64) -> Seen {
    let left: Vec<f64> = spans.iter().map(without).collect();
    let lowest = left.iter().copied().fold(f64::INFINITY, f64::min);
    let holds = |place: usize| left.get(place).is_some_and(|left| *left <= lowest && *left < before);
    let heaviest = (0..spans.len()).max_by(|a, b| spans[*a].weight.total_cmp(&spans[*b].weight)).unwrap_or(0);
    Seen { spans: spans.len(), first: holds(0), heaviest: holds(heaviest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classifier::COLUMNS;

    fn span(start: u32, weight: f64) -> Span {
        Span { start, end: start + 1, weight }
    }

    #[test]
    fn the_first_span_must_matter_most() {
        let spans = [span(0, 1.0), span(5, 2.0)];
        let seen = look(&spans, 0.9, |s| if s.start == 0 { 0.2 } else { 0.4 });
        assert!(seen.first && !seen.heaviest);
        let seen = look(&spans, 0.9, |s| if s.start == 0 { 0.4 } else { 0.2 });
        assert!(!seen.first && seen.heaviest);
        let seen = look(&spans, 0.9, |_| 0.4);
        assert!(seen.first, "no other lowers it more");
        assert!(!look(&spans, 0.9, |_| 0.9).first, "deleting it lowers nothing");
        assert!(!look(&[], 0.9, |_| 0.0).first, "nothing is shown");
    }

    #[test]
    fn only_what_is_scored_high_is_looked_at() {
        let row = |text: &str| Labelled {
            text: text.to_owned(),
            parent: None,
            source: "here".to_owned(),
            labels: [f32::NAN; COLUMNS],
            positive_from: 0.5,
        };
        let model = AbuseModel::embedded();
        let abusive = "You are a complete idiot, and everyone here knows it. What a pathetic liar!";
        let rows = [row(abusive), row("The council will publish the report next week")];
        let found = run(&model, &rows, &mut ());
        assert_eq!(found.keys().collect::<Vec<_>>(), ["INSULT", "TOXICITY"]);
        assert!(found.values().all(|m| m.comments == 1 && m.first_matters_most >= 1.0), "{found:?}");
        assert!(run(&model, &rows[1..], &mut ()).is_empty());
    }
}
