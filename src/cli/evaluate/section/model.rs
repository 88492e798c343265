//! What the model files say of themselves.

use super::Section;
use crate::cli::evaluate::table::{Table, count};
use crate::training::evaluation::report::Report;

/// The files, and how to make them again.
pub fn files(report: &Report) -> Section {
    let note = "`sha256sum models/*.safetensors` shows whether the files are these. The same data, command and build \
                give the same bytes.";
    let mut table = Table::new("Models", &["model", "bytes", "SHA-256", "made by", "may ship"], note);
    for model in &report.models {
        let ships = if model.card.may_ship { "yes" } else { "no" };
        let command = format!("`{}`", model.card.command);
        table.row([model.kind.to_string(), count(model.bytes), model.sha256.clone(), command, ships.to_owned()]);
    }
    Section { name: "models", title: "Files", tables: vec![table] }
}

/// What was learned from.
pub fn sources(report: &Report) -> Section {
    let mut tables = Vec::new();
    for model in &report.models {
        let title = format!("Sources of the {} model", model.kind);
        let note = match model.card.calibration.as_str() {
            "" => "Not calibrated: it gives no scores.".to_owned(),
            calibration => format!("Calibrated by {calibration}."),
        };
        let mut table = Table::new(&title, &["source", "rows", "weight", "licence"], &note);
        for source in &model.card.sources {
            let weight = source.weight.to_string();
            table.row([source.name.clone(), count(source.rows), weight, source.licence.clone()]);
        }
        tables.push(table);
    }
    Section { name: "sources", title: "Learned from", tables }
}
