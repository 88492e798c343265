//! The policy in force, for editors: what it holds and rejects, on which terms the queue is worked, and which models score.
//!
//! It is to be read here, with those that were in force before and the candidates that wait for somebody's word. It is changed in
//! the files beside a running ombud, or by a candidate ([`super::tune`]).

use super::authority::{Editors, SignedIn};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::tune::{self, Waiting};
use super::{page, words};
use crate::comment::{Attribute, ModelChange, ModelId, ModelStep, Timestamp};
use crate::policy::{Mode, OnError, Origin, PlainWords, Policy, PublishedPolicy, Threshold, UnknownArticle};
use crate::service::{Glance, ModelStanding, Ombud, PolicyStanding};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

/// How many steps of the models' history are shown.
const STEPS: usize = 50;

/// How many of the policies published are shown.
const PUBLISHED: usize = 20;

/// The keys that moderators reject with.
const DIGITS: usize = 9;

/// What applies in the paper, or in a section.
struct Part {
    name: String,
    mode: Cell,
    opinions: Cell,
}

/// An entry of the table.
struct Cell {
    /// What holds; empty if nothing does.
    lines: Vec<String>,
    /// Whether it is a section's own.
    own: bool,
}

/// The thresholds of an attribute, for the paper and each section.
struct Judged {
    attribute: Attribute,
    cells: Vec<Cell>,
}

/// A reason for rejecting.
struct Reason {
    /// The digit that gives it; empty beyond the ninth.
    key: String,
    code: String,
    text: String,
    /// What it says of the comment to the classifiers.
    teaches: &'static str,
}

/// A policy that judged of late.
struct Used {
    revision: String,
    comments: String,
    first: words::When,
    last: words::When,
}

/// A step of the site's models.
struct Step {
    what: &'static str,
    model: String,
    by: String,
    when: words::When,
}

#[derive(Template)]
#[template(path = "console/policy.html")]
struct Page {
    shell: Shell,
    revision: String,
    since: words::When,
    /// How the policy in force was published; `None` where it was never agreed on.
    in_force_by: Option<Published>,
    /// What is to be looked at, in words.
    alerts: Vec<String>,
    /// Replicas that judge by another policy just now, with its revision.
    behind: Vec<(String, String)>,
    replicas: usize,
    /// Candidates that wait for somebody's word.
    candidates: Vec<Waiting>,
    /// Why none can be written here; empty where it can.
    no_candidates: String,
    published: Vec<Published>,
    /// Whether there are more.
    published_more: bool,
    used: Vec<Used>,
    used_since: words::When,
    parts: Vec<Part>,
    judged: Vec<Judged>,
    plain: PlainWords,
    terms: Vec<(&'static str, String)>,
    reasons: Vec<Reason>,
    model_revision: String,
    in_force: String,
    shadow: Option<(String, words::When)>,
    unusable: Vec<String>,
    steps: Vec<Step>,
    /// How many steps there are beyond those shown.
    earlier: usize,
}

/// A policy that is or was in force.
pub(super) struct Published {
    pub number: u64,
    pub revision: String,
    pub by: String,
    /// Empty where it took nobody else's word.
    pub approved_by: String,
    pub how: &'static str,
    pub note: String,
    pub when: words::When,
}

impl Published {
    pub(super) fn of(policy: &PublishedPolicy, now: Timestamp) -> Self {
        let how = match policy.origin {
            Origin::Start => "as it started",
            Origin::Files => "from changed files",
            Origin::Command => "by command",
            Origin::Console => "in the console",
        };
        Self {
            number: policy.number,
            revision: policy.revision.clone(),
            by: policy.by.clone(),
            approved_by: policy.approved_by.clone().unwrap_or_default(),
            how,
            note: policy.note.clone().unwrap_or_default(),
            when: words::When::of(policy.at, now),
        }
    }
}

/// `GET /console/{site}/policy`
pub async fn get(signed_in: SignedIn<Editors>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let site = &signed_in.site.id;
    let (policy, now) = (ombud.policy(), ombud.now());
    let (glance, standing) = (ombud.glance(site).await?, ombud.model_standing(site).await);
    let ModelStanding { revision: model_revision, models, unusable } = standing;
    let PolicyStanding { published: in_force_by, replicas, alerts, .. } = ombud.policy_standing().await?;
    let mut published = ombud.published_policies(None, PUBLISHED + 1).await?;
    let published_more = published.len() > PUBLISHED;
    published.truncate(PUBLISHED);
    let (candidates, no_candidates) = tune::waiting(&ombud, now).await?;
    let behind = replicas.iter().filter(|replica| replica.revision != policy.revision());
    let page = Page {
        shell: signed_in.shell(Room::Policy),
        revision: policy.revision().to_owned(),
        since: words::When::of(ombud.policy_since(), now),
        in_force_by: in_force_by.as_ref().map(|policy| Published::of(policy, now)),
        alerts: alerts.into_iter().map(|alert| alert.message).collect(),
        behind: behind.map(|replica| (replica.replica.clone(), replica.revision.clone())).collect(),
        replicas: replicas.len(),
        candidates,
        no_candidates,
        published: published.iter().map(|policy| Published::of(policy, now)).collect(),
        published_more,
        used: used(&glance, now),
        used_since: words::When::of(glance.since, now),
        parts: parts(&policy),
        judged: judged(&policy),
        plain: policy.in_plain_words(),
        terms: terms(&policy),
        reasons: reasons(&policy),
        model_revision,
        in_force: model(models.in_force.as_ref()),
        shadow: models.shadow.map(|shadow| (model(Some(&shadow.model)), words::When::of(shadow.since, now))),
        unusable: unusable.iter().map(|id| id.short().to_owned()).collect(),
        earlier: models.history.len().saturating_sub(STEPS),
        steps: models.history.iter().rev().take(STEPS).map(|change| step(change, now)).collect(),
    };
    Ok(page::answer(StatusCode::OK, &page))
}

fn used(glance: &Glance, now: Timestamp) -> Vec<Used> {
    let shown = |used: &crate::service::PolicyUse| Used {
        revision: used.revision.clone(),
        comments: words::comments(used.comments),
        first: words::When::of(used.first, now),
        last: words::When::of(used.last, now),
    };
    glance.policies.iter().map(shown).collect()
}

/// The paper first, then each section that differs.
fn columns(policy: &Policy) -> impl Iterator<Item = Option<&str>> {
    std::iter::once(None).chain(policy.sections().map(Some))
}

fn parts(policy: &Policy) -> Vec<Part> {
    let part = |section: Option<&str>| Part {
        name: section.unwrap_or("The paper").to_owned(),
        mode: Cell {
            lines: vec![mode(policy.mode(section)).to_owned()],
            own: policy.mode(section) != policy.mode(None),
        },
        opinions: Cell {
            lines: vec![policy.opinions(section).to_string()],
            own: policy.opinions(section) != policy.opinions(None),
        },
    };
    columns(policy).map(part).collect()
}

/// Every attribute that is judged anywhere.
fn judged(policy: &Policy) -> Vec<Judged> {
    let row = |attribute: Attribute| {
        let of = |section: Option<&str>| policy.thresholds(section).get(attribute);
        let cell = |section| Cell { lines: thresholds(of(section)), own: of(section) != of(None) };
        Judged { attribute, cells: columns(policy).map(cell).collect() }
    };
    let rows = Attribute::ALL.into_iter().map(row);
    rows.filter(|row| row.cells.iter().any(|cell| !cell.lines.is_empty())).collect()
}

fn thresholds(Threshold { review, reject }: Threshold) -> Vec<String> {
    let line = |what: &str, from: Option<f64>| from.map(|from| format!("{what} from {}", words::score(from)));
    line("held", review).into_iter().chain(line("rejected", reject)).collect()
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Post => "what is held",
        Mode::Pre => "every comment",
    }
}

fn terms(policy: &Policy) -> Vec<(&'static str, String)> {
    let seconds = |seconds: u32| words::duration(seconds.into());
    let roles: Vec<&str> = policy.roles().iter().map(crate::comment::Role::as_str).collect();
    let handed_on = match roles.as_slice() {
        [] => "goes nowhere: the policy names no roles".to_owned(),
        [role] => format!("waits for those with the role {role}"),
        roles => format!("waits for those with one of the roles {}", roles.join(", ")),
    };
    let undo = match policy.undo_seconds() {
        0 => "is told at once".to_owned(),
        undo => format!("is told after {}; undone by then, nobody hears of either", seconds(undo)),
    };
    let appeals = match (policy.takes_appeals(), policy.appeal_role()) {
        (false, _) => "are not taken".to_owned(),
        (true, Some(role)) => format!("are decided by those with the role {role}"),
        (true, None) => "are decided by whoever works the queue".to_owned(),
    };
    let on_error = match policy.on_error() {
        OnError::Review => "is held for a moderator",
        OnError::Refuse => "is refused; the platform sends it again later",
    };
    let unknown_article = match policy.unknown_article() {
        UnknownArticle::Refuse => "is refused; the platform registers the article first",
        UnknownArticle::Review => "is held for a moderator",
        UnknownArticle::Judge => "is judged by everything else",
    };
    let audits = match policy.audit_share() {
        share if share <= 0.0 => "is never drawn to be judged again".to_owned(),
        share => {
            format!("is drawn by chance to be judged by a person, {} of all", crate::policy::tuning::percent(share))
        }
    };
    let reports = match policy.report_limit() {
        1 => "goes back to the queue with the first report".to_owned(),
        limit => format!("goes back to the queue when {limit} readers have reported it"),
    };
    vec![
        (
            "A comment that a moderator reads",
            format!("is handed to nobody else for {}", seconds(policy.lease_seconds())),
        ),
        ("One that she skips", format!("comes back to her after {}", seconds(policy.skip_minutes() * 60))),
        ("A decision", undo),
        ("What is handed on", handed_on),
        ("A published comment", reports),
        ("Appeals", appeals),
        ("What the machine decides by itself", audits),
        ("A comment whose facts do not come in time", on_error.to_owned()),
        ("One under an unknown article", unknown_article.to_owned()),
    ]
}

fn reasons(policy: &Policy) -> Vec<Reason> {
    let reason = |(place, reason): (usize, &crate::policy::RejectReason)| Reason {
        key: if place < DIGITS { (place + 1).to_string() } else { String::new() },
        code: reason.code.clone(),
        text: reason.text.clone(),
        teaches: reason.attribute.map_or("", Attribute::name),
    };
    policy.reject_reasons().iter().enumerate().map(reason).collect()
}

fn model(id: Option<&ModelId>) -> String {
    id.map_or_else(
        || "the models that ombud was started with".to_owned(),
        |id| format!("the site's own {}", id.short()),
    )
}

fn step(change: &ModelChange, now: Timestamp) -> Step {
    let what = match change.step {
        ModelStep::Shadowed => "Put in shadow",
        ModelStep::ShadowEnded => "Taken out of shadow",
        ModelStep::Promoted => "Put in force",
        ModelStep::RolledBack => "Put back in force",
    };
    Step { what, model: model(change.model.as_ref()), by: change.by.clone(), when: words::When::of(change.at, now) }
}
