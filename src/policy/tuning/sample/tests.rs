use super::super::evidence::Label;
use super::*;
use crate::comment::{Action, Scores};

/// A number at this share of all.
fn number(share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of 2³²")]
    let number = (share * NUMBERS) as u32;
    number
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn labelled(by: Labelled) -> Known {
    let row = Row { scores: Scores::default(), section: None, floor: Action::Publish, label: Label::Publish };
    Known::Labelled(by, row)
}

fn comment(share: f64, second: i64, known: Known) -> Numbered {
    Numbered { draw: number(share), received_at: at(second), known }
}

#[test]
fn the_first_that_waits_is_the_bound() {
    let comments = || {
        vec![
            comment(0.01, 1, labelled(Labelled::Audit)),
            comment(0.06, 2, labelled(Labelled::Queue)),
            comment(0.02, 3, labelled(Labelled::Queue)),
            comment(0.05, 4, Known::Waits),
            comment(0.08, 5, Known::Waits),
            comment(0.4, 6, labelled(Labelled::Queue)),
            comment(0.3, 7, Known::Waits),
        ]
    };
    let sample = Sample::of(comments(), 0.1).unwrap();
    assert_eq!((sample.rows.len(), sample.audited, sample.waiting, sample.unknown), (2, 1, 2, 0));
    assert!((sample.share - 0.05).abs() < 1e-9, "{}", sample.share);
    // Where nothing waits below it, the share of audits is.
    let sample = Sample::of(comments(), 0.04).unwrap();
    assert_eq!((sample.rows.len(), sample.waiting), (2, 0));
    assert!((sample.share - 0.04).abs() < 1e-9, "{}", sample.share);
}

#[test]
fn a_gap_that_hangs_on_what_was_decided_is_refused() {
    let many = |unknown: usize| {
        let labelled = (0..200).map(|_| comment(0.01, 1, labelled(Labelled::Audit)));
        let gaps = (0..unknown).map(|n| comment(0.02, 10 + i64::try_from(n).unwrap(), Known::Unknown));
        // What lies beyond the bound is no gap.
        labelled.chain(gaps).chain([comment(0.05, 99, Known::Unknown), comment(0.03, 1, Known::Waits)]).collect()
    };
    assert_eq!(Sample::of(many(2), 0.04).unwrap().unknown, 2);
    assert_eq!(Sample::of(many(3), 0.04), Err(Gap::Unknown { unknown: 3, of: 203, last: at(12) }));
    assert_eq!(Sample::of(Vec::new(), 0.04).unwrap().rows, []);
}
