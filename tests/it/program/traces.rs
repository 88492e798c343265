//! Spans reach a collector, as parts of the trace that a request came with. Only where the program can send them.

use super::{folder, text};
use crate::support::app::{CLEAN, comment};
use crate::support::collector::Collector;
use crate::support::program::Program;
use reqwest::Method;

#[tokio::test]
async fn a_request_is_a_span_of_the_trace_it_came_with() {
    let (folder, config, collector) = (folder(), folder(), Collector::open());
    collector.configure(config.path());
    let mut program = Program::serve(folder.path(), &["--config", text(config.path())]).await;
    let platform = program.client("platform_key");
    let article = program.demo()["article_id"].as_str().expect("an id").to_owned();
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let ask = |traceparent: String, id: &str| {
        let request = platform.request(Method::POST, "/v1/comments").header("traceparent", traceparent);
        let request = request.header("x-request-id", format!("request-of-{id}"));
        platform.send(request.json(&comment(id, &article, None, CLEAN[0])))
    };
    ask(format!("00-{trace}-{parent}-01"), "sampled").await.expect_status(201);
    // Whoever sends this records nothing, so neither is it recorded here.
    ask("00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00".to_owned(), "unsampled").await.expect_status(201);
    assert!(program.terminate().await.success(), "{}", program.stderr());

    let sent = collector.received();
    let has = |bytes: &[u8]| sent.windows(bytes.len()).any(|window| window == bytes);
    let id =
        |hex: &str| (0..hex.len()).step_by(2).map(|n| u8::from_str_radix(&hex[n..n + 2], 16).expect("hex")).collect();
    let (trace, parent): (Vec<u8>, Vec<u8>) = (id(trace), id(parent));
    assert!(has(&trace) && has(&parent), "the trace goes on");
    for said in ["request", "/v1/comments", "request-of-sampled", "store", "admit", "ombud"] {
        assert!(has(said.as_bytes()), "{said}");
    }
    assert!(!has(b"request-of-unsampled"));
}
