//! The model card: what stands between its markers is measured, the rest is written by hand.

use super::section::Section;

/// A card that can't be filled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    #[error("there is no marker <!-- evaluate:NAME -->; the names are {names}")]
    NoMarker { names: String },
    #[error("line {line}: nothing is measured for <!-- evaluate:{name} -->; the names are {names}")]
    UnknownName { line: usize, name: String, names: String },
    #[error("line {line}: <!-- evaluate:{name} --> is not closed by <!-- /evaluate:{name} -->")]
    Unclosed { line: usize, name: String },
}

const OPEN: &str = "<!-- evaluate:";
const CLOSE: &str = "<!-- /evaluate:";
const END: &str = " -->";

/// Replaces what stands between `<!-- evaluate:NAME -->` and `<!-- /evaluate:NAME -->`, each on a line of
/// its own, by the tables of the section of that name. All else stays as it is, to the byte.
///
/// # Errors
/// [`CardError`] if a name is unknown, a marker is not closed, or there is none.
pub fn fill(card: &str, sections: &[Section]) -> Result<String, CardError> {
    let names = || sections.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
    let mut filled = String::new();
    let mut found = false;
    let mut lines = card.split_inclusive('\n').enumerate();
    while let Some((index, line)) = lines.next() {
        filled.push_str(line);
        let Some(name) = line.trim().strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(END)) else { continue };
        let (name, line) = (name.to_owned(), index + 1);
        let Some(section) = sections.iter().find(|s| s.name == name) else {
            return Err(CardError::UnknownName { line, name, names: names() });
        };
        found = true;
        let close = format!("{CLOSE}{name}{END}");
        let Some((_, closing)) = lines.find(|(_, l)| l.trim() == close || l.trim().starts_with(OPEN)) else {
            return Err(CardError::Unclosed { line, name });
        };
        if closing.trim() != close {
            return Err(CardError::Unclosed { line, name });
        }
        if !filled.ends_with('\n') {
            filled.push('\n');
        }
        filled.push_str(&section.markdown());
        filled.push_str(closing);
    }
    if found { Ok(filled) } else { Err(CardError::NoMarker { names: names() }) }
}

/// A card with every section under a heading, to begin with.
pub fn blank(sections: &[Section]) -> String {
    let part = |s: &Section| format!("\n## {}\n\n{OPEN}{}{END}\n{CLOSE}{}{END}\n", s.title, s.name, s.name);
    format!("# Model card\n{}", sections.iter().map(part).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::super::table::Table;
    use super::*;

    fn sections() -> [Section; 2] {
        let section = |name, title: &'static str| {
            let mut table = Table::new("Measured", &["", "AUC"], "");
            table.row([name, ".9"].map(str::to_owned));
            Section { name, title, tables: vec![table] }
        };
        [section("abuse", "Abuse"), section("targets", "Targets")]
    }

    const TABLE: &str = "\n|  | AUC |\n| --- | --- |\n| abuse | .9 |\n\n";

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let card = "# Card\nBad at irony.\n<!-- evaluate:abuse -->\nold\nolder\n<!-- /evaluate:abuse -->\r\nThe end";
        let filled = fill(card, &sections()).unwrap();
        let expected =
            format!("# Card\nBad at irony.\n<!-- evaluate:abuse -->\n{TABLE}<!-- /evaluate:abuse -->\r\nThe end");
        assert_eq!(filled, expected);
        assert_eq!(fill(&filled, &sections()).unwrap(), filled, "filling again changes nothing");
    }

    #[test]
    fn a_card_that_cant_be_filled_says_why() {
        let fail = |card| fill(card, &sections()).unwrap_err();
        assert!(matches!(fail("prose"), CardError::NoMarker { names } if names == "abuse, targets"));
        assert!(matches!(fail("\n<!-- evaluate:speed -->\n"), CardError::UnknownName { line: 2, .. }));
        assert!(matches!(fail("<!-- evaluate:abuse -->\nprose"), CardError::Unclosed { line: 1, .. }));
        let crossed =
            "<!-- evaluate:abuse -->\n<!-- evaluate:targets -->\n<!-- /evaluate:targets -->\n<!-- /evaluate:abuse -->";
        assert!(matches!(fail(crossed), CardError::Unclosed { line: 1, .. }));
    }

    #[test]
    fn a_blank_card_can_be_filled() {
        let filled = fill(&blank(&sections()), &sections()).unwrap();
        assert!(filled.contains("## Targets") && filled.contains(TABLE), "{filled}");
    }
}
