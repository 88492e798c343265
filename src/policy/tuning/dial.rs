//! All thresholds of a policy on two dials: one turns every `review`, one every `reject`.
//!
//! Nine attributes and some sections are more numbers than a thousand comments can tell anything about. So the thresholds keep
//! the weight that editors gave them against each other, and move together: each by the same step of its log-odds, which is
//! the scale on which scores are sums.

use super::number::Number;
use crate::comment::Attribute;
use crate::policy::{Threshold, Thresholds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::Spanned;

/// How many positions a dial has, from the lowest thresholds to the highest.
pub const STEPS: usize = 241;
/// The position at which the thresholds are as they were written.
pub const PRESENT: usize = STEPS / 2;
/// How far a position is from the next, in log-odds.
const STEP: f64 = 0.05;

/// Where both dials stand; each below [`STEPS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    pub review: usize,
    pub reject: usize,
}

impl Setting {
    /// The thresholds as they were written.
    pub const PRESENT: Self = Self { review: PRESENT, reject: PRESENT };
}

/// Which of an attribute's two thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Review,
    Reject,
}

impl Kind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Reject => "reject",
        }
    }
}

/// A threshold that a setting moves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// `None` for the paper's own.
    pub section: Option<String>,
    pub attribute: Attribute,
    pub threshold: Kind,
    pub before: f64,
    pub after: f64,
}

/// The thresholds of a policy, as numbers at their places in its text.
#[derive(Debug, Clone)]
pub struct Dial {
    source: String,
    numbers: Vec<Number>,
    /// The paper, and then every section.
    places: Vec<Place>,
}

/// Which numbers are in force in a part of the paper.
#[derive(Debug, Clone, Default)]
struct Place {
    /// In lower case; `None` for the paper.
    section: Option<String>,
    review: [Option<usize>; Attribute::ALL.len()],
    reject: [Option<usize>; Attribute::ALL.len()],
}

/// As much of `policy.toml` as has thresholds.
#[derive(Deserialize)]
struct File {
    thresholds: Table,
    #[serde(default)]
    sections: BTreeMap<String, SectionFile>,
}

#[derive(Deserialize)]
struct SectionFile {
    #[serde(default)]
    thresholds: Table,
}

type Table = BTreeMap<String, Pair>;

#[derive(Deserialize)]
struct Pair {
    review: Option<Spanned<f64>>,
    reject: Option<Spanned<f64>>,
}

impl Dial {
    /// Reads the thresholds of a `policy.toml` that [`Policy::parse`](crate::policy::Policy::parse) took; `only` names the
    /// attributes that are to move, all of them if it is empty.
    ///
    /// An attribute moves as a whole or not at all. It does not where some part of the paper rejects by it and never reviews:
    /// there, one number is both, and to move it would touch both promises at once.
    ///
    /// # Errors
    /// A text that is no such file.
    pub fn read(policy_toml: &str, only: &[Attribute]) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(policy_toml)?;
        let mut dial = Self { source: policy_toml.to_owned(), numbers: Vec::new(), places: Vec::new() };
        let paper = dial.place(None, &Place::default(), &file.thresholds);
        dial.places.push(paper.clone());
        for (name, section) in &file.sections {
            let place = dial.place(Some(name.to_lowercase()), &paper, &section.thresholds);
            dial.places.push(place);
        }
        for attribute in Attribute::ALL {
            let i = attribute.index();
            let moves = (only.is_empty() || only.contains(&attribute))
                && dial.places.iter().all(|place| place.reject[i].is_none() || place.review[i].is_some());
            dial.numbers.iter_mut().filter(|n| n.attribute == attribute).for_each(|n| n.moves = moves);
        }
        Ok(dial)
    }

    /// The numbers of one part of the paper, laid over those of the whole.
    fn place(&mut self, section: Option<String>, base: &Place, table: &Table) -> Place {
        let mut place = Place { section, ..base.clone() };
        for (name, pair) in table {
            // The policy's own check has seen to names.
            let Ok(attribute) = name.parse::<Attribute>() else { continue };
            for (written, kind) in [(&pair.review, Kind::Review), (&pair.reject, Kind::Reject)] {
                let Some(written) = written else { continue };
                let in_force = match kind {
                    Kind::Review => &mut place.review,
                    Kind::Reject => &mut place.reject,
                };
                in_force[attribute.index()] = Some(self.numbers.len());
                let (span, value) = (written.span(), *written.get_ref());
                self.numbers.push(Number {
                    span,
                    section: place.section.clone(),
                    attribute,
                    kind,
                    value,
                    moves: false,
                });
            }
        }
        place
    }

    /// Whether any threshold moves.
    #[must_use]
    pub fn moves(&self) -> bool {
        self.numbers.iter().any(|number| number.moves)
    }

    /// The attributes that have thresholds and stay as they are, in the order of [`Attribute::ALL`].
    pub fn fixed(&self) -> impl Iterator<Item = Attribute> {
        let fixed = |a: &Attribute| self.numbers.iter().any(|n| n.attribute == *a && !n.moves);
        Attribute::ALL.into_iter().filter(fixed)
    }

    /// Every number at a setting. No `reject` is ever below the `review` of a part of the paper where it is in force: it is
    /// raised, which rejects fewer.
    fn values(&self, setting: Setting) -> Vec<f64> {
        let mut values: Vec<f64> = self
            .numbers
            .iter()
            .map(|number| match number.kind {
                Kind::Review => number.at(setting.review),
                Kind::Reject => number.at(setting.reject),
            })
            .collect();
        for place in &self.places {
            for (review, reject) in place.review.iter().zip(&place.reject) {
                if let (Some(review), Some(reject)) = (*review, *reject) {
                    values[reject] = values[reject].max(values[review]);
                }
            }
        }
        values
    }

    /// Whether some `reject` is raised at a setting, because a `review` is above it.
    pub(super) fn raises(&self, setting: Setting) -> bool {
        let raised = |(n, value): (&Number, f64)| n.kind == Kind::Reject && differ(n.at(setting.reject), value);
        self.numbers.iter().zip(self.values(setting)).any(raised)
    }

    /// The thresholds of every part of the paper, in the order that [`Dial::place_of`] counts.
    pub(super) fn thresholds(&self, setting: Setting) -> Vec<Thresholds> {
        let values = self.values(setting);
        let number = |at: Option<usize>| at.map(|at| values[at]);
        let of = |place: &Place| {
            let mut thresholds = Thresholds::default();
            for attribute in Attribute::ALL {
                let i = attribute.index();
                let threshold = Threshold { review: number(place.review[i]), reject: number(place.reject[i]) };
                thresholds.set(attribute, threshold);
            }
            thresholds
        };
        self.places.iter().map(of).collect()
    }

    /// The place of a section: its own if the policy names it, else the paper's.
    pub(super) fn place_of(&self, section: Option<&str>) -> usize {
        let named = section.map(str::to_lowercase);
        self.places.iter().skip(1).position(|p| p.section == named && named.is_some()).map_or(0, |i| i + 1)
    }

    /// How many places there are.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// Along the dial of `review`: from which score on a comment is not published in this place. Lowest first.
    pub(super) fn first_ladder(&self, place: usize, attribute: Attribute) -> Option<Vec<f64>> {
        let (place, i) = (&self.places[place], attribute.index());
        // A `reject` without a `review` does not move.
        let number = &self.numbers[place.review[i].or(place.reject[i])?];
        Some((0..STEPS).map(|step| number.at(step)).collect())
    }

    /// Along the dial of `reject`: from which score on a comment is rejected in this place, were no `review` above it.
    pub(super) fn reject_ladder(&self, place: usize, attribute: Attribute) -> Option<Vec<f64>> {
        let number = &self.numbers[self.places[place].reject[attribute.index()]?];
        Some((0..STEPS).map(|step| number.at(step)).collect())
    }

    /// What a setting changes, in the order of the file: the paper, then its sections.
    #[must_use]
    pub fn moved(&self, setting: Setting) -> Vec<Moved> {
        let values = self.values(setting);
        let moved = self.numbers.iter().zip(values).filter(|(number, after)| differ(number.value, *after));
        moved.map(|(number, after)| number.moved(after)).collect()
    }

    /// The policy's text at a setting: the numbers that change are replaced, and not a byte beside them.
    #[must_use]
    pub fn written(&self, setting: Setting) -> String {
        self.text_with(&self.values(setting))
    }

    /// The policy's text with these numbers, one for each of [`Dial::numbers`].
    pub(super) fn text_with(&self, values: &[f64]) -> String {
        let mut changed: Vec<_> =
            self.numbers.iter().zip(values).filter(|(n, after)| differ(n.value, **after)).collect();
        changed.sort_by_key(|(number, _)| std::cmp::Reverse(number.span.start));
        let mut text = self.source.clone();
        for (number, after) in changed {
            text.replace_range(number.span.clone(), &super::number::written(*after));
        }
        text
    }

    /// Every threshold that is written, the paper's first.
    pub(super) fn numbers(&self) -> &[Number] {
        &self.numbers
    }

    /// Which two of [`Dial::numbers`] judge an attribute in a part of the paper.
    pub(super) fn pairs(&self) -> impl Iterator<Item = Judging<'_>> {
        self.places.iter().flat_map(|place| {
            Attribute::ALL.into_iter().map(|attribute| Judging {
                section: place.section.as_ref(),
                attribute,
                review: place.review[attribute.index()],
                reject: place.reject[attribute.index()],
            })
        })
    }
}

/// What judges an attribute in the paper, or in a section: places among [`Dial::numbers`].
pub(super) struct Judging<'a> {
    pub section: Option<&'a String>,
    pub attribute: Attribute,
    pub review: Option<usize>,
    pub reject: Option<usize>,
}

/// Whether two thresholds are not the same number.
pub(super) fn differ(before: f64, after: f64) -> bool {
    before.to_bits() != after.to_bits()
}

/// How far a position moves a threshold, in log-odds.
pub(super) fn shift(step: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let steps = step as f64 - PRESENT as f64;
    steps * STEP
}

#[cfg(test)]
mod tests;
