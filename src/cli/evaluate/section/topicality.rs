//! The topicality model's tables.

use super::Section;
use crate::cli::evaluate::table::{Table, count, figure, percent, share};
use crate::training::evaluation::article_text::KnownText;
use crate::training::evaluation::length::Length;
use crate::training::evaluation::report::{PairMeasures, TopicalityReport};
use std::collections::BTreeSet;

/// Against other articles, and against people.
pub fn section(report: &TopicalityReport) -> Section {
    let note = format!(
        "{} comments of dev articles, each under its own article against the same comment under another. In context: \
         with the parent of a reply and up to 20 other comments; cold: with the article alone. No score, as too \
         little can be told: {} in context, {} cold. Whole thread: how surely all have left the article, of the comment \
         with its own parent and thread under either article; {} stand in conversations of fewer than four. Intervals of 95 %, with articles drawn anew, each with all its \
         comments.",
        count(report.comments),
        percent(report.in_context.unscored),
        percent(report.cold.unscored),
        percent(report.whole_thread.unscored)
    );
    let columns: Vec<&str> =
        ["", "comments", "AUC", "AUC within"].into_iter().chain(Length::ALL.map(Length::name)).collect();
    let mut table = Table::new("Topicality", &columns, &note);
    let views = [("in context", &report.in_context), ("cold", &report.cold), ("whole thread", &report.whole_thread)];
    for (view, measures) in views {
        for (kind, m) in [("random article", &measures.random), ("same section", &measures.same_section)] {
            let cells = [format!("{view}, {kind}"), count(m.comments), figure(m.auc), share(m.auc_within_source)];
            let cell = |length: Length| share(m.by_length.get(&length).and_then(|m| m.auc));
            table.row(cells.into_iter().chain(Length::ALL.map(cell)));
        }
    }
    let mut tables = vec![table, by_source(report)];
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

/// What the pooled figures are made of: sources, and how much of an article is known.
fn by_source(report: &TopicalityReport) -> Table {
    let (context, cold) = (&report.in_context, &report.cold);
    let measures = [&context.random, &context.same_section, &cold.random, &cold.same_section];
    let columns = ["", "in context, random", "in context, same section", "cold, random", "cold, same section"];
    let note = "AUC, with the comments in brackets where they are counted. A source has no figure where it has fewer \
                than 20 comments, or one article a section.";
    let mut table = Table::new("Topicality, by source and by what is known of the article", &columns, note);
    let sources: BTreeSet<&String> = measures.iter().flat_map(|m| m.by_source.keys()).collect();
    for source in sources {
        let cell = |m: &PairMeasures| share(m.by_source.get(source).copied());
        table.row(std::iter::once(source.clone()).chain(measures.map(cell)));
    }
    for text in KnownText::ALL {
        let cell = |m: &PairMeasures| {
            m.by_text
                .get(&text)
                .map_or_else(|| "-".to_owned(), |m| format!("{} ({})", share(m.auc), count(m.positives)))
        };
        let cells = measures.map(cell);
        if cells.iter().any(|cell| cell != "-") {
            table.row(std::iter::once(text.name().to_owned()).chain(cells));
        }
    }
    table
}
