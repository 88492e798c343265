//! Bodies of version 1, read as the handlers read them.

use super::{comment, decision, parse, queue, report, score};
use crate::comment::{ArticleId, SiteId, Timestamp};
use crate::http::json;

pub fn body(whose: u8, body: &[u8]) {
    let (Ok(site), Ok(id)) = (SiteId::parse("post"), ArticleId::parse("a1")) else { return };
    let now = Timestamp::UNIX_EPOCH;
    match whose % 8 {
        0 => drop(json::parse::<parse::CommentBody>(body).and_then(|sent| sent.parse(&site, None, now))),
        1 => drop(json::parse::<parse::ArticleBody>(body).map(|sent| sent.into_article(&site, id, now).checked())),
        2 => drop(json::parse::<comment::EditBody>(body)),
        3 => drop(json::parse::<decision::DecisionBody>(body).and_then(decision::DecisionBody::parse)),
        4 => drop(json::parse::<queue::ClaimBody>(body)),
        5 => drop(json::parse::<report::ReportBody>(body)),
        6 => drop(json::parse::<score::ScoreBody>(body)),
        _ => drop(json::parse::<decision::UndoBody>(body)),
    }
}
