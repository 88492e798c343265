//! The editors' word lists, compiled: every entry of all three lists is found in one pass.

use super::PolicyError;
use crate::comment::Span;
use crate::text::{Normalised, normalise};
use aho_corasick::{AhoCorasick, Match};
use std::cmp::Reverse;
use std::collections::HashMap;
use toml::Spanned;

/// Which list an entry is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Banned,
    Suspect,
    /// Protects what it covers from the other two.
    Allowed,
}

impl List {
    const fn name(self) -> &'static str {
        match self {
            Self::Banned => "banned",
            Self::Suspect => "suspect",
            Self::Allowed => "allowed",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    list: List,
    /// Matches the beginning of a longer word too.
    prefix: bool,
}

/// Where an entry was found, in bytes of the normalised text.
#[derive(Debug, Clone, Copy)]
struct Hit {
    list: List,
    start: usize,
    end: usize,
}

/// The three lists as one automaton over normalised text.
#[derive(Debug, Clone)]
pub(super) struct WordList {
    automaton: AhoCorasick,
    /// By pattern number.
    entries: Vec<Entry>,
}

impl WordList {
    /// Compiles the lists of a words file.
    ///
    /// # Errors
    /// [`PolicyError`] at an entry that is empty, has a `*` before its end, or stands on two lists.
    pub(super) fn compile(
        file: &'static str,
        source: &str,
        lists: [(List, &[Spanned<String>]); 3],
    ) -> Result<Self, PolicyError> {
        let mut patterns: Vec<String> = Vec::new();
        let mut entries = Vec::new();
        let mut seen: HashMap<(String, bool), List> = HashMap::new();
        for (list, words) in lists {
            for word in words {
                let error = |message: String| PolicyError::at(file, source, &word.span(), message);
                let (pattern, prefix) = read_entry(word.get_ref()).map_err(error)?;
                match seen.insert((pattern.clone(), prefix), list) {
                    Some(other) if other == list => {}
                    Some(other) => {
                        let both = format!("this entry reads the same as one on the {} list", other.name());
                        return Err(error(both));
                    }
                    None => {
                        patterns.push(pattern);
                        entries.push(Entry { list, prefix });
                    }
                }
            }
        }
        let automaton = AhoCorasick::new(&patterns)
            .map_err(|e| PolicyError::at(file, source, &(0..0), format!("the lists are too large: {e}")))?;
        Ok(Self { automaton, entries })
    }

    /// Whether anything stands on a list.
    pub(super) fn holds_any(&self, list: List) -> bool {
        self.entries.iter().any(|entry| entry.list == list)
    }

    /// The spans of the original text that are on a list and that no allowed entry covers, in order, none
    /// within another. Takes n log n steps for n hits, so that a text made of hits costs no more than others.
    pub(super) fn find(&self, list: List, text: &Normalised) -> Vec<Span> {
        let mut hits = self.hits(text.as_str());
        // Of hits that start together the longest comes first, and of equals the one that protects.
        hits.sort_by_key(|h| (h.start, Reverse(h.end), h.list != List::Allowed));
        let (mut protected_to, mut last_end) = (0, 0);
        let mut spans = Vec::new();
        for hit in hits {
            if hit.list == List::Allowed {
                protected_to = protected_to.max(hit.end);
            } else if hit.list == list && hit.end > protected_to && hit.end > last_end {
                last_end = hit.end;
                let (start, end) = text.span(hit.start, hit.end);
                spans.push(Span { start, end, weight: 0.0 });
            }
        }
        spans
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        let whole = |m: Match| {
            let entry = self.entries[m.pattern().as_usize()];
            if text[..m.start()].chars().next_back().is_some_and(is_word) {
                return None;
            }
            let rest = &text[m.end()..];
            let tail = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            (tail == 0 || entry.prefix).then_some(Hit { list: entry.list, start: m.start(), end: m.end() + tail })
        };
        self.automaton.find_overlapping_iter(text).filter_map(whole).collect()
    }
}

/// An entry as it is looked for, and whether it is the beginning of a word.
fn read_entry(entry: &str) -> Result<(String, bool), String> {
    let (word, prefix) = match entry.strip_suffix('*') {
        Some(beginning) => (beginning, true),
        None => (entry, false),
    };
    if word.contains('*') {
        return Err("a `*` may stand only at the end of an entry".to_owned());
    }
    let pattern = normalise(word).as_str().trim().to_owned();
    if !pattern.chars().any(char::is_alphanumeric) {
        return Err("an entry needs at least one letter or digit".to_owned());
    }
    if prefix && pattern.chars().count() < 3 {
        return Err("an entry with `*` needs at least three letters, or it would match nearly everything".to_owned());
    }
    Ok((pattern, prefix))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(banned: &[&str], allowed: &[&str], text: &str) -> Vec<(u32, u32)> {
        let spanned = |words: &[&str]| words.iter().map(|w| Spanned::new(0..0, (*w).to_owned())).collect::<Vec<_>>();
        let (banned, allowed) = (spanned(banned), spanned(allowed));
        let lists = [(List::Banned, &banned[..]), (List::Suspect, &[]), (List::Allowed, &allowed[..])];
        let list = WordList::compile("words.toml", "", lists).unwrap();
        list.find(List::Banned, &normalise(text)).iter().map(|s| (s.start, s.end)).collect()
    }

    #[test]
    fn an_entry_matches_whole_words_only() {
        assert_eq!(found(&["troll"], &[], "A Troll, a troll's den, trolley"), [(2, 7), (11, 16)]);
        assert_eq!(found(&["troll"], &[], "atroll étroll"), []);
    }

    #[test]
    fn a_star_matches_the_rest_of_the_word() {
        assert_eq!(found(&["troll*"], &[], "trolley trolls"), [(0, 7), (8, 14)]);
    }

    #[test]
    fn an_entry_may_be_a_phrase() {
        assert_eq!(found(&["go away"], &[], "Please GO AWAY now"), [(7, 14)]);
    }

    #[test]
    fn an_allowed_entry_protects_what_it_covers_and_nothing_else() {
        assert_eq!(found(&["troll*"], &["trolley bus"], "trolley bus, trolley"), [(13, 20)]);
    }

    #[test]
    fn spans_count_code_points_of_the_original() {
        assert_eq!(found(&["troll"], &[], "Ünü 🙂 TROLL"), [(6, 11)]);
    }

    #[test]
    fn overlapping_entries_are_one_span() {
        assert_eq!(found(&["troll*", "trolls"], &[], "trolls"), [(0, 6)]);
    }

    #[test]
    fn an_allowed_entry_as_long_as_the_listed_one_protects_it() {
        assert_eq!(found(&["troll*"], &["trolley"], "trolley trolleys"), [(8, 16)]);
    }

    #[test]
    fn a_text_made_of_hits_is_read_to_its_end() {
        assert_eq!(found(&["troll", "roll"], &["a troll"], &"troll ".repeat(10_000)).len(), 10_000);
    }

    #[test]
    fn an_entry_that_would_match_everything_is_refused() {
        for bad in ["", "*", "a*", "tr*ll", "…"] {
            assert!(read_entry(bad).is_err(), "{bad}");
        }
    }
}
