//! Trying a change of the policy: thresholds are dragged on how the scores lie, or typed, what they would have done is shown,
//! and they are kept as a candidate for somebody else's word.
//!
//! It is a form. The script beside it (`assets/console/tune.js`) makes of each threshold a handle on its drawing, and moves
//! number and line together.

pub(super) mod candidate;
mod dial;
mod effect;
pub(super) mod shadow;

use self::dial::{Group, Typed};
use self::effect::{Effect, Span};
use super::authority::{Editors, Entered, SignedIn};
use super::form::{Fields, Posted, TOKEN};
use super::refusal::Refusal;
use super::shell::{Room, Shell};
use super::{page, words};
use crate::comment::Timestamp;
use crate::http::json::Query;
use crate::policy::tuning::{Fault, Kind, Moved, changed, written};
use crate::policy::{CandidateId, CandidatePolicy, PolicyFiles, PublishedPolicy};
use crate::service::{CandidateError, LONGEST_NOTE, Ombud, ServiceError};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

/// Longest text that is shown again in a field, in characters.
const LONGEST_TYPED: usize = 100;

/// A candidate in the policy's list.
pub(super) struct Waiting {
    pub id: String,
    /// What it is for, or what it changes.
    pub title: String,
    pub by: String,
    pub when: words::When,
    /// Whether another policy is in force than it was written against.
    pub stale: bool,
}

/// The candidates that wait, and why none can be written here, if that is so.
pub(super) async fn waiting(ombud: &Ombud, now: Timestamp) -> Result<(Vec<Waiting>, String), Refusal> {
    let (base, why_not) = match ombud.policy_to_change().await {
        Ok((base, _)) => (Some(base.number), String::new()),
        Err(error @ CandidateError::SeveralSites(_)) => (None, error.to_string()),
        // Before anything was agreed on there is nothing to change.
        Err(_) => (None, "no policy was published yet".to_owned()),
    };
    let mut waiting = Vec::new();
    for candidate in ombud.candidates().await? {
        let number = ombud.policy_published().map(|published| published.number);
        waiting.push(Waiting {
            id: candidate.id.to_string(),
            title: title(ombud, &candidate).await?,
            when: words::When::of(candidate.at, now),
            stale: base.or(number).is_some_and(|number| number != candidate.base),
            by: candidate.by,
        });
    }
    Ok((waiting, why_not))
}

async fn title(ombud: &Ombud, candidate: &CandidatePolicy) -> Result<String, Refusal> {
    if let Some(note) = &candidate.note {
        return Ok(note.lines().next().unwrap_or_default().to_owned());
    }
    let moved = match ombud.candidate(&candidate.id).await {
        Ok((_, files)) => moved(ombud, candidate, &files).await?,
        Err(_) => Vec::new(),
    };
    Ok(match moved.as_slice() {
        [] => format!("Policy {}", candidate.revision),
        [one] => in_words(one),
        [first, others @ ..] => format!("{}, and {} more", in_words(first), others.len()),
    })
}

/// The files of a policy by its number.
async fn numbered(ombud: &Ombud, number: u64) -> Result<Option<PolicyFiles>, Refusal> {
    let found = ombud.published_policies(number.checked_add(1), 1).await?.pop();
    match found.filter(|policy| policy.number == number) {
        Some(policy) => Ok(ombud.policy_files(&policy.revision).await?),
        None => Ok(None),
    }
}

/// Which thresholds a candidate changes in the policy that it was written against.
async fn moved(ombud: &Ombud, candidate: &CandidatePolicy, files: &PolicyFiles) -> Result<Vec<Moved>, Refusal> {
    let base = numbered(ombud, candidate.base).await?;
    Ok(base.and_then(|base| changed(&base.policy, &files.policy).ok()).unwrap_or_default())
}

/// `Abusive: held from 0.20 instead of 0.25`, with the section it is in.
fn in_words(moved: &Moved) -> String {
    let does = match moved.threshold {
        Kind::Review => "held",
        Kind::Reject => "rejected",
    };
    let place = moved.section.as_ref().map_or_else(String::new, |section| format!(" in {section}"));
    let what = words::capitalised(moved.attribute.phrase());
    let (after, before) = (words::score(moved.after), words::score(moved.before));
    format!("{what}{place}: {does} from {after} instead of {before}")
}

#[derive(Template)]
#[template(path = "console/tune/try.html")]
struct Page {
    shell: Shell,
    /// Why nothing can be tried here; empty where it can.
    not_here: String,
    /// The number of the policy in force, which the fields are of.
    base: u64,
    /// Since when the scores are counted.
    since: words::When,
    groups: Vec<Group>,
    /// What was not done, and why; empty if nothing was refused.
    refused: String,
    /// The ids of fields with what is wrong there; an id is empty where it is no field's.
    faults: Vec<(String, String)>,
    /// What differs from the policy in force, in words, where that was looked at.
    changes: Vec<String>,
    effect: Option<Effect>,
    note: String,
    longest_note: usize,
}

impl Page {
    /// The page with what was typed, and what is wrong with it.
    async fn of(entered: &Entered, ombud: &Ombud, typed: &Typed, faults: &[Fault]) -> Result<Self, Refusal> {
        let now = ombud.now();
        let mut page = Self {
            shell: entered.shell(Room::Policy),
            not_here: String::new(),
            base: 0,
            since: words::When::of(now, now),
            groups: Vec::new(),
            refused: String::new(),
            faults: Vec::new(),
            changes: Vec::new(),
            effect: None,
            note: String::new(),
            longest_note: LONGEST_NOTE,
        };
        let (base, files) = match ombud.policy_to_change().await {
            Ok(found) => found,
            Err(error @ CandidateError::SeveralSites(_)) => {
                page.not_here = error.to_string();
                return Ok(page);
            }
            Err(error) => return Err(refusal(error)),
        };
        let policy = files.parse().map_err(|error| ServiceError::Internal(error.to_string()))?;
        let glance = ombud.glance(&entered.site.id).await?;
        page.base = base.number;
        page.since = words::When::of(glance.since, now);
        page.groups = dial::groups(&files, &policy, &glance, typed, faults)?;
        let inputs = || page.groups.iter().flat_map(|group| &group.dials).flat_map(|dial| &dial.inputs);
        let id = |fault: &Fault| inputs().find(|input| input.name == fault.field).map(|input| input.id.clone());
        page.faults =
            faults.iter().map(|fault| (id(fault).unwrap_or_default(), words::capitalised(&fault.message))).collect();
        Ok(page)
    }
}

#[derive(Deserialize)]
pub struct Asked {
    /// The candidate whose thresholds are to be tried again.
    #[serde(default)]
    from: String,
}

/// `GET /console/{site}/policy/try`
pub async fn get(
    signed_in: SignedIn<Editors>,
    asked: Query<Asked>,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, Refusal> {
    let (mut typed, mut note) = (Typed::new(), String::new());
    if let Some(id) = CandidateId::parse(&asked.0.from)
        && let Ok((candidate, files)) = ombud.candidate(&id).await
    {
        for moved in moved(&ombud, &candidate, &files).await? {
            let (attribute, kind) = (moved.attribute, moved.threshold.name());
            let place = moved.section.map_or_else(String::new, |section| format!("@{section}"));
            typed.insert(format!("{attribute}.{kind}{place}"), words::score(moved.after));
        }
        note = candidate.note.unwrap_or_default();
    }
    let page = Page { note, ..Page::of(&signed_in, &ombud, &typed, &[]).await? };
    Ok(page::answer(StatusCode::OK, &page))
}

/// `POST /console/{site}/policy/try`: shows what the thresholds would have done, or keeps them as a candidate.
pub async fn post(posted: Posted<Editors>, ombud: web::Data<Ombud>) -> Result<HttpResponse, Refusal> {
    let asked = asked(&posted.fields);
    let base = posted.fields.line("base").parse().unwrap_or(0);
    let note = posted.fields.text("note").to_owned();
    let keep = posted.fields.line("do") == "save";
    let drafted = async {
        let draft = ombud.draft_policy(base, &asked).await?;
        if keep {
            let candidate = ombud.save_candidate(posted.moderator(), &draft, &note).await?;
            return Ok::<_, CandidateError>((draft, Outcome::Kept(candidate.id)));
        }
        let replay = ombud.try_policy(&posted.site.id, &draft.files).await?;
        Ok((draft, Outcome::Shown(Box::new(replay))))
    };
    let typed: Typed = asked.iter().map(|(name, typed)| (name.clone(), short(typed, LONGEST_TYPED))).collect();
    let note_typed = short(&note, 4 * LONGEST_NOTE);
    match drafted.await {
        Ok((_, Outcome::Kept(id))) => Ok(page::see(&format!("/console/{}/policy/candidates/{id}", posted.site.id))),
        Ok((draft, Outcome::Shown(replay))) => {
            let mut page = Page { note: note_typed, ..Page::of(&posted, &ombud, &typed, &[]).await? };
            page.effect = Some(Effect::shown(&posted, &ombud, &page.shell, &replay, Span::Month).await?);
            page.changes = draft.moved.iter().map(in_words).collect();
            Ok(page::answer(StatusCode::OK, &page))
        }
        Err(error) => refused(&posted, &ombud, error, typed, base, note_typed).await,
    }
}

/// What a form came to.
enum Outcome {
    Kept(CandidateId),
    Shown(Box<crate::service::PolicyReplay>),
}

/// The page again, with everything that was typed, and why nothing came of it.
async fn refused(
    posted: &Posted<Editors>,
    ombud: &Ombud,
    error: CandidateError,
    mut typed: Typed,
    base: u64,
    note: String,
) -> Result<HttpResponse, Refusal> {
    let mut faults = Vec::new();
    let (status, why) = match error {
        CandidateError::Faults(found) => {
            faults = found;
            (StatusCode::UNPROCESSABLE_ENTITY, "These thresholds can't be:".to_owned())
        }
        CandidateError::Overtaken(in_force) => {
            untouched(ombud, base, &mut typed).await?;
            (StatusCode::CONFLICT, overtaken(&in_force))
        }
        CandidateError::Replaying => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Somebody else is trying a change just now, and one is tried at a time. Your numbers are still here: try again in a moment."
                .to_owned(),
        ),
        CandidateError::Unchanged => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Every threshold is as in the policy in force. Change one, and see what it would do.".to_owned(),
        ),
        CandidateError::LongNote => {
            (StatusCode::UNPROCESSABLE_ENTITY, format!("The note is too long: {LONGEST_NOTE} characters at most."))
        }
        CandidateError::SeveralSites(_) => (StatusCode::CONFLICT, String::new()),
        other => return Err(refusal(other)),
    };
    let page = Page { refused: why, note, ..Page::of(posted, ombud, &typed, &faults).await? };
    Ok(page::answer(status, &page))
}

/// Forgets what was posted as it had been in force: in the policy that is now, it may be another number.
async fn untouched(ombud: &Ombud, base: u64, typed: &mut Typed) -> Result<(), Refusal> {
    let before = numbered(ombud, base).await?;
    for (field, value) in before.and_then(|files| written(&files.policy).ok()).unwrap_or_default() {
        let name = field.to_string();
        if typed.get(&name).is_some_and(|typed| typed.trim().parse() == Ok(value)) {
            typed.remove(&name);
        }
    }
    Ok(())
}

fn overtaken(in_force: &PublishedPolicy) -> String {
    format!(
        "{} published another policy meanwhile, number {}. What you changed is still here, the rest is as it is in force now: look at it, and try again.",
        in_force.by, in_force.number
    )
}

/// Everything that was posted as a threshold.
fn asked(fields: &Fields) -> Vec<(String, String)> {
    let known = [TOKEN, "base", "note", "do"];
    fields.written().filter(|(name, _)| !known.contains(&name.as_str())).cloned().collect()
}

fn short(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}

/// What nothing of the page can be said about.
fn refusal(error: CandidateError) -> Refusal {
    match error {
        CandidateError::Service(error) => error.into(),
        other => Refusal::unreadable(&words::capitalised(&format!("{other}."))),
    }
}
