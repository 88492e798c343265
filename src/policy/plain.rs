//! The policy in plain words, for readers: what is checked, what waits for a moderator, what is refused.
//!
//! No threshold stands here: a reader needs the kinds of things that are held, and a number would only be a target.

use super::file::Rules;
use super::setting::{Mode, Response};
use super::word_list::List;
use super::{Policy, Threshold};
use crate::comment::{Action, Attribute};

/// What readers are told of a policy, in sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainWords {
    /// How a comment is checked when it comes in.
    pub checked: Vec<String>,
    /// What waits for a moderator before it appears.
    pub held: Vec<String>,
    /// What is not published.
    pub refused: Vec<String>,
    /// For what a moderator rejects, in the editors' words.
    pub rejected_for: Vec<String>,
    /// What is otherwise in one part of the paper.
    pub sections: Vec<String>,
    /// How many readers have to report a comment before a moderator looks at it again.
    pub reports: u32,
    /// Whether an author can appeal against a rejection.
    pub appeals: bool,
}

impl Policy {
    /// This policy, in plain words.
    #[must_use]
    pub fn in_plain_words(&self) -> PlainWords {
        let mut words = PlainWords {
            checked: self.checked(),
            held: Vec::new(),
            refused: Vec::new(),
            rejected_for: self.reject_reasons().iter().map(|reason| reason.text.clone()).collect(),
            sections: self.sections().filter_map(|name| self.otherwise(name)).collect(),
            reports: self.report_limit(),
            appeals: self.takes_appeals(),
        };
        if self.mode(None) == Mode::Pre {
            words.held.push("All of them: a moderator reads every comment before it appears.".to_owned());
        }
        let of = |pick: fn(&Threshold) -> Option<f64>| {
            let judged = self.thresholds(None).iter().filter(|(_, threshold)| pick(threshold).is_some());
            judged.map(|(attribute, _)| attribute).collect::<Vec<_>>()
        };
        if let Some(list) = listed(&of(|t| t.review)) {
            words.held.push(format!("Comments that may be {list}."));
        }
        if let Some(list) = listed(&of(|t| t.reject)) {
            words.refused.push(format!("Comments that are very likely {list}."));
        }
        if self.words.holds_any(List::Suspect) {
            words.held.push("Comments with words or phrases that the editors want to look at.".to_owned());
        }
        if self.words.holds_any(List::Banned) {
            words.refused.push("Comments with words or phrases that the editors never publish.".to_owned());
        }
        for (response, sentence) in by_response(&self.rules) {
            match response.action() {
                Some(Action::Review) => words.held.push(sentence),
                Some(Action::Reject) => words.refused.push(sentence),
                Some(Action::Publish) | None => {}
            }
        }
        limits(&self.rules, &mut words);
        words.refused.push("Comments under an article whose discussion is closed.".to_owned());
        words
    }

    fn checked(&self) -> Vec<String> {
        let mut sentences = vec![
            "Every comment is checked the moment it is sent, and again whenever it is edited.".to_owned(),
            "The same rules hold for everybody, and the same comment is always judged the same way.".to_owned(),
        ];
        let judged: Vec<Attribute> = self.thresholds(None).iter().map(|(attribute, _)| attribute).collect();
        if !judged.is_empty() {
            sentences.push(
                "A program estimates, from the words alone, how many readers would find it abusive. It does not know who \
                 wrote it, and it can be wrong; that is why people look at what it is not sure of."
                    .to_owned(),
            );
        }
        if judged.contains(&Attribute::OffTopic) {
            sentences.push("It also compares the comment with the article, the comment it answers and the discussion so far, to see whether it is on topic.".to_owned());
        }
        let languages = &self.rules.languages.accept;
        if languages.len() == 1 && languages[0].as_str() == "eng" {
            sentences.push("Comments are expected in English.".to_owned());
        }
        sentences
    }

    /// How a section differs in what readers notice.
    fn otherwise(&self, name: &str) -> Option<String> {
        let (own, paper) = (self.mode(Some(name)), self.mode(None));
        match (own, paper) {
            (Mode::Pre, Mode::Post) => {
                Some(format!("In the section \"{name}\", a moderator reads every comment before it appears."))
            }
            (Mode::Post, Mode::Pre) => {
                Some(format!("In the section \"{name}\", what nothing speaks against appears at once."))
            }
            _ if self.thresholds(Some(name)) != self.thresholds(None) => {
                Some(format!("In the section \"{name}\", comments are judged more or less strictly than elsewhere."))
            }
            _ => None,
        }
    }
}

/// The rules for which the editors say what happens.
fn by_response(rules: &Rules) -> Vec<(Response, String)> {
    let Rules { replies, length, repeats, languages, .. } = rules;
    let mut found = vec![
        (replies.to_unpublished, "Replies to a comment that readers can't see.".to_owned()),
        (repeats.exact, "Comments that repeat what the same author has just sent.".to_owned()),
        (repeats.near, "Comments that nearly repeat what the same author has just sent.".to_owned()),
        (languages.other, "Comments in another language.".to_owned()),
    ];
    if length.min_characters.get() > 1 {
        let sentence = format!("Comments of fewer than {} characters.", length.min_characters.get());
        found.push((length.too_short, sentence));
    }
    if length.max_characters.get() > 0 {
        let sentence = format!("Comments of more than {} characters.", length.max_characters.get());
        found.push((length.too_long, sentence));
    }
    found
}

/// The rules that count something.
fn limits(rules: &Rules, words: &mut PlainWords) {
    let Rules { links, repeats, new_author, history, rate, drift, .. } = rules;
    if links.reject_at.get() > 0 {
        words.refused.push(format!("Comments with {} links or more.", links.reject_at.get()));
    }
    if links.review_at.get() > 0 {
        words.held.push(format!("Comments with {} links or more.", links.review_at.get()));
    }
    if repeats.site_review_at.get() > 0 || repeats.site_near_review_at.get() > 0 {
        words.held.push("Texts that come in again and again within a day, whoever sends them.".to_owned());
    }
    match new_author.review_below.get() {
        0 => {}
        1 => words.held.push("The first comment of a new author.".to_owned()),
        n => words.held.push(format!("Comments of authors until {n} of theirs were published.")),
    }
    if history.rejections.get() > 0 {
        let (rejections, days) = (history.rejections.get(), history.days.get());
        words.held.push(format!("Comments of authors of whom {rejections} were rejected within {days} days."));
    }
    if rate.max_comments.get() > 0 {
        let (most, seconds) = (rate.max_comments.get(), rate.seconds.get());
        words.held.push(format!("Comments of authors who send more than {most} within {seconds} seconds."));
    }
    if drift.review_at.get() > 0.0 {
        words.held.push("Comments in a discussion that has left its article.".to_owned());
    }
}

/// "abusive, an insult or spam".
fn listed(attributes: &[Attribute]) -> Option<String> {
    let phrases: Vec<&str> = attributes.iter().map(|attribute| attribute.phrase()).collect();
    match phrases.split_last()? {
        (last, []) => Some((*last).to_owned()),
        (last, first) => Some(format!("{} or {last}", first.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(policy: &str, words: &str) -> PlainWords {
        Policy::parse(policy, words).expect("a policy").in_plain_words()
    }

    #[test]
    fn the_shipped_policy_says_what_it_does() {
        let (policy, words) = Policy::default_files();
        let plain = plain(policy, words);
        for (sentence, among) in [
            ("Comments with 2 links or more.", &plain.held),
            ("Comments of more than 5000 characters.", &plain.refused),
            ("Comments that repeat what the same author has just sent.", &plain.refused),
            ("Comments in another language.", &plain.held),
            ("Comments with words or phrases that the editors want to look at.", &plain.held),
            ("Comments with words or phrases that the editors never publish.", &plain.refused),
        ] {
            assert!(among.iter().any(|found| found == sentence), "{sentence}: {among:?}");
        }
        assert!(plain.held[0].ends_with("sexually explicit, spam or off-topic."), "{}", plain.held[0]);
        assert_eq!((plain.reports, plain.appeals, plain.rejected_for.len()), (3, true, 7));
        assert!(!format!("{plain:?}").contains("0."), "a number would be a target");
    }

    #[test]
    fn what_is_switched_off_is_not_spoken_of() {
        let off = "[thresholds]\nSPAM = { reject = 0.9 }\n[moderation]\nmode = \"pre\"\n[sections.sport]\nmode = \"post\"\n\
            [rules]\nreplies = { to_unpublished = \"off\" }\nlinks = { review_at = 0 }\nhistory = { rejections = 0 }\n\
            rate = { max_comments = 0 }\nlanguages = { other = \"off\" }\n\
            length = { too_short = \"off\", too_long = \"off\" }\n\
            repeats = { exact = \"off\", near = \"off\", site_review_at = 0, site_near_review_at = 0 }\n\
            [appeals]\ntaken = false\n";
        let plain = plain(off, "banned = []\nsuspect = []\nallowed = [\"fine\"]\n");
        assert_eq!(plain.held, ["All of them: a moderator reads every comment before it appears."]);
        let refused = ["Comments that are very likely spam.", "Comments under an article whose discussion is closed."];
        assert_eq!(plain.refused, refused);
        assert_eq!(plain.sections, ["In the section \"sport\", what nothing speaks against appears at once."]);
        assert!(!plain.appeals);
    }
}
