//! What the page of one comment shows.

use super::authority::Entered;
use super::evidence::{self, Piece};
use super::form::Fields;
use super::listed::{self, Badge, Writer, given};
use super::reading::Reading;
use super::refusal::Refusal;
use super::scale::{self, Bar};
use super::shell::{Room, Shell};
use super::trail::{self, Line};
use super::words::{self, When};
use crate::comment::{
    Appeal, AppealState, AppealText, Comment, CommentId, DecidedBy, Reason, State, Timestamp, TransitionError,
};
use crate::policy::Policy;
use crate::service::{History, Ombud};
use crate::text::legible;
use askama::Template;

/// What she had typed before it was too late.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub reason: String,
    pub note: String,
    pub to_author: String,
}

impl Typed {
    pub(super) fn of(fields: &Fields) -> Self {
        let words = |name: &str| fields.text(name).replace("\r\n", "\n").trim().to_owned();
        Self { reason: fields.line("reason").to_owned(), note: words("note"), to_author: words("to_author") }
    }
}

/// The comment that this one answers.
pub(super) struct Parent {
    pub address: String,
    pub badge: Badge,
    pub name: String,
    pub opening: Option<Vec<Piece>>,
}

/// A reason of the decision in force.
pub(super) struct Why {
    pub text: String,
    /// What the context said.
    pub context: Vec<String>,
}

/// The author's appeal.
pub(super) struct Appealed {
    pub standing: &'static str,
    pub text: Option<Vec<Piece>>,
    pub when: When,
}

/// What can be done with it, by whoever looks.
#[derive(Default)]
pub(super) struct Can {
    pub approve: bool,
    pub reject: bool,
    /// What taking the last decision back leads to.
    pub undo: Option<String>,
}

#[derive(Template)]
#[template(path = "console/history.html")]
pub(super) struct Page {
    pub shell: Shell,
    pub address: String,
    pub id: String,
    pub version: u64,
    pub badge: Badge,
    pub article: String,
    pub article_url: Option<String>,
    pub section: Option<String>,
    /// Where the other comments of the article are found.
    pub under: String,
    pub parent: Option<Parent>,
    pub writer: Option<Writer>,
    pub written: When,
    pub edited: Option<When>,
    /// `None` where it is no longer kept.
    pub text: Option<Vec<Piece>>,
    /// Whether something that was written here is covered.
    pub covers: bool,
    pub dropped: Option<When>,
    /// What it said before edits, newest first, and until when.
    pub earlier: Vec<(Vec<Piece>, When)>,
    /// By whose word it stands so.
    pub standing: String,
    pub note: Option<String>,
    /// What the moderator wrote to the author.
    pub to_author: Option<String>,
    pub reasons: Vec<Why>,
    pub bars: Vec<Bar>,
    pub policy_revision: String,
    pub model_revision: String,
    /// For whom or what it waits, in sentences.
    pub waits: Vec<String>,
    pub appeal: Option<Appealed>,
    pub trail: Vec<Line>,
    pub can: Can,
    /// Why nothing can be done, where that is so.
    pub fixed: String,
    /// Code and words.
    pub reject_reasons: Vec<(String, String)>,
    pub typed: Typed,
    pub done: &'static str,
    /// What happened in between.
    pub conflict: String,
    pub refused: String,
}

impl Page {
    pub(super) async fn of(entered: &Entered, ombud: &Ombud, id: &CommentId) -> Result<Self, Refusal> {
        let History { comment, article, parent, trail } = ombud.history(&entered.site.id, id).await?;
        let (policy, now) = (ombud.policy(), ombud.now());
        let shell = entered.shell(Room::Elsewhere);
        let when = |at: Timestamp| When::of(at, now);
        let reading = Reading::of(entered, ombud);
        let text = reading.marked(&comment).await;
        let mut earlier = Vec::new();
        for version in comment.earlier().iter().rev() {
            earlier.push((reading.beside(&comment, version.text.as_str()).await, when(version.until)));
        }
        let parent = match &parent {
            Some(parent) => Some(above(&shell, parent, reading.opening(parent, listed::OPENING).await)),
            None => None,
        };
        let said = comment.appeal.as_ref().and_then(|appeal| appeal.text.as_ref()).map(AppealText::as_str);
        let said = match said {
            Some(said) => Some(reading.beside(&comment, said).await),
            None => None,
        };
        let beside = parent.iter().filter_map(|parent| parent.opening.as_ref()).chain(&said);
        let covers =
            earlier.iter().map(|(text, _)| text).chain(&text).chain(beside).any(|text| evidence::covered(text));
        let (can, fixed) = can(entered, &comment);
        Ok(Self {
            address: listed::address(&shell, &comment.id),
            id: legible(comment.id.as_str()),
            version: comment.version,
            badge: comment.state.into(),
            article: listed::title(&comment, article.as_ref()),
            article_url: article.as_ref().and_then(|article| article.web_address().map(str::to_owned)),
            section: comment.section.as_deref().map(legible),
            under: listed::search(&shell, "article", comment.article_id.as_str()),
            parent,
            writer: comment.author().map(|author| listed::writer(&shell, author)),
            written: when(comment.created_at),
            edited: comment.edited_at.map(when),
            text,
            covers,
            dropped: comment.dropped_at().map(when),
            earlier,
            standing: standing(&comment, &policy),
            note: comment.decision.note.as_deref().map(legible),
            to_author: comment.decision.to_author.as_deref().map(legible),
            reasons: reasons(&comment, &policy),
            bars: scale::bars(&comment.scores, policy.thresholds(comment.section.as_deref())),
            policy_revision: comment.decision.policy_revision.clone(),
            model_revision: comment.decision.model_revision.clone(),
            waits: waits(&comment, &policy),
            appeal: comment.appeal.as_ref().map(|appeal| appealed(appeal, said, now)),
            trail: trail::lines(&trail, &comment, entered.moderator().name.as_str(), &policy, now),
            can,
            fixed,
            reject_reasons: policy.reject_reasons().iter().map(|r| (r.code.clone(), r.text.clone())).collect(),
            typed: Typed::default(),
            done: "",
            conflict: String::new(),
            refused: String::new(),
            shell,
        })
    }
}

fn above(shell: &Shell, parent: &Comment, opening: Option<Vec<Piece>>) -> Parent {
    Parent {
        address: listed::address(shell, &parent.id),
        badge: parent.state.into(),
        name: parent.author().map_or_else(String::new, |author| listed::writer(shell, author).name),
        opening,
    }
}

/// Who decided so.
fn standing(comment: &Comment, policy: &Policy) -> String {
    match (comment.decision.by, comment.state) {
        (_, State::Withdrawn) => "Nobody sees it any longer.".to_owned(),
        (DecidedBy::Moderator, _) => listed::why(comment, policy),
        (DecidedBy::Policy, State::Pending) if comment.is_appealed() => {
            "It waits once more, as its author appealed.".to_owned()
        }
        (DecidedBy::Policy, State::Published) => "The policy published it.".to_owned(),
        (DecidedBy::Policy, State::Pending) => "The policy held it for a moderator.".to_owned(),
        (DecidedBy::Policy, State::Rejected) => "The policy rejected it.".to_owned(),
    }
}

/// Every reason, in words. A moderator's own stands in the sentence before.
fn reasons(comment: &Comment, policy: &Policy) -> Vec<Why> {
    let told = |reason: &&Reason| given(&reason.code, policy).is_none() && !reason.code.starts_with("moderator.");
    let why = |reason: &Reason| Why {
        text: legible(&reason.text),
        context: reason.context.iter().map(|sentence| legible(sentence)).collect(),
    };
    comment.decision.reasons.iter().filter(told).map(why).collect()
}

fn waits(comment: &Comment, policy: &Policy) -> Vec<String> {
    let escalated = comment.escalation.as_ref().map(|to| {
        let note = to.note.as_ref().map_or_else(String::new, |note| format!(" “{}”", legible(note)));
        format!("{} handed it on to {}.{note}", to.by, to.role)
    });
    let opinions = comment.opinions(policy.opinions(comment.section.as_deref())).map(|opinions| {
        let given = match opinions.given {
            0 => "none has said anything yet".to_owned(),
            given => format!("{} have said what they think", words::number(given as u64)),
        };
        format!("{} moderators have to agree; {given}.", opinions.needed)
    });
    escalated.into_iter().chain(opinions).collect()
}

fn appealed(appeal: &Appeal, text: Option<Vec<Piece>>, now: Timestamp) -> Appealed {
    let standing = match appeal.state {
        AppealState::Open => "It waits for a moderator.",
        AppealState::Upheld => "A moderator agreed and published the comment.",
        AppealState::Declined => "A moderator decided as before, which is final.",
        AppealState::Withdrawn => "The comment was taken back meanwhile.",
    };
    Appealed { standing, text, when: When::of(appeal.made_at, now) }
}

/// What she may do, and why nothing, where that is so.
fn can(entered: &Entered, comment: &Comment) -> (Can, String) {
    match comment.changeable() {
        Ok(_) => {}
        Err(TransitionError::Withdrawn) => {
            return (Can::default(), "It was taken back, so there is nothing to decide.".to_owned());
        }
        Err(_) => return (Can::default(), "Its text is no longer kept, so nobody can decide on it.".to_owned()),
    }
    let caller = entered.person.caller();
    if let Some(role) = comment.escalation.as_ref().map(|to| &to.role).filter(|role| !caller.has_role(role)) {
        return (Can::default(), format!("It waits for those who have the role {role}."));
    }
    let before = comment.undo.as_ref().filter(|undo| {
        let role = undo.escalation.as_ref().map(|to| &to.role);
        role.is_none_or(|role| caller.has_role(role))
    });
    let undo = before.map(|undo| {
        let stood = match undo.state {
            State::Published => "was published",
            State::Pending => "waited for a moderator",
            State::Rejected => "was rejected",
            State::Withdrawn => "was taken back",
        };
        let name = comment.decision.moderator.as_deref().unwrap_or("somebody");
        format!("{name} decided on it; before, it {stood}.")
    });
    let can = Can { approve: comment.state != State::Published, reject: comment.state != State::Rejected, undo };
    (can, String::new())
}
