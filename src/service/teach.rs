//! What teaches a site: moderators' decisions that stand, and corrections by its platforms.

use crate::classifier::COLUMNS;
use crate::comment::{Action, Comment, Correction, DecidedBy, SiteId, Timestamp};
use crate::policy::Policy;
use crate::store::{Store, StoreError};
use crate::text::{fingerprint, normalise};
use crate::training::site::decision::Verdict;
use crate::training::site::{Decision, Decisions};
use std::collections::BTreeMap;

/// Comments or corrections read from the store at once.
const PAGE: usize = 500;
/// Of more decisions, the newest are learned from: what older ones say is mostly said again, and all of them are held
/// in memory.
const MOST: usize = 100_000;

/// Reads every comment on which a person's decision stands.
pub(super) async fn each_moderated(
    store: &dyn Store,
    site: &SiteId,
    mut read: impl FnMut(&Comment) + Send,
) -> Result<(), StoreError> {
    let mut after: Option<String> = None;
    loop {
        let page = store.moderated(site, after.as_deref(), PAGE).await?;
        page.comments.iter().for_each(&mut read);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// Something that teaches.
struct Taught {
    at: Timestamp,
    /// The fingerprint of its text: equal where the texts say the same.
    exact: u64,
    /// Whether it is a correction, and no decision.
    correction: bool,
    decision: Decision,
}

/// Every decision of a moderator that stands, and every correction; of very many, the newest.
pub(super) async fn decisions(store: &dyn Store, site: &SiteId, policy: &Policy) -> Result<Decisions, StoreError> {
    let mut decisions = Decisions::default();
    let mut found: Vec<Taught> = Vec::new();
    each_moderated(store, site, |comment| {
        let Some(decision) = decision(comment, &mut decisions, policy) else { return };
        let exact = comment.fingerprint.exact;
        found.push(Taught { at: comment.updated_at, exact, correction: false, decision });
        if found.len() > 2 * MOST {
            keep_newest(&mut found);
        }
    })
    .await?;
    keep_newest(&mut found);
    let mut corrections = corrections(store, site).await?;
    let before = corrections.len();
    leave_to_people(&mut corrections, &found);
    decisions.outranked = before - corrections.len();
    found.append(&mut corrections);
    keep_newest(&mut found);
    decisions.corrections = found.iter().filter(|taught| taught.correction).count();
    // As they were taken, whatever order the store keeps them in.
    decisions.decisions = found.into_iter().rev().map(|taught| taught.decision).collect();
    Ok(decisions)
}

fn keep_newest(found: &mut Vec<Taught>) {
    found.sort_by(|one, other| (other.at, &other.decision.id).cmp(&(one.at, &one.decision.id)));
    found.truncate(MOST);
}

/// What a comment teaches; `None` of one whose text was dropped.
fn decision(comment: &Comment, decisions: &mut Decisions, policy: &Policy) -> Option<Decision> {
    let text = comment.text()?.as_str().to_owned();
    debug_assert_eq!(comment.decision.by, DecidedBy::Moderator, "the store lists what people decided");
    let verdict = match comment.decision.action {
        Action::Reject => Verdict::Reject,
        Action::Publish | Action::Review => Verdict::Publish,
    };
    let codes = comment.decision.reasons.iter().map(|reason| reason.code.as_str());
    let reason = codes.filter_map(|code| code.strip_prefix("moderator.")).find(|code| *code != "unspecified");
    Some(Decision {
        id: comment.id.to_string(),
        text,
        labels: decisions.taught(verdict, reason, &|reason| policy.attribute_of(reason)),
        moderator: comment.decision.moderator.clone(),
        article: Some(comment.article_id.to_string()),
        // The policy sends all comments that it judges alike to the queue, or none of them.
        sampled: 1.0,
    })
}

async fn corrections(store: &dyn Store, site: &SiteId) -> Result<Vec<Taught>, StoreError> {
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = store.corrections(site, after.as_deref(), PAGE).await?;
        found.extend(page.corrections.iter().map(corrected));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

fn corrected(correction: &Correction) -> Taught {
    let mut labels = [f32::NAN; COLUMNS];
    for (attribute, label) in correction.labels.iter() {
        #[expect(clippy::cast_possible_truncation, reason = "a share; learning reads four decimals")]
        let label = label as f32;
        labels[attribute.index()] = label;
    }
    let decision = Decision {
        id: correction.id.to_string(),
        text: correction.text.as_str().to_owned(),
        labels,
        // A key is a voice like any other, in the report and for the caps. The same key may be a moderator's: that
        // is another voice.
        moderator: Some(format!("key:{}", correction.by)),
        article: correction.article.as_ref().map(ToString::to_string),
        sampled: 1.0,
    };
    let exact = fingerprint(&normalise(&decision.text)).exact;
    Taught { at: correction.at, exact, correction: true, decision }
}

/// Takes out of corrections what moderators said themselves of the same text, attribute by attribute, and corrections
/// of which nothing is left: a person who read the comment where it stood knows better than a platform.
fn leave_to_people(corrections: &mut Vec<Taught>, people: &[Taught]) {
    let mut spoken: BTreeMap<u64, [bool; COLUMNS]> = BTreeMap::new();
    for Taught { exact, decision, .. } in people {
        let said = spoken.entry(*exact).or_default();
        for (said, label) in said.iter_mut().zip(decision.labels) {
            *said |= !label.is_nan();
        }
    }
    corrections.retain_mut(|Taught { exact, decision, .. }| {
        let Some(said) = spoken.get(exact) else { return true };
        for (label, said) in decision.labels.iter_mut().zip(said) {
            if *said {
                *label = f32::NAN;
            }
        }
        decision.labels.iter().any(|label| !label.is_nan())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comment::Attribute::{Insult, Spam, Toxicity};
    use crate::comment::{ArticleId, Attribute, CommentText, CorrectionLabels, KeyId};

    fn correction(text: &str, labels: &[(Attribute, f64)]) -> Taught {
        corrected(&Correction::new(
            &SiteId::parse("daily").unwrap(),
            KeyId::parse("key_1").unwrap(),
            CommentText::parse(text).unwrap(),
            CorrectionLabels::parse(labels.iter().copied().collect()).unwrap(),
            Some(ArticleId::parse("a1").unwrap()),
            Timestamp::UNIX_EPOCH,
        ))
    }

    fn known(taught: &Taught) -> Vec<(Attribute, f32)> {
        let label = |a: &Attribute| (*a, taught.decision.labels[a.index()]);
        Attribute::ABUSE.iter().map(label).filter(|(_, label)| !label.is_nan()).collect()
    }

    #[test]
    fn a_correction_teaches_what_it_says() {
        let taught = correction("A text", &[(Toxicity, 0.25), (Spam, 1.0)]);
        assert_eq!(known(&taught), [(Toxicity, 0.25), (Spam, 1.0)]);
        assert_eq!(taught.decision.moderator.as_deref(), Some("key:key_1"));
        assert_eq!(taught.decision.group(), "a1");
    }

    #[test]
    fn people_outrank_corrections_of_the_same_text_attribute_by_attribute() {
        let people = [correction("Buy CHEAP watches!!", &[(Spam, 1.0)]), correction("A text", &[(Insult, 0.0)])];
        let mut corrections = vec![
            correction("Buy CHEAP watches!!", &[(Spam, 0.0), (Toxicity, 0.0)]),
            correction("  a  TEXT", &[(Insult, 1.0)]),
            correction("Another text", &[(Insult, 1.0)]),
        ];
        leave_to_people(&mut corrections, &people);
        let left: Vec<_> = corrections.iter().map(|taught| (taught.decision.text.as_str(), known(taught))).collect();
        let stands = [("Buy CHEAP watches!!", vec![(Toxicity, 0.0)]), ("Another text", vec![(Insult, 1.0)])];
        assert_eq!(left, stands);
    }

    #[test]
    fn of_very_many_the_newest_are_kept() {
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let taught = |n: i64| Taught { at: at(n / 2), ..correction("A text", &[(Spam, 1.0)]) };
        let mut found: Vec<Taught> = (0..i64::try_from(MOST).unwrap() + 10).map(taught).collect();
        keep_newest(&mut found);
        assert_eq!(found.len(), MOST);
        assert!(found.iter().all(|taught| taught.at >= at(5)), "{:?}", found.last().map(|taught| taught.at));
    }
}
