//! What goes wrong in a store, whichever it is.

/// Why a store could not answer. Knows nothing of HTTP.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store can't be reached or refuses work for now; the same call may go through later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// What was read does not parse: another program's data, or a fault.
    #[error("the store holds something unreadable: {0}")]
    Corrupt(String),
    /// A cursor that this store never gave out.
    #[error("unknown cursor")]
    UnknownCursor,
    /// Events after this cursor are no longer kept.
    #[error("events after this cursor are no longer kept")]
    CursorExpired,
    /// The store was written by another version or laid out otherwise.
    #[error("the store's layout does not fit: {0}")]
    Layout(String),
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        // serde_json's message may quote values; its class and place never do.
        Self::Corrupt(format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column()))
    }
}
