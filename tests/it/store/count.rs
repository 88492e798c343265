//! The queue's counts after any sequence of steps.

use super::{Handle, admitted, taken};
use crate::support::sample::{at, decided, edited, escalated, opined, reported, sample, site, undone, withdrawn};
use ombud::comment::{Action, Comment, State};
use ombud::store::{ClaimFilter, QueueOverview, WaitingQuery};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRng, TestRunner};
use std::collections::BTreeMap;

/// A step of one of a few comments; what makes no sense where the comment stands is left out.
#[derive(Debug, Clone)]
struct Move {
    comment: usize,
    step: u8,
    choice: u8,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..6_usize, 0..8_u8, 0..4_u8).prop_map(|(comment, step, choice)| Move { comment, step, choice });
    proptest::collection::vec(one, 60..120)
}

const SECTIONS: [&str; 4] = ["news", "sport", "", "a section: with signs"];
const LANGUAGES: [&str; 4] = ["eng", "deu", "", "eng"];
const REASONS: [&[&str]; 4] = [&["x"], &["x", "y"], &["y", "y", "z"], &[]];

fn first(number: usize, choice: usize) -> ombud::comment::Change {
    let mut new = sample(&format!("c{number}"), 0).article(&format!("a{}", number % 3)).pending(REASONS[choice]);
    if !SECTIONS[choice].is_empty() {
        new = new.section(SECTIONS[choice]);
    }
    if !LANGUAGES[choice].is_empty() {
        new = new.language(LANGUAGES[choice]);
    }
    new.admit()
}

/// The step that this move is on a comment, if it can be taken.
fn step(comment: &Comment, action: &Move, seconds: i64) -> Option<ombud::comment::Change> {
    let (now, choice) = (at(seconds), usize::from(action.choice));
    let role = ["senior", "legal", "senior", "legal"][choice];
    let waits = comment.state == State::Pending;
    let escalated_to = comment.escalation.as_ref().map(|e| e.role.as_str());
    let verdict = [Action::Review, Action::Publish, Action::Review, Action::Reject][choice];
    let moderator = ["anna", "bea", "carl", "anna"][choice];
    match action.step {
        _ if comment.state == State::Withdrawn => None,
        0 if comment.state != State::Published => Some(decided(comment, Action::Publish, moderator, now)),
        1 if comment.state != State::Rejected => Some(decided(comment, Action::Reject, moderator, now)),
        2 if comment.undo.is_some() => Some(undone(comment, now)),
        3 => Some(edited(comment, u64::from(action.choice), verdict, REASONS[choice], now)),
        4 if waits && escalated_to != Some(role) => Some(escalated(comment, role, now)),
        5 if waits => Some(opined(comment, Action::Publish, 2, moderator, now)),
        6 if comment.state == State::Published => Some(reported(comment, now)),
        7 if action.choice == 0 => Some(withdrawn(comment, now)),
        _ => None,
    }
}

/// Counts what waits, one by one.
async fn recounted(store: &Handle) -> QueueOverview {
    let mut whole = QueueOverview::default();
    let [mut sections, mut reasons, mut languages, mut roles] = [const { BTreeMap::new() }; 4];
    for role in [None, Some("senior"), Some("legal")] {
        let role = role.map(|role| ombud::comment::Role::parse(role).unwrap());
        let filter = ClaimFilter { role, ..ClaimFilter::default() };
        let query = WaitingQuery { site: site(), filter, after: None, limit: 100, now: at(0) };
        for waiting in store.waiting(&query).await.unwrap().waiting {
            let mut entry = waiting.comment.queue_entry().expect("it waits");
            whole.depth += 1;
            whole.oldest_queued_at = whole.oldest_queued_at.into_iter().chain([entry.queued_at]).min();
            entry.reasons.sort();
            entry.reasons.dedup();
            entry.reasons.into_iter().for_each(|code| *reasons.entry(code).or_default() += 1);
            entry.section.into_iter().for_each(|name| *sections.entry(name).or_default() += 1);
            entry.language.into_iter().for_each(|code| *languages.entry(code).or_default() += 1);
            entry.role.into_iter().for_each(|role| *roles.entry(role.to_string()).or_default() += 1);
        }
    }
    let sorted = |counts: BTreeMap<String, u64>| counts.into_iter().collect();
    QueueOverview {
        by_section: sorted(sections),
        by_reason: sorted(reasons),
        by_language: sorted(languages),
        by_role: sorted(roles),
        ..whole
    }
}

pub async fn counts_are_what_a_recount_says(store: &Handle) {
    let config = Config::default();
    let mut runner = TestRunner::new_with_rng(config.clone(), TestRng::deterministic_rng(config.rng_algorithm));
    let moves = moves().new_tree(&mut runner).expect("moves").current();
    let mut comments = Vec::new();
    for number in 0..6 {
        comments.push(admitted(store, first(number, number % 4)).await);
    }
    for (number, action) in moves.iter().enumerate() {
        let seconds = 10 + i64::try_from(number).unwrap();
        if let Some(change) = step(&comments[action.comment], action, seconds) {
            comments[action.comment] = taken(store, change).await;
        } else if comments[action.comment].state == State::Withdrawn {
            comments[action.comment] = admitted(store, first(100 + number, usize::from(action.choice))).await;
        }
        assert_eq!(
            store.queue(&site(), at(seconds)).await.unwrap(),
            recounted(store).await,
            "after {:?}",
            &moves[..=number]
        );
    }
}
