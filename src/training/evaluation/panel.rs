//! The figures of one model on one data set, each with its interval, and beside those of another model.

use super::bootstrap::{Bootstrap, middle};
use super::curve::{auc, average_precision};
use super::ranking::Ranking;
use super::reliability::calibration_error;
use super::rounded;
use crate::training::Progress;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A measured value, four decimals, with the ends of its 95 % interval where the rows were resampled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// Figures by name.
pub type Figures = BTreeMap<String, Figure>;

/// A figure of two models on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub name: String,
    pub before: f64,
    pub after: f64,
    /// After minus before; the interval is of the difference, with the same rows drawn for both, where
    /// both models could be asked.
    pub difference: Figure,
}

/// How a figure is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The mean of the areas under the ROC curves of several rankings.
    Auc,
    AveragePrecision,
    /// The expected calibration error.
    CalibrationError,
}

struct Entry {
    name: String,
    kind: Kind,
    /// Which rankings; more than one for a mean.
    rankings: Vec<usize>,
}

/// Named figures over rankings of one data set.
#[derive(Default)]
pub struct Panel {
    units: usize,
    rankings: Vec<Ranking>,
    entries: Vec<Entry>,
}

impl Panel {
    /// A panel over so many units that are drawn in a resample.
    #[must_use]
    pub fn new(units: usize) -> Self {
        Self { units, ..Self::default() }
    }

    /// Takes a ranking in and answers its place.
    pub fn rank(&mut self, ranking: Ranking) -> usize {
        self.rankings.push(ranking);
        self.rankings.len() - 1
    }

    /// Adds a figure over rankings taken in before.
    pub fn add(&mut self, name: impl Into<String>, kind: Kind, rankings: &[usize]) {
        self.entries.push(Entry { name: name.into(), kind, rankings: rankings.to_vec() });
    }

    /// A ranking by its place.
    #[must_use]
    pub fn ranking(&self, place: usize) -> &Ranking {
        &self.rankings[place]
    }

    /// Every figure, on the rows or on a resample.
    fn values(&self, counts: Option<&[u32]>) -> Vec<Option<f64>> {
        let runs = |ranking: &Ranking| counts.map_or_else(|| ranking.runs(), |counts| ranking.resampled(counts));
        let runs: Vec<_> = self.rankings.iter().map(runs).collect();
        let value = |entry: &Entry| {
            let value = |place: &usize| match entry.kind {
                Kind::Auc => auc(&runs[*place]),
                Kind::AveragePrecision => average_precision(&runs[*place]),
                Kind::CalibrationError => calibration_error(&runs[*place]),
            };
            let values: Vec<f64> = entry.rankings.iter().filter_map(value).collect();
            let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / count)
        };
        self.entries.iter().map(value).collect()
    }

    /// Every figure that has a value, by name.
    pub fn figures(&self, bootstrap: Option<Bootstrap>, progress: &mut dyn Progress) -> Figures {
        let lists = bootstrap.map(|b| b.run(self.units, |counts| self.values(Some(counts)), progress));
        let interval = |place: usize, value: f64| {
            let (low, high) = lists.as_ref().and_then(|lists| middle(lists.get(place)?))?;
            // A resample adds noise, which can only enlarge a distance: the interval is turned around the
            // value (the basic bootstrap), or it would lie above it.
            Some(match self.entries[place].kind {
                Kind::CalibrationError => ((2.0 * value - high).max(0.0), (2.0 * value - low).max(0.0)),
                Kind::Auc | Kind::AveragePrecision => (low, high),
            })
        };
        let figure = |(place, value): (usize, Option<f64>)| {
            let value = value?;
            Some((self.entries[place].name.clone(), figure(value, interval(place, value))))
        };
        self.values(None).into_iter().enumerate().filter_map(figure).collect()
    }

    /// Every figure that both panels have, of two models on the same rows.
    pub fn differences(
        before: &Self,
        after: &Self,
        bootstrap: Option<Bootstrap>,
        progress: &mut dyn Progress,
    ) -> Vec<Difference> {
        let place = |entry: &Entry| after.entries.iter().position(|e| e.name == entry.name);
        let pairs: Vec<(usize, usize)> =
            before.entries.iter().enumerate().filter_map(|(i, entry)| Some((i, place(entry)?))).collect();
        let differ = |counts: Option<&[u32]>| {
            let (old, new) = (before.values(counts), after.values(counts));
            pairs.iter().map(|(i, j)| Some((old[*i]?, new[*j]?))).collect::<Vec<_>>()
        };
        let distance = |counts: &[u32]| differ(Some(counts)).iter().map(|v| v.map(|(old, new)| new - old)).collect();
        let lists = bootstrap.map(|b| b.run(before.units, distance, progress));
        let difference = |(place, values): (usize, Option<(f64, f64)>)| {
            let (old, new) = values?;
            let interval = lists.as_ref().and_then(|lists| middle(lists.get(place)?));
            let name = before.entries[pairs[place].0].name.clone();
            Some(Difference {
                name,
                before: rounded(old),
                after: rounded(new),
                difference: figure(new - old, interval),
            })
        };
        differ(None).into_iter().enumerate().filter_map(difference).collect()
    }
}

/// Every figure that both have, side by side, where only one of the models can still be asked. Without
/// intervals.
#[must_use]
pub fn side_by_side(before: &Figures, after: &Figures) -> Vec<Difference> {
    let both = before.iter().filter_map(|(name, old)| Some((name, old.value, after.get(name)?.value)));
    let difference = |(name, before, after): (&String, f64, f64)| Difference {
        name: name.clone(),
        before,
        after,
        difference: figure(after - before, None),
    };
    both.map(difference).collect()
}

fn figure(value: f64, interval: Option<(f64, f64)>) -> Figure {
    Figure {
        value: rounded(value),
        low: interval.map(|(low, _)| rounded(low)),
        high: interval.map(|(_, high)| rounded(high)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::ranking::tests::ranking;
    use super::*;

    const BOOTSTRAP: Option<Bootstrap> = Some(Bootstrap { resamples: 200, seed: 5 });

    /// Scores that follow the truth but for so many rows in ten.
    fn rows(wrong: u32) -> Vec<(f64, bool)> {
        let row = |i: u32| {
            let positive = i.is_multiple_of(2);
            let follows = (i / 2) % 10 >= wrong;
            (if positive == follows { 0.9 } else { 0.1 } + f64::from(i) / 10_000.0, positive)
        };
        (0..200).map(row).collect()
    }

    fn panel(wrong: u32) -> Panel {
        let mut panel = Panel::new(200);
        let place = panel.rank(ranking(&rows(wrong)));
        let half = panel.rank(ranking(&rows(wrong)[..4]));
        panel.add("area", Kind::Auc, &[place]);
        panel.add("mean", Kind::Auc, &[place, half]);
        panel.add("precision", Kind::AveragePrecision, &[place]);
        panel.add("error", Kind::CalibrationError, &[place]);
        panel
    }

    #[test]
    fn figures_lie_in_their_intervals() {
        let figures = panel(2).figures(BOOTSTRAP, &mut ());
        assert_eq!(figures.len(), 4);
        for (name, figure) in &figures {
            let (low, high) = (figure.low.unwrap(), figure.high.unwrap());
            assert!(low <= figure.value && figure.value <= high && low < high, "{name} {figure:?}");
        }
        assert_eq!(figures, panel(2).figures(BOOTSTRAP, &mut ()));
        assert_eq!(panel(2).figures(None, &mut ())["area"].low, None);
    }

    #[test]
    fn a_better_model_is_told_from_a_worse_and_not_from_itself() {
        let better = Panel::differences(&panel(3), &panel(1), BOOTSTRAP, &mut ());
        assert_eq!(better[0].name, "area");
        assert!(better[0].difference.low.unwrap() > 0.0, "{:?}", better[0]);
        let told = side_by_side(&panel(3).figures(None, &mut ()), &panel(1).figures(None, &mut ()));
        assert_eq!((told[0].name.as_str(), told.len(), told[0].difference.low), ("area", 4, None));
        assert!((told[0].after - better[0].after).abs() < 1e-9);
        let same = Panel::differences(&panel(3), &panel(3), BOOTSTRAP, &mut ());
        assert!(same.iter().all(|d| d.difference == figure(0.0, Some((0.0, 0.0)))), "{same:?}");
    }
}
