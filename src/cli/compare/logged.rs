//! A log of what Perspective said, one JSON object a line.

use crate::classifier::PerspectiveAttribute;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A comment and the scores that Perspective gave it.
#[derive(Debug, PartialEq)]
pub struct Logged {
    pub text: String,
    /// 0 to 1, of attributes that ombud answers.
    pub scores: BTreeMap<PerspectiveAttribute, f64>,
    /// Attributes that ombud does not answer.
    pub unanswered: BTreeSet<String>,
}

/// `AnalyzeCommentRequest` and `AnalyzeCommentResponse`, in one object or as `request` and `response`; or the text and the
/// scores plainly.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    text: Option<String>,
    comment: Option<Comment>,
    request: Option<Request>,
    scores: Option<BTreeMap<String, Option<f64>>>,
    attribute_scores: Option<BTreeMap<String, Scores>>,
    response: Option<Response>,
}

#[derive(Deserialize)]
struct Request {
    comment: Option<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    text: Option<String>,
}

/// An answer may be an error, which has no scores.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    attribute_scores: Option<BTreeMap<String, Scores>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scores {
    summary_score: Option<Score>,
}

#[derive(Deserialize)]
struct Score {
    value: Option<f64>,
}

/// Reads a line.
///
/// # Errors
/// Says what is wrong with it. A line without scores is none: Perspective refused some.
pub fn read(line: &[u8]) -> Result<Logged, String> {
    let value: Value = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    let line = Line::deserialize(value).map_err(|e| e.to_string())?;
    let comment = line.comment.or(line.request.and_then(|request| request.comment));
    let text = line.text.or(comment.and_then(|comment| comment.text));
    let text = text.ok_or("there is no text: neither `text` nor `comment.text` nor `request.comment.text`")?;
    let answered = line.attribute_scores.or(line.response.and_then(|response| response.attribute_scores));
    let answered = answered
        .unwrap_or_default()
        .into_iter()
        .map(|(name, scores)| (name, scores.summary_score.and_then(|s| s.value)));
    let mut logged = Logged { text, scores: BTreeMap::new(), unanswered: BTreeSet::new() };
    for (name, score) in line.scores.unwrap_or_default().into_iter().chain(answered) {
        let Some(score) = score else { continue };
        if !(0.0..=1.0).contains(&score) {
            return Err(format!("the score of {name} is {score}, not from 0 to 1"));
        }
        // TOXICITY@6 is the sixth model of TOXICITY. Of several the last counts: names come in their order.
        let plain = name.split('@').next().unwrap_or_default();
        match plain.parse::<PerspectiveAttribute>() {
            Ok(attribute) if attribute.native().is_some() => drop(logged.scores.insert(attribute, score)),
            _ => drop(logged.unanswered.insert(name)),
        }
    }
    Ok(logged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read() {
        let scores = r#"{"TOXICITY":{"summaryScore":{"value":0.5,"type":"PROBABILITY"},"spanScores":[]},"FLIRTATION":{"summaryScore":{"value":1}}}"#;
        let lines = [
            r#"{"id":1,"text":"a","scores":{"TOXICITY":0.5,"FLIRTATION":1,"THREAT":null}}"#.to_owned(),
            r#"{"text":"a","scores":{"TOXICITY@5":0.1,"TOXICITY@6":0.5,"FLIRTATION":1}}"#.to_owned(),
            format!(
                r#"{{"comment":{{"text":"a","type":"PLAIN_TEXT"}},"languages":["en"],"attributeScores":{scores}}}"#
            ),
            format!(r#"{{"request":{{"comment":{{"text":"a"}}}},"response":{{"attributeScores":{scores}}}}}"#),
        ];
        for line in lines {
            let read = read(line.as_bytes()).unwrap();
            assert_eq!(
                (read.text.as_str(), read.scores),
                ("a", BTreeMap::from([(PerspectiveAttribute::Toxicity, 0.5)]))
            );
            assert_eq!(read.unanswered, BTreeSet::from(["FLIRTATION".to_owned()]));
        }
        let refused = read(br#"{"text":"a","response":{"error":{"code":400}}}"#).unwrap();
        assert!(refused.scores.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("{", "EOF"),
            ("[1]", "invalid"),
            (r#"{"scores":{}}"#, "there is no text"),
            (r#"{"text":"a","scores":{"THREAT":50}}"#, "THREAT is 50"),
            (r#"{"text":"a","scores":{"THREAT":"high"}}"#, "expected f64"),
        ];
        for (line, why) in cases {
            let said = read(line.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{line}: {said}");
        }
    }
}
