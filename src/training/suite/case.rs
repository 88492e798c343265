//! Templates with slots in braces.

use std::collections::BTreeMap;

/// Lists of words, by the name of their slot.
pub(super) type Words = BTreeMap<String, Vec<String>>;

/// How many texts are made of a template with slots.
const FILLINGS: usize = 3;

/// A template names a slot that has no words, or opens a brace without closing it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" has a brace without words")]
pub(super) struct UnknownSlot(String);

/// The texts of a list of templates: one of each, or three where it has slots. The words are taken in
/// turn, by the template's place in the list, so that neither a seed nor a neighbour changes them.
pub(super) fn texts(templates: &[String], words: &Words) -> Result<Vec<String>, UnknownSlot> {
    let mut texts = Vec::new();
    for (place, template) in templates.iter().enumerate() {
        let fillings = if template.contains('{') { FILLINGS } else { 1 };
        for filling in 0..fillings {
            texts.push(fill(template, |slot| {
                let list = words.get(slot)?;
                // Lists of different lengths turn against one another, as each is stepped through by one.
                list.get((place * FILLINGS + filling) % list.len()).map(String::as_str)
            })?);
        }
    }
    Ok(texts)
}

/// Fills the slots, and begins the text with a capital.
pub(super) fn fill<'a>(template: &str, word: impl Fn(&str) -> Option<&'a str>) -> Result<String, UnknownSlot> {
    let unknown = || UnknownSlot(template.to_owned());
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let (slot, rest) = part.split_once('}').ok_or_else(unknown)?;
        text += word(slot).ok_or_else(unknown)?;
        text += rest;
    }
    // What people wrote in lower case stays so; only a slot's word doesn't know that it comes first.
    if template.starts_with('{') {
        let mut letters = text.chars();
        text = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        Words::from([("a".to_owned(), list(&["one", "two"])), ("b".to_owned(), list(&["x", "y", "z"]))])
    }

    #[test]
    fn slots_are_filled_in_turn() {
        let templates = ["{a} and {b}".to_owned(), "plain".to_owned(), "an {a}".to_owned()];
        let expected = ["One and x", "Two and y", "One and z", "plain", "an one", "an two", "an one"];
        assert_eq!(texts(&templates, &words()).unwrap(), expected);
    }

    #[test]
    fn unknown_slots_are_named() {
        for template in ["the {c}", "the {a"] {
            assert_eq!(texts(&[template.to_owned()], &words()), Err(UnknownSlot(template.to_owned())));
        }
    }
}
