//! Why no thresholds could be found, and what could be had instead.

use super::binomial::Tally;
use super::share::percent;
use serde::Serialize;
use std::fmt;

/// What can be promised of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promised {
    /// How much of what is published without anybody looking a person would reject.
    AbusePublished,
    /// How much of what a person would publish is rejected by the machine.
    WronglyRejected,
}

impl Promised {
    /// The option of the command line that asks for it.
    #[must_use]
    pub const fn option(self) -> &'static str {
        match self {
            Self::AbusePublished => "--max-abuse-published",
            Self::WronglyRejected => "--max-wrongly-rejected",
        }
    }

    /// What its share is of, for a sentence.
    #[must_use]
    pub const fn of(self) -> &'static str {
        match self {
            Self::AbusePublished => "comments that could be published unseen",
            Self::WronglyRejected => "comments that a person would publish",
        }
    }
}

impl fmt::Display for Promised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AbusePublished => "abuse among what is published",
            Self::WronglyRejected => "wrongly rejected among what a person would publish",
        })
    }
}

/// Why no thresholds are proposed. As text, it says what would be needed.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The policy has no threshold that may move.
    #[error(
        "no threshold of this policy can be moved: an attribute needs a `review` threshold wherever it has a `reject` one"
    )]
    NothingMoves,

    /// Even without a single error, so few comments prove nothing.
    #[error(
        "too little evidence for \"{promised} at most {}\": it takes {needed} {} without a single error, and these are {found}. \
         At least {more} more labelled comments are needed",
        percent(*.target), promised.of()
    )]
    TooLittle {
        promised: Promised,
        target: f64,
        /// How many have to be looked at.
        needed: u32,
        found: u32,
        /// How many more labelled comments it takes at least.
        more: u32,
    },

    /// The comments do not show that any thresholds keep the promise.
    #[error("{}", not_shown(*.promised, *.target, *.strictest, *.interval, *.nearest, *.more))]
    NotShown {
        promised: Promised,
        target: f64,
        /// What the most careful thresholds that were tried do.
        strictest: Tally,
        /// Within which the true share lies, each side at the confidence of the promise.
        interval: (f64, f64),
        /// The least that could be promised.
        nearest: Option<f64>,
        /// About how many more comments would be enough, if they are like these.
        more: Option<u32>,
    },

    /// The promises can be kept, but only with more reading than there is time for.
    #[error("{}", over_budget(self))]
    OverBudget {
        /// Comments a day that are read at the setting that needs least.
        per_day: u32,
        budget: u32,
        /// Of them, what other rules than thresholds send.
        by_rules: u32,
        /// The least abuse published that could be promised within the budget, the other target being kept.
        nearest_abuse_published: Option<f64>,
        /// The fewest wrongly rejected, likewise.
        nearest_wrongly_rejected: Option<f64>,
    },
}

fn not_shown(
    promised: Promised,
    target: f64,
    strictest: Tally,
    (low, high): (f64, f64),
    nearest: Option<f64>,
    more: Option<u32>,
) -> String {
    let Tally { of, hits } = strictest;
    let seen = match promised {
        Promised::AbusePublished => format!(
            "of {of} comments published by the strictest thresholds that were tried, a person would reject {hits}"
        ),
        Promised::WronglyRejected => format!(
            "of {of} comments that a person would publish, {hits} are rejected however high the `reject` thresholds are"
        ),
    };
    let share = |share: f64| percent((share * 10_000.0).round() / 10_000.0);
    let shares =
        format!("{}; the true share lies between {} and {}", share(strictest.share()), share(low), share(high));
    let hope = match more {
        Some(more) => format!("If further comments are like these, about {more} more would show it"),
        None => "More comments like these would not show it".to_owned(),
    };
    let nearest = nearest.map_or_else(
        || "Nothing near it can be promised".to_owned(),
        |nearest| format!("The least that these comments can promise is {} {}", promised.option(), argument(nearest)),
    );
    format!("\"{promised} at most {}\" can't be promised: {seen} ({shares}). {hope}. {nearest}", percent(target))
}

fn over_budget(refusal: &Refusal) -> String {
    let Refusal::OverBudget { per_day, budget, by_rules, nearest_abuse_published, nearest_wrongly_rejected } = refusal
    else {
        return String::new();
    };
    let found = format!(
        "the targets contradict each other: what is promised takes about {per_day} comments a day to read, and {budget} are allowed"
    );
    if by_rules > budget {
        return format!(
            "{found}. Rules other than thresholds alone send {by_rules} a day to moderators; no threshold changes that"
        );
    }
    let named =
        [(Promised::AbusePublished, *nearest_abuse_published), (Promised::WronglyRejected, *nearest_wrongly_rejected)];
    let options: Vec<String> = named
        .iter()
        .filter_map(|(promised, nearest)| Some(format!("{} {}", promised.option(), argument((*nearest)?))))
        .collect();
    let instead = format!("--max-review-per-day {per_day}");
    let options = options.iter().chain([&instead]).map(String::as_str).collect::<Vec<_>>();
    format!("{found}. Any one of these would do: {}", options.join(", or "))
}

/// A share as the command line takes it.
fn argument(share: f64) -> String {
    percent(share).replace(' ', "")
}
