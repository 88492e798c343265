//! The topicality model's tables.

use super::Section;
use crate::cli::evaluate::table::{Table, count, figure, percent, share};
use crate::training::evaluation::length::Length;
use crate::training::evaluation::report::TopicalityReport;

/// Against other articles, and against people.
pub fn section(report: &TopicalityReport) -> Section {
    let note = format!(
        "{} comments of dev articles, each under its own article against the same comment under another. In context: \
         with the parent of a reply and up to 20 other comments; cold: with the article alone. No score, as too \
         little can be told: {} in context, {} cold.",
        count(report.comments),
        percent(report.in_context.unscored),
        percent(report.cold.unscored)
    );
    let columns: Vec<&str> =
        ["", "comments", "AUC", "AUC within"].into_iter().chain(Length::ALL.map(Length::name)).collect();
    let mut table = Table::new("Topicality", &columns, &note);
    for (view, measures) in [("in context", &report.in_context), ("cold", &report.cold)] {
        for (kind, m) in [("random article", &measures.random), ("same section", &measures.same_section)] {
            let cells = [format!("{view}, {kind}"), count(m.comments), figure(m.auc), share(m.auc_within_source)];
            let cell = |length: Length| share(m.by_length.get(&length).and_then(|m| m.auc));
            table.row(cells.into_iter().chain(Length::ALL.map(cell)));
        }
    }
    let mut tables = vec![table];
    if !report.people.is_empty() {
        let columns = ["source", "judged", "scored", "off-topic", "AUC", "AUC of shortness"];
        let note = "Shortness: what \"the shorter, the more off-topic\" gets on the same comments.";
        let mut table = Table::new("Topicality, as people judged it", &columns, note);
        for (source, m) in &report.people {
            let auc = m.absent.clone().unwrap_or_else(|| share(m.auc));
            let counts = [m.comments, m.scored, m.off_topic].map(count);
            table.row(std::iter::once(source.clone()).chain(counts).chain([auc, share(m.auc_of_shortness)]));
        }
        tables.push(table);
    }
    Section { name: "topicality", title: "Topicality", tables }
}
