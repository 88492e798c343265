//! Moderators' decisions: JSON lines, and what each teaches.

use crate::classifier::COLUMNS;
use crate::comment::Attribute;
use crate::training::dataset::{DatasetError, Split, Targets, targets};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

/// Labels come rounded to four decimals: 0.3333 is a third.
const ROUNDING: f32 = 5e-5;

/// One decision of a moderator, or one labelled comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub id: String,
    pub text: String,
    /// What it says of each attribute, 0 to 1 by column; NaN where it says nothing.
    pub labels: Targets,
    /// Who decided, if that is known.
    pub moderator: Option<String>,
    pub article: Option<String>,
    /// Probability that a comment like this one reaches a person, above 0 to 1.
    pub sampled: f32,
}

impl Decision {
    /// Comments of one article belong together; one without an article stands alone.
    #[must_use]
    pub fn group(&self) -> &str {
        self.article.as_deref().unwrap_or(&self.id)
    }

    /// Whether an attribute holds; `None` where the decision says nothing of it.
    #[must_use]
    pub fn positive(&self, attribute: Attribute, positive_from: f32) -> Option<bool> {
        let label = self.labels[attribute.index()];
        (!label.is_nan()).then_some(label + ROUNDING >= positive_from)
    }
}

/// What was found to learn from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decisions {
    /// In the order of the file, or as they were taken.
    pub decisions: Vec<Decision>,
    /// Lines replaced by a later line of the same comment and moderator: the last word counts.
    pub replaced: usize,
    /// Rejections that teach nothing, by reason: not about abuse, or a code that names no attribute.
    pub untaught: BTreeMap<String, usize>,
    /// Of the decisions, how many are corrections of scores by a platform.
    pub corrections: usize,
    /// Corrections left out, as a moderator's decision about the same text says all that they say.
    pub outranked: usize,
}

/// Which attribute a reason for a rejection names, if it names one.
pub type ReasonAttribute<'a> = &'a dyn Fn(&str) -> Option<Attribute>;

#[derive(Deserialize)]
struct Line {
    id: String,
    text: String,
    decision: Option<Verdict>,
    reason: Option<String>,
    moderator: Option<String>,
    article_id: Option<String>,
    sampled: Option<f32>,
    labels: Option<BTreeMap<String, Option<f32>>>,
    split: Option<Split>,
}

/// What a moderator decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Publish,
    Reject,
}

impl Decisions {
    /// What a decision teaches of each attribute. A rejection for a reason that names no attribute teaches nothing,
    /// and is counted.
    pub fn taught(&mut self, verdict: Verdict, reason: Option<&str>, attribute: ReasonAttribute<'_>) -> Targets {
        if verdict == Verdict::Publish {
            return [0.0; COLUMNS];
        }
        let named = reason.map_or(Some(Attribute::Toxicity), attribute);
        let labels = named.map_or([f32::NAN; COLUMNS], rejected);
        if labels.iter().all(|label| label.is_nan()) {
            *self.untaught.entry(reason.unwrap_or_default().to_owned()).or_default() += 1;
        }
        labels
    }
}

/// Reads decisions; with `split`, only the lines of that split.
///
/// A line: `{"id", "text", "decision": "publish" | "reject", "reason"?, "moderator"?, "article_id"?,
/// "sampled"?, "labels"?}`, or without a decision where there are labels. Other keys are skipped, so that
/// the data files' own lines can be read.
///
/// # Errors
/// [`DatasetError`] names the first line that can't be used, and why.
pub fn read(
    mut lines: impl BufRead,
    split: Option<Split>,
    attribute: ReasonAttribute<'_>,
) -> Result<Decisions, DatasetError> {
    let mut read = Decisions::default();
    let (mut bytes, mut line) = (Vec::new(), 0);
    loop {
        bytes.clear();
        line += 1;
        let fail = |cause: String| DatasetError { line, cause };
        if lines.read_until(b'\n', &mut bytes).map_err(|e| fail(e.to_string()))? == 0 {
            break;
        }
        let text = std::str::from_utf8(&bytes).map_err(|e| fail(e.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let parsed: Line = serde_json::from_str(text).map_err(|e| fail(e.to_string()))?;
        if split.is_none_or(|wanted| parsed.split == Some(wanted)) {
            let decision = decision(parsed, &mut read, attribute).map_err(fail)?;
            read.decisions.push(decision);
        }
    }
    keep_the_last_word(&mut read);
    Ok(read)
}

fn decision(line: Line, read: &mut Decisions, attribute: ReasonAttribute<'_>) -> Result<Decision, String> {
    let sampled = line.sampled.unwrap_or(1.0);
    if !(sampled > 0.0 && sampled <= 1.0) {
        return Err(format!("\"sampled\" is {sampled}; it is a probability, above 0 and at most 1"));
    }
    let given = line.labels.filter(|labels| labels.values().any(Option::is_some));
    let labels = match (given, line.decision) {
        (Some(labels), _) => checked(&labels)?,
        (None, Some(verdict)) => read.taught(verdict, line.reason.as_deref(), attribute),
        (None, None) => return Err("there is neither a decision nor a label".to_owned()),
    };
    let Line { id, text, moderator, article_id: article, .. } = line;
    Ok(Decision { id, text, labels, moderator, article, sampled })
}

fn checked(labels: &BTreeMap<String, Option<f32>>) -> Result<Targets, String> {
    for (name, label) in labels {
        if name != "OBSCENE" && !name.parse::<Attribute>().is_ok_and(|a| Attribute::ABUSE.contains(&a)) {
            return Err(format!("\"{name}\" is no attribute that decisions can teach"));
        }
        if label.is_some_and(|label| !(0.0..=1.0).contains(&label)) {
            return Err(format!("the label of {name} is not from 0 to 1"));
        }
    }
    Ok(targets(labels))
}

/// What a rejection for an attribute teaches.
fn rejected(attribute: Attribute) -> Targets {
    let mut labels = [f32::NAN; COLUMNS];
    if Attribute::ABUSE.contains(&attribute) {
        labels[attribute.index()] = 1.0;
        // Advertising may be as polite as one likes.
        if attribute != Attribute::Spam {
            labels[Attribute::Toxicity.index()] = 1.0;
        }
    }
    labels
}

fn keep_the_last_word(read: &mut Decisions) {
    let mut seen: BTreeSet<(String, Option<String>)> = BTreeSet::new();
    let before = read.decisions.len();
    read.decisions.reverse();
    read.decisions.retain(|d| seen.insert((d.id.clone(), d.moderator.clone())));
    read.decisions.reverse();
    read.replaced = before - read.decisions.len();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A policy with one reason of its own.
    fn attribute(reason: &str) -> Option<Attribute> {
        if reason == "hate" { Some(Attribute::IdentityAttack) } else { reason.to_uppercase().parse().ok() }
    }

    fn read(lines: &[u8], split: Option<Split>) -> Result<Decisions, DatasetError> {
        super::read(lines, split, &attribute)
    }

    fn one(line: &str) -> Decision {
        read(line.as_bytes(), None).unwrap().decisions.remove(0)
    }

    fn known(decision: &Decision) -> Vec<(Attribute, f32)> {
        let label = |a: &Attribute| (*a, decision.labels[a.index()]);
        Attribute::ABUSE.iter().map(label).filter(|(_, label)| !label.is_nan()).collect()
    }

    #[test]
    fn decisions_teach_what_they_say() {
        let published = one(r#"{"id":"a","text":"t","decision":"publish","article_id":"x"}"#);
        assert!(known(&published).iter().all(|(_, label)| *label == 0.0) && known(&published).len() == COLUMNS);
        assert_eq!((published.group(), published.sampled), ("x", 1.0));
        let reject =
            |reason: &str| known(&one(&format!(r#"{{"id":"a","text":"t","decision":"reject","reason":{reason}}}"#)));
        assert_eq!(reject("null"), [(Attribute::Toxicity, 1.0)]);
        assert_eq!(reject("\"INSULT\""), [(Attribute::Toxicity, 1.0), (Attribute::Insult, 1.0)]);
        assert_eq!(reject("\"threat\""), [(Attribute::Toxicity, 1.0), (Attribute::Threat, 1.0)]);
        assert_eq!(reject("\"hate\""), [(Attribute::Toxicity, 1.0), (Attribute::IdentityAttack, 1.0)]);
        assert_eq!(reject("\"spam\""), [(Attribute::Spam, 1.0)]);
        assert_eq!(reject("\"off_topic\""), []);
        let lines = "{\"id\":\"a\",\"text\":\"t\",\"decision\":\"reject\",\"reason\":\"other\"}\n".repeat(3);
        let read = read(lines.as_bytes(), None).unwrap();
        assert_eq!((read.untaught["other"], read.replaced, read.decisions.len()), (3, 2, 1));
    }

    #[test]
    fn labels_win_and_a_rounded_third_is_a_third() {
        let line =
            r#"{"id":"a","text":"t","decision":"publish","labels":{"TOXICITY":0.3333,"OBSCENE":0.5,"SPAM":null}}"#;
        let decision = one(line);
        assert_eq!(known(&decision), [(Attribute::Toxicity, 0.3333), (Attribute::Profanity, 0.5)]);
        assert_eq!(decision.positive(Attribute::Toxicity, 1.0 / 3.0), Some(true));
        assert_eq!(decision.positive(Attribute::Toxicity, 0.5), Some(false));
        assert_eq!(decision.positive(Attribute::Spam, 0.5), None);
    }

    #[test]
    fn only_the_split_asked_for_is_read() {
        let lines = "{\"id\":\"a\",\"text\":\"t\",\"decision\":\"publish\",\"split\":\"dev\"}\n\
                     {\"id\":\"b\",\"text\":\"t\",\"decision\":\"publish\",\"split\":\"train\"}\n\
                     {\"id\":\"c\",\"text\":\"t\",\"decision\":\"publish\"}\n";
        let ids = |split| {
            let read = read(lines.as_bytes(), split).unwrap();
            read.decisions.into_iter().map(|d| d.id).collect::<Vec<_>>()
        };
        assert_eq!((ids(None).len(), ids(Some(Split::Train))), (3, vec!["b".to_owned()]));
    }

    #[test]
    fn what_cant_be_used_is_refused_with_its_line() {
        let good = r#"{"id":"a","text":"t","decision":"publish"}"#;
        for (bad, cause) in [
            ("{oops", "key must be"),
            (r#"{"id":"b","text":"t"}"#, "neither a decision nor a label"),
            (r#"{"id":"b","text":"t","labels":{"TOXICITY":null}}"#, "neither a decision nor a label"),
            (r#"{"id":"b","text":"t","decision":"approve"}"#, "unknown variant `approve`"),
            (r#"{"id":"b","text":"t","labels":{"TOXICITY":1.5}}"#, "TOXICITY is not from 0 to 1"),
            (r#"{"id":"b","text":"t","labels":{"TOXICITY":NaN}}"#, "expected"),
            (r#"{"id":"b","text":"t","labels":{"RUDE":1}}"#, "\"RUDE\" is no attribute"),
            (r#"{"id":"b","text":"t","labels":{"OFF_TOPIC":1}}"#, "\"OFF_TOPIC\" is no attribute"),
            (r#"{"id":"b","text":"t","decision":"publish","sampled":0}"#, "above 0 and at most 1"),
            (r#"{"id":"b","decision":"publish"}"#, "missing field `text`"),
        ] {
            let error = read(format!("{good}\n\n{bad}\n").as_bytes(), None).unwrap_err();
            assert_eq!(error.line, 3, "{bad}");
            assert!(error.cause.contains(cause), "{bad}: {}", error.cause);
        }
        let error = read(&b"{\"id\":\"\xff\"}"[..], None).unwrap_err();
        assert!(error.line == 1 && error.cause.contains("utf-8"), "{error}");
    }
}
