//! Labelled comments, made up: harmless ones, heated ones, and abuse, as a desk might have judged them.

use serde_json::{Value, json};

/// So many comments, each with what a person would do. The same for the same number.
///
/// They are put together from parts of our own writing: who, what about, and in which tone. The desk publishes heat and
/// rejects abuse, but for a slip now and then, and knows some abuse that has no rude word in it.
pub fn labelled(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|i| {
        let pick = |parts: &[&'static str], factor: usize| parts[i.wrapping_mul(factor) / 8191 % parts.len()];
        let (who, what) = (pick(WHO, 40_503), pick(WHAT, 7_919));
        let tone = i.wrapping_mul(104_729) / 31 % 1000;
        let (ending, bad) = match tone {
            0..700 => (pick(PLAIN, 104_723), false),
            700..880 => (pick(HEATED, 15_485_863), false),
            880..930 => (pick(RUDE, 32_452_843), i.is_multiple_of(3)),
            930..995 => (pick(ABUSE, 49_979_687), true),
            _ => (pick(VEILED, 86_028_121), true),
        };
        // One decision in two hundred is a slip.
        let slip = i.wrapping_mul(179_424_673) / 7 % 200 == 0;
        let label = if bad == slip { "publish" } else { "reject" };
        json!({ "id": format!("l{i}"), "text": format!("{who} on {what}: {ending}"), "label": label })
    })
}

/// The same, as the lines of a file.
pub fn lines(count: usize) -> String {
    labelled(count).fold(String::new(), |lines, line| lines + &line.to_string() + "\n")
}

const WHO: &[&str] = &[
    "The mayor",
    "My neighbour",
    "The head teacher",
    "A reader from the harbour",
    "The council",
    "Our letter writer",
    "The author",
];
const WHAT: &[&str] = &[
    "the new tram",
    "the school budget",
    "the bridge",
    "parking",
    "the library hours",
    "the harbour",
    "the bus fares",
    "the market square",
];
const PLAIN: &[&str] = &[
    "that was well put, and I agree with most of it",
    "the figures in the second paragraph are last year's",
    "could somebody explain how this will be paid for",
    "I was at the meeting and it went as described here",
    "thank you, this was news to me",
    "the plan has been delayed before, let us wait and see",
    "there is more in the minutes of the meeting",
    "we should hear the other side as well",
    "my children use it every day and it works",
];
const HEATED: &[&str] = &[
    "what nonsense, nobody asked us",
    "this is a disgrace and a waste of money",
    "utterly ridiculous, who comes up with this",
    "they lie to us every single time",
    "I am sick of this, it is a damn mess",
    "shame on all of them",
    "a stupid plan from beginning to end",
];
const RUDE: &[&str] = &[
    "you clearly have no brain, do you",
    "what a pathetic piece of writing",
    "only a fool would believe you",
    "this is crap and you know it",
];
const ABUSE: &[&str] = &[
    "you are a stupid idiot, shut up",
    "what a disgusting moron you are",
    "go to hell, you worthless scum",
    "people like you should be beaten up",
    "you fucking liar, I hope you lose your job",
    "all of them are filthy pigs",
];
const VEILED: &[&str] = &["we know which street you live in", "some families should go back to where they came from"];
