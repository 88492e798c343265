//! Thresholds that an editor sets one by one: the policy's text with these numbers, and not a byte beside them changed.

use super::dial::{Dial, Kind, Moved, differ};
use super::number::Number;
use crate::comment::Attribute;
use crate::policy::PolicyFiles;

/// How many decimals scores have.
const DECIMALS: usize = 4;

/// A threshold where it is written: the paper's, or a section's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// In lower case; `None` for the paper's.
    pub section: Option<String>,
    pub attribute: Attribute,
    pub threshold: Kind,
}

impl Field {
    /// Reads a name as [`Display`](std::fmt::Display) writes it.
    ///
    /// # Errors
    /// A sentence that says what in it names nothing.
    pub fn parse(name: &str) -> Result<Self, String> {
        let (threshold, section) = match name.split_once('@') {
            Some((threshold, section)) => (threshold, Some(section.to_lowercase())),
            None => (name, None),
        };
        let (attribute, kind) = threshold.rsplit_once('.').ok_or_else(|| format!("\"{name}\" is no threshold"))?;
        let attribute = attribute.parse().map_err(|e: crate::comment::UnknownAttribute| e.to_string())?;
        let threshold = match kind {
            "review" => Kind::Review,
            "reject" => Kind::Reject,
            other => return Err(format!("\"{other}\" is no threshold; the thresholds are review and reject")),
        };
        Ok(Self { section, attribute, threshold })
    }

    fn of(number: &Number) -> Self {
        Self { section: number.section.clone(), attribute: number.attribute, threshold: number.kind }
    }

    /// As a sentence names it: `review of TOXICITY in opinion`.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{} of {}", self.threshold.name(), place(self.attribute, self.section.as_deref()))
    }
}

/// `TOXICITY.review`, or `TOXICITY.review@opinion`.
impl std::fmt::Display for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.attribute, self.threshold.name())?;
        self.section.as_ref().map_or(Ok(()), |section| write!(f, "@{section}"))
    }
}

fn place(attribute: Attribute, section: Option<&str>) -> String {
    section.map_or_else(|| attribute.to_string(), |section| format!("{attribute} in {section}"))
}

/// Why something that was asked for can't be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// The name of the threshold as it was asked for; empty where it is the whole that can't be.
    pub field: String,
    /// A sentence that names the threshold.
    pub message: String,
}

/// A policy's text with other thresholds.
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    pub policy: String,
    /// What is another number than before, in the order of the file.
    pub moved: Vec<Moved>,
}

/// Every threshold that a `policy.toml` writes, with its number, in the order of [`Attribute::ALL`], the paper's first.
///
/// # Errors
/// A text that is no such file.
pub fn written(policy_toml: &str) -> Result<Vec<(Field, f64)>, toml::de::Error> {
    let dial = Dial::read(policy_toml, &[])?;
    let mut written: Vec<_> = dial.numbers().iter().map(|number| (Field::of(number), number.value)).collect();
    written.sort_by_key(|(field, _)| (field.section.clone(), field.attribute.index(), field.threshold == Kind::Reject));
    Ok(written)
}

/// What one text has another number for than the other; thresholds that only one of them has are left out.
///
/// # Errors
/// A text that is no such file.
pub fn changed(before: &str, after: &str) -> Result<Vec<Moved>, toml::de::Error> {
    let (before, after) = (Dial::read(before, &[])?, written(after)?);
    let moved = before.numbers().iter().filter_map(|number| {
        let field = Field::of(number);
        let (_, after) = after.iter().find(|(found, _)| *found == field)?;
        differ(number.value, *after).then(|| number.moved(*after))
    });
    Ok(moved.collect())
}

/// Writes thresholds into a policy, each as its name and its number were typed. Those that are not named stay.
///
/// # Errors
/// Everything that is wrong with what was asked for. Thresholds are numbers from 0 to 1 with as many decimals as scores have;
/// those are set that the file has, in the paper or in a section; and no `review` is above the `reject` beside it, be that
/// a section's own or the paper's.
pub fn draft(files: &PolicyFiles, asked: &[(String, String)]) -> Result<Drafted, Vec<Fault>> {
    let whole = |message: String| vec![Fault { field: String::new(), message }];
    let dial = Dial::read(&files.policy, &[]).map_err(|error| whole(error.to_string()))?;
    let mut values: Vec<f64> = dial.numbers().iter().map(|number| number.value).collect();
    let mut faults = Vec::new();
    for (name, typed) in asked {
        match find(&dial, name).and_then(|(at, field)| Ok((at, number(&field, typed)?))) {
            Ok((at, value)) => values[at] = value,
            Err(message) => faults.push(Fault { field: name.clone(), message }),
        }
    }
    if faults.is_empty() {
        faults = contradictions(&dial, &values);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let moved = dial.numbers().iter().zip(&values).filter(|(number, after)| differ(number.value, **after));
    let moved = moved.map(|(number, after)| number.moved(*after)).collect();
    let policy = dial.text_with(&values);
    let drafted = PolicyFiles { policy, words: files.words.clone() };
    drafted.parse().map_err(|error| whole(error.to_string()))?;
    Ok(Drafted { policy: drafted.policy, moved })
}

/// Where a threshold of this name is written.
fn find(dial: &Dial, name: &str) -> Result<(usize, Field), String> {
    let field = Field::parse(name)?;
    if let Some(at) = dial.numbers().iter().position(|number| Field::of(number) == field) {
        return Ok((at, field));
    }
    match &field.section {
        Some(section) if !dial.pairs().any(|pair| pair.section == Some(section)) => {
            Err(format!("{}: the policy has nothing of its own for a section \"{section}\"", field.said()))
        }
        _ => Err(format!("the policy has no {}; what is not there is added in policy.toml", field.said())),
    }
}

/// The number that was typed, with a point or a comma.
fn number(field: &Field, typed: &str) -> Result<f64, String> {
    let said = field.said();
    let wrong = || format!("{said}: a threshold is a number from 0 to 1, such as 0.25");
    let text = typed.trim().replace(',', ".");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || (whole.is_empty() && decimals.is_empty()) {
        return Err(wrong());
    }
    if decimals.trim_end_matches('0').len() > DECIMALS {
        return Err(format!("{said}: scores have four decimals, and {text} has more"));
    }
    let value: f64 = text.parse().map_err(|_| wrong())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(wrong()) }
}

/// Every place in which a `review` would be above its `reject`.
fn contradictions(dial: &Dial, values: &[f64]) -> Vec<Fault> {
    let paper: Vec<_> = dial.pairs().filter(|pair| pair.section.is_none()).collect();
    let wrong = dial.pairs().filter_map(|pair| {
        let (review, reject) = (pair.review?, pair.reject?);
        // What a section has from the paper is told of the paper.
        let told = pair.section.is_some()
            && paper.iter().any(|p| (p.attribute, p.review, p.reject) == (pair.attribute, pair.review, pair.reject));
        if told || values[review] <= values[reject] {
            return None;
        }
        let at = if differ(dial.numbers()[review].value, values[review]) { review } else { reject };
        let place = place(pair.attribute, pair.section.map(String::as_str));
        let [low, high] = [review, reject].map(|at| super::number::written(values[at]));
        let message = format!("{place}: review ({low}) would be above reject ({high})");
        Some(Fault { field: Field::of(&dial.numbers()[at]).to_string(), message })
    });
    wrong.collect()
}

#[cfg(test)]
mod tests;
