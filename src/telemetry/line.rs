//! A log line says which request it is about, wherever in the house it is written, and at every level.
//!
//! The request's span can't: at the level that ships nobody sees spans, because to write one down for every request
//! costs more than to find a key. Here the id is written where there is a line.

use super::request::Request;
use std::fmt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// A format of lines, and the id of the request with each.
pub struct WithRequestId<F>(pub F);

impl<S, N, F> FormatEvent<S, N> for WithRequestId<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(request) = Request::current() else { return self.0.format_event(context, to, event) };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        // An id needs no escapes.
        match line.strip_prefix('{') {
            Some(json) => write!(to, "{{\"request_id\":\"{}\",{json}", request.id()),
            None => writeln!(to, "{} request_id={}", line.trim_end_matches('\n'), request.id()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::{MakeWriter, format};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("nobody panicked").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Lines {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    /// What is written for a request and what is not, as two lines.
    async fn said(subscriber: impl Subscriber + Send + Sync, lines: &Lines) -> Vec<String> {
        let guard = tracing::subscriber::set_default(subscriber);
        let request = Arc::new(Request::new(Some("r-1"), None));
        request.scope(async { tracing::info!(status = 503, "failed") }).await;
        tracing::info!("stopping");
        drop(guard);
        let bytes = lines.0.lock().expect("nobody panicked").clone();
        String::from_utf8(bytes).expect("UTF-8").lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_line_of_text_ends_with_the_id() {
        let lines = Lines::default();
        let text = format::format().without_time().with_ansi(false).with_target(false);
        let subscriber =
            tracing_subscriber::fmt().with_writer(lines.clone()).event_format(WithRequestId(text)).finish();
        let said = said(subscriber, &lines).await;
        assert_eq!(said, [" INFO failed status=503 request_id=r-1", " INFO stopping"]);
    }

    #[tokio::test]
    async fn a_line_of_json_has_the_id_as_a_member() {
        let lines = Lines::default();
        let subscriber = tracing_subscriber::fmt().with_writer(lines.clone()).json().map_event_format(WithRequestId);
        let said = said(subscriber.finish(), &lines).await;
        let read = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("JSON");
        let (of_request, other) = (read(&said[0]), read(&said[1]));
        assert_eq!((&of_request["request_id"], &of_request["fields"]["status"]), (&"r-1".into(), &503.into()));
        assert_eq!((other.get("request_id"), &other["fields"]["message"]), (None, &"stopping".into()));
    }
}
