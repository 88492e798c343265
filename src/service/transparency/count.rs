//! The counting: from comments with their audit trails to figures, one comment after the other. Pure.

use super::durations::Durations;
use super::model::{
    AppealFigures, Became, MachineDecisions, ModelRow, Overturned, PeopleDecisions, Proportion, ReaderReports,
    ReasonRow, SMALL_SECTION, SectionFigures, SectionKind, SectionRow, Submitted, Withdrawals, rounded,
};
use super::period::Period;
use super::trail::{Ending, Restriction, Taken, Trail, stood};
use super::words::{REMARKS, Words};
use crate::comment::{Action, AuditEntry, State, Step, Timestamp};
use crate::store::ArchivedComment;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How often one reason was given.
#[derive(Debug, Clone, Copy, Default)]
struct Given {
    rejected_by_machine: u64,
    held: u64,
    rejected_by_people: u64,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default)]
struct Hits {
    of: u64,
    hits: u64,
}

impl Hits {
    fn add(&mut self, hit: bool) {
        self.of += 1;
        self.hits += u64::from(hit);
    }
}

/// Decisions of the machine by a policy or by models.
#[derive(Debug, Clone, Copy)]
struct Use {
    decisions: u64,
    first: Timestamp,
    last: Timestamp,
}

/// Figures as they grow. What it holds does not grow with the comments, but with sections, reasons and policies.
#[derive(Debug)]
pub(super) struct Count<'a> {
    period: Period,
    words: &'a Words,
    pub first_received: Option<Timestamp>,
    pub submitted: Submitted,
    pub machine: MachineDecisions,
    pub people: PeopleDecisions,
    pub restrictions: u64,
    pub withdrawn: Withdrawals,
    reasons: BTreeMap<String, Given>,
    /// Of those published and those rejected by the machine.
    overturned: (Hits, Hits),
    pub waiting: Durations,
    pub handling: Durations,
    appeals: AppealFigures,
    answered: Durations,
    pub reader_reports: ReaderReports,
    /// By the name in lower case: the name as first met.
    sections: BTreeMap<Option<String>, (String, SectionFigures)>,
    policies: BTreeMap<String, Use>,
    models: BTreeMap<String, Use>,
}

impl<'a> Count<'a> {
    pub(super) fn new(period: Period, words: &'a Words) -> Self {
        Self {
            period,
            words,
            first_received: None,
            submitted: Submitted::default(),
            machine: MachineDecisions::default(),
            people: PeopleDecisions::default(),
            restrictions: 0,
            withdrawn: Withdrawals::default(),
            reasons: BTreeMap::new(),
            overturned: (Hits::default(), Hits::default()),
            waiting: Durations::default(),
            handling: Durations::default(),
            appeals: AppealFigures::default(),
            answered: Durations::default(),
            reader_reports: ReaderReports::default(),
            sections: BTreeMap::new(),
            policies: BTreeMap::new(),
            models: BTreeMap::new(),
        }
    }

    /// Counts what happened to a comment within the period. Its text and its author are not looked at.
    pub(super) fn add(&mut self, archived: &ArchivedComment) {
        let comment = &archived.comment;
        self.first_received = Some(self.first_received.map_or(comment.received_at, |at| at.min(comment.received_at)));
        if comment.updated_at < self.period.start() {
            return;
        }
        let (trail, period) = (Trail::of(&archived.audit), self.period);
        let mut here = SectionFigures::default();
        for (place, taken) in trail.steps().filter(|(_, taken)| period.contains(taken.entry.at)) {
            match taken.entry.step {
                Step::Admitted | Step::Edited => self.judged(&trail, place, taken.entry, &mut here),
                Step::Decided => self.decided(&trail, place, taken, &mut here),
                Step::Appealed => self.appealed(&trail, place, taken.entry),
                Step::Reported => {
                    self.reader_reports.sent_back += 1;
                    became(&mut self.reader_reports.then, trail.ending(place));
                }
                Step::Withdrawn => self.withdrawn.withdrawn += 1,
                Step::Erased => self.withdrawn.erased += 1,
                Step::Opinion | Step::SecondOpinion | Step::Escalated | Step::Undone | Step::BodyDropped => {}
            }
        }
        let within = |restriction: &&Restriction<'_>| period.contains(restriction.decision.at);
        self.restrictions += trail.restrictions().iter().filter(within).count() as u64;
        let undecided = archived.reports.iter().filter(|report| period.contains(report.at)).count();
        self.reader_reports.undecided += undecided as u64;
        if here != SectionFigures::default() {
            let key = comment.section.as_ref().map(|name| name.to_lowercase());
            let new = || (comment.section.clone().unwrap_or_default(), SectionFigures::default());
            let (_, figures) = self.sections.entry(key).or_insert_with(new);
            *figures = figures.and(here);
        }
    }

    /// The policy judged a text.
    fn judged(&mut self, trail: &Trail<'_>, place: usize, entry: &AuditEntry, here: &mut SectionFigures) {
        if entry.step == Step::Admitted {
            self.submitted.comments += 1;
            here.submitted += 1;
        } else {
            self.submitted.edits += 1;
        }
        match entry.action {
            Action::Publish => {
                self.machine.published += 1;
                here.published_by_machine += 1;
            }
            Action::Review => {
                self.machine.held += 1;
                here.held += 1;
                became(&mut self.machine.held_then, trail.ending(place));
                self.each_reason(entry, |given| given.held += 1);
            }
            Action::Reject => {
                self.machine.rejected += 1;
                here.rejected_by_machine += 1;
                self.each_reason(entry, |given| given.rejected_by_machine += 1);
            }
        }
        let by = [(&mut self.policies, &entry.policy_revision), (&mut self.models, &entry.model_revision)];
        for (uses, revision) in by {
            let new = Use { decisions: 0, first: entry.at, last: entry.at };
            let found = uses.entry(revision.clone()).or_insert(new);
            found.decisions += 1;
            found.first = found.first.min(entry.at);
            found.last = found.last.max(entry.at);
        }
    }

    /// A person decided.
    fn decided(&mut self, trail: &Trail<'_>, place: usize, taken: Taken<'_>, here: &mut SectionFigures) {
        if taken.undone_at.is_some() {
            self.people.taken_back += 1;
            return;
        }
        let entry = taken.entry;
        let rejected = entry.to == State::Rejected;
        if rejected {
            self.people.rejected += 1;
            here.rejected_by_people += 1;
            self.each_reason(entry, |given| given.rejected_by_people += 1);
        } else {
            self.people.published += 1;
            here.published_by_people += 1;
        }
        match trail.machines_word(place) {
            Some(Action::Publish) => self.overturned.0.add(rejected),
            Some(Action::Reject) => self.overturned.1.add(!rejected),
            Some(Action::Review) | None => {}
        }
        if let Some(times) = entry.times {
            if let Some(queued_at) = times.queued_at {
                self.waiting.add(stood(queued_at, times.decided_at));
            }
            if let Some(claimed_at) = times.claimed_at {
                self.handling.add(stood(claimed_at, times.decided_at));
            }
        }
    }

    fn appealed(&mut self, trail: &Trail<'_>, place: usize, entry: &AuditEntry) {
        let appeals = &mut self.appeals;
        appeals.received += 1;
        let decision = match trail.ending(place) {
            Ending::Published(decision) => {
                appeals.upheld += 1;
                Some(decision)
            }
            Ending::Rejected(decision) => {
                appeals.declined += 1;
                Some(decision)
            }
            Ending::Withdrawn => {
                appeals.withdrawn += 1;
                None
            }
            Ending::Open => {
                appeals.open += 1;
                None
            }
        };
        if let Some(decision) = decision {
            self.answered.add(stood(entry.at, decision.at));
        }
    }

    /// Each reason of a step once, but those that only remark something.
    fn each_reason(&mut self, entry: &AuditEntry, give: impl Fn(&mut Given)) {
        let words = self.words;
        let codes = entry.reasons.iter().map(|code| words.counted_as(code));
        let mut codes: Vec<&str> = codes.filter(|code| !REMARKS.contains(code)).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            give(self.reasons.entry(code.to_owned()).or_default());
        }
    }

    pub(super) fn appeals(&self) -> AppealFigures {
        AppealFigures { answered: self.answered.took(), ..self.appeals }
    }

    pub(super) fn overturned(&self) -> Overturned {
        let proportion = |Hits { of, hits }| Proportion::new(hits, of);
        Overturned { published: proportion(self.overturned.0), rejected: proportion(self.overturned.1) }
    }

    /// The most frequent first.
    pub(super) fn reasons(&self) -> Vec<ReasonRow> {
        let row = |(code, given): (&String, &Given)| {
            let Given { rejected_by_machine, held, rejected_by_people } = *given;
            #[expect(clippy::cast_precision_loss, reason = "a share to be read")]
            let share = rejected_by_machine as f64 / (rejected_by_machine + held + rejected_by_people).max(1) as f64;
            let (words, share_by_machine) = (self.words.of(code), rounded(share));
            ReasonRow { code: code.clone(), words, rejected_by_machine, held, rejected_by_people, share_by_machine }
        };
        let mut rows: Vec<ReasonRow> = self.reasons.iter().map(row).collect();
        rows.sort_by_key(|row| Reverse(row.all()));
        rows
    }

    /// By name, then those without one, then those that are too small to be named.
    pub(super) fn sections(&self) -> Vec<SectionRow> {
        let (mut named, mut none, mut small) = (Vec::new(), None, None::<SectionFigures>);
        for (key, (name, figures)) in &self.sections {
            let figures = *figures;
            match key {
                None => none = Some(SectionRow { kind: SectionKind::None, name: None, figures }),
                Some(_) if figures.weight() < SMALL_SECTION => {
                    small = Some(small.unwrap_or_default().and(figures));
                }
                Some(_) => named.push(SectionRow { kind: SectionKind::Named, name: Some(name.clone()), figures }),
            }
        }
        let small = small.map(|figures| SectionRow { kind: SectionKind::Small, name: None, figures });
        named.into_iter().chain(none).chain(small).collect()
    }

    /// How often each policy decided, by its revision.
    pub(super) fn policies(&self) -> BTreeMap<&str, u64> {
        self.policies.iter().map(|(revision, by)| (revision.as_str(), by.decisions)).collect()
    }

    /// The first first.
    pub(super) fn models(&self) -> Vec<ModelRow> {
        let row = |(revision, by): (&String, &Use)| ModelRow {
            revision: revision.clone(),
            decisions: by.decisions,
            first: by.first,
            last: by.last,
        };
        let mut rows: Vec<ModelRow> = self.models.iter().map(row).collect();
        rows.sort_by_key(|row| row.first);
        rows
    }
}

fn became(became: &mut Became, ending: Ending<'_>) {
    match ending {
        Ending::Published(_) => became.published += 1,
        Ending::Rejected(_) => became.rejected += 1,
        Ending::Withdrawn => became.withdrawn += 1,
        Ending::Open => became.waiting += 1,
    }
}

#[cfg(test)]
mod tests;
