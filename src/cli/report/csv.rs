//! A report as lines for a spreadsheet: `section,measure,key,value,low,high`, one figure a line.

use crate::service::transparency::{Became, Proportion, SectionKind, Took, TransparencyReport};
use csv::Writer;
use std::fmt::Display;

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

struct Lines(Writer<Vec<u8>>);

/// The report's lines, the first of which names the columns.
pub(super) fn lines(report: &TransparencyReport) -> anyhow::Result<String> {
    let mut lines = Lines(Writer::from_writer(Vec::new()));
    lines.0.write_record(["section", "measure", "key", "value", "low", "high"])?;
    lines.whole(report)?;
    lines.rows(report)?;
    Ok(String::from_utf8(lines.0.into_inner()?)?)
}

impl Lines {
    fn put(&mut self, section: &str, measure: &str, key: &str, value: &dyn Display) -> csv::Result<()> {
        self.0.write_record([section, measure, &inert(key), &inert(&value.to_string()), "", ""])
    }

    fn counts(&mut self, section: &str, key: &str, counts: &[(&str, u64)]) -> csv::Result<()> {
        counts.iter().try_for_each(|(measure, count)| self.put(section, measure, key, count))
    }

    fn became(&mut self, section: &str, measure: &str, became: Became) -> csv::Result<()> {
        let Became { published, rejected, withdrawn, waiting } = became;
        let each = [("published", published), ("rejected", rejected), ("withdrawn", withdrawn), ("waiting", waiting)];
        each.iter().try_for_each(|(key, count)| self.put(section, measure, key, count))
    }

    fn took(&mut self, section: &str, took: Took) -> csv::Result<()> {
        self.put(section, "count", "", &took.count)?;
        for (measure, seconds) in [("median_seconds", took.median_seconds), ("p90_seconds", took.p90_seconds)] {
            if let Some(seconds) = seconds {
                self.put(section, measure, "", &seconds)?;
            }
        }
        Ok(())
    }

    fn proportion(&mut self, section: &str, key: &str, proportion: Proportion) -> csv::Result<()> {
        self.counts(section, key, &[("of", proportion.of), ("hits", proportion.hits)])?;
        let Proportion { share: Some(share), low: Some(low), high: Some(high), .. } = proportion else { return Ok(()) };
        self.0.write_record([section, "share", key, &share.to_string(), &low.to_string(), &high.to_string()])
    }

    /// What there is one of.
    fn whole(&mut self, report: &TransparencyReport) -> csv::Result<()> {
        let period = &report.period;
        self.put("report", "format", "", &report.format)?;
        self.put("report", "version", "", &report.version)?;
        self.put("report", "site", "", &report.site.id)?;
        self.put("report", "site_name", "", &report.site.name)?;
        self.put("report", "from", "", &period.from)?;
        self.put("report", "to", "", &period.to)?;
        self.put("report", "over", "", &period.over)?;
        self.put("report", "made_at", "", &period.made_at)?;
        self.put("report", "made_by", "", &period.made_by)?;
        if let Some(from) = period.complete_from {
            self.put("report", "complete_from", "", &from)?;
        }
        let (submitted, machine, people) = (report.submitted, report.machine, report.people);
        self.counts("submitted", "", &[("comments", submitted.comments), ("edits", submitted.edits)])?;
        let decided = [("published", machine.published), ("held", machine.held), ("rejected", machine.rejected)];
        self.counts("machine", "", &decided)?;
        self.became("machine", "held_then", machine.held_then)?;
        let decided =
            [("published", people.published), ("rejected", people.rejected), ("taken_back", people.taken_back)];
        self.counts("people", "", &decided)?;
        self.put("restrictions", "restrictions", "", &report.restrictions)?;
        let withdrawn = report.withdrawn;
        self.counts("withdrawn", "", &[("withdrawn", withdrawn.withdrawn), ("erased", withdrawn.erased)])?;
        self.proportion("overturned", "published", report.overturned.published)?;
        self.proportion("overturned", "rejected", report.overturned.rejected)?;
        if let Some(samples) = report.audit_samples {
            self.proportion("audit_samples", "wrongly_published", samples.wrongly_published)?;
            self.proportion("audit_samples", "wrongly_rejected", samples.wrongly_rejected)?;
        }
        self.took("waiting", report.waiting)?;
        self.took("handling", report.handling)?;
        let appeals = report.appeals;
        let counts = [
            ("received", appeals.received),
            ("upheld", appeals.upheld),
            ("declined", appeals.declined),
            ("withdrawn", appeals.withdrawn),
            ("open", appeals.open),
        ];
        self.counts("appeals", "", &counts)?;
        self.took("appeals_answered", appeals.answered)?;
        let reports = report.reader_reports;
        self.counts("reader_reports", "", &[("sent_back", reports.sent_back), ("undecided", reports.undecided)])?;
        self.became("reader_reports", "then", reports.then)
    }

    /// What there are several of.
    fn rows(&mut self, report: &TransparencyReport) -> csv::Result<()> {
        for reason in &report.reasons {
            self.put("reasons", "words", &reason.code, &reason.words)?;
            let counts = [
                ("rejected_by_machine", reason.rejected_by_machine),
                ("held", reason.held),
                ("rejected_by_people", reason.rejected_by_people),
            ];
            self.counts("reasons", &reason.code, &counts)?;
            self.put("reasons", "share_by_machine", &reason.code, &reason.share_by_machine)?;
        }
        for row in &report.sections {
            let key = match (row.kind, &row.name) {
                (SectionKind::Named, Some(name)) => format!("section:{name}"),
                (SectionKind::Named | SectionKind::None, _) => "none".to_owned(),
                (SectionKind::Small, _) => "small".to_owned(),
            };
            let figures = row.figures;
            let counts = [
                ("submitted", figures.submitted),
                ("published_by_machine", figures.published_by_machine),
                ("held", figures.held),
                ("rejected_by_machine", figures.rejected_by_machine),
                ("published_by_people", figures.published_by_people),
                ("rejected_by_people", figures.rejected_by_people),
            ];
            self.counts("sections", &key, &counts)?;
        }
        for policy in &report.policies {
            let mut said = |measure: &str, value: Option<String>| {
                value.map_or(Ok(()), |value| self.put("policies", measure, &policy.revision, &value))
            };
            said("number", policy.number.map(|number| number.to_string()))?;
            said("from", policy.from.map(|at| at.to_string()))?;
            said("until", policy.until.map(|at| at.to_string()))?;
            said("decisions", Some(policy.decisions.to_string()))?;
        }
        for model in &report.models {
            self.put("models", "decisions", &model.revision, &model.decisions)?;
            self.put("models", "first", &model.revision, &model.first)?;
            self.put("models", "last", &model.revision, &model.last)?;
        }
        Ok(())
    }
}

/// A cell that no spreadsheet takes for a formula: names of sites, sections and reasons are others' words.
fn inert(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "＝1"] {
            assert_eq!(inert(cell), format!("'{cell}"));
        }
        assert_eq!(inert("World = home"), "World = home");
    }
}
