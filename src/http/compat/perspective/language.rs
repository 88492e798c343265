//! Which languages a request names or a text is in, as ISO 639-1 codes.

use super::error::GoogleError;
use crate::text::{Language, detect};

/// The one language that ombud scores.
const ENGLISH: &str = "en";

/// The languages of one request.
pub(super) struct Languages {
    /// What the caller named, as it did; empty if it left that to us.
    requested: Vec<String>,
    detected: Language,
}

impl Languages {
    /// The languages named, and that of the text.
    ///
    /// # Errors
    /// If one of those named is no language code.
    pub fn of(requested: Vec<String>, text: &str) -> Result<Self, GoogleError> {
        match requested.iter().find(|code| !is_code(code)) {
            Some(code) => Err(GoogleError::language_code(code)),
            None => Ok(Self { requested, detected: detect(text) }),
        }
    }

    /// The language to score in: what the caller names it counts. `None` if that is one that ombud does not score.
    pub fn scored(&self) -> Option<Language> {
        if self.requested.is_empty() {
            return Some(self.detected).filter(|language| !matches!(language, Language::Other(_)));
        }
        let english = |code: &String| primary(code).eq_ignore_ascii_case(ENGLISH);
        self.requested.iter().all(english).then_some(Language::English)
    }

    /// Why an attribute has no score in these languages.
    pub fn unsupported(&self, attribute: &str) -> GoogleError {
        let requested = !self.requested.is_empty();
        GoogleError::language(attribute, &self.named(), requested)
    }

    /// What the caller named, or else what was detected.
    pub fn named(&self) -> Vec<String> {
        if self.requested.is_empty() { self.detected().to_vec() } else { self.requested.clone() }
    }

    /// What was requested.
    pub fn requested(&self) -> &[String] {
        &self.requested
    }

    /// What the text is in. What is too short to tell is read as English.
    pub fn detected(&self) -> [String; 1] {
        let code = match self.detected {
            Language::English | Language::Uncertain => ENGLISH,
            Language::Other(code) => isolang::Language::from_639_3(code).and_then(|l| l.to_639_1()).unwrap_or(code),
        };
        [code.to_owned()]
    }
}

/// The first part of a BCP 47 tag: `en` of `en-GB`.
fn primary(code: &str) -> &str {
    code.split(['-', '_']).next().unwrap_or_default()
}

fn is_code(code: &str) -> bool {
    let primary = primary(code);
    (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic()) && code.len() <= 35
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_caller_names_counts() {
        let german = "Das ist doch alles Unsinn, und der Minister weiß das ganz genau, aber er sagt nichts.";
        let of = |requested: &[&str]| {
            let requested = requested.iter().map(|&code| code.to_owned()).collect();
            Languages::of(requested, german).unwrap()
        };
        assert_eq!(of(&[]).detected(), ["de"]);
        assert_eq!(of(&[]).scored(), None);
        assert_eq!(of(&["en-GB"]).scored(), Some(Language::English));
        assert_eq!(of(&["en", "de"]).scored(), None);
        assert!(Languages::of(vec!["english please".to_owned()], german).is_err());
        assert_eq!(Languages::of(Vec::new(), "Hm").unwrap().scored(), Some(Language::Uncertain));
    }
}
