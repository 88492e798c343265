//! What only the publisher can say: on which terms its rules rest, where they apply, and which of them are law.

use super::schema::{CATEGORIES, COUNTRIES, EXPLANATION_CHARACTERS, GROUND_CHARACTERS, KEYWORDS};
use std::collections::BTreeMap;

/// Why terms can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTerms {
    #[error("`territorial_scope` names no country")]
    NoCountry,
    #[error(
        "`territorial_scope` has \"{0}\", which is no country of the European Economic Area in two capital letters"
    )]
    Country(String),
    #[error("`{field}` is empty, or has more than {most} characters")]
    Length { field: String, most: usize },
    #[error("`reference_url` is \"{0}\", which is no address of a page")]
    Address(String),
    #[error("`reasons.\"{code}\".category` is \"{category}\", which the database does not have")]
    Category { code: String, category: String },
    #[error("`reasons.\"{code}\".keywords` has \"{keyword}\", which is none of the database's that comments can have")]
    Keyword { code: String, keyword: String },
}

/// What is said of one reason, where it is not what ombud says by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonTerms {
    pub category: Option<String>,
    pub keywords: Option<Vec<String>>,
    /// The law that such a comment is against: then the statement says that it is illegal content.
    pub legal_ground: Option<String>,
    /// Why it is against the law, or the terms.
    pub explanation: Option<String>,
}

/// What a site's statements say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementTerms {
    territorial_scope: Vec<String>,
    contractual_ground: String,
    reference_url: Option<String>,
    reasons: BTreeMap<String, ReasonTerms>,
}

impl Default for StatementTerms {
    fn default() -> Self {
        Self {
            territorial_scope: COUNTRIES.map(str::to_owned).into(),
            contractual_ground: "The rules for readers' comments of this site".to_owned(),
            reference_url: None,
            reasons: BTreeMap::new(),
        }
    }
}

impl StatementTerms {
    /// Checks the terms. An empty `reference_url` is none.
    ///
    /// # Errors
    /// [`InvalidTerms`] names the key.
    pub fn new(
        territorial_scope: Vec<String>,
        contractual_ground: String,
        reference_url: &str,
        reasons: BTreeMap<String, ReasonTerms>,
    ) -> Result<Self, InvalidTerms> {
        if territorial_scope.is_empty() {
            return Err(InvalidTerms::NoCountry);
        }
        if let Some(other) = territorial_scope.iter().find(|country| !COUNTRIES.contains(&country.as_str())) {
            return Err(InvalidTerms::Country(other.clone()));
        }
        bounded("contractual_ground", &contractual_ground, GROUND_CHARACTERS)?;
        let page = url::Url::parse(reference_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !reference_url.is_empty() && (!page || reference_url.chars().count() > GROUND_CHARACTERS) {
            return Err(InvalidTerms::Address(reference_url.to_owned()));
        }
        for (code, terms) in &reasons {
            terms.check(code)?;
        }
        let reference_url = Some(reference_url.to_owned()).filter(|url| !url.is_empty());
        Ok(Self { territorial_scope, contractual_ground, reference_url, reasons })
    }

    #[must_use]
    pub fn territorial_scope(&self) -> &[String] {
        &self.territorial_scope
    }

    #[must_use]
    pub fn contractual_ground(&self) -> &str {
        &self.contractual_ground
    }

    #[must_use]
    pub fn reference_url(&self) -> Option<&str> {
        self.reference_url.as_deref()
    }

    /// What is said of a reason, if anything is.
    #[must_use]
    pub fn reason(&self, code: &str) -> Option<&ReasonTerms> {
        self.reasons.get(code)
    }
}

impl ReasonTerms {
    fn check(&self, code: &str) -> Result<(), InvalidTerms> {
        if let Some(category) = self.category.as_ref().filter(|category| !CATEGORIES.contains(&category.as_str())) {
            return Err(InvalidTerms::Category { code: code.to_owned(), category: category.clone() });
        }
        let other = self.keywords.iter().flatten().find(|keyword| !KEYWORDS.contains(&keyword.as_str()));
        if let Some(keyword) = other {
            return Err(InvalidTerms::Keyword { code: code.to_owned(), keyword: keyword.clone() });
        }
        for (name, text, most) in [
            ("legal_ground", &self.legal_ground, GROUND_CHARACTERS),
            ("explanation", &self.explanation, EXPLANATION_CHARACTERS),
        ] {
            if let Some(text) = text {
                bounded(&format!("reasons.\"{code}\".{name}"), text, most)?;
            }
        }
        Ok(())
    }
}

fn bounded(field: &str, text: &str, most: usize) -> Result<(), InvalidTerms> {
    if text.trim().is_empty() || text.chars().count() > most {
        return Err(InvalidTerms::Length { field: field.to_owned(), most });
    }
    Ok(())
}
