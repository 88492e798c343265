//! Deciding: one form for everything that can be done with a comment, and one to take it back.
//!
//! A browser without scripts is sent on to the next comment. A script asks for `application/json` and is told what
//! became of it, as it has the next comment already.

use super::filter::Wanted;
use super::{PASSED, UNDO, base, check, conflict_page};
use crate::comment::{AuditId, ClaimId, Comment, CommentId, Role};
use crate::http::console::authority::Review;
use crate::http::console::conflict::{self, Conflict};
use crate::http::console::form::Posted;
use crate::http::console::page;
use crate::http::console::refusal::Refusal;
use crate::http::v1::decision::{VerbBody, verb, words};
use crate::service::{Caller, Decided, HandOn, ModeratorDecision, Ombud, Receiver, ServiceError, Verb};
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use url::form_urlencoded::Serializer;

/// What she does with a comment.
enum Deed {
    Decide { verb: Verb, reason: Option<String> },
    HandOn(Receiver),
    Skip,
}

/// A form that says what to do with a comment.
struct Order {
    deed: Deed,
    comment: CommentId,
    version: u64,
    claim: Option<ClaimId>,
    note: Option<String>,
    to_author: Option<String>,
}

/// What became of it: a word for the address, and the version that it made, if it can be taken back.
struct Outcome {
    did: &'static str,
    version: Option<u64>,
}

/// `POST /console/{site}/queue/decide`
pub async fn post(
    posted: Posted<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let wanted = Wanted::of(&request)?;
    let order = Order::read(&posted)?;
    let caller = posted.person.caller();
    if !posted.fields.line("check").is_empty() {
        return judged(&posted, &request, &ombud, &wanted, &order).await;
    }
    match carry_out(&ombud, &caller, &order).await {
        Ok(outcome) => Ok(done(&request, &base(&posted), &wanted, &order.comment, &outcome)),
        Err(error) => {
            let conflict = conflict::of(&ombud, &caller, &order.comment, error, order.verb()).await?;
            Ok(refused(&request, &posted, &wanted, &order, &conflict))
        }
    }
}

/// She has judged a check, or passes it over.
async fn judged(
    posted: &Posted<Review>,
    request: &HttpRequest,
    ombud: &Ombud,
    wanted: &Wanted,
    order: &Order,
) -> Result<HttpResponse, Refusal> {
    let (caller, id) = (posted.person.caller(), AuditId { comment: order.comment.clone(), version: order.version });
    let (verb, reason) = match &order.deed {
        Deed::Decide { verb, reason } => (*verb, reason.as_deref()),
        Deed::Skip => {
            ombud.skip_audit(&caller, &id).await?;
            return Ok(done(request, &base(posted), wanted, &order.comment, &Outcome { did: PASSED, version: None }));
        }
        Deed::HandOn(_) => return Err(Refusal::unreadable("A check is judged or skipped.")),
    };
    let judgement = ombud.judge_audit(&caller, &id, verb, reason).await?;
    Ok(match check::outcome(&id, judgement, ombud.now()) {
        Ok(did) => done(request, &base(posted), wanted, &order.comment, &Outcome { did, version: None }),
        Err(conflict) => refused(request, posted, wanted, order, &conflict),
    })
}

/// `POST /console/{site}/queue/undo`
pub async fn undo(
    posted: Posted<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let wanted = Wanted::of(&request)?;
    let (comment, version) = named(&posted)?;
    let caller = posted.person.caller();
    match ombud.undo(&caller, &comment, version).await {
        Ok(undone) => {
            let outcome = Outcome { did: UNDO, version: Some(undone.version) };
            Ok(done(&request, &base(&posted), &wanted, &comment, &outcome))
        }
        Err(error) => {
            let conflict = conflict::of(&ombud, &caller, &comment, error, None).await?;
            let order = Order { deed: Deed::Skip, comment, version, claim: None, note: None, to_author: None };
            Ok(refused(&request, &posted, &wanted, &order, &conflict))
        }
    }
}

impl Order {
    fn read(posted: &Posted<Review>) -> Result<Self, Refusal> {
        let (comment, version) = named(posted)?;
        let text =
            |name: &str| Some(posted.fields.text(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let claim = text("claim").map(|claim| ClaimId::parse(&claim));
        let claim = claim.transpose().map_err(|_| Refusal::unreadable("This is no claim."))?;
        let asked = posted.fields.line("do");
        let (what, more) = asked.split_once(' ').unwrap_or((asked, ""));
        let more = Some(more).filter(|more| !more.is_empty()).map(str::to_owned);
        let note = words(text("note"), "note")?;
        let decide = |body, reason: Option<String>| {
            Ok::<_, Refusal>(Deed::Decide { verb: verb(body, reason.as_deref())?, reason })
        };
        let deed = match what {
            "approve" => decide(VerbBody::Publish, None)?,
            "reject" => decide(VerbBody::Reject, more)?,
            "skip" => Deed::Skip,
            "escalate" => {
                let role =
                    Role::parse(more.unwrap_or_default()).map_err(|_| Refusal::unreadable("There is no such role."))?;
                Deed::HandOn(Receiver::Role { role, note: note.clone() })
            }
            "second" => Deed::HandOn(Receiver::Moderators(2)),
            _ => return Err(Refusal::unreadable("The form does not say what to do with the comment.")),
        };
        Ok(Self { deed, comment, version, claim, note, to_author: words(text("to_author"), "to_author")? })
    }

    fn verb(&self) -> Option<Verb> {
        match &self.deed {
            Deed::Decide { verb, .. } => Some(*verb),
            Deed::HandOn(_) | Deed::Skip => None,
        }
    }

    /// What the form said to do, once more.
    fn asked(&self) -> String {
        match &self.deed {
            Deed::Decide { verb: Verb::Publish, .. } => "approve".to_owned(),
            Deed::Decide { verb: Verb::Reject, reason } => format!("reject {}", reason.as_deref().unwrap_or_default()),
            Deed::HandOn(Receiver::Role { role, .. }) => format!("escalate {role}"),
            Deed::HandOn(Receiver::Moderators(_)) => "second".to_owned(),
            Deed::Skip => "skip".to_owned(),
        }
    }
}

/// Comment and version that a form is about.
fn named(posted: &Posted<Review>) -> Result<(CommentId, u64), Refusal> {
    let comment = CommentId::parse(posted.fields.line("comment"));
    let comment = comment.map_err(|_| Refusal::unreadable("The form names no comment."))?;
    let version = posted.fields.line("version").parse();
    Ok((comment, version.map_err(|_| Refusal::unreadable("The form names no version."))?))
}

/// Does what was ordered. A claim that ran out while she thought is no hindrance as long as nobody else reads the comment
/// and it is as she read it.
async fn carry_out(ombud: &Ombud, caller: &Caller, order: &Order) -> Result<Outcome, ServiceError> {
    match attempt(ombud, caller, order, order.claim.clone()).await {
        Err(ServiceError::Lease(_)) => attempt(ombud, caller, order, None).await,
        outcome => outcome,
    }
}

async fn attempt(
    ombud: &Ombud,
    caller: &Caller,
    order: &Order,
    claim_id: Option<ClaimId>,
) -> Result<Outcome, ServiceError> {
    let (id, expected_version) = (&order.comment, order.version);
    match &order.deed {
        Deed::Decide { verb, reason } => {
            let decision = ModeratorDecision {
                verb: *verb,
                reason_code: reason.clone(),
                note: order.note.clone(),
                to_author: order.to_author.clone(),
                expected_version,
                claim_id,
            };
            let Decided { comment, opinions } = ombud.decide(caller, id, decision).await?;
            Ok(match (opinions, verb) {
                (Some(_), _) => Outcome { did: "opinion", version: None },
                (None, Verb::Publish) => taken(&comment, "approve"),
                (None, Verb::Reject) => taken(&comment, "reject"),
            })
        }
        Deed::HandOn(to) => {
            let did = if matches!(to, Receiver::Role { .. }) { "escalate" } else { "second" };
            ombud.hand_on(caller, id, HandOn { to: to.clone(), expected_version, claim_id }).await?;
            Ok(Outcome { did, version: None })
        }
        Deed::Skip => {
            // Without a claim there is nothing to give back.
            if let Some(claim) = claim_id {
                ombud.skip(caller, &claim).await?;
            }
            Ok(Outcome { did: "skip", version: None })
        }
    }
}

fn taken(comment: &Comment, did: &'static str) -> Outcome {
    Outcome { did, version: Some(comment.version) }
}

/// Whether a script asks, which has the next comment already.
fn by_script(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.starts_with("application/json")
}

fn done(request: &HttpRequest, base: &str, wanted: &Wanted, comment: &CommentId, outcome: &Outcome) -> HttpResponse {
    if by_script(request) {
        return HttpResponse::Ok().json(json!({"did": outcome.did, "version": outcome.version}));
    }
    let mut said = Serializer::new(String::new());
    said.append_pair("did", outcome.did);
    if let Some(version) = outcome.version {
        said.append_pair("comment", comment.as_str());
        // What was taken back can't be once more.
        if outcome.did != UNDO {
            said.append_pair("version", &version.to_string());
        }
    }
    let query = wanted.query();
    let joint = if query.is_empty() { '?' } else { '&' };
    page::see(&format!("{base}{query}{joint}{}", said.finish()))
}

fn refused(
    request: &HttpRequest,
    posted: &Posted<Review>,
    wanted: &Wanted,
    order: &Order,
    conflict: &Conflict,
) -> HttpResponse {
    if by_script(request) {
        let Conflict { title, detail, version, overrule } = conflict;
        let body = json!({"title": title, "detail": detail, "version": version, "overrule": overrule});
        return HttpResponse::Conflict().json(body);
    }
    let order = conflict_page::Order {
        asked: order.asked(),
        comment: order.comment.to_string(),
        note: order.note.clone().unwrap_or_default(),
        to_author: order.to_author.clone().unwrap_or_default(),
    };
    conflict_page::page(posted, &base(posted), &wanted.query(), order, conflict)
}
