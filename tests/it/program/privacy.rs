//! Whatever is logged, at whatever level, counted or traced, holds no text, no author and no key.

use super::folder;
use crate::support::client::Client;
use crate::support::coral::signature;
use crate::support::desk::Desk;
use crate::support::program::{Program, run};
use ombud::http::compat::akismet::host_label;
use reqwest::Method;
use serde_json::{Value, json};

/// Unlike anything the program says of itself. The words stand for a text, an author's id and name.
const TEXT: &str = "quuxtextmark";
const AUTHOR: &str = "quuxauthormark";
const NAME: &str = "Quuxnamemark";
/// A key that nobody has.
const WRONG_KEY: &str = "ombud_quuxkeymark";

fn comment(id: &str, text: &str) -> Value {
    json!({"id": id, "article_id": "lorne-talks", "author": {"id": format!("{AUTHOR}-{id}"), "name": NAME},
           "text": format!("{text} The {TEXT} ministers of Maravel set no date in Lorne for another round of talks.")})
}

#[tokio::test]
async fn no_log_line_holds_a_text_an_author_or_a_key() {
    let folder = folder();
    let config = super::folder();
    #[cfg(feature = "otlp")]
    let collector = crate::support::collector::Collector::open();
    #[cfg(feature = "otlp")]
    collector.configure(config.path());
    let arguments = ["--config", super::text(config.path())];
    let mut program = Program::serve_with(folder.path(), &arguments, &[("RUST_LOG", "trace")]).await;
    let site = program.demo()["site"].as_str().expect("a site").to_owned();
    // The demo prints a key of its own by design: these are others.
    let key = |scopes: &str| {
        let data = super::text(folder.path());
        let add = ["key", "add", "--site", &site, "--scope", scopes, "--json", "--data-dir", data];
        let new: Value = serde_json::from_str(&run(folder.path(), &add).expect_success()).expect("JSON");
        new["secret"].as_str().expect("a secret").to_owned()
    };
    let platform = Client::new(&program.base, Some(key("submit,read")));
    let admin = Client::new(&program.base, Some(key("admin")));

    // Published, rejected by a word, held, and the same again with other content.
    platform.post("/v1/comments", &comment("m1", "")).await.expect_status(201);
    let rejected = platform.post("/v1/comments", &comment("m2", "You raghead.")).await.expect_status(201);
    assert_eq!(rejected.body["state"], "rejected");
    let held = platform.post("/v1/comments", &comment("m3", "Go back where you came from.")).await.expect_status(201);
    assert_eq!(held.body["state"], "pending");
    platform.post("/v1/comments", &comment("m1", "Changed.")).await.expect_problem(409, "content_differs");

    // Refused: malformed JSON, an unknown key, a wrong type, an impossible author, a text too long, other bodies.
    let whole = comment("m4", "").to_string();
    platform.post_raw("/v1/comments", whole[..whole.len() - 9].to_owned()).await.expect_status(400);
    for (member, value) in [(TEXT, json!(TEXT)), ("text", json!([TEXT])), ("parent_id", json!({TEXT: 1}))] {
        let mut body = comment("m5", "");
        body[member] = value;
        platform.post("/v1/comments", &body).await.expect_status(422);
    }
    let mut body = comment("m6", "");
    body["author"]["id"] = json!(format!("{AUTHOR}\u{0}"));
    platform.post("/v1/comments", &body).await.expect_status(422);
    body["author"] = json!(AUTHOR);
    platform.post("/v1/comments", &body).await.expect_status(422);
    platform.post("/v1/comments", &comment("m7", &TEXT.repeat(10_000))).await;
    platform.post("/v1/comments", &comment("m8", &TEXT.repeat(100_000))).await.expect_status(413);
    let form = platform.request(Method::POST, "/v1/comments").body(format!("text={TEXT}&author={AUTHOR}"));
    assert!(platform.send(form).await.status >= 400);

    // A batch with all of it.
    let lines = [comment("b1", "").to_string(), whole[..40].to_owned(), comment("b2", "raghead").to_string()];
    let batch = platform.request(Method::POST, "/v1/comments:batch").body(lines.join("\n"));
    assert_eq!(platform.send(batch).await.expect_status(200).text.lines().count(), 3);

    // Wherever else a text, an author or a key goes in.
    let edit = json!({"text": format!("{TEXT} edited.")});
    platform.patch("/v1/comments/m1", &edit).await.expect_status(200);
    platform.post("/v1/score", &json!({"text": TEXT, "article_id": "lorne-talks"})).await;
    let report = json!({"reporter_id": AUTHOR, "reason": TEXT});
    platform.post("/v1/comments/m1/reports", &report).await;
    let note = json!({"action": "publish", "reason_code": "other", "note": TEXT, "expected_version": 1});
    admin.post("/v1/comments/m3/decision", &note).await;
    admin.post("/v1/queue/claims", &json!({"limit": 5})).await.expect_status(201);
    admin.get("/v1/audit?comment_id=m1").await.expect_status(200);
    platform.get(&format!("/v1/events?after={TEXT}")).await;
    platform.get(&format!("/v1/nowhere/{AUTHOR}?text={TEXT}")).await.expect_status(404);
    platform.delete("/v1/comments/m2").await.expect_status(200);
    let stranger = Client::new(&program.base, Some(WRONG_KEY.to_owned()));
    stranger.post("/v1/comments", &comment("m9", "")).await.expect_problem(401, "key_invalid");

    let coral_secret = program.demo()["coral_secret"].as_str().expect("a secret").to_owned();
    ask_as_others_do(&platform, &stranger, &format!("/compat/coral/{site}"), &coral_secret).await;

    // A person's passwords and her session, right and wrong.
    let data = super::text(folder.path());
    let add = ["moderator", "add", "Night Desk", "--site", &site, "--role", "moderator", "--generate", "--json"];
    let new: Value =
        serde_json::from_str(&run(folder.path(), &[&add[..], &["--data-dir", data]].concat()).expect_success())
            .expect("JSON");
    let password = new["password"].as_str().expect("a password").to_owned();
    let mut desk = Desk::new(&program.base);
    for (tried, status) in [(WRONG_KEY, 401), (password.as_str(), 303)] {
        let fields = [("name", "Night Desk"), ("password", tried), ("to", "/console")];
        assert_eq!(desk.post(&format!("/console/{site}/sign-in"), &fields).await.status, status);
    }
    let chosen = "harbour lamp quuxkeymark";
    desk.get(&format!("/console/{site}/password")).await.expect(200, "Choose a password");
    let fields = [("password_now", password.as_str()), ("password_new", chosen), ("password_again", chosen)];
    assert_eq!(desk.post(&format!("/console/{site}/password"), &fields).await.status, 303);
    desk.get(&format!("/console/{site}/me")).await.expect(200, "Night Desk");
    let session = desk.cookies()[0].1.clone();

    let metrics = stranger.get("/metrics").await.expect_status(200).text;
    assert!(metrics.contains("ombud_problems_total"), "{metrics}");
    assert!(program.terminate().await.success());
    #[cfg(not(feature = "otlp"))]
    let spans = String::new();
    #[cfg(feature = "otlp")]
    let spans = String::from_utf8_lossy(&collector.received()).into_owned();
    assert_eq!(spans.contains("/v1/comments"), cfg!(feature = "otlp"));
    let said = program.stdout() + &program.stderr() + &metrics + &spans;
    assert!(program.stderr().contains("TRACE"), "the level is as asked for");
    let in_lower_case = said.to_lowercase();
    for marker in [TEXT, AUTHOR, &NAME.to_lowercase(), "raghead", &WRONG_KEY.to_lowercase()] {
        let line = in_lower_case.lines().find(|l| l.contains(marker));
        assert_eq!(line, None, "{marker}");
    }
    let label = host_label(platform.key()).expect("a label");
    let keys = [&platform.key()["ombud_".len()..], &admin.key()["ombud_".len()..], &label, &coral_secret];
    let secrets = keys.into_iter().chain([password.as_str(), chosen, &session, &desk.form_token]);
    for secret in secrets {
        let line = said.lines().find(|l| l.contains(secret));
        assert_eq!(line, None, "a key");
    }
}

/// Texts, authors and keys by the interfaces of others, right and wrong.
async fn ask_as_others_do(platform: &Client, stranger: &Client, phase: &str, coral_secret: &str) {
    // Clients of the Perspective API send the key in the address.
    let ask = json!({"comment": {"text": TEXT}, "requestedAttributes": {"TOXICITY": {}}, "sessionId": AUTHOR});
    let say = json!({"comment": {"text": TEXT}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}}});
    for (key, status) in [(platform.key(), 200), (WRONG_KEY, 400)] {
        for (method, body) in [("analyze", &ask), ("suggestscore", &say)] {
            stranger.post(&format!("/v1alpha1/comments:{method}?key={key}"), body).await.expect_status(status);
        }
    }
    // The interfaces of others: keys in fields, queries and host names, too.
    for input in [json!(TEXT), json!([TEXT, AUTHOR]), json!({TEXT: TEXT}), json!([{"type": TEXT}])] {
        for client in [platform, stranger] {
            client.post("/v1/moderations", &json!({"input": input, "user": AUTHOR})).await;
            client.post("/v1/moderations", &json!({ "input": input })).await;
        }
    }
    let label = host_label(platform.key()).expect("a label");
    for call in ["verify-key", "comment-check", "submit-spam", "submit-ham", AUTHOR] {
        for key in [platform.key(), WRONG_KEY] {
            let blog = format!("blog=https://{AUTHOR}.example&api_key={key}");
            let whole = format!("{blog}&comment_content={TEXT}&comment_author={NAME}&comment_author_email={AUTHOR}");
            for form in [whole, blog, format!("key={key}&blog={TEXT}"), format!("%%={TEXT}&comment_content={TEXT}")] {
                let request = platform.request(Method::POST, &format!("/1.1/{call}?key={key}")).body(form);
                platform.send(request.header("host", format!("{label}.ombud.example"))).await;
            }
            platform.get(&format!("/1.2/usage-limit?api_key={key}&{AUTHOR}={TEXT}")).await;
        }
    }
    // As Coral sends them: HTML, an edit, what is not signed, and what is no request.
    for (action, text, secret) in [
        (
            "NEW",
            format!("<p>The {TEXT} <b>ministers</b> <a href=\"https://{TEXT}.example\">met</a> &amp; left</p>"),
            coral_secret,
        ),
        ("EDIT", format!("<p>The {TEXT} ministers, you raghead."), coral_secret),
        ("NEW", TEXT.to_owned(), WRONG_KEY),
    ] {
        let body = json!({"action": action, "comment": {"body": text}, "author": {"id": AUTHOR}, "story": {"id": "lorne-talks"}});
        for body in [body.to_string(), body.to_string().replace("\"story\"", "\"stories\"")] {
            let request = platform.request(Method::POST, phase).header("content-type", "application/json");
            let request = request.header("x-coral-signature", signature(secret, body.as_bytes()));
            platform.send(request.body(body)).await;
        }
    }
}
