//! How a comment is judged: the editors' file, the checked policy, the rules, and one fold over them.
//!
//! Nothing here reads a file, a socket or a clock. What the rules may look at is the [`Context`];
//! what editors may tune is the [`Policy`]; what follows from the two is [`decide()`].

mod audit;
mod basis;
mod candidate;
mod checked;
mod context;
mod decide;
mod error;
mod facts;
mod file;
mod plain;
mod published;
mod replay;
mod rules;
mod setting;
mod threshold;
pub mod tuning;
mod word_list;

pub use audit::{AuditFigures, ErrorRates, LEAST_JUDGED, interval};
pub use basis::{Reread, basis, thread_hash};
pub use candidate::{CandidateId, CandidatePolicy, ReplayedEffect};
pub use checked::Policy;
pub use context::Context;
pub use decide::decide;
pub use error::PolicyError;
pub use facts::{AuthorRecord, Facts, Nearness, Submission, ThreadEntry};
pub use plain::PlainWords;
pub use published::{Origin, PolicyFiles, PublishedPolicy, ReplicaPolicy};
pub use replay::{Contribution, EXAMPLES, Example, Pair, ReplayCounts, Sample, person};
pub use rules::ARTICLE_UNKNOWN;
pub use setting::{Mode, OnError, RejectReason, UnknownArticle};
pub use threshold::{Threshold, Thresholds};
