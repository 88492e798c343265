//! Exporting a site to a file of lines, and importing it into this store or another.
//!
//! A file is NDJSON: a header, then one record a line, then an end line with the counts and a SHA-256 over all lines
//! before it, so that a file that was cut or changed is noticed before anything is written.

mod export;
mod import;
mod record;

pub use import::{Checked, check};
pub use record::{Counts, FORMAT, VERSION};

use super::ServiceError;
use crate::comment::SiteId;
use crate::store::StoreError;

/// Why a site can't be exported or imported. `line` counts from 1.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("there is no site {0}")]
    UnknownSite(SiteId),
    #[error("the site {0} is here already; import into a new one with --into")]
    SiteExists(SiteId),
    #[error("an import of another file into {0} was begun and is not ended; import that file again first")]
    OtherImport(SiteId),
    #[error("line 1 is not the header of an export of ombud's")]
    Foreign,
    #[error("the file has version {0}; this ombud reads version {VERSION}")]
    Newer(u32),
    #[error("line {0} does not parse: it was changed, or is of a newer ombud")]
    Line(u64),
    #[error("line {0} is of another site than the header")]
    OtherSite(u64),
    #[error("the file ends after line {0} without an end line: it was cut")]
    Cut(u64),
    #[error("line {0} stands after the end line")]
    AfterEnd(u64),
    #[error("the lines are not those that were exported: counts or check sum differ")]
    Changed,
    #[error("the file can't be read or written: {0}")]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for ArchiveError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}
