//! What every position of the dials would do with the labelled comments.

use super::binomial::Tally;
use super::dial::{Dial, PRESENT, STEPS, Setting};
use super::evidence::{Label, Row};
use crate::comment::{Action, Attribute};
use crate::policy::Thresholds;
use serde::Serialize;

/// What becomes of the labelled comments under one setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Of what is published without anybody looking, what a person would reject.
    pub abuse_published: Tally,
    /// Of what a person would publish, what the machine rejects.
    pub wrongly_rejected: Tally,
    /// Of all, what a person has to read.
    pub reviewed: Tally,
    /// Of all, what is rejected without anybody looking.
    pub rejected: Tally,
}

impl Figures {
    /// Counts one comment.
    fn add(&mut self, action: Action, label: Label) {
        let count = |tally: &mut Tally, hit: bool| {
            tally.of += 1;
            tally.hits += u32::from(hit);
        };
        if action == Action::Publish {
            count(&mut self.abuse_published, label == Label::Reject);
        }
        if label == Label::Publish {
            count(&mut self.wrongly_rejected, action == Action::Reject);
        }
        count(&mut self.reviewed, action == Action::Review);
        count(&mut self.rejected, action == Action::Reject);
    }
}

/// The labelled comments along both dials.
pub(super) struct Board<'a> {
    dial: &'a Dial,
    rows: &'a [Row],
    /// Each row's scores, and the place whose thresholds apply to it.
    scored: Vec<([f64; Attribute::ALL.len()], usize)>,
    /// By the position of `review`, the strictest first: of what is published, what a person would reject.
    pub published: Vec<Tally>,
    /// By the position of `reject`, the one that rejects most first: of what a person would publish, what is rejected. No
    /// `review` above it is heeded, which could only lower it.
    pub rejected: Vec<Tally>,
}

impl<'a> Board<'a> {
    pub fn of(dial: &'a Dial, rows: &'a [Row]) -> Self {
        let scored: Vec<_> = rows.iter().map(|row| (row.scored(), dial.place_of(row.section.as_deref()))).collect();
        let ladders = Ladders::of(dial);
        // How many comments are published from a position on, and how many are rejected below one; both have one position
        // more than the dial, for "never" and "always".
        let (mut opens, mut closes) = (vec![Tally::default(); STEPS + 1], vec![Tally::default(); STEPS + 1]);
        for (row, (scores, place)) in rows.iter().zip(&scored) {
            let (open, close) = ladders.positions(row.floor, scores, *place);
            let rejected = u32::from(row.label == Label::Reject);
            for tally in [&mut opens[open], &mut closes[close]] {
                tally.of += 1;
                tally.hits += rejected;
            }
        }
        let mut sum = Tally::default();
        let published = opens[..STEPS].iter().map(|new| {
            sum = Tally { of: sum.of + new.of, hits: sum.hits + new.hits };
            sum
        });
        let published = published.collect();
        let good: u32 = closes.iter().map(|closed| closed.of - closed.hits).sum();
        let mut above = Tally::default();
        let beyond = closes[1..].iter().rev().map(|new| {
            above = Tally { of: above.of + new.of, hits: above.hits + new.hits };
            above
        });
        let mut beyond: Vec<Tally> = beyond.collect();
        beyond.reverse();
        let rejected = beyond.iter().map(|all| Tally { of: good, hits: all.of - all.hits }).collect();
        Self { dial, rows, scored, published, rejected }
    }

    /// What becomes of the comments at a setting.
    pub fn figures(&self, setting: Setting) -> Figures {
        let mut figures = Figures::default();
        self.actions(setting).for_each(|(row, action)| figures.add(action, row.label));
        figures
    }

    /// How many comments are read at a setting.
    pub fn read(&self, setting: Setting) -> usize {
        self.actions(setting).filter(|(_, action)| *action == Action::Review).count()
    }

    /// How many comments are read at a setting, and would be whatever the `review` thresholds are.
    pub fn read_by_rules(&self, setting: Setting) -> usize {
        self.actions(setting).filter(|(row, action)| row.floor == Action::Review && *action == Action::Review).count()
    }

    /// What becomes of each comment at a setting.
    fn actions(&self, setting: Setting) -> impl Iterator<Item = (&Row, Action)> {
        let judged = |thresholds: &Thresholds| thresholds.iter().map(|(a, t)| (a.index(), t)).collect::<Vec<_>>();
        let places: Vec<_> = self.dial.thresholds(setting).iter().map(judged).collect();
        self.rows.iter().zip(&self.scored).map(move |(row, (scores, place))| {
            let mut action = row.floor;
            for (attribute, threshold) in &places[*place] {
                if let Some((reached, _)) = threshold.judge(scores[*attribute]) {
                    action = action.max(reached);
                }
            }
            (row, action)
        })
    }

    /// Of the positions of `review` that may be taken, the one that leaves least to read beside this `reject`; where it makes
    /// no difference, the present one or else the strictest.
    pub fn least_read(&self, kept: &[bool], reject: usize) -> Option<usize> {
        let at = |review: usize| Setting { review, reject };
        let mut best: Option<(usize, usize)> = None;
        for review in (0..STEPS).rev().filter(|review| kept[*review]) {
            let read = self.read(at(review));
            if best.is_none_or(|(_, least)| read < least) {
                best = Some((review, read));
            }
            // From here on, stricter is more to read. Only where a `reject` is raised with `review`, what was rejected may be
            // read in its place.
            if !self.dial.raises(at(review)) {
                break;
            }
        }
        let (best, least) = best?;
        let of = self.published[best].of;
        let same = |review: usize| kept[review] && self.published[review].of == of && self.read(at(review)) == least;
        let strictest = || (0..=best).rev().take_while(|review| same(*review)).last();
        if same(PRESENT) { Some(PRESENT) } else { strictest() }
    }

    /// Of the positions of `reject` from `strictest` on, the one that rejects least and leaves no more to read beside this
    /// `review`: the present one, if it is among them.
    pub fn least_rejected(&self, review: usize, strictest: usize) -> usize {
        let read = |reject: usize| self.read(Setting { review, reject });
        let least = read(strictest);
        if PRESENT >= strictest && read(PRESENT) == least {
            return PRESENT;
        }
        // The more is rejected, the less is read.
        let (mut low, mut high) = (strictest, STEPS);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if read(middle) == least {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// Every attribute's thresholds along the dials, by place.
struct Ladders {
    first: Vec<[Option<Vec<f64>>; Attribute::ALL.len()]>,
    reject: Vec<[Option<Vec<f64>>; Attribute::ALL.len()]>,
}

impl Ladders {
    fn of(dial: &Dial) -> Self {
        let places = || 0..dial.places();
        Self {
            first: places().map(|place| Attribute::ALL.map(|a| dial.first_ladder(place, a))).collect(),
            reject: places().map(|place| Attribute::ALL.map(|a| dial.reject_ladder(place, a))).collect(),
        }
    }

    /// From which position of `review` on a row is published ([`STEPS`]: never), and below which position of `reject` it is
    /// rejected (0: never).
    fn positions(&self, floor: Action, scores: &[f64], place: usize) -> (usize, usize) {
        let reached = |ladders: &[Option<Vec<f64>>]| {
            let reached = |(score, ladder): (&f64, &Option<Vec<f64>>)| {
                Some(ladder.as_ref()?.partition_point(|threshold| threshold <= score))
            };
            scores.iter().zip(ladders).filter_map(reached).max().unwrap_or(0)
        };
        let (open, close) = (reached(&self.first[place]), reached(&self.reject[place]));
        match floor {
            Action::Publish => (open, close),
            Action::Review => (STEPS, close),
            Action::Reject => (STEPS, STEPS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Scores;

    const POLICY: &str = "[thresholds]\nTOXICITY = { review = 0.25, reject = 0.80 }\nTHREAT = { review = 0.5 }
SPAM = { reject = 0.9 }\n[sections.opinion.thresholds]\nTOXICITY = { review = 0.65 }\n";

    /// Rows of every kind, as a hash of their number would have it.
    fn rows() -> Vec<Row> {
        let row = |i: u32| {
            let part = |k: u32| {
                f64::from(i.wrapping_mul(2_654_435_761).wrapping_add(k.wrapping_mul(40_503)) >> 8 & 1023) / 1023.0
            };
            let scores = [(Attribute::Toxicity, part(1)), (Attribute::Threat, part(7)), (Attribute::Spam, part(13))];
            Row {
                scores: scores.into_iter().map(|(a, s)| (a, (s > 0.02).then_some(s))).collect::<Scores>(),
                section: (i.is_multiple_of(3)).then(|| "Opinion".to_owned()),
                floor: [Action::Publish, Action::Publish, Action::Publish, Action::Review, Action::Reject]
                    [i as usize % 5],
                label: if i.is_multiple_of(4) { Label::Reject } else { Label::Publish },
            }
        };
        (0..500).map(row).collect()
    }

    #[test]
    fn the_counts_along_the_dials_are_what_judging_each_comment_gives() {
        let (dial, rows) = (Dial::read(POLICY, &[]).unwrap(), rows());
        let board = Board::of(&dial, &rows);
        for review in (0..STEPS).step_by(12) {
            // Where `review` is lowest, no `reject` is below it.
            let figures = board.figures(Setting { review, reject: PRESENT });
            assert_eq!(board.published[review], figures.abuse_published, "{review}");
        }
        for reject in (0..STEPS).step_by(12) {
            let figures = board.figures(Setting { review: 0, reject });
            assert_eq!(board.rejected[reject], figures.wrongly_rejected, "{reject}");
        }
        let sections = board.scored.iter().filter(|(_, place)| *place == 1).count();
        let all_read = Setting { review: 0, reject: STEPS - 1 };
        assert_eq!((sections, board.read_by_rules(all_read)), (167, 89));
    }

    #[test]
    fn laxer_publishes_no_less_and_rejects_no_more() {
        let (dial, rows) = (Dial::read(POLICY, &[]).unwrap(), rows());
        let board = Board::of(&dial, &rows);
        assert!(
            board.published.is_sorted_by_key(|tally| tally.of) && board.published.is_sorted_by_key(|tally| tally.hits)
        );
        assert!(board.rejected.iter().rev().is_sorted_by_key(|tally| tally.hits));
        // Stricter rejecting leaves no more to read, whatever `review` is.
        for review in [0, 60, PRESENT, 200] {
            let read: Vec<usize> = (0..STEPS).step_by(8).map(|reject| board.read(Setting { review, reject })).collect();
            assert!(read.is_sorted(), "{review}: {read:?}");
        }
    }

    #[test]
    fn the_least_to_read_is_found_among_all() {
        let (dial, rows) = (Dial::read(POLICY, &[]).unwrap(), rows());
        let board = Board::of(&dial, &rows);
        for reject in [0, 90, PRESENT, 200] {
            for (from, to) in [(0, STEPS), (0, 100), (30, 150), (130, 131)] {
                let kept: Vec<bool> = (0..STEPS).map(|review| (from..to).contains(&review)).collect();
                let found = board.least_read(&kept, reject).unwrap();
                let read = |review: usize| board.read(Setting { review, reject });
                assert!(kept[found]);
                assert_eq!(Some(read(found)), (from..to).map(read).min(), "{reject}: {from} to {to}");
                let rejects = board.least_rejected(found, 20);
                assert_eq!(
                    board.read(Setting { review: found, reject: rejects }),
                    board.read(Setting { review: found, reject: 20 })
                );
            }
        }
        assert_eq!(board.least_read(&[false; STEPS], 0), None);
    }
}
