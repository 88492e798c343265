//! Statements of reasons (Art. 17 of the Digital Services Act), as the EU's DSA Transparency Database takes them (Art. 24(5)).
//!
//! One for each time that a decision kept a comment from readers: rejected when it came in or after it had waited, or taken down after
//! readers had seen it. They are made from the audit trail, with nobody's name and no word of the comment; ombud sends them
//! nowhere. docs/transparency.md has the map from ombud's words to the database's.

pub mod schema;
mod terms;

pub use terms::{InvalidTerms, ReasonTerms, StatementTerms};

use super::trail::{Restriction, Trail};
use super::words::{REMARKS, Words};
use super::{Period, ReportError};
use crate::comment::{
    APPEAL, Action, AuditEntry, Comment, EDITED_AFTER_REVIEW, REPORTED, SiteId, Step, Timestamp, hex,
};
use crate::policy::ARTICLE_UNKNOWN;
use crate::service::Ombud;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// Reasons to hold a comment that say nothing about it: a person who rejects it then found out by herself.
const NOT_ABOUT_THE_COMMENT: [&str; 9] = [
    APPEAL,
    ARTICLE_UNKNOWN,
    EDITED_AFTER_REVIEW,
    REPORTED,
    "author.new",
    "facts.missing",
    "mode.pre",
    "reply.to_unpublished",
    "scores.missing",
];

/// The first day of which the database takes content to be.
const EARLIEST: Date = date(2000, 1, 1);

/// One statement. The names are the database's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    pub decision_visibility: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_date_visibility_restriction: Option<Date>,
    pub decision_ground: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_ground_reference_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub illegal_content_legal_ground: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub illegal_content_explanation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incompatible_content_ground: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incompatible_content_explanation: Option<String>,
    pub content_type: [&'static str; 1],
    pub category: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category_specification: Vec<String>,
    pub territorial_scope: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    pub content_date: Date,
    pub application_date: Date,
    pub decision_facts: String,
    pub source_type: &'static str,
    pub automated_detection: &'static str,
    pub automated_decision: &'static str,
    pub puid: String,
}

impl Ombud {
    /// Makes a statement of every restriction of a period, in the order of the comments' ids. `each` takes them, `read` hears
    /// of each comment. Answers how many there are.
    ///
    /// # Errors
    /// There is no such site, the store can't be asked, or `each` fails.
    pub async fn statements_of_reasons(
        &self,
        site: &SiteId,
        period: Period,
        terms: &StatementTerms,
        each: &mut (dyn FnMut(Statement) -> std::io::Result<()> + Send),
        read: &mut (dyn FnMut(usize) + Send),
    ) -> Result<u64, ReportError> {
        self.site_to_report(site).await?;
        let words = self.words_of(&self.policies_of(period).await?).await?;
        let mut made = 0;
        self.each_archived(site, &mut |archived| {
            read(1);
            if archived.comment.updated_at < period.start() {
                return Ok(());
            }
            for restriction in Trail::of(&archived.audit).restrictions() {
                if period.contains(restriction.decision.at) {
                    each(statement(&archived.comment, &restriction, &words, terms))?;
                    made += 1;
                }
            }
            Ok(())
        })
        .await?;
        Ok(made)
    }
}

fn statement(comment: &Comment, restriction: &Restriction<'_>, words: &Words, terms: &StatementTerms) -> Statement {
    let decision = restriction.decision;
    let codes: Vec<&str> = reasons(decision).map(|code| words.counted_as(code)).collect();
    let code = codes.first().copied().unwrap_or_default();
    let (category, keywords) = schema::category(code);
    let own = terms.reason(code);
    let explanation = own.and_then(|own| own.explanation.clone());
    let explanation = explanation.unwrap_or_else(|| schema::cut(&said(&codes, words), schema::EXPLANATION_CHARACTERS));
    let law = own.and_then(|own| own.legal_ground.clone());
    let (decision_ground, illegal, incompatible) = match law {
        Some(law) => (schema::ILLEGAL, Some((law, explanation)), None),
        None => (schema::INCOMPATIBLE, None, Some((terms.contractual_ground().to_owned(), explanation))),
    };
    let (illegal_content_legal_ground, illegal_content_explanation) = illegal.unzip();
    let (incompatible_content_ground, incompatible_content_explanation) = incompatible.unzip();
    let detected = restriction.by_machine() || (!restriction.reported && restriction.judged.is_some_and(flagged));
    let application_date = day(decision.at);
    Statement {
        decision_visibility: [if restriction.was_shown { schema::REMOVED } else { schema::DISABLED }],
        // A clock may have gone back.
        end_date_visibility_restriction: restriction.lifted_at.map(|at| day(at).max(application_date)),
        decision_ground,
        decision_ground_reference_url: terms.reference_url().map(str::to_owned),
        illegal_content_legal_ground,
        illegal_content_explanation,
        incompatible_content_ground,
        incompatible_content_explanation,
        content_type: [schema::TEXT],
        category: own.and_then(|own| own.category.clone()).unwrap_or_else(|| category.to_owned()),
        category_specification: own
            .and_then(|own| own.keywords.clone())
            .unwrap_or_else(|| keywords.iter().map(|&keyword| keyword.to_owned()).collect()),
        territorial_scope: terms.territorial_scope().to_vec(),
        content_language: comment.language.as_deref().and_then(two_letters),
        content_date: content_date(comment, application_date),
        application_date,
        decision_facts: schema::cut(&facts(restriction, &codes, words), schema::FACTS_CHARACTERS),
        source_type: if restriction.reported && !restriction.by_machine() {
            schema::OTHER_NOTIFICATION
        } else {
            schema::VOLUNTARY
        },
        automated_detection: if detected { "Yes" } else { "No" },
        automated_decision: match (restriction.by_machine(), detected) {
            (true, _) => schema::FULLY,
            (false, true) => schema::PARTIALLY,
            (false, false) => schema::NOT_AUTOMATED,
        },
        puid: puid(&comment.site, decision),
    }
}

/// The codes that decided, the strictest first.
fn reasons(entry: &AuditEntry) -> impl Iterator<Item = &str> {
    entry.reasons.iter().map(String::as_str).filter(|code| !REMARKS.contains(code))
}

/// Whether the machine had found something in the comment, or in how it was sent.
fn flagged(entry: &AuditEntry) -> bool {
    entry.action != Action::Publish && reasons(entry).any(|code| !NOT_ABOUT_THE_COMMENT.contains(&code))
}

/// Reasons in sentences, each once.
fn said(codes: &[&str], words: &Words) -> String {
    let mut sentences: Vec<String> = Vec::new();
    for code in codes {
        let sentence = format!("{}.", words.of(code).trim_end_matches('.'));
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    if sentences.is_empty() { "A moderator decided so.".to_owned() } else { sentences.join(" ") }
}

/// What happened, in standard sentences.
fn facts(restriction: &Restriction<'_>, codes: &[&str], words: &Words) -> String {
    let what = match (restriction.decision.step, restriction.reported) {
        (Step::Admitted, _) => "The comment was checked automatically when it came in, and rejected.",
        (Step::Edited, _) => "The comment was checked automatically when its author edited it, and rejected.",
        (_, true) => "Readers had reported the comment, and a moderator rejected it.",
        (_, false) => "A moderator looked at the comment and rejected it.",
    };
    let seen = if restriction.was_shown { "It had been visible to readers." } else { "Readers had not seen it." };
    let mut facts = format!("{what} {seen} Reason: {}", said(codes, words));
    if let Some(judged) = restriction.judged.filter(|judged| !restriction.by_machine() && flagged(judged)) {
        let codes: Vec<&str> = reasons(judged).collect();
        facts.push_str(" An automated check had held it. Its reason: ");
        facts.push_str(&said(&codes, words));
    }
    facts
}

/// When the comment was written, as the platform says; when it came in, where that can't be.
fn content_date(comment: &Comment, application_date: Date) -> Date {
    let possible = |day: &Date| (EARLIEST..=application_date).contains(day);
    Some(day(comment.created_at)).filter(possible).unwrap_or_else(|| day(comment.received_at))
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// A language's code of two capital letters, if it has one.
fn two_letters(code: &str) -> Option<String> {
    Some(isolang::Language::from_639_3(code)?.to_639_1()?.to_ascii_uppercase())
}

/// Names a decision, the same however often it is asked for. It is made of nothing that is about an author; and whoever does not know the
/// text can't tell which comment it is of, though he knew all ids.
fn puid(site: &SiteId, decision: &AuditEntry) -> String {
    let AuditEntry { comment_id, version, text_sha256, .. } = decision;
    let whole = format!("statement of reasons\n{site}\n{comment_id}\n{version}\n{text_sha256}");
    format!("ombud-{}", hex(&Sha256::digest(whole.as_bytes())))
}

#[cfg(test)]
mod tests;
