//! Which policies of a row keep a promise, with a stated confidence: fixed-sequence testing.
//!
//! Each policy is a hypothesis, "its risk is above the target", and the exact binomial tail is its p-value: how likely so
//! few errors are if it is true. Policies are taken in an order that no label has a say in, and each is tested at the
//! whole chance of error that is at hand; with the first that fails, that chance is spent. So it does not matter
//! how many policies there are (Angelopoulos et al. 2021, "Learn then Test").
//!
//! Policies that publish next to nothing can't be told from bad ones, and would spend it all. The walk therefore has several
//! starts, each with a part of the chance, and what a walk has left when it comes to the next start adds up (Wiens' fallback
//! procedure). docs/decisions/0032-targets.md has the argument why the whole chance of error is kept.

use super::binomial::{Tally, least_trials};

/// At most so much, but for a chance of being wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Promise {
    /// The risk, 0 to 1, that is not to be exceeded.
    pub target: f64,
    /// How likely it may be exceeded all the same, 0 to 1.
    pub error: f64,
}

/// Of the comments that can be published at all, which share the strictest policy publishes at each start.
const STARTS: [f64; 4] = [0.25, 0.5, 0.75, 0.875];

impl Promise {
    /// From how many comments looked at each start is taken, fewest first, where at most `most` can be; none if there is
    /// too little to promise anything.
    ///
    /// It depends on nothing but these numbers. A start has to survive one hit, else it is not worth its part.
    pub(super) fn starts(self, most: u32) -> Vec<u32> {
        let least = least_trials(self.target, self.error);
        if most < least {
            return Vec::new();
        }
        let at = |share: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32")]
            let count = (f64::from(most) * share).ceil() as u32;
            count
        };
        let places = STARTS.map(at);
        let worth = |from: usize| {
            let one_hit = Tally { of: places[from], hits: 1 };
            one_hit.at_most(self.target) <= self.part(STARTS.len() - from)
        };
        let first = (0..STARTS.len()).find(|from| worth(*from));
        first.map_or_else(|| vec![least.max(places[STARTS.len() - 1])], |first| places[first..].to_vec())
    }

    /// Which of these policies keep the promise. They are in order, and each looks at no fewer than the one before.
    pub(super) fn kept(self, policies: impl Iterator<Item = Tally>, starts: &[u32]) -> Vec<bool> {
        let part = self.part(starts.len().max(1));
        let mut ahead = starts.iter().peekable();
        let mut chance = 0.0;
        let test = |tally: Tally| {
            while ahead.next_if(|start| tally.of >= **start).is_some() {
                chance += part;
            }
            let kept = chance > 0.0 && tally.at_most(self.target) <= chance;
            if !kept {
                chance = 0.0;
            }
            kept
        };
        policies.map(test).collect()
    }

    /// What each of so many starts has of the chance of error.
    fn part(self, starts: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        let starts = starts as f64;
        self.error / starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE_PERCENT: Promise = Promise { target: 0.01, error: 0.05 };

    fn tallies(numbers: &[(u32, u32)]) -> impl Iterator<Item = Tally> {
        numbers.iter().map(|(hits, of)| Tally { of: *of, hits: *hits })
    }

    #[test]
    fn the_first_that_fails_ends_the_walk() {
        // 0 of 400 and 3 of 900 are few enough, 6 of 800 are not.
        let kept = |numbers: &[(u32, u32)]| ONE_PERCENT.kept(tallies(numbers), &[400]);
        assert_eq!(kept(&[(0, 300), (0, 400), (3, 900)]), [false, true, true]);
        assert_eq!(kept(&[(0, 400), (6, 800), (3, 900)]), [true, false, false]);
        assert_eq!(kept(&[(0, 300), (9, 350)]), [false, false], "nothing is tested before the start");
    }

    #[test]
    fn a_later_start_has_its_own_part_and_what_is_left() {
        // 2 of 700 have 2.9 % at one in a hundred: too many for half of 5 %, few enough for the whole.
        let kept = |numbers: &[(u32, u32)]| ONE_PERCENT.kept(tallies(numbers), &[500, 700]);
        assert_eq!(kept(&[(0, 500), (2, 700)]), [true, true]);
        assert_eq!(kept(&[(9, 500), (2, 700)]), [false, false]);
        assert_eq!(kept(&[(9, 500), (1, 700)]), [false, true]);
        assert_eq!(kept(&[(9, 500), (1, 690), (0, 695)]), [false, false, false], "between starts nothing begins");
    }

    #[test]
    fn starts_are_where_a_promise_can_be_made() {
        assert!(ONE_PERCENT.starts(298).is_empty());
        assert_eq!(ONE_PERCENT.starts(299), [299]);
        assert_eq!(ONE_PERCENT.starts(600), [525]);
        assert_eq!(ONE_PERCENT.starts(10_000), [2500, 5000, 7500, 8750]);
        for most in 299..3000 {
            let starts = ONE_PERCENT.starts(most);
            assert!(starts.is_sorted() && starts.iter().all(|s| (299..=most).contains(s)), "{most}: {starts:?}");
        }
    }
}
