//! `docs/console.md`, followed as it is written, against the demo.

use crate::support::page::{Page, paste, shows};
use crate::support::program::Program;

#[tokio::test]
async fn the_guide_goes_as_it_says() {
    let page = Page::new(include_str!("../../../docs/console.md"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let mut program = Program::serve(&data, &[]).await;
    let moderators = program.demo()["moderators"].clone();
    let roles: Vec<_> = moderators.as_array().expect("a list").iter().map(|m| m["role"].clone()).collect();
    assert_eq!(roles, ["moderator", "senior", "editor", "admin"]);
    let commands = page.blocks("sh").join("\n");
    let at = folder.path().to_owned();
    let printed = tokio::task::spawn_blocking(move || paste(&at, &commands)).await.expect("joined");
    shows(&page, &printed);

    // After a start anew the demo's people sign in as before.
    program.terminate().await;
    let said = program.stdout();
    assert!(said.contains(&format!("Moderate at {}/console/the-harbour-post", program.base)), "{said}");
    assert!(said.contains(moderators[0]["password"].as_str().expect("a password")), "{said}");
    let again = Program::serve(&data, &[]).await;
    assert_eq!(again.demo()["moderators"], moderators);
}
