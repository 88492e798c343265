//! What `docs/integrations` shows, pasted as a reader would: it does what it says.

use crate::support::program::Program;
use std::process::Command;

/// The block of a page that follows a heading, as it can be pasted, and what the page says it prints.
fn example<'a>(page: &'a str, heading: &str) -> (&'a str, &'a str) {
    let section = page.split("\n### ").find(|s| s.starts_with(heading)).expect("a section");
    let (_, rest) = section.split_once("```sh\n").expect("a block");
    let (shell, rest) = rest.split_once("```\n").expect("its end");
    let (_, printed) = rest.split_once("```\n").expect("what it prints");
    (shell, printed.split("```").next().expect("its end").trim())
}

#[tokio::test]
async fn corals_example_goes_as_the_page_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a data folder");
    let mut program = Program::serve(&data, &[]).await;
    let (shell, printed) = example(include_str!("../../docs/integrations/coral.md"), "3. Try it");
    let paste = || Command::new("bash").args(["-euc", shell]).current_dir(folder.path()).output();
    let ran = paste().expect("bash, curl and openssl");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), printed, "{}", String::from_utf8_lossy(&ran.stderr));
    // The secret is the same after a start anew, so that a Coral that was told it goes on.
    let secret = program.demo()["coral_secret"].clone();
    program.terminate().await;
    let again = Program::serve(&data, &[]).await;
    assert_eq!(again.demo()["coral_secret"], secret);
    let ran = paste().expect("bash, curl and openssl");
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), printed);
}
