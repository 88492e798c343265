//! What a report says, as it is written for machines. docs/transparency.md explains every name, and they are stable.

use super::durations::Took;
use crate::comment::Timestamp;
use crate::policy::{interval, tuning::Tally};
use jiff::civil::Date;
use serde::Serialize;

/// What the field `format` is.
pub const REPORT_FORMAT: &str = "ombud-transparency-report";
/// Version of the format; raised when a field goes or means something else.
pub const REPORT_VERSION: u32 = 1;

/// Sections of fewer comments are counted together.
pub const SMALL_SECTION: u64 = 10;

/// What was decided on a site's comments in a period, and why, how, by what and how fast. Nobody is named, and no text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TransparencyReport {
    pub format: &'static str,
    pub version: u32,
    pub site: ReportedSite,
    pub period: ReportedPeriod,
    pub submitted: Submitted,
    pub machine: MachineDecisions,
    pub people: PeopleDecisions,
    /// Times that readers could not, or no longer, see a comment because of a decision: as many statements of reasons.
    pub restrictions: u64,
    pub withdrawn: Withdrawals,
    /// By the code of a reason to hold or reject, the most frequent first.
    pub reasons: Vec<ReasonRow>,
    pub overturned: Overturned,
    /// What samples drawn for an audit say of all decisions of the machine; absent where none were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit_samples: Option<AuditSamples>,
    /// From being held to a person's decision.
    pub waiting: Took,
    /// From being claimed by a person to her decision.
    pub handling: Took,
    pub appeals: AppealFigures,
    pub reader_reports: ReaderReports,
    /// By name; then those without one, and those that are too small to be named.
    pub sections: Vec<SectionRow>,
    /// Those that were in force, the first first.
    pub policies: Vec<PolicyRow>,
    /// Those by which the machine decided, the first first.
    pub models: Vec<ModelRow>,
}

/// Which site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedSite {
    pub id: String,
    pub name: String,
}

/// Which days, and how far the store knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedPeriod {
    /// The first day, in UTC.
    pub from: Date,
    /// The last day, which is part of it.
    pub to: Date,
    /// Whether the last day was over when the report was made.
    pub over: bool,
    /// When the report was made.
    pub made_at: Timestamp,
    /// The ombud that made it.
    pub made_by: &'static str,
    /// When the first comment came in that the store has; null if it has none. Of what was before, it knows nothing.
    pub complete_from: Option<Timestamp>,
}

/// What came in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Submitted {
    pub comments: u64,
    /// Edits, each of which is judged as a new text.
    pub edits: u64,
}

/// What the policy decided with nobody looking, on comments that came in and on edits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MachineDecisions {
    pub published: u64,
    /// Left for a person to decide.
    pub held: u64,
    pub rejected: u64,
    /// What had become of those held when the report was made.
    pub held_then: Became,
}

impl MachineDecisions {
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.published + self.held + self.rejected
    }
}

/// What had become of something when the report was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Became {
    pub published: u64,
    pub rejected: u64,
    /// Taken back by its author or the platform, or erased, before anybody decided.
    pub withdrawn: u64,
    pub waiting: u64,
}

/// What people decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PeopleDecisions {
    pub published: u64,
    pub rejected: u64,
    /// Decisions that were taken back; they are not among the others.
    pub taken_back: u64,
}

impl PeopleDecisions {
    /// Those that stand.
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.published + self.rejected
    }
}

/// What was not decided, but taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Withdrawals {
    /// By the author or the platform.
    pub withdrawn: u64,
    /// Because the author was erased.
    pub erased: u64,
}

/// How often one reason was given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonRow {
    /// Stable, see docs/policy.md; of a moderator's reason, `moderator.` and the policy's code for it.
    pub code: String,
    pub words: String,
    /// Rejections by the machine that name it.
    pub rejected_by_machine: u64,
    /// Comments and edits that the machine held and that name it.
    pub held: u64,
    /// Rejections by people for it.
    pub rejected_by_people: u64,
    /// Of all three, how many the machine decided with nobody looking.
    pub share_by_machine: f64,
}

impl ReasonRow {
    #[must_use]
    pub const fn all(&self) -> u64 {
        self.rejected_by_machine + self.held + self.rejected_by_people
    }
}

/// How often people decided otherwise than the machine had, on comments on which it had decided by itself and that a person
/// looked at: a report, an appeal or a moderator's search led her there. No error rate of all the machine's decisions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Overturned {
    /// Of those published by the machine, the ones that a person rejected.
    pub published: Proportion,
    /// Of those rejected by the machine, the ones that a person published.
    pub rejected: Proportion,
}

/// A share, and between which bounds the true one lies with a confidence of 95 %, after Clopper and Pearson.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Proportion {
    pub of: u64,
    pub hits: u64,
    /// Null where there are none.
    pub share: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Proportion {
    /// So many hits of so many.
    #[must_use]
    pub fn new(hits: u64, of: u64) -> Self {
        if of == 0 {
            return Self::default();
        }
        let whole = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let tally = Tally { of: whole(of), hits: whole(hits) };
        let (low, high) = interval(tally);
        let [share, low, high] = [tally.share(), low, high].map(rounded);
        Self { of, hits, share: Some(share), low: Some(low), high: Some(high) }
    }

    pub(super) fn of_tally(Tally { of, hits }: Tally) -> Self {
        Self::new(hits.into(), of.into())
    }
}

/// A share to six decimals: no more of them says anything.
pub(super) fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

/// What people said of decisions that were drawn evenly from all that the machine made, without knowing what it had
/// decided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AuditSamples {
    /// Of those published by the machine, the ones that should not have been.
    pub wrongly_published: Proportion,
    /// Of those rejected by the machine, the ones that should not have been.
    pub wrongly_rejected: Proportion,
}

/// Appeals made in the period, and how they stood when the report was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct AppealFigures {
    pub received: u64,
    /// The decision was reversed: the comment was published.
    pub upheld: u64,
    /// The decision stands.
    pub declined: u64,
    /// The comment was withdrawn or erased before anybody had decided.
    pub withdrawn: u64,
    pub open: u64,
    /// From the appeal to the decision on it.
    pub answered: Took,
}

/// What readers' reports led to. How many reports there were is not kept once somebody has decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ReaderReports {
    /// Published comments that reports of the period sent back to the queue.
    pub sent_back: u64,
    /// What had become of those.
    pub then: Became,
    /// Reports of the period on which nobody has decided yet, the comment being in the queue or not.
    pub undecided: u64,
}

/// The figures of one section, by the comments' section when they came in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionRow {
    pub kind: SectionKind,
    /// Null unless it is named.
    pub name: Option<String>,
    #[serde(flatten)]
    pub figures: SectionFigures,
}

/// Which comments a row of sections has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    Named,
    /// Comments whose article has no section.
    None,
    /// All sections of fewer than [`SMALL_SECTION`] comments and decisions.
    Small,
}

/// What happened to the comments of a section.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SectionFigures {
    pub submitted: u64,
    pub published_by_machine: u64,
    pub held: u64,
    pub rejected_by_machine: u64,
    pub published_by_people: u64,
    pub rejected_by_people: u64,
}

impl SectionFigures {
    /// Everything that was counted.
    #[must_use]
    pub const fn weight(&self) -> u64 {
        let machine = self.published_by_machine + self.held + self.rejected_by_machine;
        machine + self.published_by_people + self.rejected_by_people
    }

    /// These and others together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            submitted: self.submitted + other.submitted,
            published_by_machine: self.published_by_machine + other.published_by_machine,
            held: self.held + other.held,
            rejected_by_machine: self.rejected_by_machine + other.rejected_by_machine,
            published_by_people: self.published_by_people + other.published_by_people,
            rejected_by_people: self.rejected_by_people + other.rejected_by_people,
        }
    }
}

/// A policy that was in force at some time of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyRow {
    /// Counts those published in the store; null of one that decided and that this store has not kept.
    pub number: Option<u64>,
    pub revision: String,
    /// Since when it was in force, also if that is before the period.
    pub from: Option<Timestamp>,
    /// Until when it was; null of the one in force when the report was made.
    pub until: Option<Timestamp>,
    /// Decisions of the machine by it within the period.
    pub decisions: u64,
}

/// The models by which the machine decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelRow {
    pub revision: String,
    pub decisions: u64,
    /// The first decision within the period.
    pub first: Timestamp,
    /// The last one.
    pub last: Timestamp,
}
