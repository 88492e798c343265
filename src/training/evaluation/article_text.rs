//! Articles by how much of their text is known, as a title alone says little.

use crate::training::dataset::ArticleLine;
use serde::Serialize;

/// What a comment is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownText {
    Title,
    TitleAndSummary,
    TitleAndBody,
}

impl KnownText {
    /// All of them, least first.
    pub const ALL: [Self; 3] = [Self::Title, Self::TitleAndSummary, Self::TitleAndBody];

    /// That of an article that has a title; a body is preferred to a summary.
    #[must_use]
    pub const fn of(article: &ArticleLine) -> Self {
        match (&article.body, &article.summary) {
            (Some(_), _) => Self::TitleAndBody,
            (None, Some(_)) => Self::TitleAndSummary,
            (None, None) => Self::Title,
        }
    }

    /// As a table says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Title => "title alone",
            Self::TitleAndSummary => "title and summary",
            Self::TitleAndBody => "title and body",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dataset::Split;

    #[test]
    fn what_is_known_is_told_apart() {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let article = |summary, body| ArticleLine {
            article_id: "a".to_owned(),
            title: text("Floods"),
            summary: text(summary),
            body: text(body),
            section: None,
            source: "made".to_owned(),
            split: Split::Dev,
        };
        let known = [("", ""), ("s", ""), ("", "b"), ("s", "b")].map(|(s, b)| KnownText::of(&article(s, b)).name());
        assert_eq!(known, ["title alone", "title and summary", "title and body", "title and body"]);
    }
}
