//! What a reader sees of HTML, as plain text.

use super::{Element, Piece, pieces};

/// Elements whose content no reader sees.
const UNSEEN: [&str; 6] = ["script", "style", "iframe", "noembed", "noframes", "template"];

/// The plain text of HTML: paragraphs apart by an empty line, other blocks and line breaks on lines of their own, and
/// after a link's text its target in parentheses, unless the text says it already. White space at both ends is
/// gone. Empty where nothing can be seen.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut writer = Writer::default();
    let mut unseen: Vec<String> = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Open(element) if UNSEEN.contains(&element.name.as_str()) => unseen.push(element.name),
            Piece::Close(name) if UNSEEN.contains(&name.as_str()) => {
                if let Some(at) = unseen.iter().rposition(|open| *open == name) {
                    unseen.truncate(at);
                }
            }
            _ if !unseen.is_empty() => {}
            Piece::Open(element) => writer.open(&element),
            Piece::Close(name) => writer.close(&name),
            Piece::Text(text) => writer.text(&text),
        }
    }
    writer.end_link();
    writer.text.trim().to_owned()
}

/// How many line ends stand before and after an element; 0 for one within a line.
fn breaks(name: &str) -> usize {
    match name {
        "p" | "blockquote" | "pre" | "ul" | "ol" | "dl" | "table" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => 2,
        "div" | "li" | "dt" | "dd" | "tr" | "section" | "article" | "header" | "footer" | "aside" | "main" | "nav"
        | "figure" | "figcaption" | "address" | "hr" | "form" | "details" | "summary" => 1,
        _ => 0,
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    /// The link that is open: its target, and where its text begins.
    link: Option<(String, usize)>,
}

impl Writer {
    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            "br" => self.text.push('\n'),
            "a" => {
                self.end_link();
                let target = element.attribute("href").and_then(target);
                self.link = target.map(|target| (target, self.text.len()));
            }
            "td" | "th" => self.space(),
            name => self.line_ends(breaks(name)),
        }
    }

    fn close(&mut self, name: &str) {
        if name == "a" {
            self.end_link();
        } else {
            self.line_ends(breaks(name));
        }
    }

    /// Runs of white space are one space, or one line end if they hold one.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.text.push_str(&rest[..word]);
            rest = &rest[word..];
            let space = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
            if rest[..space].contains('\n') {
                self.line_ends(1);
            } else if space > 0 {
                self.space();
            }
            rest = &rest[space..];
        }
    }

    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// Sees to it that at least so many line ends stand here, where a line was begun.
    fn line_ends(&mut self, count: usize) {
        if count == 0 {
            return;
        }
        let written = self.text.trim_end_matches(' ').len();
        self.text.truncate(written);
        let there = self.text.bytes().rev().take_while(|b| *b == b'\n').count();
        if there < written {
            self.text.extend(std::iter::repeat_n('\n', count.saturating_sub(there)));
        }
    }

    fn end_link(&mut self) {
        let Some((target, start)) = self.link.take() else { return };
        // The text may have been cut back to before the link's beginning, by at most a space.
        let said = self.text.get(start..).unwrap_or_default();
        if bare(said) != bare(&target) {
            self.space();
            self.text.push('(');
            self.text.push_str(&target);
            self.text.push(')');
        }
    }
}

/// Where a link leads, if that is another place: as one word.
fn target(href: &str) -> Option<String> {
    let href: String = href.trim().chars().filter(|c| !c.is_control()).collect();
    let elsewhere = href.starts_with("//") || !href.starts_with(['/', '#', '?', '.']);
    let absolute = if href.starts_with("//") { format!("https:{href}") } else { href };
    (elsewhere && !absolute.is_empty()).then(|| absolute.replace(char::is_whitespace, "%20"))
}

/// An address without what people leave out when they write it.
fn bare(address: &str) -> String {
    let address = address.trim().to_lowercase();
    let after = ["https://", "http://", "mailto:"].iter().find_map(|scheme| address.strip_prefix(scheme));
    after.unwrap_or(&address).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_lines_stay_apart() {
        for (html, text) in [
            ("<p>One</p><p>Two</p>", "One\n\nTwo"),
            ("<div>One</div><div>Two</div>", "One\nTwo"),
            ("One<br>Two<br/>Three", "One\nTwo\nThree"),
            ("<blockquote>They said</blockquote>I say", "They said\n\nI say"),
            ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
            ("  a \t b&nbsp;&nbsp; c  ", "a b c"),
            ("a  \n  b", "a\nb"),
            ("<b>id</b>iot", "idiot"),
            ("1 &lt; 2 &amp; &#x201C;so&#x201D;", "1 < 2 & “so”"),
            ("<script>alert(1)</script><style>p{}</style>seen", "seen"),
            ("<img src=x>", ""),
            ("", ""),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn a_link_shows_where_it_leads() {
        for (html, text) in [
            (r#"Buy <a href="https://pills.example/x">here</a>!"#, "Buy here (https://pills.example/x)!"),
            (r#"<a href="https://a.example/">a.example</a> b"#, "a.example b"),
            (r#"<a href="https://a.example/x">https://A.example/x</a>"#, "https://A.example/x"),
            (r#"<a href="//pills.example">here</a>"#, "here (https://pills.example)"),
            (r#"<a href="https://pills.example"></a>"#, "(https://pills.example)"),
            (r##"<a href="#top">up</a> <a href="/news">news</a>"##, "up news"),
            (
                r#"<a href="https://a.example">one<a href="https://b.example">two"#,
                "one (https://a.example)two (https://b.example)",
            ),
            ("<a href='https://a.example/a b\n'>c</a>", "c (https://a.example/a%20b)"),
            (r#"a <a href="https://a.example"><p>b</p></a>"#, "a\n\nb\n\n(https://a.example)"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn malformed_and_deep_markup_is_read_to_its_end() {
        assert_eq!(plain("<p>a<b>b</p></i>c</b></div>"), "ab\n\nc");
        assert_eq!(plain("a < b <3 c"), "a < b <3 c");
        let deep = 50_000;
        let html = format!("{}word{}", "<div><b>".repeat(deep), "</b></div>".repeat(deep));
        assert_eq!(plain(&html), "word");
        assert_eq!(plain(&"<".repeat(100_000)).len(), 100_000);
        // An element that is never closed hides what follows, as it does in a browser.
        assert_eq!(plain("a<script>b"), "a");
    }
}
