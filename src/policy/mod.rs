//! How a comment is judged: the editors' file, the checked policy, the rules, and one fold over them.

mod facts;

pub use facts::{AuthorRecord, Facts, Submission, ThreadEntry};
