//! The tables of the page: numbers as people read them, each row with its share as a bar where it is part of a whole.

use crate::comment::Timestamp;
use crate::service::transparency::{Proportion, Took};

/// One table with what is said about it.
pub struct Table {
    /// Its anchor.
    pub id: &'static str,
    pub heading: &'static str,
    /// Paragraphs before it.
    pub lead: Vec<String>,
    /// What its rows and figures are.
    pub caption: &'static str,
    /// Names of the columns, the first of which heads the rows.
    pub columns: Vec<&'static str>,
    pub rows: Vec<Row>,
}

/// One row.
pub struct Row {
    pub head: String,
    /// What machines call it, if that is worth saying.
    pub code: Option<String>,
    pub cells: Vec<Cell>,
    pub total: bool,
}

/// One figure.
pub struct Cell {
    pub text: String,
    /// How long its bar is, of 100; `None` for a figure without one.
    pub bar: Option<String>,
}

impl Row {
    pub fn of(head: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self { head: head.into(), code: None, cells, total: false }
    }

    pub fn with_code(self, code: &str) -> Self {
        Self { code: Some(code.to_owned()), ..self }
    }

    pub fn total(self) -> Self {
        Self { total: true, ..self }
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), bar: None }
    }

    pub fn count(count: u64) -> Self {
        Self::text(number(count))
    }

    /// A part of a whole; a dash where there is no whole.
    pub fn share(part: u64, whole: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a share to be read")]
        let share = (whole > 0).then(|| part as f64 / whole as f64);
        share.map_or_else(|| Self::text("–"), Self::bar)
    }

    pub fn bar(share: f64) -> Self {
        Self { text: percent(share), bar: Some(format!("{:.1}", share * 100.0)) }
    }

    /// A share with the bounds of its interval.
    pub fn between(proportion: Proportion) -> [Self; 2] {
        let Proportion { share: Some(share), low: Some(low), high: Some(high), .. } = proportion else {
            return [Self::text("–"), Self::text("–")];
        };
        [Self::bar(share), Self::text(format!("{} to {}", percent(low), percent(high)))]
    }
}

/// Rows of parts of a whole, and the whole last.
pub fn parts(whole: u64, parts: &[(&str, u64)]) -> Vec<Row> {
    let row = |(head, part): &(&str, u64)| Row::of(*head, vec![Cell::count(*part), Cell::share(*part, whole)]);
    let total = Row::of("All", vec![Cell::count(whole), Cell::text("")]).total();
    parts.iter().map(row).chain([total]).collect()
}

/// How long something took, in a row.
pub fn took(head: &str, took: Took) -> Row {
    let time = |seconds: Option<f64>| Cell::text(seconds.map_or_else(|| "–".to_owned(), duration));
    Row::of(head, vec![Cell::count(took.count), time(took.median_seconds), time(took.p90_seconds)])
}

/// A whole number with its thousands set apart.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}

/// A share in percent, which is 0 or 100 only where it is exactly that.
pub fn percent(share: f64) -> String {
    if share > 0.0 && share < 0.0005 {
        return "under 0.1 %".to_owned();
    }
    if (0.9995..1.0).contains(&share) {
        return "over 99.9 %".to_owned();
    }
    format!("{:.1} %", share * 100.0)
}

/// So many seconds, in the two units that say it best.
pub fn duration(seconds: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "none is negative, and all are short")]
    let whole = seconds.round() as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) if seconds < 10.0 => format!("{seconds:.1} s"),
        (0, 0, 0) => format!("{whole} s"),
        (0, 0, _) => format!("{minutes} min {} s", whole % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{} d {hours} h", number(days)),
    }
}

/// A moment, to the minute.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!((number(0), number(999), number(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
        let shares = [0.0, 0.000_1, 0.125, 0.999_9, 1.0].map(percent);
        assert_eq!(shares, ["0.0 %", "under 0.1 %", "12.5 %", "over 99.9 %", "100.0 %"]);
        let spans = [0.02, 9.983, 59.4, 200.0, 7_500.0, 90_000.0].map(duration);
        assert_eq!(spans, ["0.0 s", "10.0 s", "59 s", "3 min 20 s", "2 h 5 min", "1 d 1 h"]);
    }
}
