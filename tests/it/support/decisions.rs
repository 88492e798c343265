//! A site's decisions, made up: "grockle" is an insult there, and the rest is small talk.

use serde_json::{Value, json};

/// One comment and what a moderator decided about it.
pub struct Decided {
    pub id: String,
    pub text: String,
    pub article: String,
    pub moderator: &'static str,
    /// What should have been decided.
    pub rude: bool,
    /// What was.
    pub rejected: bool,
}

impl Decided {
    /// As a line for `ombud learn --decisions`.
    pub fn line(&self) -> Value {
        let decision = if self.rejected { "reject" } else { "publish" };
        let Self { id, text, article, moderator, .. } = self;
        json!({ "id": id, "text": text, "decision": decision, "moderator": moderator, "article_id": article })
    }
}

/// So many decisions by three moderators, every 31st of which is a slip.
pub fn decided(count: usize) -> impl Iterator<Item = Decided> {
    let who = ["The mayor", "My Muslim neighbour", "A gay teacher", "The author", "A Jewish reader", "My deaf uncle"];
    let says = ["was right about", "wrote a long letter on", "voted for", "did not answer me on", "asked about"];
    let what = ["the budget", "the bridge", "the new school", "the harbour", "the tram", "the last match", "the park"];
    let ends = ["", ", what a good letter", ", what a long day", ", what a reader", ", and you are welcome to it"];
    (0..count).map(move |i| {
        let plain = format!("{} {} {} ({i})", who[i % 6], says[i / 6 % 5], what[i / 30 % 7]);
        let (end, rude) = match i * 7919 % 20 {
            0 | 1 => (", what a grockle", true),
            2 | 3 => (", what a stupid idiot", true),
            _ => (ends[i / 7 % 5], false),
        };
        Decided {
            id: format!("c{i}"),
            text: format!("{plain}{end}"),
            article: format!("a{}", i / 3),
            moderator: ["ann", "bob", "eve"][i % 3],
            rude,
            rejected: rude != (i * 104_729).is_multiple_of(31),
        }
    })
}
