//! Where a comment stands in the indexes of its partition: a pure function of the comment.
//!
//! All indexes are ZSETs. Where all scores are 0, Redis sorts members by their bytes; so members
//! begin with what is sorted by, in digits of fixed width, and end in the id. White space is what no
//! id holds, so it separates.

use super::key::suffix;
use super::lane::{Facet, LANGUAGES, Lane, REASONS, ROLES, SECTIONS, voted};
use crate::comment::{Comment, CommentId, QueueEntry, QueueOrder, Shadowed, State, Timestamp};
use crate::store::StoreError;
use crate::store::retention::shelf_of;
use serde::Serialize;

/// Every index entry of a comment. Kept with it, so that the next step can take them out.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    entries: Vec<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation: Option<Conversation>,
    /// Of a pending comment, what its members in the three orders begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<String>,
}

#[derive(Debug, Serialize)]
struct Entry {
    key: String,
    score: String,
    member: String,
    /// The SET that lists `name` while this index holds something.
    #[serde(skip_serializing_if = "Option::is_none")]
    names: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// The conversation of a published comment, listed in `conversations` while `comments` holds one of it.
#[derive(Debug, Serialize)]
struct Conversation {
    conversations: String,
    comments: String,
    member: String,
}

const ORDERS: [QueueOrder; 3] = [QueueOrder::Oldest, QueueOrder::Uncertain, QueueOrder::Harmful];

impl Place {
    pub(super) fn of(comment: &Comment) -> Self {
        let mut place = Self::by_state(comment);
        let id = || comment.id.to_string();
        place.entries.push(Entry::sorted(suffix::IDS.to_owned(), id()));
        place.entries.push(Entry {
            score: comment.updated_at.as_millisecond().to_string(),
            ..Entry::sorted(suffix::shelf(shelf_of(comment)), id())
        });
        if comment.moderated() {
            place.entries.push(Entry::sorted(suffix::MODERATED.to_owned(), id()));
        }
        if let Some(Shadowed { model, live, shadow }) = comment.counted_shadow() {
            place.entries.push(Entry::sorted(suffix::shadowed(model, *live, *shadow), id()));
        }
        place
    }

    fn by_state(comment: &Comment) -> Self {
        match (comment.state, comment.queue_entry()) {
            (State::Published, _) if comment.is_shown() => Self::published(comment),
            (State::Pending, Some(entry)) => Self::pending(comment, &entry),
            (State::Pending, None) | (State::Published | State::Rejected | State::Withdrawn, _) => {
                Self { entries: Vec::new(), conversation: None, rank: None }
            }
        }
    }

    fn published(comment: &Comment) -> Self {
        let article = &comment.article_id;
        let conversation = format!("{} {}", sortable(comment.root_created_at), comment.root_id);
        let member = format!("{conversation} {} {}", sortable(comment.created_at), comment.id);
        let recent = Entry {
            key: suffix::recent(article),
            score: comment.created_at.as_millisecond().to_string(),
            member: comment.id.to_string(),
            names: None,
            name: None,
        };
        Self {
            entries: vec![Entry::sorted(suffix::published(article), member), recent],
            conversation: Some(Conversation {
                conversations: suffix::conversations(article),
                comments: suffix::published(article),
                member: conversation,
            }),
            rank: None,
        }
    }

    /// Every order, whole and by each facet: a filter then costs no more than the whole queue. And its scores, and who
    /// has given an opinion.
    fn pending(comment: &Comment, entry: &QueueEntry) -> Self {
        let lane = Lane(entry.role.as_ref());
        let mut reasons = entry.reasons.clone();
        reasons.sort_unstable();
        reasons.dedup();
        let facets = || {
            [Facet::All, Facet::Article(comment.article_id.as_str())]
                .into_iter()
                .chain(entry.section.as_deref().map(Facet::Section))
                .chain(entry.language.as_deref().map(Facet::Language))
                .chain(reasons.iter().map(|code| Facet::Reason(code)))
        };
        let listed = |order, facet| match (order, facet) {
            (QueueOrder::Oldest, Facet::Section(name)) => Some((lane.facet_names(SECTIONS), name)),
            (QueueOrder::Oldest, Facet::Reason(code)) => Some((lane.facet_names(REASONS), code)),
            (QueueOrder::Oldest, Facet::Language(code)) => Some((lane.facet_names(LANGUAGES), code)),
            (QueueOrder::Oldest, Facet::All) => entry.role.as_ref().map(|role| (ROLES.to_owned(), role.as_str())),
            _ => None,
        };
        let mut entries = Vec::new();
        for order in ORDERS {
            let member = queue_member(order, entry, &comment.id);
            for facet in facets() {
                let indexed = Entry::sorted(lane.queue(order, facet), member.clone());
                entries.push(match listed(order, facet) {
                    Some((names, name)) => indexed.listed(names, name),
                    None => indexed,
                });
            }
        }
        let scored = comment.scores.iter().filter_map(|(attribute, score)| Some((attribute, score?)));
        entries.extend(scored.map(|(attribute, score)| Entry {
            score: score.to_string(),
            ..Entry::sorted(lane.scores(attribute), comment.id.to_string())
        }));
        let votes = comment.votes.iter().map(|vote| Entry::sorted(voted(&vote.moderator), comment.id.to_string()));
        entries.extend(votes);
        let [uncertain, harmful] = [entry.priority.uncertain, entry.priority.harmful].map(descending);
        let rank = format!("{uncertain}{harmful}{}", sortable(entry.queued_at));
        Self { entries, conversation: None, rank: Some(rank) }
    }
}

impl Entry {
    fn sorted(key: String, member: String) -> Self {
        Self { key, score: "0".to_owned(), member, names: None, name: None }
    }

    fn listed(self, names: String, name: &str) -> Self {
        Self { names: Some(names), name: Some(name.to_owned()), ..self }
    }
}

/// `SORTABLE ID`; the smallest is the first to be handed out. Equal priorities go by age.
fn queue_member(order: QueueOrder, entry: &QueueEntry, id: &CommentId) -> String {
    let age = sortable(entry.queued_at);
    match order {
        QueueOrder::Oldest => format!("{age} {id}"),
        QueueOrder::Uncertain => format!("{}{age} {id}", descending(entry.priority.uncertain)),
        QueueOrder::Harmful => format!("{}{age} {id}", descending(entry.priority.harmful)),
    }
}

/// The id that a member ends in.
pub(super) fn id_of(member: &str) -> Result<CommentId, StoreError> {
    let id = member.rsplit(' ').next().unwrap_or_default();
    CommentId::parse(id).map_err(|_| StoreError::Corrupt("an index names no comment".to_owned()))
}

/// What [`sortable`] adds, so that the digits of every time [`Timestamp`] can hold sort as the times do.
const EPOCH_OFFSET_MS: i64 = 400_000_000_000_000;

/// A time as 15 digits that sort as the times do.
pub(super) fn sortable(time: Timestamp) -> String {
    format!("{:015}", time.as_millisecond() + EPOCH_OFFSET_MS)
}

/// Reads the time that a member begins with.
pub(super) fn time_of(member: &str) -> Option<Timestamp> {
    let ms: i64 = member.get(..15)?.parse().ok()?;
    Timestamp::from_millisecond(ms - EPOCH_OFFSET_MS).ok()
}

/// A number from 0 to 1 as 10 digits that sort from high to low.
fn descending(value: f64) -> String {
    let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
    format!("{:010.0}", (1.0 - value) * 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_digits() {
        let times =
            [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::from_second(1_700_000_000).unwrap(), Timestamp::MAX];
        let digits = times.map(sortable);
        assert!(digits.is_sorted() && digits.iter().all(|d| d.len() == 15), "{digits:?}");
        assert_eq!(time_of(&digits[2]), Some(times[2]));
    }

    #[test]
    fn the_higher_goes_first() {
        let digits = [1.0, 0.5, 0.499_999, 0.0].map(descending);
        assert!(digits.is_sorted() && digits.iter().all(|d| d.len() == 10), "{digits:?}");
    }
}
