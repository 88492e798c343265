//! The search: of the settings that keep every promise, the one that leaves least to read.

use super::binomial::{Tally, least_trials};
use super::board::{Board, Figures};
use super::certify::Promise;
use super::dial::{Dial, PRESENT, STEPS, Setting};
use super::evidence::{Label, Row};
use super::refusal::{Promised, Refusal};
use super::share::Share;

/// What editors ask of their policy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Targets {
    /// Of what is published without anybody looking, at most so much is what a person would reject. `None`: the `review`
    /// thresholds stay.
    pub abuse_published: Option<Share>,
    /// Of what a person would publish, at most so much is rejected by the machine. `None`: the `reject` thresholds stay.
    pub wrongly_rejected: Option<Share>,
    /// How much there is to read, and how much of it can be. An estimate, not a promise.
    pub load: Option<Load>,
    /// How sure it has to be that all that is promised holds at once.
    pub confidence: Share,
}

/// How many comments come in, and how many moderators can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Comments a day, of all that come in.
    pub per_day: u32,
    /// Of them, those that can be read; `None` where nobody said.
    pub most: Option<u32>,
}

impl Load {
    /// So many of the labelled comments, as comments of a day. Rounded up.
    #[must_use]
    pub fn per_day(self, share: f64) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32")]
        let comments = (f64::from(self.per_day) * share - 1e-9).ceil() as u32;
        comments
    }
}

impl Targets {
    /// The chance of error that each promise has: they share it evenly, so that all hold at once.
    #[must_use]
    pub fn error(&self) -> f64 {
        let promises = u8::from(self.abuse_published.is_some()) + u8::from(self.wrongly_rejected.is_some());
        (1.0 - self.confidence.get()) / f64::from(promises.max(1))
    }

    fn promise(&self, target: Share) -> Promise {
        Promise { target: target.get(), error: self.error() }
    }
}

/// Thresholds that keep what was asked.
#[derive(Debug, Clone)]
pub struct Tuned {
    pub setting: Setting,
    /// What the thresholds of now do with the labelled comments.
    pub present: Figures,
    /// What the ones found do.
    pub found: Figures,
    /// Which positions of `review`, strictest first, keep their promise; the present one alone where none was asked.
    pub review_kept: Vec<bool>,
    /// Which positions of `reject`, the one that rejects most first, keep theirs.
    pub reject_kept: Vec<bool>,
}

/// One position of a dial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The share of all comments that a person reads.
    pub reviewed: f64,
    /// The errors that a promise is about.
    pub errors: Tally,
    /// Whether the promise is kept here, with the confidence asked.
    pub kept: bool,
}

/// What the dials would do, each alone, the other as it was found: for a drawing.
#[derive(Debug, Clone)]
pub struct Along {
    /// Along the dial of `review`, strictest first.
    pub review: Vec<Point>,
    /// Along the dial of `reject`, the one that rejects most first.
    pub reject: Vec<Point>,
}

impl Along {
    /// The comments along both dials, from where these thresholds have them.
    #[must_use]
    pub fn of(dial: &Dial, rows: &[Row], tuned: &Tuned) -> Self {
        let board = Board::of(dial, rows);
        let reviewed = |setting: Setting| board.figures(setting).reviewed.share();
        let review = (0..STEPS).map(|at| Point {
            reviewed: reviewed(Setting { review: at, ..tuned.setting }),
            errors: board.published[at],
            kept: tuned.review_kept[at],
        });
        let reject = (0..STEPS).map(|at| Point {
            reviewed: reviewed(Setting { reject: at, ..tuned.setting }),
            errors: board.rejected[at],
            kept: tuned.reject_kept[at],
        });
        Self { review: review.collect(), reject: reject.collect() }
    }
}

/// Finds the thresholds that leave least to read among those that keep every promise.
///
/// # Errors
/// A [`Refusal`], if there are none, or nothing shows it.
pub fn tune(dial: &Dial, rows: &[Row], targets: &Targets) -> Result<Tuned, Refusal> {
    if !dial.moves() {
        return Err(Refusal::NothingMoves);
    }
    let board = Board::of(dial, rows);
    let found = board.find(targets)?;
    let figures = board.figures(found.setting);
    if let Some(load @ Load { most: Some(budget), .. }) = targets.load {
        let per_day = load.per_day(figures.reviewed.share());
        if per_day > budget {
            return Err(board.over_budget(targets, load, &found, budget));
        }
    }
    let Found { setting, review_kept, reject_kept } = found;
    let present = board.figures(Setting::PRESENT);
    Ok(Tuned { setting, present, found: figures, review_kept, reject_kept })
}

/// Where both dials come to stand, and which positions of them keep their promises.
struct Found {
    setting: Setting,
    review_kept: Vec<bool>,
    reject_kept: Vec<bool>,
}

impl Board<'_> {
    fn find(&self, targets: &Targets) -> Result<Found, Refusal> {
        let as_it_is = |position: usize| (0..STEPS).map(|at| at == position).collect::<Vec<_>>();
        let review_kept = match targets.abuse_published {
            Some(target) => self.review_kept(targets.promise(target))?,
            None => as_it_is(PRESENT),
        };
        let reject_kept = match targets.wrongly_rejected {
            Some(target) => self.reject_kept(targets.promise(target))?,
            None => as_it_is(PRESENT),
        };
        let strictest = reject_kept.iter().position(|kept| *kept).unwrap_or(PRESENT);
        let review = self.least_read(&review_kept, strictest).unwrap_or(PRESENT);
        let asked = targets.wrongly_rejected.is_some();
        let reject = if asked { self.least_rejected(review, strictest) } else { PRESENT };
        Ok(Found { setting: Setting { review, reject }, review_kept, reject_kept })
    }

    /// Of which positions of `review` it is certain enough that they keep the promise: one at least.
    fn review_kept(&self, promise: Promise) -> Result<Vec<bool>, Refusal> {
        let most = self.published[STEPS - 1].of;
        let starts = promise.starts(most);
        let Some(first) = starts.first() else {
            return Err(self.too_little(Promised::AbusePublished, promise, most));
        };
        let kept = promise.kept(self.published.iter().copied(), &starts);
        if kept.contains(&true) {
            return Ok(kept);
        }
        let strictest = self.published.iter().find(|tally| tally.of >= *first);
        Err(self.not_shown(Promised::AbusePublished, promise, strictest.copied().unwrap_or_default()))
    }

    /// Of which positions of `reject` it is certain enough: one at least, and then all that reject less.
    fn reject_kept(&self, promise: Promise) -> Result<Vec<bool>, Refusal> {
        let laxest = self.rejected[STEPS - 1];
        if laxest.of < least_trials(promise.target, promise.error) {
            return Err(self.too_little(Promised::WronglyRejected, promise, laxest.of));
        }
        // From the position that rejects least: its risk is the smallest there is, so that this is the one start.
        let mut kept = promise.kept(self.rejected.iter().rev().copied(), &[0]);
        kept.reverse();
        if kept.contains(&true) { Ok(kept) } else { Err(self.not_shown(Promised::WronglyRejected, promise, laxest)) }
    }

    fn labelled(&self) -> u32 {
        self.figures(Setting::PRESENT).reviewed.of
    }

    fn too_little(&self, promised: Promised, promise: Promise, found: u32) -> Refusal {
        let needed = least_trials(promise.target, promise.error);
        // Of further comments, as many count as of these; if none of these do, all might.
        let rate = if found == 0 { 1.0 } else { f64::from(found) / f64::from(self.labelled()) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is cut to a u32 on purpose")]
        let more = (f64::from(needed - found) / rate).ceil() as u32;
        Refusal::TooLittle { promised, target: promise.target, needed, found, more }
    }

    fn not_shown(&self, promised: Promised, promise: Promise, strictest: Tally) -> Refusal {
        let Promise { target, error } = promise;
        let nearest = least(target, |target| self.shown(promised, Promise { target, error }, 1));
        let enough = (2..=64).find(|times| self.shown(promised, promise, *times));
        let more = enough.map(|times| self.labelled().saturating_mul(times - 1));
        let interval = (strictest.lower_bound(error), strictest.upper_bound(error));
        Refusal::NotShown { promised, target, strictest, interval, nearest, more }
    }

    /// Whether some position keeps the promise, were there `times` as many comments like these.
    fn shown(&self, promised: Promised, promise: Promise, times: u32) -> bool {
        let scaled =
            |tally: &Tally| Tally { of: tally.of.saturating_mul(times), hits: tally.hits.saturating_mul(times) };
        let kept = match promised {
            Promised::AbusePublished => {
                let starts = promise.starts(scaled(&self.published[STEPS - 1]).of);
                promise.kept(self.published.iter().map(scaled), &starts)
            }
            Promised::WronglyRejected => promise.kept(self.rejected.iter().rev().map(scaled), &[0]),
        };
        kept.contains(&true)
    }

    fn over_budget(&self, targets: &Targets, load: Load, found: &Found, budget: u32) -> Refusal {
        let of = self.labelled();
        let per_day = |hits: usize| load.per_day(Tally { of, hits: u32::try_from(hits).unwrap_or(of) }.share());
        let fits =
            |targets: Targets| self.find(&targets).is_ok_and(|found| per_day(self.read(found.setting)) <= budget);
        let nearest = |asked: Option<Share>, with: &dyn Fn(Option<Share>) -> Targets| {
            least(asked?.get(), |target| fits(with(Share::new(target))))
        };
        Refusal::OverBudget {
            per_day: per_day(self.read(found.setting)),
            budget,
            by_rules: per_day(self.read_by_rules(found.setting)),
            nearest_abuse_published: nearest(targets.abuse_published, &|share| Targets {
                abuse_published: share,
                ..*targets
            }),
            nearest_wrongly_rejected: nearest(targets.wrongly_rejected, &|share| Targets {
                wrongly_rejected: share,
                ..*targets
            }),
        }
    }
}

/// The least target above this one, in hundredths of a percent and at most a half, at which something can be had.
fn least(above: f64, had: impl Fn(f64) -> bool) -> Option<f64> {
    let share = |hundredths: u32| f64::from(hundredths) / 10_000.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of ten thousand")]
    let (mut low, mut high) = ((above * 10_000.0).floor() as u32, 5_000);
    if low >= high || !had(share(high)) {
        return None;
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if had(share(middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(share(high))
}

/// How many of these rows have each label: publish, reject.
#[must_use]
pub fn labels(rows: &[Row]) -> (usize, usize) {
    let publish = rows.iter().filter(|row| row.label == Label::Publish).count();
    (publish, rows.len() - publish)
}

#[cfg(test)]
mod tests;
