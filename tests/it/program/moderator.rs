//! Accounts of moderators from the command line; `docs/console.md`, which is followed, has what goes well.

use super::folder;
use crate::support::program::{run, run_on};

#[test]
fn an_account_that_can_not_be_is_refused() {
    let folder = folder();
    let data = super::text(folder.path());
    let said = |arguments: &[&str], input: &str| {
        run_on(folder.path(), &[&["moderator"], arguments, &["--data-dir", data]].concat(), input)
    };
    run(folder.path(), &["site", "add", "gazette", "--data-dir", data]).expect_success();
    let add = ["add", "Night Desk", "--site", "gazette", "--role", "senior"];
    for (input, why) in [
        ("", "at least 12 characters"),
        ("short\n", "at least 12 characters"),
        ("night desk 2026\n", "made of the name"),
        ("aaaaaaaaaaaaaaaa\n", "repeats a few characters"),
    ] {
        let refused = said(&add, input).expect_failure();
        assert!(refused.contains(why), "{input}: {refused}");
    }
    assert_eq!(said(&["list", "--site", "gazette"], "").expect_success(), "");
    let added = said(&add, "harbour lamp eleven\n").expect_success();
    assert!(added.starts_with("name      Night Desk\nrole      senior\n") && !added.contains("harbour"), "{added}");

    let refused = |arguments: &[&str]| said(arguments, "harbour lamp eleven\n").expect_failure();
    assert!(refused(&["add", "NIGHT  desk", "--site", "gazette", "--role", "admin"]).contains("already"));
    assert!(refused(&["add", "Day Desk", "--site", "nowhere", "--role", "admin"]).contains("ombud site add nowhere"));
    assert!(refused(&["add", "Day Desk", "--site", "gazette", "--role", "boss"]).contains("moderator, senior"));
    assert!(refused(&["add", "<b>", "--site", "gazette", "--role", "admin"]).contains("letters, digits"));
    assert!(refused(&["password", "Day Desk", "--site", "gazette"]).contains("nobody called Day Desk"));
    // A password is no argument: whoever shares the machine could read it.
    let arguments = ["password", "Night Desk", "--site", "gazette", "--password", "harbour lamp eleven"];
    assert_eq!(said(&arguments, "").code, Some(2));
}
