//! OpenAI's categories, and what ombud's scores say of them.
//!
//! Where one attribute means the same, its score is the category's. Of two that mean the same, the higher counts. A
//! category that holds where two attributes hold is given the product of their scores: the probability of both, if the
//! one told nothing of the other; as abuse and threats go together, it is rather too low than too high. A higher
//! score of an attribute never lowers a category.

use crate::comment::{Attribute, Scores};
use crate::policy::Thresholds;

/// A category of `omni-moderation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    Harassment,
    HarassmentThreatening,
    Hate,
    HateThreatening,
    Illicit,
    IllicitViolent,
    SelfHarm,
    SelfHarmIntent,
    SelfHarmInstructions,
    Sexual,
    SexualMinors,
    Violence,
    ViolenceGraphic,
}

/// What is said of a text in one category.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rating {
    /// 0 to 1, to four decimals as scores have.
    pub score: f64,
    /// Whether every attribute that it takes reaches the threshold where the site stops publishing.
    pub flagged: bool,
}

impl Rating {
    fn of(attribute: Attribute, scores: &Scores, thresholds: &Thresholds) -> Option<Self> {
        let score = scores.get(attribute)?;
        Some(Self { score, flagged: thresholds.get(attribute).judge(score).is_some() })
    }

    fn either(self, other: Self) -> Self {
        Self { score: self.score.max(other.score), flagged: self.flagged || other.flagged }
    }

    fn both(self, other: Self) -> Self {
        let score = (self.score * other.score * 10_000.0).round() / 10_000.0;
        Self { score, flagged: self.flagged && other.flagged }
    }
}

impl Category {
    pub const ALL: [Self; 13] = [
        Self::Harassment,
        Self::HarassmentThreatening,
        Self::Hate,
        Self::HateThreatening,
        Self::Illicit,
        Self::IllicitViolent,
        Self::SelfHarm,
        Self::SelfHarmIntent,
        Self::SelfHarmInstructions,
        Self::Sexual,
        Self::SexualMinors,
        Self::Violence,
        Self::ViolenceGraphic,
    ];

    /// The name as OpenAI writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Harassment => "harassment",
            Self::HarassmentThreatening => "harassment/threatening",
            Self::Hate => "hate",
            Self::HateThreatening => "hate/threatening",
            Self::Illicit => "illicit",
            Self::IllicitViolent => "illicit/violent",
            Self::SelfHarm => "self-harm",
            Self::SelfHarmIntent => "self-harm/intent",
            Self::SelfHarmInstructions => "self-harm/instructions",
            Self::Sexual => "sexual",
            Self::SexualMinors => "sexual/minors",
            Self::Violence => "violence",
            Self::ViolenceGraphic => "violence/graphic",
        }
    }

    /// Whether any score can speak for it.
    pub const fn is_judged(self) -> bool {
        match self {
            Self::Harassment
            | Self::HarassmentThreatening
            | Self::Hate
            | Self::HateThreatening
            | Self::Sexual
            | Self::Violence => true,
            Self::Illicit
            | Self::IllicitViolent
            | Self::SelfHarm
            | Self::SelfHarmIntent
            | Self::SelfHarmInstructions
            | Self::SexualMinors
            | Self::ViolenceGraphic => false,
        }
    }

    /// What the scores of a text say of this category; `None` where they say nothing: the category is beyond them, or
    /// the text was not scored.
    pub fn rate(self, scores: &Scores, thresholds: &Thresholds) -> Option<Rating> {
        let attribute = |attribute| Rating::of(attribute, scores, thresholds);
        let harassment = || match (attribute(Attribute::Toxicity), attribute(Attribute::Insult)) {
            (Some(toxicity), Some(insult)) => Some(toxicity.either(insult)),
            (one, other) => one.or(other),
        };
        let hate = || attribute(Attribute::IdentityAttack);
        let threat = || attribute(Attribute::Threat);
        match self {
            Self::Harassment => harassment(),
            Self::HarassmentThreatening => Some(harassment()?.both(threat()?)),
            Self::Hate => hate(),
            Self::HateThreatening => Some(hate()?.both(threat()?)),
            Self::Sexual => attribute(Attribute::SexuallyExplicit),
            // A threat is violence; violence that is only told of is none of the attributes.
            Self::Violence => threat(),
            Self::Illicit
            | Self::IllicitViolent
            | Self::SelfHarm
            | Self::SelfHarmIntent
            | Self::SelfHarmInstructions
            | Self::SexualMinors
            | Self::ViolenceGraphic => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use proptest::prelude::*;

    fn shipped() -> Policy {
        let (policy, words) = Policy::default_files();
        Policy::parse(policy, words).unwrap()
    }

    fn scores(pairs: &[(Attribute, f64)]) -> Scores {
        pairs.iter().map(|(attribute, score)| (*attribute, Some(*score))).collect()
    }

    #[test]
    fn each_category_has_the_scores_that_mean_it() {
        let policy = shipped();
        let rate = |category: Category, pairs: &[(Attribute, f64)]| {
            let rating = category.rate(&scores(pairs), policy.thresholds(None));
            rating.map(|rating| (rating.score, rating.flagged))
        };
        let insult = [(Attribute::Toxicity, 0.2), (Attribute::Insult, 0.4), (Attribute::Threat, 0.5)];
        assert_eq!(rate(Category::Harassment, &insult), Some((0.4, true)));
        assert_eq!(rate(Category::HarassmentThreatening, &insult), Some((0.2, true)));
        assert_eq!(rate(Category::Violence, &insult), Some((0.5, true)));
        assert_eq!(rate(Category::Hate, &insult), None, "not scored, so not said to be harmless");
        let mild = [(Attribute::IdentityAttack, 0.1), (Attribute::Threat, 0.9)];
        assert_eq!(rate(Category::HateThreatening, &mild), Some((0.09, false)), "a threat, but not of a group");
        let rude = [(Attribute::Profanity, 1.0), (Attribute::Spam, 1.0), (Attribute::OffTopic, 1.0)];
        assert!(Category::ALL.iter().all(|category| rate(*category, &rude).is_none()));
    }

    #[test]
    fn what_no_score_speaks_for_is_never_rated() {
        let all: Scores = Attribute::ALL.into_iter().map(|attribute| (attribute, Some(1.0))).collect();
        for category in Category::ALL {
            let rating = category.rate(&all, shipped().thresholds(None));
            assert_eq!(rating.is_some(), category.is_judged(), "{}", category.name());
        }
    }

    #[test]
    fn an_attribute_that_the_site_does_not_judge_flags_nothing() {
        let rating = Category::Hate.rate(&scores(&[(Attribute::IdentityAttack, 1.0)]), &Thresholds::default());
        assert_eq!(rating, Some(Rating { score: 1.0, flagged: false }));
    }

    proptest! {
        #[test]
        fn a_higher_score_never_lowers_a_category(
            low in prop::array::uniform9(0.0_f64..=1.0),
            rise in prop::array::uniform9(0.0_f64..=1.0),
        ) {
            let policy = shipped();
            let of = |values: [f64; 9]| -> Scores {
                Attribute::ALL.into_iter().zip(values).map(|(attribute, value)| (attribute, Some(value))).collect()
            };
            let higher = std::array::from_fn(|i| low[i] + rise[i] * (1.0 - low[i]));
            for category in Category::ALL.into_iter().filter(|category| category.is_judged()) {
                let [before, after] = [low, higher].map(|s| category.rate(&of(s), policy.thresholds(None)).unwrap());
                prop_assert!((0.0..=1.0).contains(&after.score));
                prop_assert!(before.score <= after.score && before.flagged <= after.flagged, "{}", category.name());
            }
        }

        #[test]
        fn what_also_threatens_is_never_surer_than_what_it_threatens_with(
            values in prop::array::uniform9(0.0_f64..=1.0),
        ) {
            let policy = shipped();
            let scores: Scores = Attribute::ALL.into_iter().zip(values.map(Some)).collect();
            let rate = |category: Category| category.rate(&scores, policy.thresholds(None)).unwrap();
            for (part, whole) in [
                (Category::HarassmentThreatening, Category::Harassment),
                (Category::HateThreatening, Category::Hate),
            ] {
                prop_assert!(rate(part).score <= rate(whole).score && rate(part).flagged <= rate(whole).flagged);
            }
        }
    }
}
