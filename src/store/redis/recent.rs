//! The thread so far that a comment is judged in, and what this process knows of it.
//!
//! Every comment under an article is judged beside the same twenty before it, and to fetch them whole each time is most of
//! what a submission reads. So a replica remembers those of an article for a while and asks only which stand there now; the
//! store sends those that it does not know. What it remembers is never used without the store saying that it still holds.

use super::comment::comment;
use super::connection::parsed;
use super::key::Keys;
use super::script::{Call, RECENT};
use crate::policy::ThreadEntry;
use crate::store::{FactsQuery, StoreError};
use moka::sync::Cache;
use redis::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How much text is remembered, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// For how long: what is dropped from the store is gone from every replica by then.
const LIFETIME: Duration = Duration::from_mins(10);

/// A published comment and what tells its text from any other of the same comment; without an entry if it was dropped.
#[derive(Clone)]
struct Known {
    text: String,
    entry: Option<ThreadEntry>,
}

/// By comment id.
type Thread = HashMap<String, Known>;

/// What is remembered, by the name of the article's key.
pub(super) struct Recent(Cache<String, Arc<Thread>>);

/// A question for an article's latest comments.
pub(super) struct Asked {
    key: String,
    known: Arc<Thread>,
}

/// What the store says of each comment: its id, what tells its text, and the comment, if it was not known.
type Told = Vec<(String, String, String)>;

impl Default for Recent {
    fn default() -> Self {
        let cache = Cache::builder().weigher(|_, thread: &Arc<Thread>| weight(thread)).max_capacity(CAPACITY);
        Self(cache.time_to_live(LIFETIME).build())
    }
}

impl Recent {
    /// The call that asks, and what it takes to read the answer.
    pub(super) fn ask(&self, keys: &Keys, query: &FactsQuery) -> (Call, Asked) {
        let partition = keys.partition(&query.site, &query.article);
        let key = partition.recent(&query.article);
        let known = self.0.get(&key).unwrap_or_default();
        let call = Call::script(&RECENT, &[key.clone(), partition.guard()])
            .arg(partition.comments())
            .arg(query.comment.as_str())
            .arg(FactsQuery::THREAD);
        let call = known.iter().fold(call, |call, (id, known)| call.arg(id).arg(&known.text));
        (call, Asked { key, known })
    }

    /// The comments, newest first.
    pub(super) fn read(&self, asked: Asked, reply: Value) -> Result<Vec<ThreadEntry>, StoreError> {
        let told: Told = parsed(reply)?;
        let same = told.len() == asked.known.len() && told.iter().all(|(.., doc)| doc.is_empty());
        let mut thread = Thread::with_capacity(told.len());
        let mut entries = Vec::with_capacity(told.len());
        for (id, text, doc) in told {
            let entry = match asked.known.get(&id) {
                Some(known) if doc.is_empty() => known.entry.clone(),
                _ => ThreadEntry::of(comment(&doc)?),
            };
            entries.extend(entry.clone());
            thread.insert(id, Known { text, entry });
        }
        if !same {
            self.0.insert(asked.key, Arc::new(thread));
        }
        Ok(entries)
    }
}

fn weight(thread: &Thread) -> u32 {
    let bytes = thread.iter().map(|(id, known)| {
        let text = known.entry.as_ref().map_or(0, |entry| entry.text.len());
        id.len() + known.text.len() + text + size_of::<Known>()
    });
    u32::try_from(bytes.sum::<usize>()).unwrap_or(u32::MAX)
}
