//! Sentences of our own writing, for what the labelled sources hardly hold; see `primer.toml`.

use super::dataset::{AbuseRow, Split};
use super::source::PRIMER;
use crate::comment::Attribute;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = include_str!("primer.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Primer {
    words: BTreeMap<String, Vec<String>>,
    template: Vec<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    rows: usize,
    labels: BTreeMap<String, f32>,
    text: Vec<String>,
}

/// The primer could not be read or filled.
#[derive(Debug, thiserror::Error)]
pub enum PrimerError {
    #[error("the primer: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("the primer: \"{0}\" has a brace without words")]
    Words(String),
}

/// The sentences as training rows, each once; the same seed draws the same.
///
/// # Errors
/// [`PrimerError`] if the file were broken; a test reads it.
pub fn rows(seed: u64) -> Result<Vec<AbuseRow>, PrimerError> {
    let primer: Primer = toml::from_str(FILE)?;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut drawn: BTreeMap<String, AbuseRow> = BTreeMap::new();
    for template in &primer.template {
        for _ in 0..template.rows {
            let pattern = template.text.choose(&mut rng).map_or("", String::as_str);
            let text = fill(pattern, &primer.words, &mut rng)?;
            let labels = Attribute::ABUSE.map(|a| template.labels.get(a.name()).copied().unwrap_or(f32::NAN));
            let id = format!("primer:{text}");
            let row = AbuseRow {
                id,
                text: text.clone(),
                parent: None,
                source: &PRIMER,
                split: Split::Train,
                labels,
                teacher: None,
            };
            drawn.insert(text, row);
        }
    }
    Ok(drawn.into_values().collect())
}

/// Words may have braces of their own: a sentence is made of clauses, and those of words.
fn fill(
    pattern: &str,
    words: &BTreeMap<String, Vec<String>>,
    rng: &mut Xoshiro256PlusPlus,
) -> Result<String, PrimerError> {
    let mut parts = pattern.split('{');
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let unfilled = || PrimerError::Words(pattern.to_owned());
        let (name, rest) = part.split_once('}').ok_or_else(unfilled)?;
        let choice = words.get(name).and_then(|choices| choices.choose(rng)).ok_or_else(unfilled)?;
        text += &fill(choice, words, rng)?;
        text += rest;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_filled() {
        let primer: Primer = toml::from_str(FILE).unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for text in primer.template.iter().flat_map(|t| &t.text) {
            let filled = fill(text, &primer.words, &mut rng).unwrap();
            assert!(!filled.contains(['{', '}']), "{filled}");
        }
        let known = |name: &String| name.parse::<Attribute>().is_ok_and(|a| a != Attribute::OffTopic);
        assert!(primer.template.iter().flat_map(|t| t.labels.keys()).all(known));
    }

    #[test]
    fn the_same_seed_draws_the_same() {
        let texts = |seed| rows(seed).unwrap().into_iter().map(|r| r.text).collect::<Vec<_>>();
        assert_eq!(texts(1), texts(1));
        assert!(texts(1).len() > 1000);
    }
}
