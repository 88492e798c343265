//! What a client of the Perspective API sends: the fields of `AnalyzeCommentRequest` and `SuggestCommentScoreRequest` of
//! `v1alpha1`, as its discovery document names them, in camel case or, as Google's JSON takes them too, in snake case.
//! A field that is null counts as absent, as there.

use super::error::GoogleError;
use crate::classifier::ArticleText;
use crate::service::Around;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation as _;

/// Longest comment, in bytes.
const MAX_BYTES: usize = 20 * 1024;
/// Longest first line of an article, in bytes, that is taken for its title.
const MAX_TITLE_BYTES: usize = 300;

/// A text and what kind it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TextEntry {
    #[serde(deserialize_with = "nullable")]
    text: String,
    /// `PLAIN_TEXT` or unspecified.
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl TextEntry {
    /// The text, if it is one to score.
    pub fn comment(&self) -> Result<&str, GoogleError> {
        let text = self.plain()?;
        match text.len() {
            _ if text.trim().is_empty() => Err(GoogleError::comment_empty()),
            bytes if bytes > MAX_BYTES => Err(GoogleError::comment_too_long(bytes, MAX_BYTES)),
            _ => Ok(text),
        }
    }

    fn plain(&self) -> Result<&str, GoogleError> {
        match self.kind.as_deref() {
            None | Some("PLAIN_TEXT" | "TEXT_TYPE_UNSPECIFIED") => Ok(&self.text),
            Some(_) => Err(GoogleError::text_type()),
        }
    }

    fn article(&self) -> Result<Option<ArticleText<'_>>, GoogleError> {
        let text = self.plain()?.trim();
        let line = text.lines().next().unwrap_or_default();
        let title =
            if line.len() <= MAX_TITLE_BYTES { line } else { line.split_sentence_bounds().next().unwrap_or_default() };
        let body = text[title.len()..].trim();
        Ok((!text.is_empty()).then_some(ArticleText { title: title.trim(), body: (!body.is_empty()).then_some(body) }))
    }
}

/// What a comment stands under: either texts in general, or an article and the comment that is answered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct Context {
    #[serde(deserialize_with = "nullable")]
    entries: Vec<TextEntry>,
    #[serde(alias = "article_and_parent_comment")]
    article_and_parent_comment: Option<ArticleAndParentComment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct ArticleAndParentComment {
    article: Option<TextEntry>,
    #[serde(alias = "parent_comment")]
    parent_comment: Option<TextEntry>,
}

impl Context {
    /// What the comment is compared with. Of `entries`, the first is taken for the article, or what opened the
    /// conversation, and the others for the conversation since, oldest first; the last of those is what it answers.
    pub fn around(&self) -> Result<Around<'_>, GoogleError> {
        if let Some(both) = &self.article_and_parent_comment {
            if !self.entries.is_empty() {
                return Err(GoogleError::two_contexts());
            }
            let article = both.article.as_ref().map(TextEntry::article).transpose()?.flatten();
            let parent = both.parent_comment.as_ref().map(TextEntry::plain).transpose()?;
            return Ok(Around { article, parent: parent.filter(|text| !text.trim().is_empty()), thread: Vec::new() });
        }
        let Some((first, conversation)) = self.entries.split_first() else { return Ok(Around::default()) };
        let mut thread = conversation.iter().rev().map(TextEntry::plain).collect::<Result<Vec<_>, _>>()?;
        thread.retain(|text| !text.trim().is_empty());
        Ok(Around { article: first.article()?, parent: thread.first().copied(), thread })
    }
}

/// What is wanted of one attribute.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct AttributeParameters {
    #[serde(alias = "score_type")]
    score_type: Option<String>,
    /// Scores below are left out.
    #[serde(alias = "score_threshold")]
    pub score_threshold: Option<f64>,
}

impl AttributeParameters {
    /// Whether the kind of score is one that is given: a probability.
    pub fn check(&self, attribute: &str) -> Result<(), GoogleError> {
        match self.score_type.as_deref() {
            None | Some("PROBABILITY" | "SCORE_TYPE_UNSPECIFIED") => Ok(()),
            Some(other) => Err(GoogleError::score_type(other, attribute)),
        }
    }
}

/// `comments:analyze`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct AnalyzeRequest {
    #[serde(deserialize_with = "nullable")]
    pub comment: TextEntry,
    #[serde(deserialize_with = "nullable")]
    pub context: Context,
    #[serde(alias = "requested_attributes", deserialize_with = "nullable")]
    pub requested_attributes: BTreeMap<String, Option<AttributeParameters>>,
    #[serde(deserialize_with = "nullable")]
    pub languages: Vec<String>,
    #[serde(alias = "span_annotations", deserialize_with = "nullable")]
    pub span_annotations: bool,
    #[serde(alias = "client_token")]
    pub client_token: Option<String>,
    #[serde(alias = "drop_unsupported_attributes", deserialize_with = "nullable")]
    pub drop_unsupported_attributes: bool,
    /// Scoring stores nothing, whatever is said here.
    #[serde(rename = "doNotStore", alias = "do_not_store")]
    _do_not_store: Option<bool>,
    /// One key speaks for one site, and has its models: these two say nothing more.
    #[serde(rename = "sessionId", alias = "session_id")]
    _session_id: Option<String>,
    #[serde(rename = "communityId", alias = "community_id")]
    _community_id: Option<String>,
}

/// A score that a platform says is right.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Score {
    pub value: Option<f64>,
    #[serde(rename = "type")]
    _kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct AttributeScores {
    #[serde(alias = "summary_score", deserialize_with = "nullable")]
    pub summary_score: Score,
    /// Of parts of the text: a site's model learns of whole texts.
    #[serde(rename = "spanScores", alias = "span_scores")]
    _span_scores: Option<Vec<SpanScore>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpanScore {
    #[serde(rename = "begin")]
    _begin: Option<i32>,
    #[serde(rename = "end")]
    _end: Option<i32>,
    #[serde(rename = "score")]
    _score: Option<Score>,
}

/// `comments:suggestscore`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(super) struct SuggestRequest {
    #[serde(deserialize_with = "nullable")]
    pub comment: TextEntry,
    #[serde(rename = "context")]
    _context: Option<Context>,
    #[serde(alias = "attribute_scores", deserialize_with = "nullable")]
    pub attribute_scores: BTreeMap<String, AttributeScores>,
    #[serde(deserialize_with = "nullable")]
    pub languages: Vec<String>,
    #[serde(alias = "client_token")]
    pub client_token: Option<String>,
    #[serde(rename = "sessionId", alias = "session_id")]
    _session_id: Option<String>,
    #[serde(rename = "communityId", alias = "community_id")]
    _community_id: Option<String>,
}

/// Null for what is absent.
fn nullable<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
