//! The abuse model's tables.

use super::Section;
use crate::cli::evaluate::table::{Table, count, figure, percent, share};
use crate::comment::Attribute;
use crate::training::evaluation::length::Length;
use crate::training::evaluation::report::{AbuseReport, AttributeReport, Calibration, Measures};
use std::collections::BTreeSet;

/// All of them.
pub fn sections(report: &AbuseReport) -> Vec<Section> {
    let section = |name, title, tables| Section { name, title, tables };
    let mut abuse = vec![ranking(report)];
    abuse.extend(with_parent(report));
    let mut sections = vec![
        section("abuse", "Abuse", abuse),
        section("abuse_sources", "Abuse, within sources", vec![by_source(report)]),
        section("abuse_length", "Abuse, by length", vec![by_length(report)]),
        section("budgets", "Review budgets", vec![budgets(report)]),
    ];
    if !report.news.is_empty() {
        sections.push(section("news", "News comments", vec![news(report)]));
    }
    sections.push(section("calibration", "Calibration", vec![calibration(report)]));
    sections
}

/// In the order of the attributes.
fn attributes(report: &AbuseReport) -> impl Iterator<Item = (&'static str, &AttributeReport)> {
    Attribute::ABUSE.into_iter().filter_map(|a| Some((a.name(), report.attributes.get(a.name())?)))
}

fn ranking(report: &AbuseReport) -> Table {
    let note = format!(
        "{} rows, {} of which the service would give no score. AUC and average precision with 95 % intervals. \
         Within: the mean over sources with at least 20 rows of either kind; pooled figures flatter, as sources \
         differ in kind and base rate. Source: how well the score tells the source among negatives (0 not at all, \
         .5 perfectly).",
        count(report.rows),
        count(report.unscored)
    );
    let columns = ["attribute", "rows", "positives", "AUC", "average precision", "AUC within", "source"];
    let mut table = Table::new("Abuse, dev rows of all sources", &columns, &note);
    for (name, attribute) in attributes(report) {
        let pooled = &attribute.pooled;
        let auc = pooled.absent.clone().unwrap_or_else(|| figure(pooled.auc));
        table.row([
            name.to_owned(),
            count(pooled.rows),
            count(pooled.positives),
            auc,
            figure(pooled.average_precision),
            figure(attribute.auc_within_source),
            share(attribute.source_prediction),
        ]);
    }
    let dashes = |n| vec!["-".to_owned(); n];
    let mean = [vec!["mean of six".to_owned()], dashes(2), vec![figure(report.mean_auc_of_six)], dashes(3)];
    table.row(mean.concat());
    table
}

fn with_parent(report: &AbuseReport) -> Option<Table> {
    let parent = report.with_parent.as_ref()?;
    let columns = ["", "rows", "positives", "AUC with parent", "AUC without"];
    let mut table = Table::new("TOXICITY of comments that answer another", &columns, "");
    let figures = [share(parent.auc_with), share(parent.auc_without)];
    let counts = [count(parent.rows), count(parent.positives)];
    table.row(["replies".to_owned()].into_iter().chain(counts).chain(figures));
    Some(table)
}

fn by_source(report: &AbuseReport) -> Table {
    let sources: BTreeSet<&String> = attributes(report).flat_map(|(_, a)| a.by_source.keys()).collect();
    let columns: Vec<&str> = std::iter::once("source").chain(attributes(report).map(|(name, _)| name)).collect();
    let mut table = Table::new("AUC within sources", &columns, "");
    for source in sources {
        let cells = attributes(report).map(|(_, a)| share(a.by_source.get(source).copied()));
        table.row(std::iter::once(source.clone()).chain(cells));
    }
    table
}

fn by_length(report: &AbuseReport) -> Table {
    let columns: Vec<&str> = std::iter::once("attribute").chain(Length::ALL.map(Length::name)).collect();
    let mut table = Table::new("AUC by length, pooled", &columns, "");
    for (name, attribute) in attributes(report) {
        let cell = |length: Length| share(attribute.by_length.get(&length).and_then(|m| m.auc));
        table.row(std::iter::once(name.to_owned()).chain(Length::ALL.map(cell)));
        if name == Attribute::Toxicity.name() {
            let cell = |length: Length| share(attribute.by_length.get(&length).and_then(|m| m.auc_within_source));
            table.row(std::iter::once(format!("{name}, within sources")).chain(Length::ALL.map(cell)));
        }
    }
    table
}

fn budgets(report: &AbuseReport) -> Table {
    let note = "The share of the positives that is caught if so many of the highest scores are reviewed.";
    let columns = ["attribute", "positives", "1 %", "5 %", "10 %"];
    let mut table = Table::new("Caught at a review budget", &columns, note);
    let mut row = |name: String, measures: &Measures| {
        if measures.positives > 0 {
            let base = Some(format!("{} of {}", count(measures.positives), count(measures.rows)));
            let recalls = measures.recall_at.iter().map(|r| percent(r.recall));
            table.row(std::iter::once(name).chain(base).chain(recalls));
        }
    };
    for (source, attributes) in &report.news {
        for (attribute, measures) in attributes {
            row(format!("{attribute}, {source}"), measures);
        }
    }
    for (name, attribute) in attributes(report) {
        row(format!("{name}, all sources"), &attribute.pooled);
    }
    table
}

fn news(report: &AbuseReport) -> Table {
    let columns = ["source, attribute", "rows", "positives", "AUC", "average precision"];
    let note = "Positives from half of the raters on, of c3_news, ucc_news and ctc_news from a third.";
    let mut table = Table::new("News comments", &columns, note);
    for (source, attributes) in &report.news {
        for (name, m) in attributes {
            let auc = m.absent.clone().unwrap_or_else(|| figure(m.auc));
            let counts = [count(m.rows), count(m.positives)];
            let figures = [auc, figure(m.average_precision)];
            table.row(std::iter::once(format!("{source}, {name}")).chain(counts).chain(figures));
        }
    }
    table
}

fn calibration(report: &AbuseReport) -> Table {
    let note = "Error: expected calibration error over 15 bins of equal mass, against the mean label. By chance: about \
                what perfect probabilities would show on as many rows. Sets together can hide errors of opposite sign: \
                look at each.";
    let columns = ["attribute", "rows", "error", "by chance", "Brier", "mean score", "mean label"];
    let mut table = Table::new("Calibration", &columns, note);
    let mut row = |name: String, c: &Calibration| {
        let figures = [c.by_chance, c.brier, c.mean_score, c.mean_label].map(|v| share(Some(v)));
        table.row([name, count(c.rows), figure(Some(c.error))].into_iter().chain(figures));
    };
    for (name, calibration) in &report.news_calibration {
        row(format!("{name}, news at natural rates"), calibration);
    }
    for (source, attributes) in &report.news {
        for (name, measures) in attributes {
            if let Some(calibration) = &measures.calibration {
                row(format!("{name}, {source}"), calibration);
            }
        }
    }
    for (name, attribute) in attributes(report) {
        if let Some(calibration) = &attribute.pooled.calibration {
            row(format!("{name}, all sources"), calibration);
        }
    }
    table
}
