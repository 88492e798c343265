//! The queue: one comment in focus, what a fair decision needs around it, and the next already there.
//!
//! Without scripts each decision is a form that leads to the next comment. With them the next ones are on the desk
//! before she decides, and decisions are sent while she reads on (`assets/console/queue.js`).

mod bulk;
mod card;
mod check;
mod conflict_page;
mod decide;
mod filter;
mod live;
mod pace;
mod sheet;

use super::authority::{Entered, Review, SignedIn, Watching};
use super::form::{Fields, Posted};
use super::reading::Reading;
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::{ClaimId, CommentId, Role};
use crate::policy::Policy;
use crate::service::{ClaimQuery, Claimed, Ombud, QueueOverview, ServiceError};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use askama::Template;
use card::{Card, Desk, Laid};
use check::Check;
use filter::Wanted;
use futures_util::future::try_join_all;
use pace::Pace;

/// How many comments lie on a desk whose page has scripts: one in focus, and those that come next.
const ON_A_DESK: usize = 6;
/// What an address says was done where a decision was taken back, …
const UNDO: &str = "undo";
/// … where a check was judged, …
const CHECK: &str = "check";
/// … could not be any longer, …
const VOID: &str = "void";
/// … or was passed over.
const PASSED: &str = "pass";

/// Every address below the queue's.
pub(super) fn pages(scope: Scope) -> Scope {
    scope
        .service(super::at("/{site}/queue").route(web::get().to(get)))
        .service(super::at("/{site}/queue/desk").route(web::post().to(desk)))
        .service(super::at("/{site}/queue/keep").route(web::post().to(keep)))
        .service(super::at("/{site}/queue/release").route(web::post().to(release)))
        .service(super::at("/{site}/queue/decide").route(web::post().to(decide::post)))
        .service(super::at("/{site}/queue/undo").route(web::post().to(decide::undo)))
        .service(super::at("/{site}/queue/live").route(web::get().to(live::get)))
        .service(super::at("/{site}/queue/bulk").route(web::get().to(bulk::get)).route(web::post().to(bulk::post)))
}

/// What was done before this page, and how it is taken back.
struct Done {
    said: &'static str,
    /// Comment and version to take back; `None` where nothing can be.
    undo: Option<(String, u64)>,
}

#[derive(Template)]
#[template(path = "console/queue/page.html")]
struct Page {
    shell: Shell,
    base: String,
    query: String,
    headline: String,
    oldest: Option<words::When>,
    groups: Vec<filter::Group>,
    band: filter::BandFields,
    /// Whether she asks for some of what waits alone.
    narrowed: bool,
    /// The article that she asks for alone.
    article: Option<String>,
    bulk: String,
    pace: Pace,
    done: Option<Done>,
    card: Option<String>,
    /// How many of the machine's decisions wait to be judged; empty for none.
    checks: String,
    lease_seconds: u32,
    on_a_desk: usize,
}

/// `GET /console/{site}/queue`: what she holds, or the next comment.
pub async fn get(
    signed_in: SignedIn<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let wanted = Wanted::of(&request)?;
    let card = match taken_back(&signed_in, &ombud, &request, &wanted).await? {
        Some(card) => Some(card),
        // A check does not follow on a check.
        None => cards(&signed_in, &ombud, &wanted, 1, &[], !checked(&request)).await?.pop(),
    };
    let (overview, now) = ombud.queue(&signed_in.site.id).await?;
    let policy = ombud.policy();
    let base = base(&signed_in);
    let caller = signed_in.person.caller();
    let roles: Vec<Role> = policy.roles().iter().filter(|role| caller.has_role(role)).cloned().collect();
    let article = match &wanted.filter.article {
        Some(id) => Some(match ombud.article(&signed_in.site.id, id).await {
            Ok(article) => crate::text::legible(&article.title),
            Err(ServiceError::UnknownArticle(_)) => "an article that is not known".to_owned(),
            Err(error) => return Err(error.into()),
        }),
        None => None,
    };
    let judged = policy.thresholds(wanted.filter.section.as_deref()).iter().map(|(attribute, _)| attribute);
    let page = Page {
        shell: signed_in.shell(Room::Queue),
        groups: filter::groups(&wanted, &overview, &base, &roles),
        band: filter::band(&wanted, judged),
        narrowed: wanted.is_narrowed(),
        article,
        bulk: format!("{base}/bulk{}", wanted.query()),
        headline: headline(&overview),
        oldest: overview.oldest_queued_at.map(|at| words::When::of(at, now)),
        pace: Pace::of(&ombud, &caller).await?,
        done: done(&request),
        checks: match ombud.audits_waiting(&signed_in.site.id).await? {
            0 => String::new(),
            1 => "One decision of the machine's waits".to_owned(),
            waiting => format!("{} decisions of the machine's wait", words::number(waiting)),
        },
        card,
        lease_seconds: policy.lease_seconds(),
        on_a_desk: ON_A_DESK,
        query: wanted.query(),
        base,
    };
    Ok(page::answer(StatusCode::OK, &page))
}

/// How much waits, in words.
fn headline(overview: &QueueOverview) -> String {
    match overview.depth {
        0 => "Nothing waits".to_owned(),
        1 => "1 waits".to_owned(),
        depth => format!("{} wait", words::number(depth)),
    }
}

/// Her pace, beside the cards that a script asks for.
#[derive(Template)]
#[template(path = "console/queue/pace.html")]
struct PacePart {
    pace: Pace,
}

/// `POST /console/{site}/queue/desk`: what lies on her desk, as cards, but for those she has (`have`).
pub async fn desk(
    posted: Posted<Review>,
    request: HttpRequest,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let wanted = Wanted::of(&request)?;
    let have: Vec<&str> = posted.fields.all("have").collect();
    let mut parts = cards(&posted, &ombud, &wanted, ON_A_DESK, &have, true).await?;
    let pace = Pace::of(&ombud, &posted.person.caller()).await?;
    parts.push(PacePart { pace }.render().unwrap_or_default());
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(parts.concat()))
}

/// The cards of what lies on her desk, `limit` in all, but for those that she has; and a check, if one is due.
async fn cards(
    entered: &Entered,
    ombud: &Ombud,
    wanted: &Wanted,
    limit: usize,
    have: &[&str],
    with_check: bool,
) -> Result<Vec<String>, Refusal> {
    let caller = entered.person.caller();
    let query = ClaimQuery { limit, order: wanted.order, filter: wanted.filter.clone() };
    let mut claimed = ombud.desk(&caller, query).await?;
    claimed.retain(|claimed| !have.contains(&claimed.comment.id.as_str()));
    // Where nothing waits there is nothing that a check could come between.
    let idle = wanted.checks && claimed.is_empty() && have.is_empty();
    let due = idle || with_check && check::is_due(ombud, &claimed).await?;
    let drawn = if due { ombud.next_audit(&caller).await? } else { None };
    let is_new = |id: &str| !have.contains(&id) && claimed.iter().all(|claimed| claimed.comment.id.as_str() != id);
    let drawn = drawn.filter(|drawn| is_new(drawn.comment.id.as_str()));
    let laid = claimed.into_iter().map(|Claimed { claim, comment, article, .. }| Laid {
        claim: Some(claim.id),
        comment,
        article,
    });
    let mut cards = written(entered, ombud, wanted, laid.collect()).await?;
    if let Some(drawn) = drawn {
        let around = ombud.surrounding(&drawn.comment).await?;
        let policy = ombud.policy();
        cards.push(rendered(&Check::of(&laid_on(entered, ombud, wanted, &policy), drawn, around).await)?);
    }
    Ok(cards)
}

/// What is the same for every card on her desk.
fn laid_on<'a>(entered: &Entered, ombud: &'a Ombud, wanted: &Wanted, policy: &'a Policy) -> Desk<'a> {
    Desk {
        home: format!("/console/{}", entered.site.id),
        base: base(entered),
        query: wanted.query(),
        form_token: entered.form_token(),
        reading: Reading::of(entered, ombud),
        policy,
        now: ombud.now(),
    }
}

fn rendered(card: &impl Template) -> Result<String, Refusal> {
    card.render().map_err(|error| {
        tracing::error!(%error, "a card can't be written");
        Refusal::incomplete()
    })
}

/// Cards of these comments.
async fn written(entered: &Entered, ombud: &Ombud, wanted: &Wanted, laid: Vec<Laid>) -> Result<Vec<String>, Refusal> {
    let around = try_join_all(laid.iter().map(|laid| ombud.surrounding(&laid.comment))).await?;
    let policy = ombud.policy();
    let desk = laid_on(entered, ombud, wanted, &policy);
    let mut cards = Vec::with_capacity(laid.len());
    for (laid, around) in laid.into_iter().zip(around) {
        cards.push(rendered(&Card::of(&desk, laid, &around).await)?);
    }
    Ok(cards)
}

/// The comment whose decision she has just taken back, as the address says: it comes first, whatever is next in the
/// order that she asked for.
async fn taken_back(
    entered: &Entered,
    ombud: &Ombud,
    request: &HttpRequest,
    wanted: &Wanted,
) -> Result<Option<String>, Refusal> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let Some(id) = CommentId::parse(fields.line("comment")).ok().filter(|_| fields.line("did") == UNDO) else {
        return Ok(None);
    };
    let found = ombud.out_of_turn(&entered.person.caller(), &id).await?;
    let laid = found.into_iter().map(|(comment, article)| Laid { claim: None, comment, article });
    Ok(written(entered, ombud, wanted, laid.collect()).await?.pop())
}

/// `POST /console/{site}/queue/keep`: she still reads. What she holds no longer is simply not extended.
pub async fn keep(posted: Posted<Watching>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    for claim in claims(&posted.fields) {
        match ombud.heartbeat(&posted.site.id, &claim).await {
            Ok(_) | Err(ServiceError::Lease(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /console/{site}/queue/release`: she leaves; others may have what she held.
pub async fn release(posted: Posted<Watching>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    for claim in claims(&posted.fields) {
        ombud.release(&posted.site.id, &claim).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The claims that a form names; what is none is left out. No more than a desk ever holds.
fn claims(fields: &Fields) -> impl Iterator<Item = ClaimId> {
    fields.all("claim").filter_map(|claim| ClaimId::parse(claim).ok()).take(4 * ON_A_DESK)
}

/// The queue's address.
fn base(entered: &Entered) -> String {
    format!("/console/{}/queue", entered.site.id)
}

/// Whether the address says that she has just had a check.
fn checked(request: &HttpRequest) -> bool {
    matches!(Fields::parse(request.query_string().as_bytes()).line("did"), CHECK | VOID | PASSED)
}

/// What the address says was done; words of an address are not put on the page.
fn done(request: &HttpRequest) -> Option<Done> {
    let fields = Fields::parse(request.query_string().as_bytes());
    let said = match fields.line("did") {
        "approve" => "Approved.",
        "reject" => "Rejected.",
        "skip" | PASSED => "Skipped. Others are asked; you are not for some time.",
        "escalate" => "Handed on.",
        "second" => "A second opinion is asked for.",
        "opinion" => "Noted. It waits until enough agree.",
        CHECK => "Noted. It was a check.",
        VOID => "There was nothing to judge any longer: it was taken back or changed meanwhile.",
        UNDO => "Taken back. It waits again.",
        _ => return None,
    };
    let comment = CommentId::parse(fields.line("comment")).ok();
    let undo = comment.zip(fields.line("version").parse().ok());
    Some(Done { said, undo: undo.map(|(comment, version)| (comment.into(), version)) })
}
