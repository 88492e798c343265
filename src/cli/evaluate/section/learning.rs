//! The learning curve's table.

use super::Section;
use crate::cli::evaluate::table::{Table, count, percent, share};
use crate::training::site::curve::{Point, Spread};

/// What a newspaper's decisions would teach.
pub fn section(points: &[Point]) -> Section {
    let note = "c3_news: its training rows as decisions, its dev rows, of other articles, as the test; TOXICITY from a \
                third of the raters on. Mean over five orders of the articles, least to greatest in brackets; no gate.";
    let columns = ["decisions", "AUC", "average precision", "calibration error", "head taken"];
    let mut table = Table::new("Learning on a site", &columns, note);
    for point in points {
        let decisions = count(u64::try_from(point.decisions).unwrap_or(u64::MAX));
        let spreads = [point.auc, point.average_precision, point.calibration_error].map(spread);
        table.row(std::iter::once(decisions).chain(spreads).chain([percent(point.blend.mean)]));
    }
    Section { name: "learning", title: "Learning on a site", tables: vec![table] }
}

fn spread(spread: Spread) -> String {
    format!("{} ({}-{})", share(Some(spread.mean)), share(Some(spread.low)), share(Some(spread.high)))
}
