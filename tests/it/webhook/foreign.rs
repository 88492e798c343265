//! The libraries of Standard Webhooks, as receivers use them.

use super::Scene;
use crate::support::foreign::client;
use crate::support::model::until;
use crate::support::page::Page;
use crate::support::receiver::Message;
use ombud::delivery::webhook::new_secret;
use ombud::service::Clock;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn libraries_of_others_verify_what_is_sent() {
    let scene = Scene::sqlite().await;
    let file = scene.folder.path().join("secret");
    let first = std::fs::read_to_string(&file).unwrap();
    // They look at the time, too.
    let replica = scene.replica_at(vec![scene.endpoint("cms")], Clock::System);
    scene.admit("before").await;
    scene.taken(&["before@1"]).await;
    // A second secret, and then the first goes: while ombud runs.
    let [second, stranger] = [new_secret().unwrap(), new_secret().unwrap()];
    std::fs::write(&file, format!("{second}\n{first}\n")).unwrap();
    scene.admit("between-ü").await;
    scene.taken(&["before@1", "between-ü@1"]).await;
    std::fs::write(&file, format!("{second}\n")).unwrap();
    scene.admit("after").await;
    scene.taken(&["before@1", "between-ü@1", "after@1"]).await;
    replica.stop().await;

    let messages: Vec<_> = scene.receiver.messages().iter().map(Message::told).collect();
    let tampered = {
        let mut tampered = messages[1].clone();
        tampered["body"] = json!(tampered["body"].as_str().unwrap().replace("comment.published", "comment.rejected"));
        tampered
    };
    let told = json!({
        "secrets": [first, second, stranger],
        "messages": [messages[0], messages[1], messages[2], tampered],
    });
    let good = |event: &str| json!({"id": event, "type": "comment.published"});
    let bad = || json!(null);
    let expected = json!([
        [good("before@1"), good("between-ü@1"), bad(), bad()],
        [bad(), good("between-ü@1"), good("after@1"), bad()],
        [bad(), bad(), bad(), bad()],
    ]);
    assert_eq!(client("webhook_verify.py", told.clone()).await, expected);
    assert_eq!(client("webhook_verify.js", told).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_follows_the_page_takes_what_is_sent_and_nothing_else() {
    let scene = Scene::sqlite().await;
    let secret = std::fs::read_to_string(scene.folder.path().join("secret")).unwrap().trim().to_owned();
    let replica = scene.replica_at(vec![scene.endpoint("cms")], Clock::System);
    scene.admit("c1-ü").await;
    scene.taken(&["c1-ü@1"]).await;
    replica.stop().await;
    // Signed like the other, by a clock that stands elsewhere: as one that was recorded and is sent again later.
    let replica = scene.replica(vec![scene.endpoint("late")]);
    until(async || scene.receiver.messages().iter().any(|message| message.path == "/late")).await;
    replica.stop().await;
    let messages = scene.receiver.messages();
    let sent = messages.iter().find(|message| message.path == "/cms").expect("a message").told();
    let late = messages.iter().find(|message| message.path == "/late").expect("a message").told();
    let call = |secret: &str, message: &Value, body: Option<String>| {
        let body = body.map_or_else(|| message["body"].clone(), Value::from);
        json!({"secret": secret, "headers": message["headers"], "body": body})
    };
    let body = sent["body"].as_str().expect("a body");
    let calls = json!([
        call(&secret, &sent, None),
        call(&secret, &sent, Some(body.replace("published", "rejected"))),
        call(&secret, &sent, Some(format!("{body} "))),
        call(&new_secret().unwrap(), &sent, None),
        call(&secret, &late, None),
    ]);
    let page = Page::new(include_str!("../../../docs/webhooks.md")).section("What arrives");
    for (language, script) in [("python", "webhook_example.py"), ("js", "webhook_example.js")] {
        let example = page.blocks(language).concat();
        assert!(example.contains("verify("), "{language}: {example}");
        let told = client(script, json!({"example": example, "calls": calls})).await;
        assert_eq!(told, json!(["c1-ü@1", null, null, null, null]), "{language}");
    }
}
