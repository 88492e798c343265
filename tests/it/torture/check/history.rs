//! What was acknowledged is there, what is there was asked for, and each version has one author.

use super::{Found, Violations, broken};
use crate::torture::ledger::{Books, Deed, Page, sha256};
use serde_json::Value;

pub fn check(found: &Found, books: &Books, bulk: &str) -> Violations {
    let mut violations = Violations::new();
    for (id, page) in &books.pages {
        match found.trails.get(id) {
            Some(trail) => of_comment(&mut violations, id, page, &found.comments[id], trail, books, bulk),
            None if page.admitted.is_some() => {
                violations.push(broken("lost", format!("{id} was acknowledged, and is not there")));
            }
            None => {}
        }
    }
    for id in found.comments.keys().filter(|id| !books.pages.contains_key(*id)) {
        violations.push(broken("made up", format!("{id} is there, and nobody sent it")));
    }
    let by_bulk = found.trails.values().flatten().filter(|entry| entry["actor"]["name"] == bulk).count() as u64;
    let (decided, in_doubt) = books.bulk;
    if by_bulk < decided || (in_doubt == 0 && by_bulk != decided) {
        let detail =
            format!("decisions on many said {decided}, {in_doubt} said nothing, and {by_bulk} steps are there");
        violations.push(broken("bulk", detail));
    }
    violations
}

fn of_comment(
    violations: &mut Violations,
    id: &str,
    page: &Page,
    comment: &Value,
    trail: &[Value],
    books: &Books,
    bulk: &str,
) {
    let mut say = |kind, detail: String| violations.push(broken(kind, format!("{id}: {detail}")));
    for (place, entry) in trail.iter().enumerate() {
        if entry["version"] != place as u64 + 1 || (entry["step"] == "admitted") != (place == 0) {
            say("versions", format!("step {} of the trail is {entry}", place + 1));
        }
        let before = place.checked_sub(1).map_or(&Value::Null, |before| &trail[before]["to"]);
        if entry["from"] != *before {
            say("versions", format!("step {} does not begin where the last one ended: {entry}", place + 1));
        }
        if !page.texts.contains(entry["text_sha256"].as_str().unwrap_or_default()) {
            say("text", format!("nobody sent the text of {entry}"));
        }
    }
    let Some(last) = trail.last() else {
        return say("versions", "no trail".to_owned());
    };
    if (&comment["state"], &comment["version"]) != (&last["to"], &last["version"]) {
        say(
            "versions",
            format!("it is {} at {}, and its trail ends with {last}", comment["state"], comment["version"]),
        );
    }
    if comment["text"].as_str().is_some_and(|text| last["text_sha256"] != sha256(text)) {
        say("text", format!("its text is not that of version {}", last["version"]));
    }
    let mut authors: Vec<Vec<&Deed>> = vec![Vec::new(); trail.len()];
    for deed in &page.deeds {
        let Some(version) = deed.version else { continue };
        let place = usize::try_from(version).unwrap_or_default().wrapping_sub(1);
        match trail.get(place) {
            Some(entry) if fits(deed, entry) => authors[place].push(deed),
            Some(entry) => {
                say("acknowledged", format!("version {version} was acknowledged as {deed:?}, and is {entry}"));
            }
            None => say("lost", format!("version {version} was acknowledged as {deed:?}, and the trail ends before")),
        }
    }
    let mut doubts: Vec<&Deed> = page.deeds.iter().filter(|deed| deed.version.is_none()).collect();
    for (entry, authors) in trail.iter().zip(&authors) {
        // Withdrawing twice is no error, so several may have been told of that step.
        if authors.len() > 1 && !authors[0].steps.contains(&"withdrawn") {
            say("one decision", format!("{entry} was acknowledged to {authors:?}"));
        }
        let excused = !authors.is_empty()
            || entry["step"] == "reported"
            || (entry["step"] == "decided" && entry["actor"]["name"] == bulk)
            || (entry["step"] == "erased" && books.erasures.iter().any(|erasure| erasure.author == page.author));
        if !excused {
            match doubts.iter().position(|deed| fits(deed, entry)) {
                Some(doubt) => drop(doubts.remove(doubt)),
                None => say("made up", format!("nobody took the step {entry}")),
            }
        }
    }
    let reported = trail.iter().filter(|entry| entry["step"] == "reported").count();
    let perhaps = page.deeds.iter().filter(|deed| deed.steps == ["reported"]).count();
    if !(page.queued_by_reports..=page.queued_by_reports + perhaps).contains(&reported) {
        let told = page.queued_by_reports;
        say(
            "reports",
            format!("{told} reports were told that they queued it, {perhaps} nothing; it was {reported} times"),
        );
    }
    let erased = trail.iter().any(|entry| entry["step"] == "erased");
    let before = |erasure: &&crate::torture::ledger::Erasure| {
        erasure.author == page.author && page.admitted.is_some_and(|admitted| admitted < erasure.asked)
    };
    if !erased && books.erasures.iter().filter(before).any(|erasure| erasure.acknowledged) {
        say("erased", "its author was erased after it was acknowledged, and it is there".to_owned());
    }
}

fn fits(deed: &Deed, entry: &Value) -> bool {
    deed.steps.iter().any(|step| entry["step"] == *step)
        && deed.moderator.as_ref().is_none_or(|name| entry["actor"]["name"] == *name)
        && deed.action.is_none_or(|action| entry["action"] == action)
        && deed.text.as_ref().is_none_or(|text| entry["text_sha256"] == *text)
}
