//! `statements.toml`: what only the publisher can say in its statements of reasons.

use crate::service::transparency::statement::{ReasonTerms, StatementTerms, schema};
use anyhow::Context as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file as it is written.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StatementsFile {
    territorial_scope: Vec<String>,
    contractual_ground: String,
    reference_url: String,
    reasons: BTreeMap<String, ReasonFile>,
}

/// What it says of one reason.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReasonFile {
    category: Option<String>,
    keywords: Option<Vec<String>>,
    legal_ground: Option<String>,
    explanation: Option<String>,
}

impl Default for StatementsFile {
    fn default() -> Self {
        Self {
            territorial_scope: schema::COUNTRIES.map(str::to_owned).into(),
            contractual_ground: StatementTerms::default().contractual_ground().to_owned(),
            reference_url: String::new(),
            reasons: BTreeMap::new(),
        }
    }
}

/// The terms of a configuration folder; those that ombud has by itself without the file.
///
/// # Errors
/// Says what in the file is wrong.
pub fn load_statement_terms(folder: Option<&Path>) -> anyhow::Result<StatementTerms> {
    let text = folder.map(|folder| super::read_optional(&folder.join("statements.toml"))).transpose()?.flatten();
    text.map_or_else(|| Ok(StatementTerms::default()), |text| parse(&text).context("statements.toml"))
}

fn parse(text: &str) -> anyhow::Result<StatementTerms> {
    let file: StatementsFile = toml::from_str(text)?;
    let reason = |(code, file): (String, ReasonFile)| {
        let ReasonFile { category, keywords, legal_ground, explanation } = file;
        (code, ReasonTerms { category, keywords, legal_ground, explanation })
    };
    let reasons = file.reasons.into_iter().map(reason).collect();
    Ok(StatementTerms::new(file.territorial_scope, file.contractual_ground, &file.reference_url, reasons)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../config/statements.toml");

    #[test]
    fn the_shipped_file_shows_the_defaults() {
        assert_eq!(toml::from_str::<StatementsFile>(SHIPPED).expect("statements.toml"), StatementsFile::default());
        assert_eq!(parse(SHIPPED).expect("terms"), StatementTerms::default());
    }

    #[test]
    fn what_the_shipped_file_shows_of_a_reason_can_be_written() {
        let (head, reason) = SHIPPED.split_once("# [reasons.").expect("a reason");
        let lines =
            reason.lines().map_while(|line| line.strip_prefix("# ").or(Some(line).filter(|l| l.starts_with('"'))));
        let written = format!("{head}[reasons.{}", lines.collect::<Vec<_>>().join("\n"));
        let terms = parse(&written).expect("terms");
        let hate = terms.reason("moderator.hate").expect("a reason");
        assert!(hate.category.is_some() && hate.keywords.is_some() && hate.legal_ground.is_some(), "{hate:?}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (bad, why) in [
            ("territorial_scope = [\"XX\"]", "\"XX\""),
            ("reference_url = \"rules\"", "reference_url"),
            ("scope = 1", "unknown field"),
            ("[reasons.\"moderator.hate\"]\ncategory = \"HATE\"", "moderator.hate"),
        ] {
            let said = format!("{:#}", parse(bad).expect_err("no terms"));
            assert!(said.contains(why), "{bad}: {said}");
        }
    }
}
