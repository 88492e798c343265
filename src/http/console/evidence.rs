//! The evidence in a text: which words spoke for which score, and what is covered until she uncovers it.
//!
//! Marks differ by the line's shape and width, not by its colour: solid for abuse, dotted for topicality, wavy for word
//! lists, dashed for other rules; the more a phrase adds, the wider.

use crate::comment::{Attribute, Reason, Span};
use crate::http::console::words;
use crate::text::legible;

/// A run of a comment's text that is marked in one way.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    /// For the style sheet; empty where nothing is marked.
    pub class: String,
    /// What spoke here, and how strongly.
    pub title: String,
    /// What stands here as long as it is covered; empty where nothing is.
    pub cover: String,
}

/// One phrase of the evidence, for the list beside the text.
#[derive(Debug, PartialEq, Eq)]
pub struct Phrase {
    pub text: String,
    /// What it adds, such as `+1.2`; empty where a rule points here.
    pub weight: String,
}

/// A mark over part of the text.
struct Mark {
    start: usize,
    end: usize,
    kind: &'static str,
    strength: u8,
    title: String,
    covers: bool,
}

impl Piece {
    /// What is read of it as long as nothing is uncovered.
    pub(super) fn seen(&self) -> &str {
        if self.cover.is_empty() { &self.text } else { &self.cover }
    }
}

/// The text in pieces. `covering`: whether slurs and threats are covered at first.
pub(super) fn pieces(text: &str, reasons: &[Reason], covering: bool) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let marks: Vec<Mark> = reasons.iter().flat_map(|reason| marks(reason, characters.len())).collect();
    let mut cuts: Vec<usize> = marks.iter().flat_map(|mark| [mark.start, mark.end]).collect();
    cuts.extend([0, characters.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let piece = |range: &[usize]| {
        let [start, end] = *range else { return None };
        let text: String = characters[start..end].iter().collect();
        let here: Vec<&Mark> = marks.iter().filter(|mark| mark.start <= start && end <= mark.end).collect();
        let strongest = here.iter().max_by_key(|mark| mark.strength);
        let class = strongest.map_or_else(String::new, |mark| format!("mark {} mark-{}", mark.kind, mark.strength));
        let mut titles: Vec<&str> = here.iter().map(|mark| mark.title.as_str()).collect();
        titles.dedup();
        let covered = covering && here.iter().any(|mark| mark.covers);
        let cover = if covered { cover(&text) } else { String::new() };
        Some(Piece { text: legible(&text), class, title: titles.join("; "), cover })
    };
    cuts.windows(2).filter_map(piece).collect()
}

/// The text without marks, covered in the same places.
pub(super) fn plain(text: &str, reasons: &[Reason], covering: bool) -> Vec<Piece> {
    let bare = |piece: Piece| Piece { class: String::new(), title: String::new(), ..piece };
    pieces(text, reasons, covering).into_iter().map(bare).collect()
}

/// How a text begins, in one line of at most so many characters.
pub(super) fn opening(pieces: &[Piece], longest: usize) -> Vec<Piece> {
    let mut line: Vec<(char, bool)> = Vec::new();
    for piece in pieces {
        for character in piece.text.chars() {
            let space = character.is_whitespace();
            let spaced = line.last().is_none_or(|(before, _)| *before == ' ');
            if !(space && spaced) {
                line.push((if space { ' ' } else { character }, !piece.cover.is_empty()));
            }
        }
    }
    if line.last().is_some_and(|(last, _)| *last == ' ') {
        line.pop();
    }
    let cut = line.len() > longest;
    if cut {
        line.truncate(longest);
        let word = line.iter().rposition(|(character, _)| *character == ' ');
        line.truncate(word.unwrap_or(longest));
    }
    let run = |run: &[(char, bool)]| {
        let text: String = run.iter().map(|(character, _)| character).collect();
        let cover = if run.iter().any(|(_, covered)| *covered) { cover(&text) } else { String::new() };
        Piece { text, cover, ..Piece::default() }
    };
    let mut opening: Vec<Piece> = line.chunk_by(|(_, one), (_, next)| one == next).map(run).collect();
    if cut {
        opening.push(Piece { text: " …".to_owned(), ..Piece::default() });
    }
    opening
}

/// Whether anything of a text is covered.
pub(super) fn covered(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| !piece.cover.is_empty())
}

/// The phrases that a reason points at, as far as they may be shown uncovered.
pub(super) fn phrases(text: &str, reason: &Reason, covering: bool) -> Vec<Phrase> {
    let covered = covering && covers(reason);
    let characters: Vec<char> = text.chars().collect();
    let phrase = |span: &Span| {
        let (start, end) = bounds(span, characters.len())?;
        let said: String = characters[start..end].iter().collect();
        let weight = if span.weight == 0.0 { String::new() } else { format!("{:+.1}", span.weight) };
        Some(Phrase { text: if covered { cover(&said) } else { legible(&said) }, weight })
    };
    reason.evidence.iter().filter_map(phrase).collect()
}

fn marks(reason: &Reason, length: usize) -> impl Iterator<Item = Mark> {
    let kind = match reason.attribute {
        Some(Attribute::OffTopic) => "dotted",
        Some(_) => "solid",
        None if reason.code.starts_with("words.") => "wavy",
        None => "dashed",
    };
    let said = reason.attribute.map_or_else(|| words::reason(&reason.code), |a| words::capitalised(a.phrase()));
    let covers = covers(reason);
    reason.evidence.iter().filter_map(move |span| {
        let (start, end) = bounds(span, length)?;
        let (strength, title) = match span.weight {
            0.0 => (2, said.clone()),
            weight => (strength(weight), format!("{said} {weight:+.1}")),
        };
        Some(Mark { start, end, kind, strength, title, covers })
    })
}

/// The code points of a span, if there are any in a text of so many.
fn bounds(span: &Span, length: usize) -> Option<(usize, usize)> {
    let (start, end) = (usize::try_from(span.start).ok()?, usize::try_from(span.end).ok()?.min(length));
    (start < end).then_some((start, end))
}

/// How wide a line is, 1 to 4 pixels: what a phrase adds, in log-odds.
const fn strength(weight: f64) -> u8 {
    match weight {
        ..0.5 => 1,
        0.5..1.0 => 2,
        1.0..2.0 => 3,
        _ => 4,
    }
}

/// Whether what a reason points at is covered: slurs, threats and what editors never print.
fn covers(reason: &Reason) -> bool {
    let attribute = matches!(
        reason.attribute,
        Some(
            Attribute::Threat
                | Attribute::IdentityAttack
                | Attribute::SevereToxicity
                | Attribute::Profanity
                | Attribute::SexuallyExplicit
        )
    );
    attribute || reason.code == "words.banned"
}

/// As long as the words, and no word.
fn cover(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { '\u{2022}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Action;

    fn scored(attribute: Attribute, spans: &[(u32, u32, f64)]) -> Reason {
        let evidence = spans.iter().map(|(start, end, weight)| Span { start: *start, end: *end, weight: *weight });
        let code = format!("threshold.{attribute}");
        Reason { attribute: Some(attribute), ..Reason::rule(code, Action::Review, "So.").at(evidence.collect()) }
    }

    #[test]
    fn marks_lie_over_each_other_and_lose_no_character() {
        let text = "né you 😀 fools, go home";
        let reasons = [
            scored(Attribute::Insult, &[(3, 15, 1.25)]),
            scored(Attribute::Threat, &[(9, 99, 0.25)]),
            Reason::rule("words.suspect", Action::Review, "So.").at(vec![Span { start: 3, end: 6, weight: 0.0 }]),
        ];
        let pieces = super::pieces(text, &reasons, true);
        assert_eq!(pieces.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        let told: Vec<_> = pieces.iter().map(|p| (p.text.as_str(), p.class.as_str(), p.cover.as_str())).collect();
        assert_eq!(
            told,
            [
                ("né ", "", ""),
                ("you", "mark solid mark-3", ""),
                (" 😀 ", "mark solid mark-3", ""),
                ("fools,", "mark solid mark-3", "••••••"),
                (" go home", "mark solid mark-1", " •• ••••"),
            ]
        );
        assert_eq!(pieces[1].title, "An insult +1.2; On the suspect list");
        assert!(super::pieces(text, &reasons, false).iter().all(|piece| piece.cover.is_empty()));
        assert_eq!(super::pieces("", &[], true), []);
    }

    #[test]
    fn an_opening_is_one_line_that_ends_at_a_word() {
        let seen = |text: &str, reasons: &[Reason], covering, longest| {
            opening(&plain(text, reasons, covering), longest).iter().map(Piece::seen).collect::<String>()
        };
        assert_eq!(seen(" They\n should\t talk.\u{202e} ", &[], true, 280), "They should talk.");
        let long = seen(&"talks ".repeat(100), &[], true, 280);
        assert!(long.ends_with("talks …") && long.chars().count() <= 282, "{long}");
        assert_eq!(seen(&"é".repeat(20_000), &[], true, 280).chars().count(), 282);
        // A threat is covered however it is cut.
        let threat = [scored(Attribute::Threat, &[(7, 16, 1.0)])];
        let text = "Now \n\n kill them all at once.";
        assert_eq!(seen(text, &threat, true, 280), "Now •••• •••• all at once.");
        assert_eq!(seen(text, &threat, true, 11), "Now •••• …");
        assert_eq!(seen(text, &threat, false, 280), "Now kill them all at once.");
        assert!(covered(&plain(text, &threat, true)) && !covered(&plain(text, &threat, false)));
        assert_eq!(opening(&plain("", &[], true), 280), []);
    }

    #[test]
    fn the_list_beside_the_text_is_covered_as_the_text_is() {
        let threat = scored(Attribute::Threat, &[(0, 2, 2.04), (5, 5, 1.0)]);
        let phrases = |covering| super::phrases("go on", &threat, covering);
        assert_eq!(phrases(false), [Phrase { text: "go".to_owned(), weight: "+2.0".to_owned() }]);
        assert_eq!(phrases(true)[0].text, "••");
    }
}
