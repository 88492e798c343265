//! Normalisation: one reading of a text for everything that compares or scores words.

/// A normalised text that knows where each of its bytes came from.
#[derive(Clone)]
pub struct Normalised {
    text: String,
    /// For each byte of `text`, the original code point it was made from; one more entry for the end.
    origin: Vec<u32>,
}

impl Normalised {
    /// The normalised text: lower case, single spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The span of the original text, in code points, that the bytes `start..end` were made from.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> (u32, u32) {
        (self.origin[start], self.origin[end - 1] + 1)
    }
}

/// Normalises a text.
#[must_use]
pub fn normalise(text: &str) -> Normalised {
    let mut out = String::new();
    let mut origin = Vec::new();
    for (i, c) in text.chars().flat_map(char::to_lowercase).enumerate() {
        out.push(c);
        origin.resize(out.len(), u32::try_from(i).unwrap_or(u32::MAX));
    }
    origin.push(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
    Normalised { text: out, origin }
}
