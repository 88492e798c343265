//! A comment's scores as bars, with the thresholds marked on them.

use crate::comment::{Attribute, Scores};
use crate::http::console::words;
use crate::policy::Thresholds;
use std::cmp::Reverse;

/// Length of a bar from score 0 to 1, in the picture's own units.
const LENGTH: f64 = 200.0;

/// One attribute's bar.
#[derive(Debug, PartialEq)]
pub struct Bar {
    pub name: &'static str,
    pub label: String,
    /// `0.84`; `None` where there was too little to tell.
    pub score: Option<String>,
    /// How long the bar is.
    pub length: String,
    /// Where the thresholds stand, and what they are.
    pub review: Option<(String, String)>,
    pub reject: Option<(String, String)>,
    /// What the score reached: nothing, `review` or `reject`.
    pub reached: &'static str,
}

/// All bars: first what reached the stricter threshold, then the higher score; what can't be told comes last.
pub(super) fn bars(scores: &Scores, thresholds: &Thresholds) -> Vec<Bar> {
    let mut bars: Vec<(Reverse<(u8, u64)>, Bar)> = scores
        .iter()
        .map(|(attribute, score)| {
            let bar = bar(attribute, score, thresholds);
            let rank = match bar.reached {
                "reject" => 3,
                "review" => 2,
                _ => u8::from(score.is_some()),
            };
            (Reverse((rank, ten_thousandths(score))), bar)
        })
        .collect();
    bars.sort_by_key(|(rank, _)| *rank);
    bars.into_iter().map(|(_, bar)| bar).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score is from 0 to 1")]
fn ten_thousandths(score: Option<f64>) -> u64 {
    (score.unwrap_or(0.0) * 10_000.0) as u64
}

fn bar(attribute: Attribute, score: Option<f64>, thresholds: &Thresholds) -> Bar {
    let threshold = thresholds.get(attribute);
    let place = |at: Option<f64>| at.map(|at| (units(at), format!("{at:.2}")));
    let action = score.and_then(|score| threshold.judge(score)).map(|(action, _)| action.name());
    Bar {
        name: attribute.name(),
        label: words::capitalised(attribute.phrase()),
        score: score.map(|score| format!("{score:.2}")),
        length: units(score.unwrap_or(0.0)),
        review: place(threshold.review),
        reject: place(threshold.reject),
        reached: action.unwrap_or_default(),
    }
}

fn units(score: f64) -> String {
    format!("{:.1}", score * LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn what_was_reached_comes_first() {
        let policy = "[thresholds]\nINSULT = { review = 0.5 }\nTHREAT = { review = 0.2, reject = 0.4 }\n";
        let policy = Policy::parse(policy, "banned = []\nsuspect = []\nallowed = []\n").unwrap();
        let scores: Scores = [
            (Attribute::Toxicity, Some(0.9)),
            (Attribute::Insult, Some(0.5)),
            (Attribute::Threat, Some(0.4)),
            (Attribute::OffTopic, None),
        ]
        .into_iter()
        .collect();
        let bars = bars(&scores, policy.thresholds(None));
        let told: Vec<_> = bars.iter().map(|bar| (bar.name, bar.reached, bar.length.as_str())).collect();
        assert_eq!(
            told,
            [
                ("THREAT", "reject", "80.0"),
                ("INSULT", "review", "100.0"),
                ("TOXICITY", "", "180.0"),
                ("OFF_TOPIC", "", "0.0")
            ]
        );
        assert_eq!(bars[0].review, Some(("40.0".to_owned(), "0.20".to_owned())));
        assert_eq!(bars[3].score, None);
    }
}
