//! The libraries of Standard Webhooks, as receivers use them.

use super::Scene;
use crate::support::foreign::client;
use crate::support::receiver::Message;
use ombud::delivery::webhook::new_secret;
use ombud::service::Clock;
use serde_json::json;

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
