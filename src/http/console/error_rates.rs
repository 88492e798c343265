//! How often the machine was wrong: rates with their intervals, each drawn as a bar, with the same in words.

use super::words;
use crate::policy::{AuditFigures, ErrorRates, LEAST_JUDGED, interval, tuning::Tally};
use crate::service::AUDITED_DAYS;

/// How long a bar's whole scale is, in the drawing's own units; the template has the same frame.
const WIDTH: f64 = 180.0;

/// What the page says of audits.
pub(super) struct Errors {
    /// How many were drawn, judged and so on, in sentences.
    pub said: Vec<String>,
    pub days: u32,
    pub rows: Vec<Row>,
    /// The same for each section, then for each attribute.
    pub sections: Vec<Row>,
    pub attributes: Vec<Row>,
    /// What the right end of all bars stands for, in percent.
    pub scale: String,
}

/// One rate.
pub(super) struct Row {
    pub label: String,
    /// `3 of 120`.
    pub seen: String,
    /// `2.5 %`, or that too few were judged.
    pub rate: String,
    /// `0.5 to 7.1 %`; empty where too few were judged.
    pub range: String,
    /// `None` where too few were judged.
    pub bar: Option<Bar>,
}

/// An interval as a line, the estimate as a tick on it.
pub(super) struct Bar {
    pub from: String,
    pub width: String,
    pub at: String,
}

impl Errors {
    /// Of the whole paper, or of the section with this name in lower case. `share`: which is drawn now.
    pub(super) fn of(figures: &AuditFigures, section: &str, share: f64) -> Self {
        let of_section = figures.sections.get(section).map(|(_, rates)| *rates).unwrap_or_default();
        let rates = if section.is_empty() { figures.paper } else { of_section };
        let whole = section.is_empty();
        let named: Vec<(String, ErrorRates)> =
            figures.sections.values().filter(|_| whole).map(|(name, rates)| (name.clone(), *rates)).collect();
        let attributes = figures.attributes.iter().filter(|_| whole);
        let attributes: Vec<(String, ErrorRates)> =
            attributes.map(|(attribute, rates)| (attribute.name().to_owned(), *rates)).collect();
        let scale = scale([rates].iter().chain(named.iter().chain(&attributes).map(|(_, rates)| rates)));
        Self {
            said: said(figures, share),
            days: AUDITED_DAYS,
            rows: vec![
                row("Published, and should have been rejected".to_owned(), rates.published, scale),
                row("Rejected, and should have been published".to_owned(), rates.rejected, scale),
                row("All that it decided by itself".to_owned(), rates.all(), scale),
            ],
            sections: both(&named, scale),
            attributes: both(&attributes, scale),
            scale: percent(scale),
        }
    }
}

fn both(named: &[(String, ErrorRates)], scale: f64) -> Vec<Row> {
    let rows = named.iter().flat_map(|(name, rates)| {
        let published = row(format!("{name}: published wrongly"), rates.published, scale);
        [published, row(format!("{name}: rejected wrongly"), rates.rejected, scale)]
    });
    rows.collect()
}

fn row(label: String, tally: Tally, scale: f64) -> Row {
    let seen = format!("{} of {}", words::number(tally.hits.into()), words::number(tally.of.into()));
    if tally.of < LEAST_JUDGED {
        return Row { label, seen, rate: "too few to say".to_owned(), range: String::new(), bar: None };
    }
    let (low, high) = interval(tally);
    let place = |share: f64| WIDTH * (share / scale).min(1.0);
    let bar = Bar {
        from: format!("{:.1}", place(low)),
        width: format!("{:.1}", (place(high) - place(low)).max(1.0)),
        at: format!("{:.1}", place(tally.share())),
    };
    let range = format!("{} to {}", percent(low), percent(high));
    Row { label, seen, rate: percent(tally.share()), range, bar: Some(bar) }
}

/// The right end of all bars: the first of these that all intervals end before.
fn scale<'a>(rates: impl Iterator<Item = &'a ErrorRates>) -> f64 {
    let tallies = rates.flat_map(|rates| [rates.published, rates.rejected, rates.all()]);
    let highest = tallies.filter(|tally| tally.of >= LEAST_JUDGED).map(|tally| interval(tally).1).fold(0.0, f64::max);
    [0.02, 0.05, 0.1, 0.2, 0.5].into_iter().find(|end| highest <= *end).unwrap_or(1.0)
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 10.0 { format!("{percent:.0} %") } else { format!("{percent:.1} %") }
}

fn said(figures: &AuditFigures, share: f64) -> Vec<String> {
    let AuditFigures { drawn, judged, counted, void, waiting, .. } = *figures;
    let number = words::number;
    let now = match share {
        share if share <= 0.0 => "Nothing is drawn now: the policy says so.".to_owned(),
        share => format!("Drawn now: {} of what is published or rejected without a person.", percent(share)),
    };
    let mut said = vec![format!(
        "{} drawn in {AUDITED_DAYS} days, {} judged, {} waiting.",
        words::capitalised(&words::comments(drawn)),
        number(judged),
        number(waiting)
    )];
    if void > 0 {
        said.push(format!(
            "{} could not be judged any more, as they were withdrawn, changed or dropped, and are left out.",
            number(void)
        ));
    }
    if counted < judged {
        let smallest = percent(figures.share.unwrap_or_default());
        said.push(format!(
            "{} of the judged ones count: the share was changed in that time, and these would have been drawn at its \
             smallest, {smallest}, too.",
            number(counted)
        ));
    }
    said.push(now);
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(published: (u32, u32), rejected: (u32, u32)) -> ErrorRates {
        let tally = |(hits, of)| Tally { of, hits };
        ErrorRates { published: tally(published), rejected: tally(rejected) }
    }

    #[test]
    fn a_rate_is_said_only_of_enough() {
        let few = row("x".to_owned(), Tally { of: LEAST_JUDGED - 1, hits: 1 }, 1.0);
        assert_eq!((few.seen.as_str(), few.rate.as_str(), few.bar.is_none()), ("1 of 29", "too few to say", true));
        let some = row("x".to_owned(), Tally { of: 200, hits: 4 }, 0.1);
        assert_eq!((some.rate.as_str(), some.range.as_str()), ("2.0 %", "0.5 % to 5.0 %"));
        let bar = some.bar.unwrap();
        assert_eq!((bar.from.as_str(), bar.at.as_str(), bar.width.as_str()), ("9.9", "36.0", "80.9"));
    }

    #[test]
    fn all_bars_share_a_scale_that_none_leaves() {
        let figures = AuditFigures {
            paper: rates((2, 400), (1, 3)),
            sections: [("world".to_owned(), ("World".to_owned(), rates((2, 40), (0, 0))))].into(),
            ..AuditFigures::default()
        };
        let errors = Errors::of(&figures, "", 0.01);
        assert_eq!((errors.scale.as_str(), errors.rows.len(), errors.sections.len()), ("20 %", 3, 2));
        let world = Errors::of(&figures, "world", 0.0);
        assert_eq!((world.rows[0].seen.as_str(), world.sections.len()), ("2 of 40", 0));
        assert_eq!(Errors::of(&figures, "sport", 0.0).rows[0].rate, "too few to say");
        assert!(world.said.last().unwrap().starts_with("Nothing is drawn now"));
    }
}
