//! What another policy would have done with comments that are decided: counted, beside the policy in force.

use super::{Policy, Reread};
use crate::comment::{Action, Comment, Decision, State, Timestamp};
use crate::text::stable_hash;
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How many comments are kept to read, for each kind of difference.
pub const EXAMPLES: usize = 20;
/// How many sections are counted apart; comments of more are counted together.
const SECTIONS: usize = 200;

/// A comment as both policies and, where one looked, a person judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub comment: Comment,
    pub live: Decision,
    pub candidate: Decision,
    /// What a person decided.
    pub person: Option<Action>,
    /// Orders examples by nothing that anybody chose.
    draw: u64,
}

/// A few comments of many, drawn evenly: those whose ids have the smallest hashes, so that every run and every order draws
/// the same.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample(Vec<Example>);

impl Sample {
    /// Adds one, if it is drawn.
    fn offer(&mut self, draw: u64, example: impl FnOnce() -> Example) {
        let place = self.0.partition_point(|kept| kept.draw <= draw);
        if place < EXAMPLES {
            self.0.insert(place, example());
            self.0.truncate(EXAMPLES);
        }
    }

    fn merge(&mut self, other: Self) {
        for example in other.0 {
            self.offer(example.draw, || example);
        }
    }

    /// Those drawn.
    #[must_use]
    pub fn examples(&self) -> &[Example] {
        &self.0
    }
}

/// Two policies' counts of the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pair {
    pub live: u64,
    pub candidate: u64,
}

impl Pair {
    fn add(&mut self, live: bool, candidate: bool) {
        self.live += u64::from(live);
        self.candidate += u64::from(candidate);
    }

    fn merge(&mut self, other: Self) {
        self.live += other.live;
        self.candidate += other.candidate;
    }
}

/// What a reason did: an attribute's threshold, or a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contribution {
    /// Comments that were held or rejected for this reason, among others perhaps.
    pub any: Pair,
    /// Comments that nothing else held or rejected: without this reason they had been published.
    pub alone: Pair,
}

/// What a replay counts. Two of them can be put together, whatever order the comments come in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplayCounts {
    /// Comments judged by both.
    pub judged: u64,
    /// Comments whose text is no longer kept.
    pub without_text: u64,
    /// Comments that came in before ombud kept what decisions rest on.
    pub without_basis: u64,
    /// What the policy in force decides, and the candidate, in the order of [`Action::ALL`].
    table: [[u64; 3]; 3],
    /// What people decided (publish, then reject) and what either policy decides.
    people_live: [[u64; 3]; 2],
    people_candidate: [[u64; 3]; 2],
    differing: BTreeMap<(Action, Action), Sample>,
    /// Of what people published or rejected, what the candidate alone decides against.
    contradicting: BTreeMap<Action, Sample>,
    /// Held, by the hour of the day (UTC) in which they came in.
    pub held_by_hour: [Pair; 24],
    /// Held, by section in lower case.
    pub held_by_section: BTreeMap<String, Pair>,
    /// By the code of the reason.
    pub reasons: BTreeMap<String, Contribution>,
    /// When the first and the last of them came in.
    pub received: Option<(Timestamp, Timestamp)>,
}

/// What a person decided on a comment, if a person's decision stands.
#[must_use]
pub fn person(comment: &Comment) -> Option<Action> {
    let action = match comment.state {
        State::Published => Action::Publish,
        State::Rejected => Action::Reject,
        State::Pending | State::Withdrawn => return None,
    };
    comment.moderated().then_some(action)
}

impl ReplayCounts {
    /// Judges a comment by both policies and counts.
    pub fn add(&mut self, live: &Policy, candidate: &Policy, comment: &Comment) {
        let Some(read) = Reread::of(comment) else {
            match comment.text() {
                Some(_) => self.without_basis += 1,
                None => self.without_text += 1,
            }
            return;
        };
        self.count(comment, read.judge(live), read.judge(candidate), person(comment));
    }

    /// Counts a comment that was judged.
    pub fn count(&mut self, comment: &Comment, live: Decision, candidate: Decision, person: Option<Action>) {
        self.judged += 1;
        self.table[index(live.action)][index(candidate.action)] += 1;
        let at = comment.received_at;
        self.received = Some(self.received.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        let held = [live.action == Action::Review, candidate.action == Action::Review];
        let hour = usize::try_from(at.as_second().div_euclid(3_600).rem_euclid(24)).unwrap_or(0);
        self.held_by_hour[hour].add(held[0], held[1]);
        if held[0] || held[1] {
            let section = comment.section.as_deref().unwrap_or_default().to_lowercase();
            let known = self.held_by_section.contains_key(&section) || self.held_by_section.len() < SECTIONS;
            let section = if known { section } else { "others".to_owned() };
            self.held_by_section.entry(section).or_default().add(held[0], held[1]);
        }
        self.count_reasons(&live, |contribution| (&mut contribution.any.live, &mut contribution.alone.live));
        self.count_reasons(&candidate, |contribution| {
            (&mut contribution.any.candidate, &mut contribution.alone.candidate)
        });
        let people = person.map(|person| usize::from(person != Action::Publish));
        if let Some(people) = people {
            self.people_live[people][index(live.action)] += 1;
            self.people_candidate[people][index(candidate.action)] += 1;
        }
        if live.action == candidate.action {
            return;
        }
        let draw = stable_hash(comment.id.as_str().as_bytes());
        let actions = (live.action, candidate.action);
        let example = || Example { comment: comment.clone(), live, candidate, person, draw };
        let against = person.filter(|person| opposite(*person) == Some(actions.1));
        match against {
            Some(person) => {
                let example = example();
                self.contradicting.entry(person).or_default().offer(draw, || example.clone());
                self.differing.entry(actions).or_default().offer(draw, || example);
            }
            None => self.differing.entry(actions).or_default().offer(draw, example),
        }
    }

    fn count_reasons(&mut self, decision: &Decision, of: fn(&mut Contribution) -> (&mut u64, &mut u64)) {
        let mut strict = decision.reasons.iter().filter(|reason| reason.action > Action::Publish);
        let alone = strict.clone().count() == 1;
        for reason in &mut strict {
            let (any, only) = of(self.reasons.entry(reason.code.clone()).or_default());
            *any += 1;
            *only += u64::from(alone);
        }
    }

    /// The same counts of comments of which it is not known when they came in.
    #[must_use]
    pub fn undated(self) -> Self {
        Self { received: None, held_by_hour: [Pair::default(); 24], ..self }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: Self) {
        self.judged += other.judged;
        self.without_text += other.without_text;
        self.without_basis += other.without_basis;
        for (row, other) in self.table.iter_mut().zip(other.table) {
            row.iter_mut().zip(other).for_each(|(count, other)| *count += other);
        }
        for (people, other) in
            [(&mut self.people_live, other.people_live), (&mut self.people_candidate, other.people_candidate)]
        {
            for (row, other) in people.iter_mut().zip(other) {
                row.iter_mut().zip(other).for_each(|(count, other)| *count += other);
            }
        }
        for (actions, sample) in other.differing {
            self.differing.entry(actions).or_default().merge(sample);
        }
        for (action, sample) in other.contradicting {
            self.contradicting.entry(action).or_default().merge(sample);
        }
        self.held_by_hour.iter_mut().zip(other.held_by_hour).for_each(|(pair, other)| pair.merge(other));
        for (section, pair) in other.held_by_section {
            self.held_by_section.entry(section).or_default().merge(pair);
        }
        for (code, contribution) in other.reasons {
            let own = self.reasons.entry(code).or_default();
            own.any.merge(contribution.any);
            own.alone.merge(contribution.alone);
        }
        self.received = match (self.received, other.received) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (own, other) => own.or(other),
        };
    }

    /// How many comments the policy in force decides so, and the candidate so.
    #[must_use]
    pub const fn decided(&self, live: Action, candidate: Action) -> u64 {
        self.table[index(live)][index(candidate)]
    }

    /// How many of those that a person published, or rejected, each policy decides so.
    #[must_use]
    pub const fn beside_people(&self, person: Action, action: Action) -> Pair {
        let person = if matches!(person, Action::Publish) { 0 } else { 1 };
        Pair { live: self.people_live[person][index(action)], candidate: self.people_candidate[person][index(action)] }
    }

    /// How many comments each policy decides so.
    #[must_use]
    pub fn total(&self, action: Action) -> Pair {
        let sum = |count: fn(Action, Action) -> (Action, Action)| {
            Action::ALL.into_iter().map(|other| count(action, other)).map(|(a, b)| self.decided(a, b)).sum()
        };
        Pair { live: sum(|action, other| (action, other)), candidate: sum(|action, other| (other, action)) }
    }

    /// How many the candidate decides otherwise.
    #[must_use]
    pub fn changed(&self) -> u64 {
        Action::pairs().filter(|(live, candidate)| live != candidate).map(|(l, c)| self.decided(l, c)).sum()
    }

    /// Some of those that the candidate decides otherwise, by what becomes of them.
    pub fn differing(&self) -> impl Iterator<Item = ((Action, Action), &Sample)> {
        self.differing.iter().map(|(actions, sample)| (*actions, sample))
    }

    /// Some of what a person published and the candidate, but not the policy in force, would reject; or the other way round.
    #[must_use]
    pub fn contradicting(&self, person: Action) -> &[Example] {
        self.contradicting.get(&person).map(Sample::examples).unwrap_or_default()
    }

    /// Over how many days the comments came in; at least one.
    #[must_use]
    pub fn days(&self) -> f64 {
        let span = self.received.map_or(SignedDuration::ZERO, |(first, last)| last.duration_since(first));
        (span.as_secs_f64() / 86_400.0).max(1.0)
    }
}

const fn index(action: Action) -> usize {
    match action {
        Action::Publish => 0,
        Action::Review => 1,
        Action::Reject => 2,
    }
}

/// What contradicts a person; to ask a person again does not.
const fn opposite(person: Action) -> Option<Action> {
    match person {
        Action::Publish => Some(Action::Reject),
        Action::Reject => Some(Action::Publish),
        Action::Review => None,
    }
}

#[cfg(test)]
mod tests;
