//! Bodies of version 1, read as the handlers read them.

use super::{bulk, comment, decision, filter, hand_on, parse, queue, report, score};
use crate::comment::{ArticleId, SiteId, Timestamp};
use crate::http::json;

pub fn body(whose: u8, body: &[u8]) {
    let (Ok(site), Ok(id)) = (SiteId::parse("post"), ArticleId::parse("a1")) else { return };
    let now = Timestamp::UNIX_EPOCH;
    match whose % 13 {
        0 => drop(json::parse::<parse::CommentBody>(body).and_then(|sent| sent.parse(&site, None, now))),
        1 => drop(json::parse::<parse::ArticleBody>(body).map(|sent| sent.into_article(&site, id, now).checked())),
        2 => drop(json::parse::<comment::EditBody>(body)),
        3 => drop(json::parse::<decision::DecisionBody>(body).and_then(decision::DecisionBody::parse)),
        4 => drop(json::parse::<queue::ClaimBody>(body)),
        5 => drop(json::parse::<report::ReportBody>(body)),
        6 => drop(json::parse::<score::ScoreBody>(body)),
        7 => drop(json::parse::<decision::UndoBody>(body)),
        8 => drop(json::parse::<filter::FilterBody>(body).and_then(|sent| sent.parse("filter."))),
        9 => drop(json::parse::<bulk::PreviewBody>(body)),
        10 => drop(json::parse::<bulk::BulkBody>(body)),
        11 => drop(json::parse::<hand_on::EscalationBody>(body)),
        _ => drop(json::parse::<hand_on::SecondOpinionBody>(body)),
    }
}
