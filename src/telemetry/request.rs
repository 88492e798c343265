//! Which request something is done for: its id, and the trace that it is part of.

use super::trace_parent::TraceParent;
use std::future::Future;
use std::sync::Arc;
use tokio::task::futures::TaskLocalFuture;
use uuid::Uuid;

/// Longest id of a request that is taken from its sender, in bytes.
const MAX_ID: usize = 128;

/// A request that is being answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    id: String,
    trace: Option<TraceParent>,
}

tokio::task_local! {
    static CURRENT: Arc<Request>;
}

impl Request {
    /// A request with the id its sender gave it, if that is 1 to 128 of `A-Z`, `a-z`, `0-9`, `.`, `_` and `-`, or a
    /// new one (a UUID of version 7).
    #[must_use]
    pub fn new(sent_id: Option<&str>, trace: Option<TraceParent>) -> Self {
        let plain = |id: &&str| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
            (1..=MAX_ID).contains(&id.len()) && id.bytes().all(allowed)
        };
        let id = sent_id.filter(plain).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
        Self { id, trace }
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The trace that the sender says it is part of.
    #[must_use]
    pub fn trace(&self) -> Option<&TraceParent> {
        self.trace.as_ref()
    }

    /// The request that the running task answers.
    #[must_use]
    pub fn current() -> Option<Arc<Self>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// Does something for this request.
    pub fn scope<F: Future>(self: Arc<Self>, work: F) -> TaskLocalFuture<Arc<Self>, F> {
        CURRENT.scope(self, work)
    }
}

/// The same work, which another task is going to do, for the request that this task answers.
pub fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    use tracing::Instrument as _;
    let request = Request::current();
    let work = work.in_current_span();
    async move {
        match request {
            Some(request) => request.scope(work).await,
            None => work.await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_if_it_is_plain_and_made_if_not() {
        let longest = "a".repeat(MAX_ID);
        for good in ["a", "0190-b.C_d", &longest] {
            assert_eq!(Request::new(Some(good), None).id(), good);
        }
        for bad in ["", "a b", "a\"", "ä", "a\n", &format!("{longest}a")] {
            let made = Uuid::parse_str(Request::new(Some(bad), None).id()).expect("a UUID");
            assert_eq!(made.get_version_num(), 7, "{bad:?}");
        }
        assert_ne!(Request::new(None, None), Request::new(None, None));
    }

    #[tokio::test]
    async fn another_task_knows_for_which_request_it_works() {
        let id = || Request::current().map(|request| request.id().to_owned());
        assert_eq!(id(), None);
        let request = Arc::new(Request::new(Some("r-1"), None));
        let (plain, carried_on) = request
            .scope(async {
                let plain = tokio::spawn(async move { id() });
                let carried_on = tokio::spawn(carried(async move { id() }));
                (plain.await.expect("it ends"), carried_on.await.expect("it ends"))
            })
            .await;
        assert_eq!((plain, carried_on.as_deref()), (None, Some("r-1")));
    }
}
