use crate::support::app::TestApp;
use serde_json::Value;

#[tokio::test]
async fn every_call_described_is_served() {
    let app = TestApp::start().await;
    let document = app.anonymous.get("/openapi.json").await.expect_status(200).body;
    assert_eq!(document["openapi"], "3.1.0");
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            calls.push(format!("{} {path}", method.to_uppercase()));
            let method = method.to_uppercase().parse().expect("a method");
            let request = app.anonymous.request(method, &path.replace("{id}", "x"));
            let answer = app.anonymous.send(request).await;
            assert!(answer.status == 200 || answer.body["code"] == "key_missing", "{path}: {}", answer.text);
        }
    }
    insta::assert_snapshot!(calls.join("\n"), @r"
    GET /livez
    GET /readyz
    GET /v1/articles/{id}
    PUT /v1/articles/{id}
    GET /v1/articles/{id}/comments
    GET /v1/audit
    DELETE /v1/authors/{id}
    POST /v1/comments
    GET /v1/comments/{id}
    DELETE /v1/comments/{id}
    PATCH /v1/comments/{id}
    POST /v1/comments/{id}/appeals
    POST /v1/comments/{id}/decision
    POST /v1/comments/{id}/escalate
    POST /v1/comments/{id}/reports
    POST /v1/comments/{id}/second-opinion
    POST /v1/comments/{id}/undo
    POST /v1/comments:batch
    GET /v1/events
    GET /v1/policy
    POST /v1/policy/replay
    GET /v1/queue
    POST /v1/queue/claims
    PUT /v1/queue/claims/{id}
    DELETE /v1/queue/claims/{id}
    POST /v1/queue/claims/{id}/skip
    POST /v1/queue/decisions
    POST /v1/queue/decisions:preview
    POST /v1/score
    ");
}

#[tokio::test]
async fn every_reference_in_the_document_leads_somewhere() {
    let app = TestApp::start().await;
    let document = app.anonymous.get("/openapi.json").await.expect_status(200).body;
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("a local reference");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            references.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|v| collect(v, references));
        }
        Value::Array(items) => items.iter().for_each(|v| collect(v, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_docs_page_names_every_call_and_code_and_needs_no_outside() {
    let app = TestApp::start().await;
    let page = app.anonymous.get("/docs").await.expect_status(200).text;
    for needed in ["/v1/comments:batch", "/v1/queue/claims", "version_stale", "unknown_parent"] {
        assert!(page.contains(needed), "{needed}");
    }
    for outside in ["http://", "https://", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
}
