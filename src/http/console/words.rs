//! Numbers, times, reasons and roles in words.

use crate::comment::{APPEAL, Attribute, Author, ModeratorRole, Timestamp};
use crate::text::{Language, legible};

/// A time, as a page shows it: how long ago, with the moment itself for whoever wants it exactly.
pub struct When {
    /// RFC 3339.
    pub machine: String,
    /// `3 Nov 2026, 20:00 UTC`.
    pub exact: String,
    /// `18 min`.
    pub span: String,
    /// `18 min ago`.
    pub ago: String,
}

impl When {
    pub(super) fn of(at: Timestamp, now: Timestamp) -> Self {
        let exact = at.strftime("%-d %b %Y, %H:%M UTC").to_string();
        let span = duration(seconds(at, now));
        let ago = if seconds(at, now) < 60 { "just now".to_owned() } else { format!("{span} ago") };
        Self { machine: at.to_string(), exact, span, ago }
    }
}

/// The name that readers see.
pub(super) fn name(author: Option<&Author>) -> String {
    let name = legible(author.and_then(Author::name).unwrap_or_default());
    if name.trim().is_empty() { "A reader without a name".to_owned() } else { name.trim().to_owned() }
}

/// How long it was from one to the other, in whole seconds; 0 if it was not.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

/// When the day began, in UTC.
pub(super) fn midnight(now: Timestamp) -> Timestamp {
    let day = now.as_second().div_euclid(86_400);
    Timestamp::from_second(day * 86_400).unwrap_or(now)
}

/// So many seconds, as one would say it.
pub(super) fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (minutes, hours, days) {
        (0, ..) => format!("{seconds} s"),
        (1..=89, ..) => format!("{minutes} min"),
        (_, 1..=47, _) => format!("{hours} h"),
        _ => format!("{days} days"),
    }
}

/// A whole number with its thousands set apart.
pub(super) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of comments.
pub(super) fn comments(count: u64) -> String {
    if count == 1 { "1 comment".to_owned() } else { format!("{} comments", number(count)) }
}

/// Which part of a whole, in whole percents; empty where there is no whole.
pub(super) fn share(part: u64, whole: u64) -> String {
    match (part * 100 + whole / 2).checked_div(whole) {
        None => String::new(),
        Some(0) if part > 0 => "under 1 %".to_owned(),
        Some(100) if part < whole => "over 99 %".to_owned(),
        Some(percent) => format!("{percent} %"),
    }
}

/// A score, or a threshold for one: with two decimals, or as many as it has.
pub(super) fn score(score: f64) -> String {
    let short = format!("{score:.2}");
    if short.parse() == Ok(score) { short } else { score.to_string() }
}

/// A role, as a title.
pub(super) const fn role(role: ModeratorRole) -> &'static str {
    match role {
        ModeratorRole::Moderator => "Moderator",
        ModeratorRole::Senior => "Senior",
        ModeratorRole::Editor => "Editor",
        ModeratorRole::Admin => "Admin",
    }
}

/// What a reason's code says of a comment, in a few words: what a person would call the kind.
pub(super) fn reason(code: &str) -> String {
    if let Some(attribute) = code.strip_prefix("threshold.").and_then(|name| name.parse::<Attribute>().ok()) {
        return capitalised(&format!("may be {}", attribute.phrase()));
    }
    let known = match code {
        APPEAL => "Appeal",
        "article.closed" => "Discussion closed",
        "article.unknown" => "Article unknown",
        "author.new" => "New author",
        "author.rate" => "Author in a hurry",
        "author.rejections" => "Author rejected of late",
        "edit.after_review" => "Edited after a decision",
        "facts.missing" => "Something could not be looked up",
        "language.unscored" => "Language that is not scored",
        "language.unsupported" => "Another language",
        "length.too_long" => "Long",
        "length.too_short" => "Short",
        "links.too_many" => "Links",
        "mode.pre" => "Read before it appears",
        "repeat.exact" | "repeat.near" => "The author repeats it",
        "repeat.site" | "repeat.site_near" => "Sent by many",
        "reply.to_unpublished" => "Answers what is not published",
        "reports.limit" => "Reported by readers",
        "scores.missing" => "Not scored",
        "topicality.drifted" => "Discussion has drifted",
        "topicality.unknown" => "Topic can't be told",
        "words.banned" => "On the banned list",
        "words.suspect" => "On the suspect list",
        other => return capitalised(&other.replace(['.', '_'], " ")),
    };
    known.to_owned()
}

/// A language by its ISO 639-3 code, as its English name.
pub(super) fn language(code: &str) -> String {
    Language::name(code).unwrap_or(code).to_owned()
}

/// The words with a capital at first.
pub(super) fn capitalised(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", characters.as_str())
}

/// A browser by its `User-Agent`, in words that its owner knows it by.
pub(super) fn browser(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most say that they are several; the one that others don't say comes first.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    let browser = browser.unwrap_or("Unknown browser");
    system.map_or_else(|| browser.to_owned(), |system| format!("{browser} on {system}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_one_would() {
        let said = [0, 59, 60, 18 * 60, 89 * 60, 90 * 60, 47 * 3600, 48 * 3600].map(duration);
        assert_eq!(said, ["0 s", "59 s", "1 min", "18 min", "89 min", "1 h", "47 h", "2 days"]);
        let at: Timestamp = "2026-11-03T20:00:07.5Z".parse().unwrap();
        let when = When::of(at, "2026-11-03T20:18:30Z".parse().unwrap());
        assert_eq!((when.exact.as_str(), when.ago.as_str()), ("3 Nov 2026, 20:00 UTC", "18 min ago"));
        assert_eq!(When::of(at, at).ago, "just now");
    }

    #[test]
    fn a_day_begins_at_midnight() {
        let midnight = |time: &str| super::midnight(time.parse().unwrap()).to_string();
        assert_eq!(midnight("2026-11-03T23:59:59.9Z"), "2026-11-03T00:00:00Z");
        assert_eq!(midnight("2026-11-04T00:00:00Z"), "2026-11-04T00:00:00Z");
    }

    #[test]
    fn a_reason_is_called_as_people_would() {
        let said = ["threshold.OFF_TOPIC", "links.too_many", "desk.of_our_own", ""].map(reason);
        assert_eq!(said, ["May be off-topic", "Links", "Desk of our own", ""]);
        assert_eq!([language("deu"), language("xx")], ["German", "xx"]);
    }

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_share_never_says_none_or_all_of_what_is_not() {
        let said =
            [(1, 3), (2, 3), (1, 1000), (999, 1000), (0, 7), (7, 7), (0, 0)].map(|(part, whole)| share(part, whole));
        assert_eq!(said, ["33 %", "67 %", "under 1 %", "over 99 %", "0 %", "100 %", ""]);
    }

    #[test]
    fn a_threshold_is_not_rounded() {
        assert_eq!([0.25, 0.5, 1.0, 0.125].map(score), ["0.25", "0.50", "1.00", "0.125"]);
    }

    #[test]
    fn a_browser_is_called_by_its_name() {
        let chrome =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser(safari), "Safari on iPhone");
        assert_eq!(browser("<script>"), "Unknown browser");
    }
}
