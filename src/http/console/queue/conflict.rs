//! Somebody was faster: who did what, and whether she wants to overrule it.

use crate::comment::{Action, Comment, CommentId, DecidedBy, State};
use crate::http::console::authority::Entered;
use crate::http::console::page;
use crate::http::console::refusal::Refusal;
use crate::http::console::shell::{Room, Shell};
use crate::http::console::words::{self, When};
use crate::service::{Caller, Ombud, ServiceError, Verb};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

/// Why nothing was done, in words.
pub(super) struct Conflict {
    /// "Anna approved this 4 s ago."
    pub title: String,
    /// What follows from it.
    pub detail: &'static str,
    /// The version the comment is at now; a decision that names it overrules what stands.
    pub version: u64,
    /// What overruling would be called; `None` where there is nothing to overrule.
    pub overrule: Option<&'static str>,
}

/// What was to be done, so that it can be done after all.
pub(super) struct Order {
    /// As the form said it.
    pub asked: String,
    pub comment: String,
    pub note: String,
    pub to_author: String,
}

#[derive(Template)]
#[template(path = "console/queue/conflict.html")]
struct Page<'a> {
    shell: Shell,
    base: &'a str,
    query: &'a str,
    order: Order,
    conflict: &'a Conflict,
}

/// What an error means to the moderator whom it met. `verb`: what she wanted to decide.
///
/// # Errors
/// What is no conflict with somebody else is refused as everywhere.
pub(super) async fn of(
    ombud: &Ombud,
    caller: &Caller,
    id: &CommentId,
    error: ServiceError,
    verb: Option<Verb>,
) -> Result<Conflict, Refusal> {
    let comment = match error {
        ServiceError::Stale(comment) => *comment,
        ServiceError::ClaimedByOther { holder, .. } => {
            let comment = ombud.comment(&caller.site, id).await?;
            return Ok(Conflict {
                title: format!("{holder} is reading this now."),
                detail: "It was handed on when your time for it was over. Nothing was changed.",
                version: comment.version,
                overrule: None,
            });
        }
        ServiceError::Transition(_) | ServiceError::RoleMissing(_) | ServiceError::Lease(_) => {
            ombud.comment(&caller.site, id).await?
        }
        other => return Err(other.into()),
    };
    Ok(stands(&comment, caller, &When::of(comment.updated_at, ombud.now()), verb))
}

/// How the comment stands now, and who made it so.
fn stands(comment: &Comment, caller: &Caller, when: &When, verb: Option<Verb>) -> Conflict {
    let ago = &when.ago;
    let by_person = comment.decision.by == DecidedBy::Moderator;
    let who = match comment.decision.moderator.as_deref() {
        Some(name) if by_person && name == caller.name() => "You".to_owned(),
        Some(name) if by_person => name.to_owned(),
        _ => "ombud".to_owned(),
    };
    let wanted = verb.map(Verb::action);
    let (title, detail, decided) = match comment.state {
        State::Published => (format!("{who} approved this {ago}."), "", Some(Action::Publish)),
        State::Rejected => (format!("{who} rejected this {ago}."), "", Some(Action::Reject)),
        State::Withdrawn => (format!("It was withdrawn {ago}."), "There is nothing left to decide.", None),
        State::Pending => match (&comment.escalation, comment.edited_at) {
            (Some(escalation), _) if !caller.has_role(&escalation.role) => {
                (format!("It was handed on to {} {ago}.", escalation.role), "They decide on it.", None)
            }
            (_, Some(edited)) if edited == comment.updated_at => (
                format!("The author changed it {ago}."),
                "Read it once more: it waits in the queue as it now is.",
                None,
            ),
            _ => (format!("It has changed {ago}."), "It waits in the queue as it now is.", None),
        },
    };
    // Who wanted the same has nothing to overrule.
    let overrule = decided.zip(wanted).filter(|(decided, wanted)| decided != wanted).map(|(_, wanted)| match wanted {
        Action::Publish => "Overrule: approve",
        Action::Reject | Action::Review => "Overrule: reject",
    });
    let detail = match (detail, overrule.is_some()) {
        ("", true) => "Keep that decision, or overrule it with yours.",
        ("", false) => "It stands as you wanted it, or nothing of yours was changed.",
        (detail, _) => detail,
    };
    Conflict { title: words::capitalised(&title), detail, version: comment.version, overrule }
}

/// The conflict as a page, for browsers without scripts.
pub(super) fn page(entered: &Entered, base: &str, query: &str, order: Order, conflict: &Conflict) -> HttpResponse {
    let page = Page { shell: entered.shell(Room::Queue), base, query, order, conflict };
    page::answer(StatusCode::CONFLICT, &page)
}
