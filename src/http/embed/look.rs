//! How the pages look within the publisher's own: a theme and six values, which the query carries from page to page.

use super::page::Parameters;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use std::fmt::Write as _;
use url::form_urlencoded::Serializer;

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    Light,
    Dark,
}

/// The theme, and what the publisher set of the six values. What is not well-formed was not set: a style sheet is
/// made of this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub theme: Theme,
    /// By the order of [`VALUES`].
    values: [Option<String>; 6],
}

/// A value's name, and what it may be.
type Value = (&'static str, fn(&str) -> bool);

/// The names of the values, and what each may be. The style sheet has them as `--ombud-NAME`.
const VALUES: [Value; 6] = [
    ("font", is_font),
    ("size", is_size),
    ("text", is_colour),
    ("quiet", is_colour),
    ("background", is_colour),
    ("accent", is_colour),
];

impl Look {
    pub(super) fn of(parameters: &Parameters) -> Self {
        let theme = match parameters.get("theme") {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let value = |(name, is_good): Value| parameters.get(name).filter(|value| is_good(value)).map(str::to_owned);
        Self { theme, values: VALUES.map(value) }
    }

    /// What the page's root is called, for the style sheet.
    pub(super) const fn class(&self) -> &'static str {
        match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Adds itself to a query.
    pub(super) fn append(&self, query: &mut Serializer<'_, String>) {
        if self.theme != Theme::System {
            query.append_pair("theme", self.class());
        }
        for ((name, _), value) in VALUES.iter().zip(&self.values) {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
    }

    /// The style sheet with the values, unless none is set.
    pub(super) fn sheet(&self) -> Option<String> {
        let mut query = Serializer::new(String::new());
        Self { theme: Theme::System, ..self.clone() }.append(&mut query);
        let query = query.finish();
        (!query.is_empty()).then(|| format!("/embed/look.css?{query}"))
    }
}

/// `GET /embed/look.css`
pub(super) async fn sheet(request: HttpRequest) -> HttpResponse {
    let look = Look::of(&Parameters::of(&request));
    let mut css = String::from(":root:root {");
    for ((name, _), value) in VALUES.iter().zip(&look.values) {
        if let Some(value) = value {
            let unit = if *name == "size" { "px" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(css, " --ombud-{name}: {value}{unit};");
        }
    }
    css.push_str(" }\n");
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .body(css)
}

/// A list of fonts' names.
fn is_font(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || " ,-'\"".contains(c);
    let quoted = |quote: char| value.matches(quote).count().is_multiple_of(2);
    (1..=200).contains(&value.len()) && value.chars().all(plain) && quoted('\'') && quoted('"')
}

/// A whole number of pixels that can be read.
fn is_size(value: &str) -> bool {
    value.parse::<u8>().is_ok_and(|size| (12..=24).contains(&size))
}

/// `#rgb`, `#rrggbb`, or a colour's name.
fn is_colour(value: &str) -> bool {
    match value.strip_prefix('#') {
        Some(digits) => matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => (3..=30).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphabetic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_well_formed_was_not_set() {
        let look = |query: &str| Look::of(&Parameters::parse(query));
        let whole = "theme=dark&font=Georgia%2C+%27Times+New+Roman%27%2C+serif&size=17&text=%23222&quiet=gray\
            &background=%23FFfefa&accent=navy";
        let mut again = Serializer::new(String::new());
        look(whole).append(&mut again);
        assert_eq!(again.finish(), whole);
        for bad in [
            "font=x%7D+body+%7Bdisplay:none",
            "font=%27open",
            "size=200",
            "size=17px",
            "text=url(x)",
            "text=%23ggg",
            "accent=red%3B+x:y",
            "background=%2F*",
            "theme=neon",
            "font=",
            "colour=red",
        ] {
            assert_eq!(look(bad), Look::default(), "{bad}");
        }
        assert_eq!(look("theme=dark").sheet(), None);
        assert_eq!(look("theme=dark&size=17").sheet().as_deref(), Some("/embed/look.css?size=17"));
    }
}
