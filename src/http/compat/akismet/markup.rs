//! From what a blog keeps of a comment, which may be HTML, to the text that a reader sees.

use crate::comment::CommentText;

/// Tags that begin a line.
const BLOCKS: [&str; 16] =
    ["blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "tr", "ul"];
/// The longest tag or HTML comment, in bytes. Longer ones are text: nobody has to look for an end that never comes.
const LONGEST_TAG: usize = 4096;
/// The longest character reference, without `&`.
const LONGEST_REFERENCE: usize = 9;

/// The text of a comment: tags taken out, but for the addresses that they point to; character references and control
/// characters read; no longer than the text of a comment may be. What only looks like a tag stays.
pub(super) fn plain(html: &str) -> String {
    let mut reader = Reader { text: String::with_capacity(html.len()), link: None };
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '<' => reader.tag(rest),
            '&' => reader.reference(rest),
            c => {
                let unseen = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
                reader.text.push(if unseen { ' ' } else { c });
                &rest[c.len_utf8()..]
            }
        };
    }
    reader.end_link();
    let mut text = reader.text;
    text.truncate(text.floor_char_boundary(CommentText::MAX_BYTES));
    text
}

struct Reader {
    text: String,
    /// Where an open link points to, and where its text starts.
    link: Option<(String, usize)>,
}

impl Reader {
    /// Reads a tag, a comment, or a mere `<`, and returns what follows.
    fn tag<'a>(&mut self, from: &'a str) -> &'a str {
        let inside = &from[1..];
        let near = first(inside, LONGEST_TAG);
        if let Some(end) = near.strip_prefix("!--").and_then(|comment| comment.find("-->")) {
            return &inside[end + 6..];
        }
        let named = near.strip_prefix('/').unwrap_or(near);
        let is_tag = named.starts_with(|c: char| c.is_ascii_alphabetic());
        let Some(end) = end_of_tag(near).filter(|_| is_tag) else {
            self.text.push('<');
            return inside;
        };
        let (tag, rest) = (&inside[..end], &inside[end + 1..]);
        let name = named.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if name == "a" {
            self.end_link();
            self.link = attribute(tag, "href").map(|address| (address, self.text.len()));
        } else if let Some(address) = attribute(tag, "src").or_else(|| attribute(tag, "href")) {
            self.address(&address);
        }
        if BLOCKS.contains(&name.as_str()) {
            self.text.push('\n');
        }
        rest
    }

    /// Writes down where a link points to, unless its text says so.
    fn end_link(&mut self) {
        let Some((address, start)) = self.link.take() else { return };
        if !self.text[start..].contains(&address) {
            self.address(&address);
        }
    }

    fn address(&mut self, address: &str) {
        self.text.push(' ');
        self.text.push_str(address);
        self.text.push(' ');
    }

    /// Reads a character reference, or a mere `&`, and returns what follows.
    fn reference<'a>(&mut self, from: &'a str) -> &'a str {
        let inside = &from[1..];
        let name = first(inside, LONGEST_REFERENCE).split_once(';').map(|(name, _)| name);
        let found = name.and_then(|name| Some((character(name)?, name.len() + 1)));
        let (c, length) = found.unwrap_or(('&', 0));
        self.text.push(c);
        &inside[length..]
    }
}

/// As much of a text as fits in so many bytes.
fn first(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Where the `>` stands that ends a tag, outside of quotes if they close.
fn end_of_tag(inside: &str) -> Option<usize> {
    let earliest = inside.find('>')?;
    let mut quote = None;
    let unquoted = inside.char_indices().find(|(_, c)| {
        match (quote, *c) {
            (None, '"' | '\'') => quote = Some(*c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        quote.is_none() && *c == '>'
    });
    Some(unquoted.map_or(earliest, |(at, _)| at))
}

/// An attribute's value that is an address of another place, whole.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let value = lower.match_indices(name).find_map(|(at, _)| {
        let apart = tag[..at].ends_with(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | '/'));
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        apart.then_some(value)
    })?;
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split(|c: char| c.is_ascii_whitespace()).next()?,
    };
    // Addresses hold no white space, and nothing of theirs may end up as markup again.
    let plain: String = value.replace("&amp;", "&").chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    if plain.starts_with("//") {
        return Some(format!("https:{plain}"));
    }
    plain.contains("://").then_some(plain)
}

fn character(reference: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    let found = match reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        other => {
            let digits = other.strip_prefix('#')?;
            digits.strip_prefix(['x', 'X']).map_or_else(|| number(digits, 10), |hex| number(hex, 16))?
        }
    };
    Some(if found.is_control() && !matches!(found, '\t' | '\n' | '\r') { ' ' } else { found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_go_and_text_stays() {
        for (html, text) in [
            ("<p>One <b>bold</b> word.</p>", "\nOne bold word.\n"),
            ("One<br />two", "One\ntwo"),
            ("1 < 2 && a <3 b", "1 < 2 && a <3 b"),
            ("Fish &amp; chips &#8211; &#x201C;good&quot; &copy; &amp", "Fish & chips – “good\" &copy; &amp"),
            ("a<!-- b -->c<!-- d", "ac<!-- d"),
            ("<!----> a <!--> b", " a <!--> b"),
            ("a\u{0}b\u{7}c &#0;", "a b c  "),
            ("no tag: <em", "no tag: <em"),
            ("<img alt=\"a > b\">after", "after"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn an_address_is_read_once() {
        let shown = |html: &str| plain(html).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(shown("<a href=\"https://a.com/?x=1&amp;y=2\">Buy</a> now"), "Buy https://a.com/?x=1&y=2 now");
        assert_eq!(shown("<A rel=nofollow HREF='https://a.com'>https://a.com</A>"), "https://a.com");
        assert_eq!(shown("<a href=https://a.com>Buy"), "Buy https://a.com");
        assert_eq!(shown("<img src=\"//a.com/1.png\">"), "https://a.com/1.png");
        assert_eq!(shown("<a data-href=\"https://b.com\" href=\"#top\">Up</a>"), "Up");
    }

    #[test]
    fn what_never_ends_is_read_once() {
        for html in ["<a ", "<!--", "&", "<a href=\""] {
            let long = html.repeat(50_000);
            assert_eq!(plain(&long), &long[..CommentText::MAX_BYTES.min(long.len())], "{html}");
        }
    }

    #[test]
    fn it_is_no_longer_than_a_comment_may_be() {
        let text = plain(&"é".repeat(CommentText::MAX_BYTES));
        assert_eq!(text.len(), CommentText::MAX_BYTES);
        assert_eq!(plain("x").len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_that_shows_anything_is_the_text_of_a_comment(html in "(?s)[<>&;#a/=\"' é\\x00-\\x1f.]{0,60}") {
            let text = plain(&html);
            prop_assert!(text.trim().is_empty() || CommentText::parse(text).is_ok());
        }
    }
}
