//! What Akismet's clients send: form fields, in the character encoding of their site.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use encoding_rs::{Encoding, WINDOWS_1252};

/// The fields of a form or a query. Holds texts, authors and keys: it can't be printed.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `a=1&b=2`. Bytes that are no UTF-8 are read in the encoding that `blog_charset` names, or `otherwise`.
    pub fn parse(encoded: &[u8], otherwise: Option<&str>) -> Self {
        let raw = encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (unescape(&pair[..end]), unescape(pair.get(end + 1..).unwrap_or_default()))
        });
        let raw: Vec<(Vec<u8>, Vec<u8>)> = raw.collect();
        let named = raw.iter().rev().find(|(name, _)| name == b"blog_charset").map(|(_, value)| value.as_slice());
        let encoding = encoding(named.or(otherwise.map(str::as_bytes)));
        Self(raw.into_iter().map(|(name, value)| (text(name, encoding), text(value, encoding))).collect())
    }

    /// A field's value, without white space around it; `None` where that leaves nothing. The last one counts, as in PHP.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// Whether a field says yes, as PHP and Python write it.
    pub fn says_yes(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }
}

/// The character encoding that a request's `Content-Type` names.
pub(super) fn charset(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    let parameters = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let charset = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?.1;
    Some(charset.trim().trim_matches('"').to_owned())
}

/// What a label of the Encoding Standard names; Windows-1252 where that is nothing that ASCII could be written in.
fn encoding(label: Option<&[u8]>) -> &'static Encoding {
    label.and_then(Encoding::for_label).filter(|encoding| encoding.is_ascii_compatible()).unwrap_or(WINDOWS_1252)
}

/// Many clients send UTF-8 whatever they call it; and what reads as UTF-8 by chance is next to nothing.
fn text(bytes: Vec<u8>, encoding: &'static Encoding) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| encoding.decode_without_bom_handling(error.as_bytes()).0.into_owned())
}

/// Undoes `+` and `%41`. A `%` that starts nothing stands for itself.
fn unescape(escaped: &[u8]) -> Vec<u8> {
    let digit = |at: usize| escaped.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut plain, mut at) = (Vec::with_capacity(escaped.len()), 0);
    while let Some(byte) = escaped.get(at) {
        let pair = (*byte == b'%').then(|| digit(at + 1).zip(digit(at + 2))).flatten();
        let value = pair.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        plain.push(value.unwrap_or(if *byte == b'+' { b' ' } else { *byte }));
        at += if value.is_some() { 3 } else { 1 };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(encoded: &[u8], name: &str) -> Option<String> {
        Form::parse(encoded, None).get(name).map(str::to_owned)
    }

    #[test]
    fn fields_are_unescaped_and_trimmed() {
        assert_eq!(field(b"a=one+two%21&b=%26%3D", "a").as_deref(), Some("one two!"));
        assert_eq!(field(b"a=one+two%21&b=%26%3D", "b").as_deref(), Some("&="));
        assert_eq!(field(b"a=1&a=2", "a").as_deref(), Some("2"), "the last one counts");
        assert_eq!(field(b"&&a&=x&b=%20", "a"), None);
        assert_eq!(field(b"a=x=y", "a").as_deref(), Some("x=y"));
        assert_eq!(field(b"a=100%&b=%4&c=%zz", "a").as_deref(), Some("100%"));
        assert_eq!(field(b"a=100%&b=%4&c=%zz", "c").as_deref(), Some("%zz"));
    }

    #[test]
    fn text_is_read_in_the_sites_encoding() {
        assert_eq!(field(b"blog_charset=ISO-8859-2&a=%E8", "a").as_deref(), Some("č"));
        assert_eq!(field(b"a=caf%E9", "a").as_deref(), Some("café"), "nothing named");
        assert_eq!(field(b"blog_charset=UTF-8&a=caf%E9", "a").as_deref(), Some("caf\u{fffd}"));
        assert_eq!(field(b"blog_charset=ISO-8859-1&a=%C4%8D", "a").as_deref(), Some("č"), "UTF-8 all the same");
        assert_eq!(field(b"blog_charset=utf-16le&a=%E9", "a").as_deref(), Some("é"), "no encoding of a form");
        assert_eq!(Form::parse(b"a=%E8", Some("windows-1250")).get("a"), Some("č"));
    }

    #[test]
    fn yes_is_written_in_two_ways() {
        for (form, yes) in
            [("t=1", true), ("t=true", true), ("t=True", true), ("t=0", false), ("t=", false), ("", false)]
        {
            assert_eq!(Form::parse(form.as_bytes(), None).says_yes("t"), yes, "{form}");
        }
    }
}
