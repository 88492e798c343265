//! The thresholds of an attribute as what can be turned: how its scores lie, and a field for each number.

use crate::comment::Attribute;
use crate::http::console::histogram::{Chart, Scale};
use crate::http::console::words;
use crate::policy::tuning::{Fault, Field, Kind, written};
use crate::policy::{Policy, PolicyFiles, Threshold};
use crate::service::{Glance, Histogram, ServiceError};
use std::collections::BTreeMap;

/// What was typed, by the names of thresholds.
pub type Typed = BTreeMap<String, String>;

/// A field for one threshold.
pub struct Input {
    pub id: String,
    pub name: String,
    /// `review` or `reject`.
    pub kind: &'static str,
    pub label: &'static str,
    pub value: String,
    pub in_force: String,
    /// Whether something else is typed than what is in force.
    pub changed: bool,
    /// How many scores reach it, in words.
    pub reach: String,
    /// What is wrong with what was typed; empty if nothing is.
    pub fault: String,
}

/// An attribute's drawing, and its fields.
pub struct Dial {
    pub chart: Chart,
    /// How many scores lie in each hundredth, apart by commas.
    pub counts: String,
    pub inputs: Vec<Input>,
}

/// The paper, or a section, with what it has of its own.
pub struct Group {
    /// Empty for the paper.
    pub section: String,
    pub dials: Vec<Dial>,
}

/// Every threshold that the policy writes, beside the scores of the last day.
pub fn groups(
    files: &PolicyFiles,
    policy: &Policy,
    glance: &Glance,
    typed: &Typed,
    faults: &[Fault],
) -> Result<Vec<Group>, ServiceError> {
    let fields = written(&files.policy).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let inputs: Vec<(Field, Input)> =
        fields.into_iter().enumerate().map(|(n, (field, value))| input(n, field, value, typed, faults)).collect();
    let mut by_place: BTreeMap<Option<String>, BTreeMap<usize, Vec<Input>>> = BTreeMap::new();
    for (field, input) in inputs {
        by_place.entry(field.section).or_default().entry(field.attribute.index()).or_default().push(input);
    }
    let group = |(section, attributes): (Option<String>, BTreeMap<usize, Vec<Input>>)| {
        let scores = match &section {
            None => Some(&glance.paper.scores),
            Some(section) => glance.sections.get(section).map(|(_, figures)| &figures.scores),
        };
        let histogram = |attribute| scores.and_then(|scores| scores.get(attribute)).copied().unwrap_or_default();
        let drawn: Vec<(Attribute, Histogram, Vec<Input>)> = attributes
            .into_iter()
            .map(|(index, inputs)| {
                let attribute = Attribute::ALL[index];
                let in_force = policy.thresholds(section.as_deref()).get(attribute);
                (attribute, histogram(attribute).beside(shown(in_force, &inputs)), inputs)
            })
            .collect();
        let scale = Scale::of(drawn.iter().map(|(_, histogram, _)| histogram));
        let dials = drawn.into_iter().map(|(attribute, histogram, inputs)| dial(attribute, &histogram, scale, inputs));
        Group { dials: dials.collect(), section: section.unwrap_or_default() }
    };
    Ok(by_place.into_iter().map(group).collect())
}

fn input(n: usize, field: Field, in_force: f64, typed: &Typed, faults: &[Fault]) -> (Field, Input) {
    let (name, in_force) = (field.to_string(), words::score(in_force));
    let value = typed.get(&name).cloned().unwrap_or_else(|| in_force.clone());
    let fault = faults.iter().find(|fault| fault.field == name);
    let input = Input {
        id: format!("t{n}"),
        kind: field.threshold.name(),
        label: match field.threshold {
            Kind::Review => "Held from",
            Kind::Reject => "Rejected from",
        },
        changed: value.trim().parse::<f64>() != in_force.parse::<f64>(),
        reach: String::new(),
        fault: fault.map(|fault| fault.message.clone()).unwrap_or_default(),
        name,
        value,
        in_force,
    };
    (field, input)
}

/// The thresholds as they are typed, where they can be drawn, else as they are in force.
fn shown(in_force: Threshold, inputs: &[Input]) -> Threshold {
    let typed = |kind: &str| {
        let input = inputs.iter().find(|input| input.kind == kind)?;
        input.value.trim().replace(',', ".").parse().ok().filter(|value| (0.0..=1.0).contains(value))
    };
    Threshold { review: typed("review").or(in_force.review), reject: typed("reject").or(in_force.reject) }
}

fn dial(attribute: Attribute, histogram: &Histogram, scale: Scale, inputs: Vec<Input>) -> Dial {
    let first = inputs.first().map_or("", |input| input.id.as_str());
    let chart = Chart { id: format!("chart-{first}"), ..Chart::new(attribute, histogram, scale) };
    let reach = |input: &Input| {
        let mark = chart.marks.iter().find(|mark| mark.name == input.kind);
        mark.map_or_else(String::new, |mark| reach(&mark.above.1, &mark.above.2))
    };
    let inputs = inputs.into_iter().map(|input| Input { reach: reach(&input), ..input }).collect();
    let counts: Vec<String> = histogram.hundredths.iter().map(u64::to_string).collect();
    Dial { chart, counts: counts.join(","), inputs }
}

/// `12 scores at or above, 4 %`; the script that drags says the same.
fn reach(count: &str, share: &str) -> String {
    let scores = if count == "1" { "score" } else { "scores" };
    if share.is_empty() || count == "0" {
        format!("{count} {scores} at or above")
    } else {
        format!("{count} {scores} at or above, {share}")
    }
}
