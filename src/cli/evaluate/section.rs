//! A report as tables, in sections that a model card can hold.

mod abuse;
mod evidence;
mod learning;
mod model;
mod perspective;
mod suites;
mod topicality;

use super::table::{Table, figure, share};
use crate::training::evaluation::report::Report;

/// Tables under one name.
pub struct Section {
    /// As the card's markers name it.
    pub name: &'static str,
    /// As a card's heading.
    pub title: &'static str,
    pub tables: Vec<Table>,
}

impl Section {
    /// The tables, each after an empty line.
    pub fn markdown(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(Table::markdown).collect();
        format!("\n{}\n", tables.join("\n"))
    }
}

/// All sections that a report has something for, in reading order.
pub fn sections(report: &Report) -> Vec<Section> {
    let mut sections = vec![model::files(report), model::sources(report)];
    if let Some(found) = &report.abuse {
        sections.extend(abuse::sections(found));
    }
    if let Some(found) = &report.perspective {
        sections.push(perspective::section(found));
    }
    if !report.evidence.is_empty() {
        sections.push(evidence::section(&report.evidence));
    }
    if let Some(found) = &report.suites {
        sections.extend(suites::sections(found));
    }
    if let Some(found) = &report.topicality {
        sections.push(topicality::section(found));
    }
    if !report.learning.is_empty() {
        sections.push(learning::section(&report.learning));
    }
    sections.push(targets(report));
    if !report.against.is_empty() {
        sections.push(against(report));
    }
    sections
}

fn targets(report: &Report) -> Section {
    let mut table = Table::new("Targets", &["", "goal", "measured", "reached"], "");
    for target in &report.targets {
        let sign = if target.at_most { "<=" } else { ">=" };
        let reached = target.reached.map_or("not measured", |reached| if reached { "yes" } else { "no" });
        let goal = format!("{sign} {}", share(Some(target.goal)));
        table.row([target.name.clone(), goal, share(target.value), reached.to_owned()]);
    }
    Section { name: "targets", title: "Targets", tables: vec![table] }
}

fn against(report: &Report) -> Section {
    let note = "The interval is of the difference, with the same rows drawn for both models.";
    let mut table = Table::new("Against the other model", &["", "before", "after", "difference"], note);
    for row in &report.against {
        let difference = figure(Some(row.difference));
        table.row([row.name.clone(), share(Some(row.before)), share(Some(row.after)), difference]);
    }
    Section { name: "against", title: "Against the model before", tables: vec![table] }
}
