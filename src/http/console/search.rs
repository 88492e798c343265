//! Finding comments by id, author, article, state, date and words.

use super::authority::{Entered, Review, SignedIn};
use super::listed::{self, Listed};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::{ArticleId, AuthorId, Comment, CommentId, State, Timestamp};
use crate::http::json::Query;
use crate::service::{Findings, Ombud, ServiceError, Sought};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use jiff::civil::Date;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

/// Longest that what is looked for may be, in characters.
const LONGEST: usize = 200;

/// What was asked for, as it was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    text: String,
    id: String,
    author: String,
    article: String,
    state: String,
    from: String,
    to: String,
    after: String,
}

#[derive(Template)]
#[template(path = "console/search.html")]
struct Page {
    shell: Shell,
    asked: Asked,
    /// Value, label, and whether it is chosen.
    states: Vec<(&'static str, &'static str, bool)>,
    refused: String,
    /// Whether anything but words is asked for, so that it is shown.
    narrowed: bool,
    found: Vec<Listed>,
    /// How far was looked, in a sentence.
    reach: String,
    /// Where to go on, and what that is called.
    next: Option<(String, &'static str)>,
}

/// `GET /console/{site}/search`
pub async fn get(
    signed_in: SignedIn<Review>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let asked = asked.0.trimmed();
    let mut page = Page::of(&signed_in, asked);
    if !page.asked.id.is_empty() {
        match by_id(&signed_in, &ombud, &page.asked.id).await? {
            Some(id) => return Ok(page::see(&listed::address(&page.shell, &id))),
            None => return Ok(page.refusing("No comment of this id is kept on this site.", StatusCode::NOT_FOUND)),
        }
    }
    let sought = match page.asked.sought() {
        Ok(sought) => sought,
        Err(why) => return Ok(page.refusing(why, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let findings = match ombud.search(&signed_in.site.id, &sought).await {
        Ok(findings) => findings,
        Err(ServiceError::UnknownCursor) => {
            let why = "The place to go on from is none of this search's. Search anew.";
            return Ok(page.refusing(why, StatusCode::UNPROCESSABLE_ENTITY));
        }
        Err(error) => return Err(error.into()),
    };
    page.show(&signed_in, &ombud, findings).await?;
    Ok(page::answer(StatusCode::OK, &page))
}

async fn by_id(entered: &Entered, ombud: &Ombud, id: &str) -> Result<Option<CommentId>, Refusal> {
    let Ok(id) = CommentId::parse(id) else { return Ok(None) };
    match ombud.comment(&entered.site.id, &id).await {
        Ok(_) => Ok(Some(id)),
        Err(ServiceError::UnknownComment(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Asked {
    fn trimmed(self) -> Self {
        let trim = |typed: String| typed.trim().to_owned();
        Self {
            text: trim(self.text),
            id: trim(self.id),
            author: trim(self.author),
            article: trim(self.article),
            ..self
        }
    }

    /// What is looked for, or what of it can't be.
    fn sought(&self) -> Result<Sought, &'static str> {
        let given = |typed: &str| Some(typed.to_owned()).filter(|typed| !typed.is_empty());
        let author = given(&self.author).map(AuthorId::parse).transpose();
        let article = given(&self.article).map(ArticleId::parse).transpose();
        let state = given(&self.state).map(|name| State::ALL.into_iter().find(|state| state.name() == name).ok_or(()));
        let from = given(&self.from).map(|day| begins(&day, 0).ok_or(())).transpose();
        // The day named is one of those looked through.
        let to = given(&self.to).map(|day| begins(&day, 1).ok_or(())).transpose();
        if self.text.chars().count() > LONGEST {
            return Err("What is looked for has at most 200 characters.");
        }
        Ok(Sought {
            words: self.text.clone(),
            author: author.map_err(|_| "No author has such an id: ids have no spaces, and at most 200 bytes.")?,
            article: article.map_err(|_| "No article has such an id: ids have no spaces, and at most 200 bytes.")?,
            state: state.transpose().map_err(|()| "There is no such state.")?,
            from: from.map_err(|()| "The first day is no date.")?,
            to: to.map_err(|()| "The last day is no date.")?.map(just_before),
            after: given(&self.after),
        })
    }

    /// The address of the same search, from a place on.
    fn onward(&self, shell: &Shell, after: &str) -> String {
        let mut query = Serializer::new(String::new());
        let fields = [
            ("text", self.text.as_str()),
            ("author", &self.author),
            ("article", &self.article),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
            ("after", after),
        ];
        query.extend_pairs(fields.iter().filter(|(_, value)| !value.is_empty()));
        shell.to(&format!("/search?{}", query.finish()))
    }
}

/// When a day begins, or one that comes so many later, in UTC.
fn begins(day: &str, later: i64) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    let day = day.checked_add(jiff::Span::new().days(later)).ok()?;
    Some(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

fn just_before(time: Timestamp) -> Timestamp {
    time.saturating_sub(std::time::Duration::from_millis(1)).unwrap_or(time)
}

impl Page {
    fn of(entered: &Entered, asked: Asked) -> Self {
        let state = |state: State| {
            let label = listed::Badge::from(state).word;
            (state.name(), label, asked.state == state.name())
        };
        let narrowing = [&asked.id, &asked.author, &asked.article, &asked.state, &asked.from, &asked.to];
        Self {
            shell: entered.shell(Room::Search),
            states: State::ALL.map(state).to_vec(),
            refused: String::new(),
            narrowed: narrowing.iter().any(|typed| !typed.is_empty()),
            found: Vec::new(),
            reach: String::new(),
            next: None,
            asked,
        }
    }

    fn refusing(self, why: &str, status: StatusCode) -> HttpResponse {
        page::answer(status, &Self { refused: why.to_owned(), ..self })
    }

    async fn show(&mut self, entered: &Entered, ombud: &Ombud, findings: Findings) -> Result<(), Refusal> {
        let comments: Vec<&Comment> = findings.comments.iter().collect();
        self.found = listed::lines(entered, ombud, &self.shell, &comments).await?;
        self.reach = reach(&findings, !self.asked.text.is_empty(), !self.asked.after.is_empty());
        let label = if self.asked.text.is_empty() { "Next page" } else { "Look further back" };
        self.next = findings.next.map(|after| (self.asked.onward(&self.shell, &after), label));
        Ok(())
    }
}

/// How far was looked, and whether that is all there is.
fn reach(findings: &Findings, by_words: bool, on: bool) -> String {
    let looked_at = match findings.looked_at {
        1 => "1 comment".to_owned(),
        many => format!("{} comments", words::number(many as u64)),
    };
    let back = findings.reached.map(|at| format!(", back to {}", at.strftime("%-d %b %Y, %H:%M UTC")));
    let back = back.unwrap_or_default();
    match (&findings.next, findings.comments.is_empty(), by_words) {
        (None, true, _) if on => "Nothing more was found.".to_owned(),
        (None, true, _) => "Nothing was found.".to_owned(),
        (None, false, _) => "That is all there is.".to_owned(),
        (Some(_), true, _) => format!("Nothing was found in {looked_at} looked at{back}. There are more."),
        (Some(_), false, true) => format!("{looked_at} were looked at{back}. There are more."),
        (Some(_), false, false) => format!("There are more{}.", back.replace(", back to", " from before")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_looked_through_to_its_end() {
        let asked = Asked { from: "2026-11-03".to_owned(), to: "2026-11-03".to_owned(), ..Asked::default() };
        let sought = asked.sought().unwrap();
        assert_eq!(sought.from.unwrap().to_string(), "2026-11-03T00:00:00Z");
        assert_eq!(sought.to.unwrap().to_string(), "2026-11-03T23:59:59.999Z");
        for bad in ["2026-13-01", "yesterday", "-"] {
            assert!(Asked { from: bad.to_owned(), ..Asked::default() }.sought().is_err(), "{bad}");
        }
        assert!(Asked { to: "9999-12-31".to_owned(), ..Asked::default() }.sought().is_err());
    }

    #[test]
    fn it_says_how_far_it_looked() {
        let at = "2026-11-03T20:00:00Z".parse().unwrap();
        let none = Findings { looked_at: 5_000, reached: Some(at), next: Some("x".to_owned()), ..Findings::default() };
        let told = "Nothing was found in 5,000 comments looked at, back to 3 Nov 2026, 20:00 UTC. There are more.";
        assert_eq!(reach(&none, true, false), told);
        assert_eq!(reach(&Findings::default(), true, false), "Nothing was found.");
        assert_eq!(reach(&Findings::default(), true, true), "Nothing more was found.");
    }
}
