//! The pages of `docs/integrations`, followed as they are written, against the demo.

use crate::support::page::{Page, paste, shows};
use crate::support::program::Program;
use std::net::TcpListener;

/// What the page's commands print in a folder with the demo's keys, after its programs were saved under these names.
async fn followed(page: &Page, programs: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let _program = Program::serve(&data, &[]).await;
    for (language, name) in programs {
        std::fs::write(folder.path().join(name), page.blocks(language).concat()).expect("a program saved");
    }
    // Whatever runs on the page's port here is not what the page starts.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let commands = page.blocks("sh").join("\n").replace("8000", &free.port().to_string());
    let pasted = tokio::task::spawn_blocking(move || paste(folder.path(), &commands));
    pasted.await.expect("joined")
}

#[tokio::test]
async fn a_plain_form() {
    let page = Page::new(include_str!("../../docs/integrations/form.md"));
    let printed = followed(&page, &[("python", "form.py")]).await;
    shows(&page, &printed);
}

#[tokio::test]
async fn openais_moderation() {
    let page = Page::new(include_str!("../../docs/integrations/openai.md"));
    let printed = followed(&page, &[]).await;
    shows(&page, &printed);
}

#[tokio::test]
async fn akismets_calls() {
    let page = Page::new(include_str!("../../docs/integrations/wordpress.md")).section("The calls");
    let printed = followed(&page, &[]).await;
    shows(&page, &printed);
}

#[tokio::test]
async fn leaving_perspective() {
    let page = Page::new(include_str!("../../docs/integrations/perspective.md"));
    let printed = followed(&page, &[]).await;
    shows(&page, &printed);
}

#[tokio::test]
async fn discourse() {
    let page = Page::new(include_str!("../../docs/integrations/discourse.md"));
    let printed = followed(&page, &[("ruby", "plugin.rb")]).await;
    shows(&page, &printed);
}

#[tokio::test]
async fn corals_phase() {
    let page = Page::new(include_str!("../../docs/integrations/coral.md")).section("As external moderation phase");
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let mut program = Program::serve(&data, &[]).await;
    shows(&page, &paste(folder.path(), &page.blocks("sh").join("\n")));
    // The secret is the same after a start anew, so that a Coral that was told it goes on.
    let secret = program.demo()["coral_secret"].clone();
    program.terminate().await;
    let again = Program::serve(&data, &[]).await;
    assert_eq!(again.demo()["coral_secret"], secret);
    shows(&page, &paste(folder.path(), &page.blocks("sh").join("\n")));
}
