//! The checks see what they must, and let the rest pass.

use super::{Found, claim, event, history, thread};
use crate::torture::ledger::{Books, Deed, Handed, Page, Shown, sha256};
use ombud::comment::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TEXT: &str = "They should talk.";
const BULK: &str = "key_bulk";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("in range")
}

fn entry(version: u64, step: &str, (from, to): (Option<&str>, &str), who: &str, action: &str) -> Value {
    let at = at(i64::try_from(version).expect("small") * 10).to_string();
    json!({"version": version, "step": step, "from": from, "to": to, "actor": {"name": who}, "action": action,
           "text_sha256": sha256(TEXT), "at": at})
}

fn told(entry: &Value) -> Value {
    let id = format!("c1@{}", entry["version"]);
    json!({"id": id, "comment_id": "c1", "version": entry["version"], "step": entry["step"], "state": entry["to"]})
}

fn deed(steps: &'static [&'static str], who: Option<&str>, version: Option<u64>) -> Deed {
    Deed { steps, moderator: who.map(str::to_owned), action: who.map(|_| "publish"), text: None, version }
}

/// A comment that was held, and that Anna published.
fn sound() -> (Found, Books) {
    let trail = vec![
        entry(1, "admitted", (None, "pending"), "policy", "review"),
        entry(2, "decided", (Some("pending"), "published"), "anna", "publish"),
    ];
    let page = Page {
        texts: [sha256(TEXT)].into(),
        deeds: vec![deed(&["admitted"], None, Some(1)), deed(&["decided", "opinion"], Some("anna"), Some(2))],
        seen: [(1, at(11)), (2, at(21))].into(),
        admitted: Some(at(11)),
        ..Page::default()
    };
    let found = Found {
        comments: [("c1".to_owned(), json!({"state": "published", "version": 2, "text": TEXT}))].into(),
        events: trail.iter().map(told).collect(),
        trails: [("c1".to_owned(), trail)].into(),
    };
    (found, Books { pages: [("c1".to_owned(), page)].into(), ..Books::default() })
}

fn page(books: &mut Books) -> &mut Page {
    books.pages.get_mut("c1").expect("a page")
}

fn trail(found: &mut Found) -> &mut Vec<Value> {
    found.trails.get_mut("c1").expect("a trail")
}

/// The kinds of what is wrong with histories after a change.
fn wrong(change: impl FnOnce(&mut Found, &mut Books)) -> Vec<&'static str> {
    let (mut found, mut books) = sound();
    change(&mut found, &mut books);
    let mut kinds: Vec<_> = history::check(&found, &books, BULK).iter().map(|violation| violation.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn a_history_that_was_asked_for_passes_and_any_other_does_not() {
    assert!(wrong(|_, _| ()).is_empty());
    let lost = wrong(|found, _| {
        found.trails.clear();
        found.comments.clear();
    });
    assert_eq!(lost, ["lost"]);
    assert_eq!(wrong(|_, books| books.pages.clear()), ["made up"]);
    assert_eq!(wrong(|_, books| page(books).deeds.truncate(1)), ["made up"], "nobody decided");
    assert!(wrong(|_, books| page(books).deeds[1].version = None).is_empty(), "in doubt");
    let other = |_: &mut Found, books: &mut Books| page(books).deeds[1].moderator = Some("bea".to_owned());
    assert_eq!(wrong(other), ["acknowledged", "made up"]);
    let two = |_: &mut Found, books: &mut Books| {
        let again = page(books).deeds[1].clone();
        page(books).deeds.push(again);
    };
    assert_eq!(wrong(two), ["one decision"]);
    assert_eq!(wrong(|_, books| page(books).deeds[1].version = Some(3)), ["lost", "made up"]);
    assert_eq!(wrong(|found, _| trail(found)[1]["version"] = json!(3)), ["versions"]);
    assert_eq!(wrong(|found, _| trail(found)[1]["text_sha256"] = json!("other")), ["text"]);
    assert_eq!(wrong(|_, books| page(books).queued_by_reports = 1), ["reports"]);
    assert_eq!(wrong(|_, books| books.bulk.0 = 1), ["bulk"]);
}

#[test]
fn events_are_told_once_to_all_and_in_order() {
    let count = |change: &dyn Fn(&mut Found, &mut Vec<String>)| {
        let (mut found, _) = sound();
        let mut heard = vec!["c1@1".to_owned(), "c1@2".to_owned()];
        change(&mut found, &mut heard);
        event::check(&found, &[], &heard).len()
    };
    assert_eq!(count(&|_, _| ()), 0);
    assert_eq!(count(&|_, heard| heard.truncate(1)), 1, "a gap");
    assert_eq!(count(&|_, heard| heard.push("c1@2".to_owned())), 1, "a double");
    assert_eq!(count(&|_, heard| heard.swap(0, 1)), 1, "out of order");
    assert_eq!(count(&|_, heard| heard.push("c1@3".to_owned())), 1, "made up, or taken back");
    let untold = |found: &mut Found, heard: &mut Vec<String>| {
        found.events.truncate(1);
        heard.truncate(1);
    };
    assert_eq!(count(&untold), 1);
    let undone_in_time = |found: &mut Found, heard: &mut Vec<String>| {
        untold(found, heard);
        trail(found).push(entry(3, "undone", (Some("published"), "pending"), "anna", "review"));
    };
    assert_eq!(count(&undone_in_time), 0);
}

#[test]
fn readers_may_see_what_is_published_and_until_it_is_known_not_to_be() {
    let (mut found, mut books) = sound();
    trail(&mut found).push(entry(3, "withdrawn", (Some("published"), "withdrawn"), "platform", "publish"));
    page(&mut books).seen = BTreeMap::from([(3, at(33))]);
    for (text, asked, answered, wrong) in
        [(TEXT, 22, 23, 0), (TEXT, 18, 19, 1), (TEXT, 31, 35, 0), (TEXT, 34, 35, 1), ("Other.", 22, 23, 1)]
    {
        let (comment, text) = ("c1".to_owned(), sha256(text));
        books.shown = vec![Shown { comment, text, asked: at(asked), answered: at(answered) }];
        assert_eq!(thread::check_shown(&found, &books).len(), wrong, "{asked} to {answered}");
    }
}

#[test]
fn one_comment_is_held_by_one() {
    let held = |version, answered, ended: Option<i64>| Handed {
        version,
        answered: at(answered),
        until: at(answered + 10),
        ended: ended.map(at),
    };
    for (other, wrong) in
        [(held(1, 5, None), 1), (held(2, 5, None), 0), (held(1, 10, None), 0), (held(1, 3, Some(4)), 1)]
    {
        let (_, mut books) = sound();
        page(&mut books).claims = BTreeMap::from([("a".to_owned(), held(1, 0, None)), ("b".to_owned(), other.clone())]);
        assert_eq!(claim::check(&books).len(), wrong, "{other:?}");
    }
}
