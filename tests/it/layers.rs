//! The rooms of `src/` import only from those above them, and the pure ones touch nothing outside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The rooms in reading order. What is not named here (`main`, `config`, `startup`) puts the
/// house together and may import anything.
const ORDER: [&str; 11] =
    ["comment", "text", "classifier", "training", "policy", "telemetry", "store", "delivery", "service", "http", "cli"];

/// Rooms that compute and do nothing else.
const PURE: [&str; 4] = ["comment", "text", "classifier", "policy"];

/// What a pure room must not name, and why.
const OUTSIDE: [(&str, &str); 8] = [
    ("tokio", "waits"),
    ("std::fs", "reads files"),
    ("std::net", "talks to the network"),
    ("std::env", "reads the environment"),
    ("SystemTime", "reads a clock"),
    ("Instant::now", "reads a clock"),
    ("Timestamp::now", "reads a clock"),
    ("rand", "rolls dice"),
];

/// Rooms that a room must not see although they stand above it.
const HIDDEN: [(&str, &str, &str); 3] = [
    ("http", "store", "ask a service instead"),
    ("store/sqlite", "store::redis", "adapters know only the port"),
    ("store/redis", "store::sqlite", "adapters know only the port"),
];

/// Longest file that is still read in one sitting.
const MAX_LINES: usize = 400;

/// What is wrong with a file, by its path below `src/` and its text.
fn check(path: &str, source: &str) -> Vec<String> {
    let code = without_comments(source);
    let room = path.split(['/', '.']).next().unwrap_or_default();
    let mut wrong = Vec::new();
    if let Some(own) = ORDER.iter().position(|r| *r == room) {
        for import in imports(&code) {
            let target = import.split("::").next().unwrap_or_default();
            if ORDER.iter().position(|r| *r == target).is_some_and(|place| place > own) {
                wrong.push(format!("{path} imports crate::{import}, and {target} stands below {room}"));
            }
        }
    }
    if PURE.contains(&room) {
        let named = OUTSIDE.iter().filter(|(name, _)| names(&code, name));
        wrong.extend(named.map(|(name, does)| format!("{path} names {name}, which {does}; {room} is pure")));
    }
    for (from, to, instead) in HIDDEN {
        if path.starts_with(&format!("{from}/")) || path == format!("{from}.rs") {
            let last = to.rsplit("::").next().unwrap_or(to);
            let through_super = path.starts_with("store/") && names(&code, &format!("super::{last}"));
            if through_super || imports(&code).iter().any(|i| i == to || i.starts_with(&format!("{to}::"))) {
                wrong.push(format!("{path} sees {to}: {instead}"));
            }
        }
    }
    let lines = source.lines().count();
    if lines > MAX_LINES {
        wrong.push(format!("{path} has {lines} lines, more than {MAX_LINES}"));
    }
    wrong
}

/// Line comments are prose: they may name what code may not. Block comments are not used here.
fn without_comments(source: &str) -> String {
    let keep = |line: &str| match line.find("//") {
        // "https://" in a string is no comment.
        Some(at) if !line[..at].ends_with(':') => line[..at].to_owned(),
        _ => line.to_owned(),
    };
    source.lines().map(keep).collect::<Vec<_>>().join("\n")
}

/// Every path after `crate::`, as far as two steps, with groups in braces taken apart.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, prefix) in code.match_indices("crate::") {
        collect(&code[at + prefix.len()..], "", &mut found);
    }
    found
}

/// Adds the paths that start here to `found`, and returns what follows them.
fn collect<'a>(text: &'a str, parent: &str, found: &mut BTreeSet<String>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut group) = text.strip_prefix('{') {
        loop {
            group = collect(group, parent, found).trim_start();
            match group.strip_prefix(',') {
                Some(rest) => group = rest,
                None => return group.strip_prefix('}').unwrap_or(group),
            }
        }
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return rest.strip_prefix('*').unwrap_or(rest);
    }
    let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}::{name}") };
    if let Some(deeper) = rest.strip_prefix("::") {
        return collect(deeper, &path, found);
    }
    found.insert(path);
    let alias = rest.trim_start().strip_prefix("as ").map(str::trim_start);
    alias.map_or(rest, |a| a.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Whether code names something, as whole words.
fn names(code: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back().is_some_and(word);
        let after = code[at + name.len()..].chars().next().is_some_and(word);
        !before && !after
    })
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn rooms_import_only_from_above() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.sort();
    assert!(files.len() > 10, "only {} sources were found", files.len());
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let path = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
            check(&path, &std::fs::read_to_string(file).expect("a readable file"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_check_sees_what_it_must() {
    let bad = [
        ("policy/rules/rate.rs", "use crate::store::Store;"),
        ("policy/mod.rs", "use crate::{comment::Action, service::{submit}};"),
        ("policy/mod.rs", "use crate::{\n    comment::{Action, Reason},\n    http,\n};"),
        ("comment/mod.rs", "fn f(t: crate::text::Normalised) {}"),
        ("text/mod.rs", "use crate::{\n    comment::Fingerprint as F, classifier};"),
        ("policy/mod.rs", "let now = jiff::Timestamp::now();"),
        ("classifier/file.rs", "std::fs::read(path)"),
        ("text/mod.rs", "use tokio::sync::Mutex;"),
        ("comment/mod.rs", "let n = rand::random();"),
        ("http/v1/comments.rs", "use crate::store::Store;"),
        ("http/mod.rs", "use crate::{service, store};"),
        ("store/sqlite/mod.rs", "use crate::store::redis::keys;"),
        ("store/redis/mod.rs", "use super::super::sqlite::Writer;"),
        ("store/redis.rs", "use super::sqlite;"),
    ];
    for (path, source) in bad {
        assert_eq!(check(path, source).len(), 1, "{path}: {source}\n{:?}", check(path, source));
    }
    assert_eq!(check("config.rs", &"\n".repeat(MAX_LINES + 1)).len(), 1);
}

#[test]
fn the_check_lets_the_rest_pass() {
    let good = [
        ("service/mod.rs", "use crate::{policy, store::Store};"),
        ("service/mod.rs", "use tokio::sync::Mutex; let now = jiff::Timestamp::now();"),
        ("policy/mod.rs", "//! Unlike crate::store, this needs no tokio."),
        ("policy/rules/mod.rs", "use crate::policy::Context; let operand = brand();"),
        ("store/redis/mod.rs", "use crate::store::{Store, StoreError}; let url = \"redis://x\";"),
        ("startup.rs", "use crate::cli::Command;"),
    ];
    for (path, source) in good {
        assert_eq!(check(path, source), [] as [String; 0], "{path}: {source}");
    }
}
