//! Each step is told once, in order, to everybody; what was undone in time to nobody.

use super::{Found, Violations, broken};
use crate::torture::endpoint::Endpoint;
use crate::torture::listener::Heard;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().filter_map(|event| event["id"].as_str()).map(str::to_owned).collect()
}

/// The steps of a trail that have no event, though each has to have one.
fn untold(id: &str, trail: &[Value], told: &BTreeSet<String>) -> Vec<String> {
    let event = |place: usize| format!("{id}@{}", place + 1);
    let is_told = |place: usize| told.contains(&event(place));
    let mut untold = Vec::new();
    let mut place = 0;
    while place < trail.len() {
        let undone =
            trail[place]["step"] == "decided" && trail.get(place + 1).is_some_and(|next| next["step"] == "undone");
        if undone && !is_told(place) && !is_told(place + 1) {
            place += 2;
            continue;
        }
        if !is_told(place) {
            untold.push(event(place));
        }
        place += 1;
    }
    untold
}

/// Whether there is nothing left to wait for.
pub fn all_told(found: &Found, endpoints: &[&Endpoint], heard: &Heard) -> bool {
    let told: BTreeSet<String> = ids(&found.events).into_iter().collect();
    let heard: BTreeSet<String> = heard.lock().expect("nobody panicked").iter().cloned().collect();
    found.trails.iter().all(|(id, trail)| untold(id, trail, &told).is_empty())
        && told.is_subset(&heard)
        && endpoints.iter().all(|endpoint| told.is_subset(&endpoint.mail().taken))
}

/// How much the listener and the endpoints have been told.
pub fn count_told(endpoints: &[&Endpoint], heard: &Heard) -> usize {
    let taken: usize = endpoints.iter().map(|endpoint| endpoint.mail().taken.len()).sum();
    taken + heard.lock().expect("nobody panicked").len()
}

/// What is wrong.
pub fn check(found: &Found, endpoints: &[&Endpoint], heard: &[String]) -> Violations {
    let mut violations = Violations::new();
    let mut say = |detail| violations.push(broken("events", detail));
    let order = ids(&found.events);
    let told: BTreeSet<String> = order.iter().cloned().collect();
    for (id, trail) in &found.trails {
        for event in untold(id, trail, &told) {
            say(format!("{event} was never told"));
        }
    }
    for event in &found.events {
        let trail = event["comment_id"].as_str().and_then(|id| found.trails.get(id));
        let version = event["version"].as_u64().and_then(|version| usize::try_from(version).ok()).unwrap_or_default();
        let step = trail.and_then(|trail| trail.get(version.wrapping_sub(1)));
        if step.is_none_or(|step| (&step["step"], &step["to"]) != (&event["step"], &event["state"])) {
            say(format!("an event tells of no step: {event}"));
        }
    }
    for (reader, order) in [("pages", &order[..]), ("the listener", heard)] {
        let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
        for event in order {
            let (comment, version) = event.rsplit_once('@').unwrap_or_default();
            let version = version.parse().unwrap_or_default();
            let before = newest.insert(comment, version).unwrap_or_default();
            if before >= version {
                say(format!("{reader}: {event} came after version {before}"));
            }
        }
    }
    let heard: BTreeSet<String> = heard.iter().cloned().collect();
    let mut gone = BTreeSet::new();
    for event in told.difference(&heard) {
        say(format!("the listener never heard {event}"));
    }
    gone.extend(heard.difference(&told).cloned());
    for endpoint in endpoints {
        let mail = endpoint.mail();
        for event in told.difference(&mail.taken) {
            say(format!("{} never took {event}", endpoint.id));
        }
        gone.extend(mail.came.difference(&told).cloned());
    }
    for event in gone {
        say(format!("{event} was heard, and is not there"));
    }
    violations
}
