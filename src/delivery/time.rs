//! What time it is to those who deliver, and how they wait for a time to come.

use crate::comment::Timestamp;
use async_trait::async_trait;

/// The service's clock, which a test moves.
#[async_trait]
pub trait Time: Send + Sync + 'static {
    fn now(&self) -> Timestamp;
    /// Returns once this time has come.
    async fn sleep_until(&self, time: Timestamp);
}
