//! The article on a page: its title and its text, without menus, advertisements and other readers' comments.
//!
//! First what the publisher says itself, for machines (`articleBody` of schema.org in JSON-LD, and Open Graph's title);
//! else the paragraphs of the longest `<article>`, of `<main>`, or of the page.

use crate::text::markup::{Element, Piece, pieces, plain};
use serde_json::Value;

/// Less text than this, in characters, is no article but a line about one.
const MIN_BODY: usize = 200;
/// A paragraph outside any article that is shorter, in characters, is a caption or a label.
const MIN_PARAGRAPH: usize = 40;
/// Longest title and body, in bytes: what an article may have.
const MAX_TITLE: usize = 1_000;
const MAX_BODY: usize = 256 * 1024;

/// Elements that hold no paragraph of an article.
const ASIDE: [&str; 14] = [
    "script", "style", "noscript", "template", "nav", "aside", "footer", "form", "button", "select", "textarea", "svg",
    "iframe", "figure",
];
/// Elements that hold a paragraph.
const PARAGRAPH: [&str; 6] = ["p", "h2", "h3", "h4", "li", "blockquote"];
/// Elements that end one.
const BLOCK: [&str; 12] =
    ["div", "section", "article", "main", "ul", "ol", "table", "header", "h1", "pre", "dl", "body"];

/// What a page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readable {
    /// Not blank, 1,000 bytes at most.
    pub title: String,
    /// Plain text, paragraphs apart by an empty line; 256 KiB at most.
    pub body: String,
}

/// Reads a page; `None` if it has no title, or too little text to be an article.
#[must_use]
pub fn readable(html: &str) -> Option<Readable> {
    let mut page = Page::default();
    for piece in pieces(html) {
        match piece {
            Piece::Open(element) => page.open(&element),
            Piece::Close(name) => page.close(&name),
            Piece::Text(text) => page.text(&text),
        }
    }
    page.end_paragraph();
    let title = [page.og_title.trim(), page.title.trim(), page.heading.trim()].into_iter().find(|t| !t.is_empty())?;
    let title = cut(&title.split_whitespace().collect::<Vec<_>>().join(" "), MAX_TITLE);
    let body = page.body()?;
    Some(Readable { title, body: cut(&body, MAX_BODY) })
}

fn cut(text: &str, bytes: usize) -> String {
    text[..text.floor_char_boundary(bytes)].to_owned()
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the n-th outermost `<article>`.
    Article(usize),
    Main,
    Elsewhere,
}

#[derive(Default)]
struct Page {
    title: String,
    og_title: String,
    heading: String,
    /// JSON-LD documents, each as it stands.
    json: Vec<String>,
    paragraphs: Vec<(Place, String)>,
    paragraph: Option<String>,
    /// How much of the paragraph is links, in bytes.
    linked: usize,
    in_link: bool,
    /// Open elements of [`ASIDE`], outermost first.
    aside: Vec<String>,
    in_main: u32,
    in_article: u32,
    articles: usize,
    reading: Option<Reading>,
}

/// Text that is gathered for something other than the body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Title,
    Heading,
    Json,
}

impl Page {
    fn open(&mut self, element: &Element) {
        let name = element.name.as_str();
        match name {
            "meta" if element.attribute("property") == Some("og:title") => {
                element.attribute("content").unwrap_or_default().clone_into(&mut self.og_title);
            }
            "title" if self.title.is_empty() && self.aside.is_empty() => self.reading = Some(Reading::Title),
            "script" if element.attribute("type").is_some_and(|t| t.trim() == "application/ld+json") => {
                self.json.push(String::new());
                self.reading = Some(Reading::Json);
            }
            "h1" if self.heading.is_empty() => self.reading = Some(Reading::Heading),
            "main" => self.in_main += 1,
            "article" => {
                self.articles += usize::from(self.in_article == 0);
                self.in_article += 1;
            }
            "a" => self.in_link = true,
            "br" => self.text("\n"),
            _ => {}
        }
        if ASIDE.contains(&name) {
            self.aside.push(name.to_owned());
        } else if PARAGRAPH.contains(&name) {
            self.end_paragraph();
            self.paragraph = Some(String::new());
        } else if BLOCK.contains(&name) {
            self.end_paragraph();
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "title" | "script" | "h1" => self.reading = None,
            "a" => self.in_link = false,
            _ => {}
        }
        if let Some(at) = self.aside.iter().rposition(|open| open == name) {
            self.aside.truncate(at);
        }
        if PARAGRAPH.contains(&name) || BLOCK.contains(&name) {
            self.end_paragraph();
        }
        match name {
            "main" => self.in_main = self.in_main.saturating_sub(1),
            "article" => self.in_article = self.in_article.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.reading {
            Some(Reading::Title) => self.title.push_str(text),
            Some(Reading::Heading) => self.heading.push_str(text),
            Some(Reading::Json) => self.json.iter_mut().rev().take(1).for_each(|json| json.push_str(text)),
            None => {}
        }
        if let Some(paragraph) = self.paragraph.as_mut().filter(|_| self.aside.is_empty()) {
            paragraph.push_str(text);
            self.linked += if self.in_link { text.len() } else { 0 };
        }
    }

    /// Keeps the paragraph that ends here, unless most of it is links.
    fn end_paragraph(&mut self) {
        let linked = std::mem::take(&mut self.linked);
        let Some(text) = self.paragraph.take() else { return };
        let place = match (self.in_article, self.in_main) {
            (1.., _) => Place::Article(self.articles),
            (0, 1..) => Place::Main,
            (0, 0) => Place::Elsewhere,
        };
        if linked * 2 <= text.len() && !text.trim().is_empty() {
            self.paragraphs.push((place, text.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
    }

    fn body(&self) -> Option<String> {
        let said = self.json.iter().filter_map(|json| article_body(json));
        let longest = (1..=self.articles).map(|n| self.at(|place| place == Place::Article(n))).max_by_key(String::len);
        let main = || self.at(|place| place != Place::Elsewhere);
        let all = || {
            let long = self.paragraphs.iter().filter(|(_, text)| text.chars().count() >= MIN_PARAGRAPH);
            long.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n\n")
        };
        let found = said.chain(longest).chain(std::iter::once_with(main)).chain(std::iter::once_with(all));
        found.into_iter().find(|body| body.chars().count() >= MIN_BODY)
    }

    fn at(&self, wanted: impl Fn(Place) -> bool) -> String {
        let here = self.paragraphs.iter().filter(|(place, _)| wanted(*place));
        here.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n\n")
    }
}

/// The text of the article in a JSON-LD document, at its top, in a list or in its graph. Some write HTML there.
fn article_body(json: &str) -> Option<String> {
    fn find(value: &Value) -> Option<&str> {
        match value {
            Value::Array(items) => items.iter().find_map(find),
            Value::Object(members) => {
                let own = members.get("articleBody").and_then(Value::as_str);
                own.or_else(|| members.get("@graph").and_then(find))
            }
            _ => None,
        }
    }
    let value: Value = serde_json::from_str(json).ok()?;
    let body = find(&value)?;
    Some(if body.contains("</") || body.contains("<br") { plain(body) } else { body.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "The ministers met in Lorne and parted without a word about the border, which each side had \
                        called the only reason for the journey when the talks were announced in the spring.";

    fn page(head: &str, body: &str) -> Option<Readable> {
        readable(&format!("<!doctype html><html><head>{head}</head><body>{body}</body></html>"))
    }

    #[test]
    fn the_article_is_found_among_the_rest() {
        let body = format!(
            "<nav><p>Home of {LONG}</p></nav><article><h1>Talks stall</h1><p>{LONG}</p><figure><p>Photo</p></figure>\
             <p>Second. {LONG}<p>Third, short.</p><aside><p>Subscribe! {LONG}</p></aside>\
             <ul><li><a href=/x>Read also: {LONG}</a></li></ul></article>\
             <article><p>Teaser</p></article><section><p>A reader says: {LONG} {LONG}</p></section><footer>©</footer>"
        );
        let read = page("<title>Talks stall – The Post</title>", &body).expect("an article");
        assert_eq!(read.title, "Talks stall – The Post");
        assert_eq!(read.body, format!("{LONG}\n\nSecond. {LONG}\n\nThird, short."));
    }

    #[test]
    fn what_the_publisher_says_for_machines_comes_first() {
        let json = serde_json::json!({"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle",
            "articleBody": format!("<p>{LONG}</p><p>{LONG}</p>")}]});
        let head = format!(
            "<meta property=og:title content='Talks &amp; more'><title>x</title>\
             <script type='application/ld+json'>{json}</script>"
        );
        let read = page(&head, &format!("<article><p>Only the first lines. {LONG} {LONG}</p></article>"));
        let read = read.expect("an article");
        assert_eq!(read, Readable { title: "Talks & more".to_owned(), body: format!("{LONG}\n\n{LONG}") });
    }

    #[test]
    fn a_page_without_article_elements_is_read_by_its_paragraphs() {
        let body = format!("<h1>Talks</h1><div><p>Share</p><p>{LONG}</p></div><div><p>{LONG}</p></div>");
        assert_eq!(page("", &body).expect("an article").body, format!("{LONG}\n\n{LONG}"));
        let body = format!("<h1>Talks</h1><main><p>Short.</p><p>{LONG}<br>{LONG}</p></main><p>{LONG}</p>");
        assert_eq!(page("", &body).expect("an article").body, format!("Short.\n\n{LONG} {LONG}"));
    }

    #[test]
    fn what_says_too_little_is_no_article() {
        assert_eq!(page("<title>Talks</title>", "<article><p>Subscribers only.</p></article>"), None);
        assert_eq!(page("", &format!("<article><p>{LONG} {LONG}</p></article>")), None, "no title");
        assert_eq!(page("<title>T</title><script type='application/ld+json'>{]</script>", ""), None);
        assert_eq!(readable(""), None);
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        let body = format!("<article>{}<p>{}</p>", "<div>".repeat(50_000), "ü ".repeat(200_000));
        let read = page(&format!("<title>{}</title>", "é".repeat(800)), &body).expect("an article");
        assert!(read.title.len() <= MAX_TITLE && read.body.len() <= MAX_BODY, "{}", read.body.len());
    }
}
