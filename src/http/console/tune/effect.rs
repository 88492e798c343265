//! What a change of the policy would have done, in numbers and in comments to read.

use crate::comment::{Action, Comment, Timestamp};
use crate::http::console::authority::Entered;
use crate::http::console::listed::{self, Listed};
use crate::http::console::refusal::Refusal;
use crate::http::console::shell::Shell;
use crate::http::console::words;
use crate::policy::ReplayedEffect;
use crate::service::{Ombud, PolicyReplay};

/// How many comments are shown that a change contradicts people on, and how many of every other kind.
const CONTRADICTING: usize = 5;
const DIFFERING: usize = 3;

/// Which comments were looked at.
#[derive(Clone, Copy)]
pub enum Span {
    /// Those of the last 30 days.
    Month,
    /// Those that came in since something was there.
    Since,
}

/// A large figure, and what belongs to it.
pub struct Tile {
    pub label: &'static str,
    pub figure: String,
    pub beside: String,
}

/// A line of the table: what the policy in force does, and what becomes of it.
pub struct Line {
    pub label: &'static str,
    /// The count, and whether it is of comments that are decided as now.
    pub cells: [(String, bool); 3],
}

/// Some comments to read.
pub struct Examples {
    pub title: String,
    pub found: Vec<Listed>,
}

/// What a change would have done.
pub struct Effect {
    /// Which comments were looked at.
    pub looked: String,
    /// When.
    pub when: words::When,
    /// Whether there was anything to look at.
    pub any: bool,
    pub tiles: Vec<Tile>,
    pub lines: Vec<Line>,
    /// What is beside what people decided: what, now, then.
    pub people: Vec<(&'static str, String, String)>,
    /// What is to be known besides.
    pub notes: Vec<String>,
    pub contradicting: Vec<Examples>,
    pub differing: Vec<Examples>,
}

impl Effect {
    /// What was kept of a replay.
    pub fn of(effect: &ReplayedEffect, span: Span, now: Timestamp) -> Self {
        let mut notes = Vec::new();
        if effect.left_out > 0 {
            notes.push(format!(
                "{} left out: the text, or what the decision rested on, is not kept.",
                words::comments(effect.left_out)
            ));
        }
        let line = |live: Action, label| Line {
            label,
            cells: Action::ALL.map(|then| (words::number(effect.decided(live, then)), live == then)),
        };
        let pair = |label, [now, then]: [u64; 2]| (label, words::number(now), words::number(then));
        Self {
            looked: looked(effect, span),
            when: words::When::of(effect.at, now),
            any: effect.judged > 0,
            tiles: tiles(effect),
            lines: vec![
                line(Action::Publish, "Published now"),
                line(Action::Review, "Held now"),
                line(Action::Reject, "Rejected now"),
            ],
            people: vec![
                pair("Rejects what a person published", effect.rejects_published),
                pair("Publishes what a person rejected", effect.publishes_rejected),
            ],
            notes,
            contradicting: Vec::new(),
            differing: Vec::new(),
        }
    }

    /// What a replay found, with some comments to read.
    pub async fn shown(
        entered: &Entered,
        ombud: &Ombud,
        shell: &Shell,
        replay: &PolicyReplay,
        span: Span,
    ) -> Result<Self, Refusal> {
        let (counts, now) = (&replay.counts, ombud.now());
        let mut effect = Self::of(&ReplayedEffect::of(counts, replay.cut, now), span, now);
        if replay.counts_near_texts_otherwise {
            effect.notes.push(
                "The two count nearly the same texts otherwise; they are counted here as they were then.".to_owned(),
            );
        }
        for section in &replay.sections_without_comments {
            effect.notes.push(format!("None of them is in the section \"{section}\"."));
        }
        let examples = async |title: String, comments: Vec<&Comment>| -> Result<Examples, Refusal> {
            Ok(Examples { title, found: listed::lines(entered, ombud, shell, &comments).await? })
        };
        for (person, title) in [
            (Action::Publish, "A person published it, and it would be rejected"),
            (Action::Reject, "A person rejected it, and it would be published"),
        ] {
            let found = counts.contradicting(person).iter().take(CONTRADICTING).map(|example| &example.comment);
            let found: Vec<&Comment> = found.collect();
            if !found.is_empty() {
                effect.contradicting.push(examples(title.to_owned(), found).await?);
            }
        }
        for ((live, then), sample) in counts.differing() {
            let found = sample.examples().iter().take(DIFFERING).map(|example| &example.comment).collect();
            let title = format!("Now {}, then {}", done(live), done(then));
            effect.differing.push(examples(title, found).await?);
        }
        Ok(effect)
    }
}

fn looked(effect: &ReplayedEffect, span: Span) -> String {
    let Some((first, last)) = effect.received else {
        let none = match span {
            Span::Month => {
                "No comment of the last 30 days can be judged again: none came in, or what decisions rested on is not kept."
            }
            Span::Since => "No comment that has come in since can be looked at.",
        };
        return none.to_owned();
    };
    let day = |at: Timestamp| at.strftime("%-d %b %Y").to_string();
    let days = match (day(first), day(last)) {
        (first, last) if first == last => format!("on {first}"),
        (first, last) => format!("from {first} to {last}"),
    };
    let which = match (span, effect.cut) {
        (Span::Month, true) => "the newest of the last 30 days, of more",
        (Span::Month, false) => "all of the last 30 days",
        (Span::Since, true) => "the newest that have come in since, of more",
        (Span::Since, false) => "all that have come in since",
    };
    format!("Looked at: {}, {which}. They came in {days} (UTC).", words::comments(effect.judged))
}

fn tiles(effect: &ReplayedEffect) -> Vec<Tile> {
    let newly = |label, action, others: [(Action, &str); 2]| {
        let from = others.into_iter().filter_map(|(live, was)| match effect.decided(live, action) {
            0 => None,
            count => Some(format!("{} {was} now", words::number(count))),
        });
        Tile { label, figure: words::number(effect.newly(action)), beside: from.collect::<Vec<_>>().join(", ") }
    };
    let [held_now, held_then] = effect.held();
    let days = effect.days();
    #[expect(clippy::cast_precision_loss, reason = "a number to be read")]
    let daily = |count: u64| format!("{:.0}", count as f64 / days);
    vec![
        newly("Newly published", Action::Publish, [(Action::Review, "held"), (Action::Reject, "rejected")]),
        newly("Newly held", Action::Review, [(Action::Publish, "published"), (Action::Reject, "rejected")]),
        newly("Newly rejected", Action::Reject, [(Action::Publish, "published"), (Action::Review, "held")]),
        Tile {
            label: "To read, a day",
            figure: daily(held_then),
            beside: format!("{} by the policy in force", daily(held_now)),
        },
    ]
}

/// What becomes of a comment.
const fn done(action: Action) -> &'static str {
    match action {
        Action::Publish => "published",
        Action::Review => "held",
        Action::Reject => "rejected",
    }
}
