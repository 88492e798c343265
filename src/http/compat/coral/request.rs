//! What Coral sends, and what becomes of it.

use super::super::text;
use super::settings::{BodyFormat, CoralSite};
use crate::comment::{ArticleId, Author, AuthorId, ContentHash, InvalidId, SiteId};
use crate::service::Unnamed;
use serde::Deserialize;

/// A request of an external moderation phase. What Coral adds to it one day is no mistake, so unknown members
/// are none.
#[derive(Deserialize)]
pub(super) struct PhaseRequest {
    action: Option<String>,
    comment: CommentPart,
    author: AuthorPart,
    story: StoryPart,
    #[serde(rename = "tenantID")]
    tenant_id: Option<String>,
}

#[derive(Deserialize)]
struct CommentPart {
    body: String,
    #[serde(rename = "parentID")]
    parent_id: Option<String>,
}

#[derive(Deserialize)]
struct AuthorPart {
    id: String,
}

#[derive(Deserialize)]
struct StoryPart {
    id: String,
    url: Option<String>,
}

/// A comment to judge.
pub(super) struct Read {
    pub comment: Unnamed,
    pub is_edit: bool,
    /// Whether the text was longer than what can be judged.
    pub cut: bool,
}

impl PhaseRequest {
    /// The comment that is asked about; `None` if nobody wrote anything, as with a rating alone.
    ///
    /// # Errors
    /// [`InvalidId`] if the author or the story has no id.
    pub fn read(self, site: &SiteId, settings: &CoralSite) -> Result<Option<Read>, InvalidId> {
        let Some((text, cut)) = read_text(&self.comment.body, settings.format) else { return Ok(None) };
        let author =
            AuthorId::parse(self.author.id.clone()).or_else(|e| AuthorId::parse(stand_in(e, &self.author.id)?))?;
        let story =
            ArticleId::parse(self.story.id.clone()).or_else(|e| ArticleId::parse(stand_in(e, &self.story.id)?))?;
        let comment = Unnamed {
            site: site.clone(),
            prefix: "coral",
            article_id: story,
            article_url: self.story.url,
            place: vec![self.tenant_id, self.comment.parent_id],
            author: Author::from(author),
            text,
            unknown_article: settings.unknown_story,
        };
        Ok(Some(Read { comment, is_edit: self.action.as_deref() == Some("EDIT"), cut }))
    }
}

/// An id for what Coral names in a way that is no id here, such as one with a space.
fn stand_in(error: InvalidId, name: &str) -> Result<String, InvalidId> {
    match error {
        InvalidId::Empty => Err(error),
        _ => Ok(format!("coral-{}", &ContentHash::of(&[Some(name)]).as_str()[..32])),
    }
}

/// The text that a body stands for, and whether it had to be cut; `None` for white space.
fn read_text(body: &str, format: BodyFormat) -> Option<text::Read> {
    match format {
        // HTML that shows nothing is judged as it stands: whatever it is, it is not passed over.
        BodyFormat::Html => text::of_html(body).or_else(|| text::of_plain(body)),
        BodyFormat::PlainText => text::of_plain(body),
    }
}

#[cfg(test)]
mod tests {
    use super::super::signature::Secrets;
    use super::*;
    use serde_json::{Value, json};

    fn read(change: impl Fn(&mut Value), format: BodyFormat) -> Result<Option<Read>, InvalidId> {
        let mut request = json!({"action": "NEW", "comment": {"body": "<p>One</p><p>Two</p>", "parentID": null},
            "author": {"id": "u1", "role": "COMMENTER"}, "story": {"id": "s1", "url": "https://paper.example/1"},
            "site": {"id": "x"}, "tenantID": "t1", "tenantDomain": "paper.example", "new": {"in": "Coral 99"}});
        change(&mut request);
        let request: PhaseRequest = serde_json::from_value(request).expect("a request");
        let secrets = Secrets::parse("0123456789abcdef").expect("a secret");
        request.read(&SiteId::parse("post").expect("a site"), &CoralSite { format, ..CoralSite::new(secrets) })
    }

    fn text_of(body: &str, format: BodyFormat) -> Option<(String, bool)> {
        let read = read(|r| r["comment"]["body"] = json!(body), format).expect("ids");
        read.map(|read| (read.comment.text.into(), read.cut))
    }

    #[test]
    fn a_body_is_read_in_the_format_that_coral_sends() {
        let whole = |text: &str| Some((text.to_owned(), false));
        assert_eq!(text_of("<div>One &lt;3</div><div>Two</div>", BodyFormat::Html), whole("One <3\nTwo"));
        assert_eq!(text_of("One <3 <b>Two", BodyFormat::PlainText), whole("One <3 <b>Two"));
        assert_eq!(text_of("<img src=x>", BodyFormat::Html), whole("<img src=x>"));
        assert_eq!(text_of("id&#1;iot", BodyFormat::Html), whole("idiot"));
        for nothing in ["", " \n ", "\u{1}"] {
            assert_eq!(text_of(nothing, BodyFormat::Html), None);
        }
    }

    #[test]
    fn what_is_no_id_here_gets_one_and_what_is_missing_does_not() {
        let read_with = |author: &str, story: &str| {
            let change = |r: &mut Value| (r["author"]["id"], r["story"]["id"]) = (json!(author), json!(story));
            let read = read(change, BodyFormat::Html)?.expect("a comment");
            Ok((read.comment.author.id.as_str().to_owned(), read.comment.article_id.to_string()))
        };
        assert_eq!(read_with("u1", "s1"), Ok(("u1".to_owned(), "s1".to_owned())));
        let (author, story) = read_with("a b", &"s".repeat(300)).expect("ids");
        assert!(author.starts_with("coral-") && story.starts_with("coral-") && author != story);
        assert_eq!(read_with("", "s1"), Err(InvalidId::Empty));
        assert_eq!(read_with("u1", ""), Err(InvalidId::Empty));
    }
}
