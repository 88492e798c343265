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
