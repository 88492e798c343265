//! The published thread, as readers see it.

use super::{Ombud, ServiceError};
use crate::comment::{ArticleId, Comment, CommentId, SiteId};
use crate::store::ThreadPage;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Replies deeper than this are shown at this depth, so that no client's parser has to follow a quarrel
/// all the way down; `parent_id` still says what each one answers.
const MAX_NESTING: usize = 20;

/// A place in the thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: CommentId,
    pub parent_id: Option<CommentId>,
    /// `None` for a comment that is not published but was answered: only its place is shown.
    pub comment: Option<Comment>,
    /// By time, then by id.
    pub replies: Vec<Entry>,
}

/// A page of an article's thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Thread {
    pub entries: Vec<Entry>,
    pub next: Option<String>,
}

impl Ombud {
    /// The published comments of an article, nested, `limit` conversations a page.
    ///
    /// # Errors
    /// [`ServiceError::UnknownArticle`], and [`ServiceError::UnknownCursor`] for a cursor not of this
    /// thread.
    pub async fn thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Thread, ServiceError> {
        self.article(site, article).await?;
        let page = self.store.thread(site, article, after, limit).await?;
        self.nested(site, page).await
    }

    /// The same, newest conversation first; within each, replies still stand by time.
    ///
    /// # Errors
    /// As [`Ombud::thread`]. A cursor belongs to the direction that gave it out.
    pub async fn newest_thread(
        &self,
        site: &SiteId,
        article: &ArticleId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Thread, ServiceError> {
        self.article(site, article).await?;
        let page = self.store.newest_thread(site, article, after, limit).await?;
        self.nested(site, page).await
    }

    async fn nested(&self, site: &SiteId, page: ThreadPage) -> Result<Thread, ServiceError> {
        let removed = self.removed_ancestors(site, &page.comments).await?;
        Ok(Thread { entries: nest(page.comments, removed), next: page.next })
    }

    /// Comments that are not published themselves, but have published ones below them.
    async fn removed_ancestors(&self, site: &SiteId, published: &[Comment]) -> Result<Vec<Comment>, ServiceError> {
        let mut known: HashSet<CommentId> = published.iter().map(|c| c.id.clone()).collect();
        let mut wanted = missing_parents(published, &known);
        let mut removed = Vec::new();
        while !wanted.is_empty() {
            let found = self.store.comments(site, &wanted).await?;
            known.extend(wanted);
            wanted = missing_parents(&found, &known);
            removed.extend(found);
        }
        Ok(removed)
    }
}

fn missing_parents(comments: &[Comment], known: &HashSet<CommentId>) -> Vec<CommentId> {
    let parents: HashSet<&CommentId> = comments.iter().filter_map(|c| c.parent_id.as_ref()).collect();
    parents.into_iter().filter(|id| !known.contains(*id)).cloned().collect()
}

/// Builds the nested entries. Conversations keep the order they come in; replies stand by time.
fn nest(published: Vec<Comment>, removed: Vec<Comment>) -> Vec<Entry> {
    let mut order: Vec<CommentId> = Vec::new();
    for comment in &published {
        if !order.contains(&comment.root_id) {
            order.push(comment.root_id.clone());
        }
    }
    // Deepest first, so that every comment finds its replies complete.
    let mut by_depth: BTreeMap<std::cmp::Reverse<u32>, Vec<Comment>> = BTreeMap::new();
    for comment in published.into_iter().chain(removed) {
        by_depth.entry(std::cmp::Reverse(comment.depth)).or_default().push(comment);
    }
    let mut waiting: HashMap<CommentId, Vec<(Comment, Vec<Entry>)>> = HashMap::new();
    let mut roots: HashMap<CommentId, Entry> = HashMap::new();
    for comment in by_depth.into_values().flatten() {
        let replies = in_order(waiting.remove(&comment.id).unwrap_or_default());
        match comment.parent_id.clone() {
            Some(parent) => waiting.entry(parent).or_default().push((comment, replies)),
            None => {
                roots.insert(comment.id.clone(), entry(comment, replies));
            }
        }
    }
    order.iter().filter_map(|id| roots.remove(id)).map(|root| flatten(root, 0)).collect()
}

fn in_order(mut replies: Vec<(Comment, Vec<Entry>)>) -> Vec<Entry> {
    replies.sort_by(|(a, _), (b, _)| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    replies.into_iter().map(|(comment, replies)| entry(comment, replies)).collect()
}

fn entry(comment: Comment, replies: Vec<Entry>) -> Entry {
    Entry {
        id: comment.id.clone(),
        parent_id: comment.parent_id.clone(),
        comment: comment.is_shown().then_some(comment),
        replies,
    }
}

/// Brings what is nested too deep up to the deepest level shown.
fn flatten(mut entry: Entry, depth: usize) -> Entry {
    if depth + 1 < MAX_NESTING {
        entry.replies = entry.replies.into_iter().map(|reply| flatten(reply, depth + 1)).collect();
        return entry;
    }
    let mut flat = Vec::new();
    let mut stack: Vec<Entry> = entry.replies.drain(..).rev().collect();
    while let Some(mut next) = stack.pop() {
        stack.extend(next.replies.drain(..).rev());
        flat.push(next);
    }
    entry.replies = flat;
    entry
}
