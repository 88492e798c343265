//! `ombud score` on what nobody should send it: bytes that are no text, ten megabytes without a space, one word again
//! and again, and more lines than fit into memory.

use super::folder;
use crate::support::program::{ombud, run_on};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

fn answers(stdout: &str) -> Vec<Value> {
    stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_line_that_is_no_utf_8_is_answered_in_its_place() {
    let folder = folder();
    let lines = [
        &b"{\"id\":1,\"text\":\"You fool\"}\n\n{\"id\":2,\"text\":\"\xff\"}\n\xfe\n"[..],
        b"{\"id\":3,\"text\":\"Thanks\"}",
    ];
    let mut command = ombud(folder.path());
    command.arg("score").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("ombud starts");
    child.stdin.take().expect("a pipe").write_all(&lines.concat()).expect("it reads");
    let output = child.wait_with_output().expect("ombud ends");
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(str::from_utf8(&output.stdout).expect("UTF-8"));
    let places: Vec<&Value> = answers.iter().map(|a| a.get("line").unwrap_or(&a["id"])).collect();
    assert_eq!(places, [&json!(1), &json!(3), &json!(4), &json!(3)]);
    assert!(answers[1]["error"].is_string() && answers[2]["error"].is_string() && answers[3]["scores"].is_object());
}

#[test]
fn megabytes_of_one_word_have_a_score() {
    let folder = folder();
    let line = |text: String| format!("{}\n", json!({ "id": 1, "text": text }));
    for text in ["x".repeat(10_000_000), "idiot ".repeat(200_000)] {
        let said = run_on(folder.path(), &["score", "--evidence"], &line(text)).expect_success();
        let answers = answers(&said);
        assert_eq!(answers.len(), 1);
        // Of no known language it may be, and then null.
        assert!(answers[0]["scores"].as_object().is_some_and(|s| s.contains_key("INSULT")), "{}", answers[0]["scores"]);
    }
}

/// Peak memory, in kB, of scoring so many comments of 250 bytes, as the system counts it.
#[cfg(target_os = "linux")]
fn peak(lines: usize) -> u64 {
    /// The answers to this many lines fit into what the program keeps before it writes.
    const HELD_BACK: usize = 200;
    let folder = folder();
    let mut command = ombud(folder.path());
    command.arg("score").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("ombud starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let writing = std::thread::spawn(move || {
        let text = "The council explained the new budget for week after week. ".repeat(4);
        for id in 0..lines {
            writeln!(stdin, "{{\"id\":{id},\"text\":\"{id} {text}\"}}").expect("it reads");
        }
        stdin
    });
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    assert_eq!(answers.by_ref().take(lines - HELD_BACK).flatten().count(), lines - HELD_BACK);
    let stdin = writing.join().expect("all is written");
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it waits for more");
    drop(stdin);
    assert_eq!(answers.count(), HELD_BACK);
    assert!(child.wait().expect("it ends").success());
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn ten_times_the_comments_take_the_same_memory() {
    let (few, many) = (peak(2_000), peak(20_000));
    // The lines, kept, would be 4.5 MB more, and their answers 5 MB.
    assert!(many <= few + 2_000, "{few} kB for 2,000 comments, {many} kB for 20,000");
}
