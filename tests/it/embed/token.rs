//! Tokens, made as docs/embed.md says, by the real program's secrets.

use super::hidden;
use crate::support::app::CLEAN;
use crate::support::client::Client;
use crate::support::page::{Page, paste};
use crate::support::program::Program;
use reqwest::Method;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use url::form_urlencoded::Serializer;

fn ombud(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_ombud"));
    let ran = Command::new(program).args(arguments).args(["--data-dir", "data"]).current_dir(folder).output();
    let ran = ran.expect("the program runs");
    (ran.status.success(), String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr))
}

#[tokio::test]
async fn tokens_made_as_the_page_says_name_their_readers_until_the_secret_is_revoked() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let _program = Program::serve(&data, &[]).await;
    let page = Page::new(include_str!("../../../docs/embed.md"));
    for (language, name) in [("python", "token.py"), ("js", "token.js")] {
        std::fs::write(folder.path().join(name), page.blocks(language).concat()).expect("a program saved");
    }
    let commands = page.blocks("sh").join("\n");
    let at = folder.path().to_owned();
    tokio::task::spawn_blocking(move || paste(&at, &commands)).await.expect("joined");
    let tokens = std::fs::read_to_string(folder.path().join("tokens")).expect("tokens");
    let tokens: Vec<&str> = tokens.lines().collect();

    let demo: Value = serde_json::from_slice(&std::fs::read(data.join("demo.json")).expect("a file")).expect("JSON");
    let text = |name: &str| demo[name].as_str().expect("a string").to_owned();
    let reader = Client::new(&text("base_url"), None);
    let thread = format!("/embed/{}/articles/{}", text("site"), text("article_id"));
    let write = async |token: &str, words: &str| {
        let form = hidden(&reader.get(&thread).await.expect_status(200).text, "form");
        let fields = [("form", form.as_str()), ("reader", token), ("text", words)];
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        reader.send(reader.request(Method::POST, &format!("{thread}/comments")).body(body)).await
    };
    let platform = Client::new(&text("base_url"), Some(text("platform_key")));
    for (token, id, name) in [(tokens[0], "reader-17", "Zoë of the Lorne desk"), (tokens[1], "reader-18", "Åsa")] {
        let answer = write(token, &format!("{} {name}", CLEAN[0])).await.expect_status(303);
        let follow = answer.headers["location"].to_str().expect("an address").to_owned();
        let comment = follow.split('/').nth(4).expect("an id");
        let found = platform.get(&format!("/v1/comments/{comment}")).await.expect_status(200).body;
        assert_eq!((found["author"]["id"].as_str(), found["author"]["name"].as_str()), (Some(id), Some(name)));
    }

    // A second secret, and the first revoked: the order that leaves no gap.
    let listed = |folder: &Path| ombud(folder, &["reader", "list-secrets", "--site", "the-harbour-post"]).1;
    let first = listed(folder.path()).split_whitespace().next().expect("an id").to_owned();
    let (added, said) = ombud(folder.path(), &["reader", "add-secret", "--site", "the-harbour-post"]);
    assert!(added && said.contains("ombud_reader_"), "{said}");
    assert_eq!(listed(folder.path()).lines().count(), 2);
    let (third, said) = ombud(folder.path(), &["reader", "add-secret", "--site", "the-harbour-post"]);
    assert!(!third && said.contains("two secrets already"), "{said}");
    write(tokens[0], &format!("{} Still.", CLEAN[1])).await.expect_status(303);
    let (revoked, said) = ombud(folder.path(), &["reader", "revoke-secret", "--site", "the-harbour-post", &first]);
    assert!(revoked, "{said}");
    assert!(!ombud(folder.path(), &["reader", "revoke-secret", "--site", "the-harbour-post", &first]).0);
    assert!(!ombud(folder.path(), &["reader", "list-secrets", "--site", "nowhere"]).0);
    // Within two seconds; asked for a few times only, as one address may send only so much.
    let mut answer = write(tokens[0], &format!("{} No more.", CLEAN[2])).await;
    let end = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while answer.status == 303 && std::time::Instant::now() < end {
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
        answer = write(tokens[0], &format!("{} No more.", CLEAN[2])).await;
    }
    assert!(answer.expect_status(422).text.contains("You are no longer signed in."));
}
