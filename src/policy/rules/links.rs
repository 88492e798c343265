//! Links to other places, as spammers leave them.

use super::{count, first, reason};
use crate::comment::{Action, Reason, Span};
use crate::policy::{Context, Policy};

/// Endings that make a bare name a link. Short on purpose: "end.Then" is a typing slip, not a host.
const ENDINGS: &[&str] = &[
    "com", "net", "org", "info", "biz", "io", "co", "uk", "de", "fr", "ru", "cn", "us", "eu", "ly", "me", "shop",
    "store", "xyz", "top", "online", "site", "club", "win", "vip", "app", "live", "link",
];

/// As many links as the editors name, to hosts that are neither free nor the article's own.
pub(super) fn too_many(policy: &Policy, context: &Context<'_>) -> Vec<Reason> {
    let rule = &policy.rules.links;
    let home = home(context.facts.article.as_ref().and_then(|a| a.url.as_deref()));
    let free = |host: &str| {
        let host = host.to_lowercase();
        let mut hosts = rule.free_hosts.iter().map(super::super::setting::Host::as_str).chain(home.as_deref());
        hosts.any(|f| host == f || host.strip_suffix(f).is_some_and(|sub| sub.ends_with('.')))
    };
    let spans: Vec<Span> = links(context.text).filter(|(h, _)| !free(h)).map(|(_, span)| span).collect();
    let reaches = |limit: u32| limit > 0 && spans.len() >= limit as usize;
    let action = match (reaches(rule.reject_at.get()), reaches(rule.review_at.get())) {
        (true, _) => Action::Reject,
        (false, true) => Action::Review,
        (false, false) => return Vec::new(),
    };
    let seen = format!("it holds {}", count(spans.len(), "link"));
    vec![reason("links.too_many", action, &seen).at(first(spans))]
}

/// The host of an article, in lower case.
pub(in crate::policy) fn home(article_url: Option<&str>) -> Option<String> {
    host(article_url?).map(str::to_lowercase)
}

/// Whether a text has links.
pub(in crate::policy) fn any(text: &str) -> bool {
    links(text).next().is_some()
}

/// The links of a text, with their hosts, in code points.
fn links(text: &str) -> impl Iterator<Item = (&str, Span)> {
    let mut place = 0;
    let words =
        text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"' | '[' | ']'));
    words.filter_map(move |word| {
        let start = place;
        let length = u32::try_from(word.chars().count()).unwrap_or(u32::MAX);
        place += length;
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '/' | '-' | '_' | '='));
        let end = start + u32::try_from(bare.chars().count()).unwrap_or(u32::MAX);
        host(bare).map(|h| (h, Span { start, end, weight: 0.0 }))
    })
}

/// The host that a word links to, if it is a link.
fn host(word: &str) -> Option<&str> {
    let after_scheme = word.find("://").map(|i| &word[i + 3..]);
    let authority = after_scheme.unwrap_or(word).split(['/', '?', '#', '\\']).next()?;
    // What stands before an @ is a name for show: browsers go to what follows.
    let named = authority.rsplit_once('@');
    let host = named.map_or(authority, |(_, host)| host).split(':').next()?;
    if after_scheme.is_some() {
        return (!host.is_empty()).then_some(host);
    }
    let (name, ending) = host.rsplit_once('.')?;
    let well_formed = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.')) && !name.is_empty();
    let known = ENDINGS.contains(&ending.to_lowercase().as_str());
    // A mail address is no link.
    (well_formed && known && named.is_none()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_found_however_it_is_written() {
        for (word, expected) in [
            ("https://a.example/x?y=1", Some("a.example")),
            ("HTTP://A.example:8080", Some("A.example")),
            ("www.cheap-watches.biz/now", Some("www.cheap-watches.biz")),
            ("cheap.shop", Some("cheap.shop")),
            ("https://paper.example@evil.com/", Some("evil.com")),
            ("https://evil.com\\@paper.example", Some("evil.com")),
            ("end.Then", None),
            ("e.g.", None),
            ("3.5", None),
            ("someone@paper.com", None),
            ("and/or", None),
        ] {
            assert_eq!(host(word), expected, "{word}");
        }
    }

    #[test]
    fn the_span_holds_the_link_and_no_punctuation() {
        let spans: Vec<_> = links("Üb (see https://a.com/x). b.com!").map(|(_, s)| (s.start, s.end)).collect();
        assert_eq!(spans, [(8, 23), (26, 31)]);
    }
}
