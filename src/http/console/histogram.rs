//! A histogram of scores as a drawing in SVG: bars, and the thresholds as lines with their names, one dashed and one not.
//!
//! Nothing in it is said by colour alone, and a table says the same in numbers. Most scores of a newspaper are near 0 and
//! what is judged are the few others, so heights go by the logarithm: a line of the grid is ten times the one below.

use super::words;
use crate::comment::Attribute;
use crate::service::Histogram;

// Where the bars stand, in the drawing's own units, about a pixel each: it is 352 wide and 168 high. The template has the
// same frame.
const LEFT: f64 = 38.0;
const RIGHT: f64 = 344.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 146.0;
/// Between two bars.
const GAP: f64 = 1.5;

/// How high a count stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// The power of ten at the top.
    decades: u32,
}

impl Scale {
    /// One on which all of these can stand, so that they can be compared.
    pub(super) fn of<'a>(histograms: impl Iterator<Item = &'a Histogram>) -> Self {
        let largest = histograms.flat_map(|histogram| histogram.bins).max().unwrap_or(0);
        Self { decades: largest.saturating_sub(1).checked_ilog10().map_or(0, |power| power + 1) }
    }

    /// The height of a bar; one comment is a step high.
    fn height(self, count: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a place on a drawing")]
        let tens = (count as f64).log10();
        if count == 0 { 0.0 } else { (BOTTOM - TOP) * (1.0 + tens) / f64::from(self.decades + 1) }
    }
}

/// A bar, with what it says when it is pointed at.
pub(super) struct Bar {
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    pub says: String,
}

/// A line of the grid, or a tick of the axis, with its label.
pub(super) struct Tick {
    pub at: String,
    pub label: String,
}

/// A threshold: from its line on to the right something happens.
pub(super) struct Mark {
    /// `review` or `reject`.
    pub name: &'static str,
    pub x: String,
    /// How wide what lies above it is.
    pub width: String,
    /// Where its line begins, its label beside it.
    pub top: String,
    pub label: String,
    pub label_x: String,
    pub label_y: String,
    /// At which end the label is held: `start` or `end`.
    pub anchor: &'static str,
    /// `at or above review (0.25)`, and how many are, with their share.
    pub above: (String, String, String),
}

/// A line of the table.
pub(super) struct Row {
    pub range: String,
    pub count: String,
    /// Which threshold lies there.
    pub mark: String,
}

/// One attribute's histogram.
pub(super) struct Chart {
    /// What ids of its parts begin with; an attribute's name where it has one drawing on the page.
    pub id: String,
    pub name: &'static str,
    pub title: String,
    pub described: String,
    pub bars: Vec<Bar>,
    pub grid: Vec<Tick>,
    pub axis: Vec<Tick>,
    pub marks: Vec<Mark>,
    pub rows: Vec<Row>,
    pub scores: String,
    /// How many comments had too little to tell; empty if none had.
    pub unknown: String,
}

impl Chart {
    pub(super) fn new(attribute: Attribute, histogram: &Histogram, scale: Scale) -> Self {
        let title = capitalised(attribute.phrase());
        let thresholds = [("review", histogram.threshold.review), ("reject", histogram.threshold.reject)];
        let counts = [histogram.at_review, histogram.at_reject];
        let named = thresholds.iter().zip(counts).filter_map(|((name, at), count)| Some((*name, (*at)?, count)));
        let marks: Vec<Mark> = named.map(|(name, at, count)| mark(name, at, count, histogram.scores())).collect();
        let above = marks.iter().map(|mark| format!(" {} {}.", mark.above.1, mark.above.0));
        let described =
            format!("{} in steps of a twentieth from 0 to 1.{}", scores(histogram.scores()), above.collect::<String>());
        let line = |power| Tick {
            at: place(BOTTOM - scale.height(10_u64.pow(power))),
            label: words::number(10_u64.pow(power)),
        };
        let quarter = |n: u8| Tick { at: place(x(f64::from(n) / 4.0)), label: (f64::from(n) / 4.0).to_string() };
        Self {
            id: attribute.name().to_owned(),
            name: attribute.name(),
            title,
            described,
            bars: (0..Histogram::BINS).filter_map(|bin| bar(bin, histogram.bins[bin], scale)).collect(),
            grid: (0..=scale.decades).map(line).collect(),
            axis: (0..=4).map(quarter).collect(),
            marks,
            rows: (0..Histogram::BINS).map(|bin| row(bin, histogram)).collect(),
            scores: scores(histogram.scores()),
            unknown: if histogram.unknown == 0 { String::new() } else { words::number(histogram.unknown) },
        }
    }
}

fn scores(count: u64) -> String {
    if count == 1 { "1 score".to_owned() } else { format!("{} scores", words::number(count)) }
}

/// Where a score lies.
fn x(score: f64) -> f64 {
    LEFT + (RIGHT - LEFT) * score
}

/// A length or a place, as an attribute has it.
fn place(value: f64) -> String {
    format!("{value:.1}")
}

/// The lower bound of a bin.
fn bound(bin: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most 20")]
    let bound = bin as f64 / Histogram::BINS as f64;
    bound
}

fn range(bin: usize) -> String {
    format!("{:.2} to {:.2}", bound(bin), bound(bin + 1))
}

fn bar(bin: usize, count: u64, scale: Scale) -> Option<Bar> {
    let height = scale.height(count);
    let (left, right) = (x(bound(bin)) + GAP / 2.0, x(bound(bin + 1)) - GAP / 2.0);
    (count > 0).then(|| Bar {
        x: place(left),
        y: place(BOTTOM - height),
        width: place(right - left),
        height: place(height),
        says: format!("{}: {}", range(bin), words::number(count)),
    })
}

fn mark(name: &'static str, threshold: f64, count: u64, scores: u64) -> Mark {
    let (at, value) = (x(threshold), words::score(threshold));
    // The label of `reject` stands below that of `review`, so that neither covers the other where they are close.
    let top = if name == "review" { 4.0 } else { 20.0 };
    let left = threshold > 0.6;
    Mark {
        name,
        x: place(at),
        width: place(RIGHT - at),
        top: place(top),
        label: format!("{name} {value}"),
        label_x: place(if left { at - 4.0 } else { at + 4.0 }),
        label_y: place(top + 10.0),
        anchor: if left { "end" } else { "start" },
        above: (format!("at or above {name} ({value})"), words::number(count), words::share(count, scores)),
    }
}

fn row(bin: usize, histogram: &Histogram) -> Row {
    let last = bin + 1 == Histogram::BINS;
    let here = |threshold: f64| threshold >= bound(bin) && (threshold < bound(bin + 1) || last);
    let named = [("review", histogram.threshold.review), ("reject", histogram.threshold.reject)];
    let marks = named
        .iter()
        .filter_map(|(name, at)| at.filter(|at| here(*at)).map(|at| format!("{name} from {}", words::score(at))));
    Row { range: range(bin), count: words::number(histogram.bins[bin]), mark: marks.collect::<Vec<_>>().join(", ") }
}

/// With a capital at its beginning.
fn capitalised(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Threshold;

    fn histogram(bins: &[(usize, u64)], review: Option<f64>, reject: Option<f64>) -> Histogram {
        let mut histogram = Histogram { threshold: Threshold { review, reject }, ..Histogram::default() };
        for (bin, count) in bins {
            histogram.bins[*bin] = *count;
        }
        histogram
    }

    #[test]
    fn each_line_of_the_grid_is_ten_times_the_one_below() {
        let of = |largest| Scale::of([histogram(&[(0, largest)], None, None)].iter()).decades;
        assert_eq!([0, 1, 2, 10, 11, 1000, 1001].map(of), [0, 0, 1, 1, 2, 3, 4]);
        let scale = Scale { decades: 3 };
        let heights = [0, 1, 10, 100, 1000].map(|count| place(scale.height(count)));
        assert_eq!(heights, ["0.0", "27.5", "55.0", "82.5", "110.0"]);
    }

    #[test]
    fn bars_and_thresholds_stand_where_their_scores_are() {
        let drawn = histogram(&[(0, 40), (5, 3), (19, 1)], Some(0.25), Some(0.98));
        let chart = Chart::new(Attribute::Spam, &drawn, Scale::of([drawn].iter()));
        let bars: Vec<_> =
            chart.bars.iter().map(|bar| (bar.x.as_str(), bar.width.as_str(), bar.says.as_str())).collect();
        let expected = [
            ("38.8", "13.8", "0.00 to 0.05: 40"),
            ("115.2", "13.8", "0.25 to 0.30: 3"),
            ("329.4", "13.8", "0.95 to 1.00: 1"),
        ];
        assert_eq!(bars, expected);
        let marks: Vec<_> = chart.marks.iter().map(|m| (m.x.as_str(), m.label.as_str(), m.anchor)).collect();
        assert_eq!(marks, [("114.5", "review 0.25", "start"), ("337.9", "reject 0.98", "end")]);
        let named: Vec<_> =
            chart.rows.iter().filter(|row| !row.mark.is_empty()).map(|r| (&*r.range, &*r.mark)).collect();
        assert_eq!(named, [("0.25 to 0.30", "review from 0.25"), ("0.95 to 1.00", "reject from 0.98")]);
        assert_eq!(chart.grid.iter().map(|line| line.label.as_str()).collect::<Vec<_>>(), ["1", "10", "100"]);
        assert_eq!(chart.title, "Spam");
    }

    #[test]
    fn a_threshold_of_one_is_in_the_last_line_and_none_is_drawn_where_there_is_none() {
        let drawn = histogram(&[], None, Some(1.0));
        let chart = Chart::new(Attribute::OffTopic, &drawn, Scale::of([drawn].iter()));
        assert_eq!((chart.marks.len(), chart.rows[19].mark.as_str()), (1, "reject from 1.00"));
        assert_eq!(chart.described, "0 scores in steps of a twentieth from 0 to 1. 0 at or above reject (1.00).");
    }
}
