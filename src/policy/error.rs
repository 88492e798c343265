//! What is wrong with a policy, and where.

use std::ops::Range;

/// Why a policy can't be used. Says where an editor has to look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct PolicyError {
    /// `policy.toml` or `words.toml`.
    pub file: &'static str,
    /// Line of the mistake, from 1.
    pub line: usize,
    /// Column of the mistake in characters, from 1.
    pub column: usize,
    /// One sentence that says what is wrong and what would be right.
    pub message: String,
}

impl PolicyError {
    /// A mistake at a byte range of one of the two files.
    pub(super) fn at(file: &'static str, source: &str, span: &Range<usize>, message: impl Into<String>) -> Self {
        let before = source.get(..span.start).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Self {
            file,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }

    /// A mistake that the TOML reader found: bad syntax, an unknown key, a wrong type, a value out of range.
    pub(super) fn from_toml(file: &'static str, source: &str, error: &toml::de::Error) -> Self {
        let message = error
            .message()
            .replace("unknown field", "unknown key")
            .replace("missing field", "missing key")
            .replace("unknown variant", "unknown value");
        Self::at(file, source, &error.span().unwrap_or(0..0), message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        let source = "ä = 1\nöö = 2\n";
        let place = |start: usize| {
            let e = PolicyError::at("policy.toml", source, &(start..start), "x");
            (e.line, e.column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(source.find('2').unwrap()), (2, 6));
        assert_eq!(place(source.len()), (3, 1));
    }
}
