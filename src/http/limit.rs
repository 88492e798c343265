//! How much of anything one request may be.

/// Limits on requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest body of one request, in bytes.
    pub body_bytes: usize,
    /// Longest line of a batch, in bytes.
    pub batch_line_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body_bytes: 256 * 1024, batch_line_bytes: 256 * 1024 }
    }
}
