//! HTML, taken apart: what platforms send as HTML, and pages, are read as plain text.
//!
//! Read token by token as the HTML standard says, without a tree: malformed markup is read as browsers read it, and
//! how deep elements stand in each other makes no difference to time or memory.

mod plain;

pub use plain::plain;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;

/// One part of a document, in the order in which they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An element begins, with its attributes.
    Open(Element),
    /// An element of this name ends.
    Close(String),
    /// Text, with its entities resolved.
    Text(String),
}

/// The beginning of an element. Names are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The parts of an HTML document or of a fragment. Comments are left out.
#[must_use]
pub fn pieces(html: &str) -> Vec<Piece> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // It stops early only for a sink that asks it to, to run a script.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Sink(RefCell<Vec<Piece>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut pieces = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => match pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => pieces.push(Piece::Text(text.to_string())),
            },
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => pieces.push(Piece::Close(tag.name.to_string())),
            Token::TagToken(tag) => {
                let attribute = |a: &html5ever::Attribute| (a.name.local.to_string(), a.value.to_string());
                let attributes = tag.attrs.iter().map(attribute).collect();
                pieces.push(Piece::Open(Element { name: tag.name.to_string(), attributes }));
                if let Some(kind) = raw(&tag.name) {
                    return TokenSinkResult::RawData(kind);
                }
            }
            Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// How the content of an element is read that holds no elements.
fn raw(name: &str) -> Option<RawKind> {
    match name {
        "title" | "textarea" => Some(Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(Rawtext),
        "script" => Some(ScriptData),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_as_browsers_read_it() {
        let text = |t: &str| Piece::Text(t.to_owned());
        let open = |name: &str| Piece::Open(Element { name: name.to_owned(), attributes: Vec::new() });
        let close = |name: &str| Piece::Close(name.to_owned());
        assert_eq!(
            pieces("<!doctype html><P>I &lt;3 <!-- no --> you<script>if (a < b) {}</script>"),
            [open("p"), text("I <3  you"), open("script"), text("if (a < b) {}"), close("script")]
        );
        assert_eq!(pieces("1 < 2 <3"), [text("1 < 2 <3")]);
        let Piece::Open(link) = &pieces("<a HREF='x&amp;y' rel=nofollow>")[0] else { panic!("no element") };
        assert_eq!((link.attribute("href"), link.attribute("title")), (Some("x&y"), None));
    }
}
