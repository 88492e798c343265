//! Tables, for a terminal and for Markdown.

use crate::training::evaluation::panel::Figure;

/// Cells under a heading; the first column is on the left, figures are on the right.
pub struct Table {
    pub title: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What a reader has to know of it.
    pub note: String,
}

impl Table {
    pub fn new(title: &str, columns: &[&str], note: &str) -> Self {
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        Self { title: title.to_owned(), columns, rows: Vec::new(), note: note.to_owned() }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// With columns of equal width.
    pub fn text(&self) -> String {
        let width = |column: usize| {
            let cells = std::iter::once(&self.columns).chain(&self.rows).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let cell = |(column, (cell, width)): (usize, (&String, &usize))| {
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            };
            let cells: Vec<String> = row.iter().zip(&widths).enumerate().map(cell).collect();
            format!("{}\n", cells.join("  ").trim_end())
        };
        let body: String = std::iter::once(&self.columns).chain(&self.rows).map(line).collect();
        let note = if self.note.is_empty() { String::new() } else { format!("{}\n", self.note) };
        format!("{}\n{body}{note}", self.title)
    }

    /// As Markdown, without the title: a card has headings of its own.
    pub fn markdown(&self) -> String {
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", " --- |".repeat(self.columns.len()));
        let body: String = self.rows.iter().map(line).collect();
        let note = if self.note.is_empty() { String::new() } else { format!("\n{}\n", self.note) };
        format!("{}{rule}{body}{note}", line(&self.columns))
    }
}

/// Three decimals without the leading zero, as the card writes shares; a dash where there is none.
pub fn share(value: Option<f64>) -> String {
    let Some(value) = value else { return "-".to_owned() };
    let text = format!("{value:.3}");
    let text = if text == "-0.000" { "0.000".to_owned() } else { text };
    text.strip_prefix("0.").map_or_else(
        || text.strip_prefix("-0.").map_or_else(|| text.clone(), |rest| format!("-.{rest}")),
        |rest| format!(".{rest}"),
    )
}

/// The value with its interval.
pub fn figure(figure: Option<Figure>) -> String {
    let Some(figure) = figure else { return "-".to_owned() };
    let value = share(Some(figure.value));
    match (figure.low, figure.high) {
        (Some(low), Some(high)) => format!("{value} [{}, {}]", share(Some(low)), share(Some(high))),
        _ => value,
    }
}

/// A count with thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().filter_map(|g| std::str::from_utf8(g).ok()).collect();
    groups.join(",")
}

/// A share in percent.
pub fn percent(value: f64) -> String {
    format!("{:.1} %", value * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_alike() {
        assert_eq!(
            [share(Some(0.9246)), share(Some(1.0)), share(Some(-0.0123)), share(None)],
            [".925", "1.000", "-.012", "-"]
        );
        assert_eq!(share(Some(-0.0001)), ".000");
        assert_eq!([count(7), count(1_234), count(12_345_678)], ["7", "1,234", "12,345,678"]);
        assert_eq!(figure(Some(Figure { value: 0.5, low: Some(0.4), high: Some(0.61) })), ".500 [.400, .610]");
        assert_eq!(percent(0.034), "3.4 %");
    }

    #[test]
    fn a_table_reads_on_a_terminal_and_in_markdown() {
        let mut table = Table::new("Areas", &["", "AUC"], "More is better.");
        table.row(["a|b".to_owned(), ".5".to_owned()]);
        assert_eq!(table.text(), "Areas\n     AUC\na|b   .5\nMore is better.\n");
        assert_eq!(table.markdown(), "|  | AUC |\n| --- | --- |\n| a\\|b | .5 |\n\nMore is better.\n");
    }
}
