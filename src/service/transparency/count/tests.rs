use super::*;
use crate::comment::Comment;
use crate::policy::Policy;
use crate::service::transparency::history::{History, MACHINE, PERSON};
use crate::store::ArchivedReport;
use Action::{Publish, Reject, Review};
use jiff::civil::date;
use proptest::prelude::*;

fn october() -> Period {
    Period::new(date(2026, 10, 1), date(2026, 10, 31), "2026-11-03T00:00:00Z".parse().unwrap()).unwrap()
}

fn words() -> Words {
    let (policy, lists) = Policy::default_files();
    let mut words = Words::default();
    words.add(&Policy::parse(policy, lists).unwrap());
    words
}

fn counted(words: &Words, histories: impl IntoIterator<Item = History>) -> Count<'_> {
    let mut count = Count::new(october(), words);
    histories.into_iter().for_each(|history| count.add(&history.archived()));
    count
}

fn new() -> History {
    History::new("c1")
}

#[test]
fn decisions_are_counted_by_who_took_them() {
    let words = words();
    let count = counted(
        &words,
        [
            new().judged(&[], Publish),
            new().judged(MACHINE, Reject),
            new().judged(MACHINE, Review),
            new().judged(MACHINE, Review).decided(Publish),
            new().judged(MACHINE, Review).decided_for("spam", Reject).dropped(),
            new().judged(MACHINE, Review).decided(Reject).undone(2).decided(Publish).erased(),
            new().judged(MACHINE, Review).withdrawn(),
            new().judged(&[], Publish).judged(PERSON, Reject),
        ],
    );
    assert_eq!(count.submitted, Submitted { comments: 8, edits: 1 });
    let held_then = Became { published: 2, rejected: 1, withdrawn: 1, waiting: 1 };
    assert_eq!(count.machine, MachineDecisions { published: 2, held: 5, rejected: 2, held_then });
    assert_eq!(count.people, PeopleDecisions { published: 2, rejected: 1, taken_back: 1 });
    assert_eq!(count.withdrawn, Withdrawals { withdrawn: 1, erased: 1 });
    assert_eq!(count.restrictions, 3);
    let rows = count.reasons();
    let row = |code: &str| rows.iter().find(|row| row.code == code).unwrap();
    let toxicity = row("threshold.TOXICITY");
    assert_eq!((toxicity.rejected_by_machine, toxicity.held, toxicity.rejected_by_people), (1, 5, 0));
    assert_eq!((toxicity.share_by_machine, &*toxicity.words), (0.166_667, "Likely abusive"));
    assert_eq!((row("moderator.spam").rejected_by_people, &*row("moderator.spam").words), (1, "Advertising or spam"));
    assert!(rows.is_sorted_by(|one, other| one.all() >= other.all()));
    // Held at noon, decided a minute later, claimed ten seconds before.
    let took = count.waiting.took();
    assert_eq!((took.count, count.handling.took().median_seconds), (3, Some(10.015)));
    assert_eq!((count.models()[0].decisions, count.policies()["p1"]), (9, 9));
}

#[test]
fn only_what_happened_in_the_period_counts() {
    let words = words();
    let month = 31 * 24 * 3_600;
    let late = new().judged(MACHINE, Review).later(month).decided(Reject);
    let count = counted(&words, [late.clone(), new().later(month).judged(&[], Publish)]);
    assert_eq!((count.submitted.comments, count.people.all(), count.restrictions), (1, 0, 0));
    assert_eq!(count.machine.held_then.rejected, 1, "what became of it is as of now");
    let mut november = Count::new(
        Period::new(date(2026, 11, 1), date(2026, 11, 2), "2026-11-03T00:00:00Z".parse().unwrap()).unwrap(),
        &words,
    );
    november.add(&late.archived());
    assert_eq!((november.submitted.comments, november.people.rejected, november.restrictions), (0, 1, 1));
    november.add(&new().judged(MACHINE, Reject).archived());
    assert_eq!(november.machine.all(), 0);
    assert_eq!(november.first_received, Some("2026-10-01T12:00:00Z".parse().unwrap()));
}

#[test]
fn people_overturn_what_they_look_at() {
    let words = words();
    let count = counted(
        &words,
        [
            new().judged(&[], Publish).decided(Reject),
            new().judged(&[], Publish).reported().decided(Publish),
            new().judged(&[], Publish).reported(),
            new().judged(MACHINE, Reject).appealed().decided(Publish),
            new().judged(MACHINE, Reject).appealed().decided(Reject),
            new().judged(MACHINE, Reject).appealed(),
            new().judged(MACHINE, Reject).appealed().withdrawn(),
            new().judged(MACHINE, Review).decided(Publish),
        ],
    );
    let overturned = count.overturned();
    assert_eq!((overturned.published.of, overturned.published.hits), (2, 1));
    assert_eq!((overturned.rejected.of, overturned.rejected.hits), (2, 1));
    // One of two: Clopper and Pearson's bounds are 1.26 % and 98.74 %.
    assert_eq!((overturned.rejected.low, overturned.rejected.high), (Some(0.012_579), Some(0.987_421)));
    let appeals = count.appeals();
    assert_eq!((appeals.received, appeals.upheld, appeals.declined, appeals.withdrawn, appeals.open), (4, 1, 1, 1, 1));
    assert_eq!(appeals.answered.count, 2);
    let then = Became { published: 1, waiting: 1, ..Became::default() };
    assert_eq!((count.reader_reports.sent_back, count.reader_reports.then), (2, then));
}

#[test]
fn reports_that_nobody_decided_on_are_counted() {
    let words = words();
    let mut archived = new().judged(&[], Publish).archived();
    let report = |reporter: &str, at: &str| ArchivedReport {
        reporter: reporter.to_owned(),
        reason: None,
        at: at.parse().unwrap(),
    };
    archived.reports = vec![report("h1", "2026-10-01T13:00:00Z"), report("h2", "2026-11-01T13:00:00Z")];
    archived.comment = Comment { updated_at: "2026-10-01T13:00:00Z".parse().unwrap(), ..archived.comment };
    let mut count = Count::new(october(), &words);
    count.add(&archived);
    assert_eq!(count.reader_reports.undecided, 1);
}

#[test]
fn small_sections_are_counted_together() {
    let words = words();
    let many = (0..10).map(|_| new().within(Some("World")).judged(&[], Publish));
    let few = [Some("Chess"), Some("chess"), Some("Bridge"), None].map(|name| new().within(name).judged(&[], Publish));
    let count = counted(&words, many.chain(few));
    let rows: Vec<_> = count.sections().into_iter().map(|row| (row.kind, row.name, row.figures.submitted)).collect();
    assert_eq!(
        rows,
        [
            (SectionKind::Named, Some("World".to_owned()), 10),
            (SectionKind::None, None, 1),
            (SectionKind::Small, None, 3)
        ]
    );
}

/// What may happen to a comment next.
#[derive(Debug, Clone, Copy)]
enum Next {
    Edited(usize),
    Decided(bool),
    Undone(u64),
    Appealed,
    Reported,
    Withdrawn,
    Erased,
    Dropped,
    Later(u64),
}

const ACTIONS: [Action; 3] = Action::ALL;

fn next() -> impl Strategy<Value = Next> {
    prop_oneof![
        2 => (0_usize..3).prop_map(Next::Edited),
        6 => any::<bool>().prop_map(Next::Decided),
        2 => (1_u64..700).prop_map(Next::Undone),
        2 => Just(Next::Appealed),
        2 => Just(Next::Reported),
        1 => Just(Next::Withdrawn),
        1 => Just(Next::Erased),
        1 => Just(Next::Dropped),
        3 => (1_u64..2_000_000).prop_map(Next::Later),
    ]
}

/// The history with the step taken, or as it was where the step can't be taken.
fn taken(history: History, next: Next) -> History {
    let comment = history.comment.clone().unwrap();
    let (state, changeable) = (comment.state, comment.changeable().is_ok());
    let is = |wanted| state == wanted;
    match next {
        Next::Edited(n) if changeable => history.judged(MACHINE, ACTIONS[n]),
        Next::Decided(true) if changeable && !is(State::Published) => history.decided(Publish),
        Next::Decided(false) if changeable && !is(State::Rejected) => history.decided(Reject),
        Next::Undone(seconds) if changeable && comment.undo.is_some() => history.undone(seconds),
        Next::Appealed if changeable && is(State::Rejected) && comment.appeal.is_none() => history.appealed(),
        Next::Reported if changeable && is(State::Published) => history.reported(),
        Next::Withdrawn if changeable => history.withdrawn(),
        Next::Erased if comment.text().is_some() => history.erased(),
        Next::Dropped if comment.text().is_some() && !is(State::Pending) => history.dropped(),
        Next::Later(seconds) => history.later(seconds),
        _ => history,
    }
}

fn histories() -> impl Strategy<Value = Vec<History>> {
    let one = (0_usize..3, prop::collection::vec(next(), 0..12), prop::option::of("[a-c]"));
    let made = |(first, steps, section): (usize, Vec<Next>, Option<String>)| {
        let begun = new().within(section.as_deref()).judged(MACHINE, ACTIONS[first]);
        steps.into_iter().fold(begun, taken)
    };
    prop::collection::vec(one.prop_map(made), 0..12)
}

proptest! {
    /// Everything that can be counted in another, simpler way is counted so here.
    #[test]
    fn the_figures_are_those_of_a_naive_count(histories in histories()) {
        let words = words();
        let count = counted(&words, histories.clone());
        let period = october();
        let entries = || histories.iter().flat_map(|history| &history.audit).filter(|entry| period.contains(entry.at));
        let number = |wanted: &dyn Fn(&AuditEntry) -> bool| entries().filter(|entry| wanted(entry)).count() as u64;
        let judged = |entry: &AuditEntry| matches!(entry.step, Step::Admitted | Step::Edited);
        prop_assert_eq!(count.submitted.comments, number(&|e| e.step == Step::Admitted));
        prop_assert_eq!(count.submitted.edits, number(&|e| e.step == Step::Edited));
        prop_assert_eq!(count.machine.all(), count.submitted.comments + count.submitted.edits);
        for (found, action) in [(count.machine.published, Publish), (count.machine.held, Review), (count.machine.rejected, Reject)] {
            prop_assert_eq!(found, number(&|e| judged(e) && e.action == action));
        }
        let Became { published, rejected, withdrawn, waiting } = count.machine.held_then;
        prop_assert_eq!(published + rejected + withdrawn + waiting, count.machine.held);

        // A decision is taken back by the entry after it.
        let mut back = 0;
        let mut stands = [0, 0];
        for history in &histories {
            for (n, entry) in history.audit.iter().enumerate().filter(|(_, e)| e.step == Step::Decided && period.contains(e.at)) {
                let undone = history.audit.get(n + 1).is_some_and(|next| next.step == Step::Undone);
                back += u64::from(undone);
                stands[usize::from(entry.action == Reject)] += u64::from(!undone);
            }
        }
        prop_assert_eq!([count.people.published, count.people.rejected], stands);
        prop_assert_eq!(count.people.taken_back, back);
        prop_assert_eq!(count.waiting.took().count <= count.people.all(), true);
        prop_assert_eq!(count.handling.took().count, count.people.all());
        prop_assert_eq!(count.withdrawn.withdrawn, number(&|e| e.step == Step::Withdrawn));
        prop_assert_eq!(count.withdrawn.erased, number(&|e| e.step == Step::Erased));

        let AppealFigures { received, upheld, declined, withdrawn, open, .. } = count.appeals();
        prop_assert_eq!(received, number(&|e| e.step == Step::Appealed));
        prop_assert_eq!(upheld + declined + withdrawn + open, received);
        let reports = count.reader_reports;
        prop_assert_eq!(reports.sent_back, number(&|e| e.step == Step::Reported));
        prop_assert_eq!(reports.then.published + reports.then.rejected + reports.then.withdrawn + reports.then.waiting, reports.sent_back);

        let overturned = count.overturned();
        prop_assert!(overturned.published.of + overturned.rejected.of <= count.people.all());
        for proportion in [overturned.published, overturned.rejected].into_iter().filter(|p| p.of > 0) {
            prop_assert!(proportion.low <= proportion.share && proportion.share <= proportion.high);
        }

        let sum = count.sections().into_iter().fold(SectionFigures::default(), |sum, row| sum.and(row.figures));
        let whole = SectionFigures {
            submitted: count.submitted.comments,
            published_by_machine: count.machine.published,
            held: count.machine.held,
            rejected_by_machine: count.machine.rejected,
            published_by_people: count.people.published,
            rejected_by_people: count.people.rejected,
        };
        prop_assert_eq!(sum, whole);
        let machine: u64 = count.models().iter().map(|row| row.decisions).sum();
        prop_assert_eq!(machine, count.machine.all());
        let by_people: u64 = count.reasons().iter().map(|row| row.rejected_by_people).sum();
        prop_assert_eq!(by_people, count.people.rejected, "a person gives one reason");
        // Every rejection that stands began a restriction, but for one that answers an appeal, or was rejected before.
        prop_assert!(count.restrictions >= count.machine.rejected);
        prop_assert!(count.restrictions <= count.machine.rejected + count.people.rejected + count.people.taken_back);
    }
}
