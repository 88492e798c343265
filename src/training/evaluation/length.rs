//! Comments by length, as short ones are harder.

use serde::Serialize;

/// A range of lengths in words, which are what white space parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Length {
    #[serde(rename = "<=8")]
    UpTo8,
    #[serde(rename = "9-20")]
    UpTo20,
    #[serde(rename = "21-50")]
    UpTo50,
    #[serde(rename = ">50")]
    Over50,
}

impl Length {
    /// All ranges, shortest first.
    pub const ALL: [Self; 4] = [Self::UpTo8, Self::UpTo20, Self::UpTo50, Self::Over50];

    /// The range of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.split_whitespace().count() {
            0..=8 => Self::UpTo8,
            9..=20 => Self::UpTo20,
            21..=50 => Self::UpTo50,
            _ => Self::Over50,
        }
    }

    /// As a table says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UpTo8 => "<= 8 words",
            Self::UpTo20 => "9-20 words",
            Self::UpTo50 => "21-50 words",
            Self::Over50 => "> 50 words",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted() {
        let of = |words: usize| Length::of(&"word ".repeat(words));
        assert_eq!([of(0), of(8), of(9), of(20)], [Length::UpTo8, Length::UpTo8, Length::UpTo20, Length::UpTo20]);
        assert_eq!([of(21), of(50), of(51)], [Length::UpTo50, Length::UpTo50, Length::Over50]);
    }
}
