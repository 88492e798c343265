use super::*;
use crate::comment::{CommentId, Timestamp};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn audit(draw: u32, share: f64, action: Action, judged: Option<Action>) -> Audit {
    let outcome = judged.map(|action| AuditOutcome::Judged {
        by: "anna".to_owned(),
        at: at(9),
        action,
        reason: (action == Action::Reject).then(|| "abuse".to_owned()),
        attribute: (action == Action::Reject).then_some(Attribute::Toxicity),
    });
    Audit {
        comment_id: CommentId::parse("c1").unwrap(),
        version: 1,
        draw,
        share,
        at: at(1),
        section: Some("World".to_owned()),
        action,
        reasons: Vec::new(),
        attributes: if action == Action::Reject { vec![Attribute::Insult] } else { Vec::new() },
        policy_revision: "p".to_owned(),
        model_revision: "m".to_owned(),
        outcome,
    }
}

const fn tally(hits: u32, of: u32) -> Tally {
    Tally { of, hits }
}

#[test]
fn what_was_published_and_what_was_rejected_are_told_apart() {
    use Action::{Publish, Reject};
    let void = Audit { outcome: Some(AuditOutcome::Void { at: at(3) }), ..audit(1, 0.2, Publish, None) };
    let elsewhere = Audit { section: None, ..audit(2, 0.2, Reject, Some(Publish)) };
    let audits = [
        audit(3, 0.2, Publish, Some(Publish)),
        audit(4, 0.2, Publish, Some(Reject)),
        audit(5, 0.2, Reject, Some(Reject)),
        Audit { section: Some("world".to_owned()), ..audit(6, 0.2, Publish, Some(Publish)) },
        audit(7, 0.2, Publish, None),
        void,
        elsewhere,
    ];
    let figures = AuditFigures::of(&audits);
    let AuditFigures { drawn, judged, counted, void, waiting, .. } = figures;
    assert_eq!([drawn, judged, counted, void, waiting], [7, 5, 5, 1, 1]);
    assert_eq!(figures.paper, ErrorRates { published: tally(1, 3), rejected: tally(1, 2) });
    assert_eq!(figures.paper.all(), tally(2, 5));
    let world = ErrorRates { published: tally(1, 3), rejected: tally(0, 1) };
    assert_eq!(figures.sections.into_iter().collect::<Vec<_>>(), [("world".to_owned(), ("World".to_owned(), world))]);
    let (toxic, insult) = (
        ErrorRates { published: tally(1, 3), rejected: tally(0, 0) },
        ErrorRates { published: tally(0, 3), rejected: tally(1, 2) },
    );
    assert_eq!(figures.attributes, [(Attribute::Toxicity, toxic), (Attribute::Insult, insult)]);
    assert_eq!(AuditFigures::of(&[]), AuditFigures::default());
}

#[test]
fn thirty_without_an_error_leave_an_eighth_open() {
    let (low, high) = interval(tally(0, LEAST_JUDGED));
    assert!(low.abs() < 1e-12 && (0.11..0.12).contains(&high), "{low} to {high}");
    assert_eq!(interval(tally(0, 0)), (0.0, 1.0));
}

/// A generator of the numbers of a test: `SplitMix64` (Steele, Lea and Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default()
    }
}

/// The first half of a month is calm and much of it is drawn; the second, an election, is not, and less of it is.
#[test]
fn a_changed_share_biases_nothing_and_intervals_hold_what_they_promise() {
    const MONTHS: u32 = 1_000;
    const DECISIONS: u32 = 3_000;
    let halves = [(0.2, 0.02), (0.05, 0.10)];
    let truth = 0.06;
    let mut numbers = Numbers(7);
    let (mut held, mut sum, mut squares, mut pooled) = (0_u32, 0.0, 0.0, 0.0);
    for _ in 0..MONTHS {
        let mut audits = Vec::new();
        for (share, wrong) in halves {
            for _ in 0..DECISIONS {
                let (draw, said) = (numbers.next(), numbers.next());
                if Audit::is_drawn(draw, share) {
                    let judged = if Audit::is_drawn(said, wrong) { Action::Reject } else { Action::Publish };
                    audits.push(audit(draw, share, Action::Publish, Some(judged)));
                }
            }
        }
        let figures = AuditFigures::of(&audits);
        let seen = figures.paper.published;
        let (low, high) = interval(seen);
        held += u32::from((low..=high).contains(&truth));
        sum += seen.share();
        squares += seen.share().powi(2);
        let rejected =
            |audit: &&Audit| matches!(audit.outcome, Some(AuditOutcome::Judged { action: Action::Reject, .. }));
        let all = u32::try_from(audits.len()).unwrap();
        pooled += f64::from(u32::try_from(audits.iter().filter(rejected).count()).unwrap()) / f64::from(all);
    }
    let months = f64::from(MONTHS);
    let (mean, pooled) = (sum / months, pooled / months);
    let error = ((squares / months - mean * mean) / months).sqrt();
    assert!((mean - truth).abs() < 3.0 * error, "{mean} is not {truth}, give or take {error}");
    assert!((pooled - 0.036).abs() < 0.002, "without thinning it would be {pooled}");
    // Less three deviations of what a thousand months can show.
    let covered = f64::from(held) / months;
    assert!(covered >= 0.95 - 3.0 * (0.95 * 0.05 / months).sqrt(), "{covered}");
}
