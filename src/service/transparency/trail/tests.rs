use super::*;
use crate::service::transparency::history::{History, MACHINE, PERSON};
use Action::{Publish, Reject, Review};

fn history() -> History {
    History::new("c1")
}

#[test]
fn a_decision_taken_back_is_none() {
    let history = history().judged(MACHINE, Review).decided(Reject).undone(60).decided(Publish);
    let trail = Trail::of(&history.audit);
    let steps: Vec<(Step, bool)> = trail.steps().map(|(_, t)| (t.entry.step, t.undone_at.is_some())).collect();
    assert_eq!(steps, [(Step::Admitted, false), (Step::Decided, true), (Step::Decided, false)]);
    assert!(matches!(trail.ending(0), Ending::Published(entry) if entry.version == 4));
    assert_eq!(trail.machines_word(2), Some(Review));
    assert_eq!(trail.restrictions(), []);
}

#[test]
fn who_decides_again_overturns_a_person_and_no_machine() {
    let history = history().judged(MACHINE, Publish).decided(Reject).decided(Publish);
    let trail = Trail::of(&history.audit);
    assert_eq!((trail.machines_word(1), trail.machines_word(2)), (Some(Publish), None));
    let edited = history.judged(PERSON, Reject).decided(Publish);
    assert_eq!(Trail::of(&edited.audit).machines_word(4), Some(Reject), "the edit is a text of its own");
}

/// Of each restriction: its version, whether by the machine, shown before, reported, and whether it was lifted.
fn restrictions(history: &History) -> Vec<(u64, bool, bool, bool, bool)> {
    let found = Trail::of(&history.audit).restrictions();
    found.iter().map(|r| (r.decision.version, r.by_machine(), r.was_shown, r.reported, r.lifted_at.is_some())).collect()
}

#[test]
fn a_restriction_begins_once_and_ends_when_readers_see_it_again() {
    let rejected = history().judged(MACHINE, Reject);
    assert_eq!(restrictions(&rejected), [(1, true, false, false, false)]);
    let declined = rejected.clone().appealed().decided(Reject);
    assert_eq!(restrictions(&declined), [(1, true, false, false, false)], "the answer to an appeal is no new one");
    let upheld = rejected.clone().appealed().decided(Publish);
    assert_eq!(restrictions(&upheld), [(1, true, false, false, true)]);
    let again = upheld.reported().decided(Reject);
    assert_eq!(restrictions(&again), [(1, true, false, false, true), (5, false, true, true, false)]);
    let edited = rejected.judged(PERSON, Reject);
    assert_eq!(restrictions(&edited), [(1, true, false, false, false), (2, true, false, false, false)]);
    assert_eq!(restrictions(&history().judged(MACHINE, Review)), [], "what waits was not decided");
}

#[test]
fn what_nobody_heard_of_restricted_nobody() {
    let undone = |seconds| history().judged(MACHINE, Review).decided(Reject).undone(seconds);
    assert_eq!(restrictions(&undone(300)), []);
    assert_eq!(restrictions(&undone(301)), [(2, false, false, false, true)]);
}

#[test]
fn what_waits_ends_by_whatever_comes_first() {
    let waits = history().judged(MACHINE, Review);
    assert_eq!(Trail::of(&waits.audit).ending(0), Ending::Open);
    assert_eq!(Trail::of(&waits.clone().erased().audit).ending(0), Ending::Withdrawn);
    let edited = waits.judged(PERSON, Reject);
    assert!(matches!(Trail::of(&edited.audit).ending(0), Ending::Rejected(entry) if entry.step == Step::Edited));
}
