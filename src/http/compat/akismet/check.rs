//! `comment-check`: whether a comment should wait for a person, by the policy of the site. Nothing is stored.

use super::refusal::Refusal;
use super::{Received, word};
use crate::comment::{Action, Attribute, CommentId, CommentText, Reason};
use crate::http::problem::Problem;
use crate::service::{Ombud, ScoreRequest, Scored, ServiceError};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use uuid::Uuid;

/// An author whose comments are spam to whoever tries a client, and a mail address that is as good.
const TRIAL_AUTHOR: &str = "viagra-test-123";
const TRIAL_ADDRESS: &str = "akismet-guaranteed-spam@example.com";

/// Reasons that would hold every comment sent here, whatever it says: ombud keeps no record of its author, may not know
/// its article, and the blog has a queue of its own for what is to be seen first.
const UNASKED: [&str; 3] = ["article.unknown", "author.new", "mode.pre"];

/// Names a check; clients keep it.
const GUID: HeaderName = HeaderName::from_static("x-akismet-guid");
/// `discard`: nobody needs to see it.
const TIP: HeaderName = HeaderName::from_static("x-akismet-pro-tip");
/// What the policy would do: publish, review or reject.
const ACTION: HeaderName = HeaderName::from_static("x-ombud-action");
/// The codes of its reasons.
const REASONS: HeaderName = HeaderName::from_static("x-ombud-reasons");

/// `true` holds the comment back, `false` does not.
pub(super) async fn check(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let received = Received::of(&request, payload, &["api_key"]).await?;
    let found = match agreed(&received) {
        Some(action) => Found { action, reasons: Vec::new(), blatant: false },
        None => by_policy(&ombud, &received).await?,
    };
    let mut response = word(if found.action == Action::Publish { "false" } else { "true" });
    let headers = response.headers_mut();
    if let Ok(guid) = HeaderValue::from_str(&Uuid::new_v4().simple().to_string()) {
        headers.insert(GUID, guid);
    }
    headers.insert(ACTION, HeaderValue::from_static(name(found.action)));
    if let Some(codes) = HeaderValue::from_str(&found.reasons.join(", ")).ok().filter(|codes| !codes.is_empty()) {
        headers.insert(REASONS, codes);
    }
    if found.blatant {
        headers.insert(TIP, HeaderValue::from_static("discard"));
    }
    Ok(response)
}

/// What this interface has agreed on with its clients, whatever the comment says.
fn agreed(received: &Received) -> Option<Action> {
    let is = |field: &str, value: &str| received.form.get(field) == Some(value);
    let roles = received.form.get("user_role").unwrap_or_default();
    if roles.split(',').any(|role| role.trim() == "administrator") {
        return Some(Action::Publish);
    }
    // A profile without a word about its owner says nothing that could be judged.
    let blank = received.form.get("comment_content").is_none_or(|content| content.trim().is_empty());
    if is("comment_type", "signup") && blank {
        return Some(Action::Publish);
    }
    let trial = is("comment_author", TRIAL_AUTHOR) || is("comment_author_email", TRIAL_ADDRESS);
    trial.then_some(Action::Reject)
}

/// What the site's policy says. Nobody looked at what had to be cut off, so that is never passed.
async fn by_policy(ombud: &Ombud, received: &Received) -> Result<Found, Refusal> {
    let (text, cut) = received.text()?;
    let found = Found::by(&judge(ombud, received, text).await?.verdict.decision.reasons);
    Ok(if cut { Found { action: found.action.max(Action::Review), ..found } } else { found })
}

/// Judges with as much of the context as ombud knows.
async fn judge(ombud: &Ombud, received: &Received, text: CommentText) -> Result<Scored, Refusal> {
    let parent = received.form.get("comment_parent").filter(|id| *id != "0");
    let mut request = ScoreRequest {
        site: received.caller.site.clone(),
        text,
        article_id: received.article(),
        article: None,
        parent_id: parent.and_then(|id| CommentId::parse(id).ok()),
        parent_text: None,
        thread: Vec::new(),
        author: None,
    };
    loop {
        match ombud.score(&request).await {
            Err(ServiceError::UnknownComment(_) | ServiceError::ParentOfOtherArticle { .. })
                if request.parent_id.is_some() =>
            {
                request.parent_id = None;
            }
            Err(ServiceError::UnknownArticle(_)) if request.article_id.is_some() => {
                (request.article_id, request.parent_id) = (None, None);
            }
            scored => return Ok(scored.map_err(Problem::from)?),
        }
    }
}

/// What the policy makes of a comment, as far as this interface asks.
struct Found {
    action: Action,
    reasons: Vec<String>,
    /// Whether it is so surely spam that the site rejects it for that alone.
    blatant: bool,
}

impl Found {
    fn by(reasons: &[Reason]) -> Self {
        let asked = || reasons.iter().filter(|reason| !UNASKED.contains(&reason.code.as_str()));
        let spam = |reason: &Reason| reason.attribute == Some(Attribute::Spam) && reason.action == Action::Reject;
        Self {
            action: asked().map(|reason| reason.action).max().unwrap_or(Action::Publish),
            reasons: asked().map(|reason| reason.code.clone()).collect(),
            blatant: asked().any(spam),
        }
    }
}

const fn name(action: Action) -> &'static str {
    match action {
        Action::Publish => "publish",
        Action::Review => "review",
        Action::Reject => "reject",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str, action: Action, attribute: Option<Attribute>) -> Reason {
        Reason { attribute, ..Reason::rule(code, action, "Because.") }
    }

    #[test]
    fn what_holds_for_every_comment_holds_none_back() {
        let found = Found::by(&UNASKED.map(|code| reason(code, Action::Review, None)));
        assert_eq!((found.action, found.reasons.len(), found.blatant), (Action::Publish, 0, false));
    }

    #[test]
    fn only_what_is_surely_spam_is_discarded() {
        let toxic = reason("threshold.TOXICITY", Action::Reject, Some(Attribute::Toxicity));
        let advertises = reason("threshold.SPAM", Action::Review, Some(Attribute::Spam));
        let blatant = reason("threshold.SPAM", Action::Reject, Some(Attribute::Spam));
        let found = Found::by(&[toxic.clone(), advertises]);
        assert_eq!((found.action, found.blatant), (Action::Reject, false));
        assert_eq!(found.reasons, ["threshold.TOXICITY", "threshold.SPAM"]);
        assert!(Found::by(&[toxic, blatant]).blatant);
    }
}
