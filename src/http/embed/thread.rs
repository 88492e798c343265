//! An article's discussion: the box to write in, and what was published.

use super::conversation::{Conversations, Moment, Shown, name};
use super::page::{Frame, Keep, Parameters, Place, Sort, Visit, answer};
use super::refusal::Refusal;
use crate::comment::{Article, ArticleId, Comment, CommentId, CommentText};
use crate::http::problem::{Code, Problem};
use crate::service::{Form, Ombud, ServiceError};
use crate::text::legible;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

/// Conversations that are read for a page; long ones are cut at [`super::conversation::A_PAGE`] comments.
const CONVERSATIONS: usize = 25;
/// How much of a comment is quoted above an answer to it, in characters.
const QUOTED: usize = 300;

/// What a reader has written, when it could not be taken.
pub(super) struct Draft {
    pub name: String,
    pub text: String,
    /// What to mend.
    pub problem: String,
}

/// The comment that is being answered.
struct Answering {
    id: String,
    name: String,
    text: String,
    time: Moment,
    /// Where to go to not answer it.
    leave: String,
}

/// The box to write in.
struct Writing {
    action: String,
    form: String,
    guests: bool,
    notice: String,
    faq: String,
    answering: Option<Answering>,
    name: String,
    text: String,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "embed/thread.html")]
struct Page {
    frame: Frame,
    article: String,
    article_url: Option<String>,
    /// `None` where the discussion is closed.
    writing: Option<Writing>,
    /// Where to change the order, and whether it is the one.
    oldest: (String, bool),
    newest: (String, bool),
    /// Where the discussion begins, on a later page.
    start: Option<String>,
    shown: Vec<Shown>,
    next: Option<String>,
}

/// `GET /embed/{site}/articles/{id}`
pub(super) async fn get(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (site, article) = path.into_inner();
    let visit = Visit::to(&request, &ombud, &site).await?;
    let parameters = Parameters::of(&request);
    let article = known(&ombud, &visit, article).await?;
    let answering = match parameters.filled("reply") {
        Some(id) => Some(answered(&ombud, &visit, &article, id).await?),
        None => None,
    };
    let page = page(&ombud, &visit, &article, &Place::of(&parameters), answering, None).await?;
    Ok(answer(&request, &page, StatusCode::OK, Keep::AskAgain, &visit.setting.origins))
}

/// The same page with what the reader has written, which could not be taken.
pub(super) async fn again(
    request: &HttpRequest,
    ombud: &Ombud,
    visit: &Visit,
    article: &Article,
    answering: Option<Comment>,
    draft: Draft,
) -> Result<HttpResponse, Refusal> {
    let page = page(ombud, visit, article, &Place::default(), answering, Some(draft)).await?;
    Ok(answer(request, &page, StatusCode::UNPROCESSABLE_ENTITY, Keep::Never, &visit.setting.origins))
}

/// The article of a visit.
pub(super) async fn known(ombud: &Ombud, visit: &Visit, id: String) -> Result<Article, Refusal> {
    let id = ArticleId::parse(id).map_err(|error| visit.refuse(&error.into()))?;
    ombud.article(&visit.site, &id).await.map_err(|error| match error {
        ServiceError::UnknownArticle(_) => visit.refuse(&Problem::new(Code::ArticleNotFound, "")),
        error => visit.refuse(&error.into()),
    })
}

/// The comment of this article that a reader answers; one that readers see.
pub(super) async fn answered(ombud: &Ombud, visit: &Visit, article: &Article, id: &str) -> Result<Comment, Refusal> {
    let id = CommentId::parse(id).map_err(|error| visit.refuse(&error.into()))?;
    let comment = ombud.comment(&visit.site, &id).await.map_err(|error| visit.refuse(&error.into()))?;
    if comment.is_shown() && comment.article_id == article.id {
        return Ok(comment);
    }
    Err(visit.refuse(&Problem::new(Code::CommentNotFound, "")))
}

async fn page(
    ombud: &Ombud,
    visit: &Visit,
    article: &Article,
    place: &Place,
    answering: Option<Comment>,
    draft: Option<Draft>,
) -> Result<Page, Refusal> {
    let refuse = |error: ServiceError| visit.refuse(&error.into());
    let after = place.after.as_deref();
    let thread = match place.sort {
        Sort::Oldest => ombud.thread(&visit.site, &article.id, after, CONVERSATIONS).await,
        Sort::Newest => ombud.newest_thread(&visit.site, &article.id, after, CONVERSATIONS).await,
    };
    let open = article.comments_open;
    let Conversations { shown, next } = Conversations::of(visit, place, thread.map_err(refuse)?, open);
    let link = |place: &Place| visit.thread(&article.id, place, None);
    let sorted = |sort| (link(&Place { sort, ..Place::default() }), place.sort == sort);
    let begins = *place == Place { sort: place.sort, ..Place::default() };
    let form = ombud.form(&visit.site, Form::Comment, article.id.as_str()).await.map_err(refuse)?;
    let Draft { name, text, problem } =
        draft.unwrap_or_else(|| Draft { name: String::new(), text: String::new(), problem: String::new() });
    let writing = Writing {
        action: visit.send(&article.id),
        form,
        guests: visit.setting.guests,
        notice: visit.setting.notice.clone(),
        faq: visit.faq(),
        answering: answering.map(|comment| answering_to(comment, link(place))),
        name,
        text,
        problem: Some(problem).filter(|problem| !problem.is_empty()),
    };
    Ok(Page {
        frame: visit.frame(&format!("Comments: {}", article.title)),
        article: article.title.clone(),
        article_url: article.web_address().map(str::to_owned),
        writing: open.then_some(writing),
        oldest: sorted(Sort::Oldest),
        newest: sorted(Sort::Newest),
        start: (!begins).then(|| link(&Place { sort: place.sort, ..Place::default() })),
        shown,
        next: next.map(|next| link(&next)),
    })
}

fn answering_to(comment: Comment, leave: String) -> Answering {
    let text = legible(comment.text().map(CommentText::as_str).unwrap_or_default());
    let mut quoted: String = text.chars().take(QUOTED).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    Answering {
        name: name(comment.author()),
        text: quoted,
        time: comment.created_at.into(),
        id: comment.id.into(),
        leave,
    }
}
