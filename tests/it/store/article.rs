//! Articles and idempotency keys.

use super::Handle;
use crate::support::sample::{article_id, at, comment_id, site};
use ombud::comment::{Article, SiteId};

pub fn sample_article(id: &str, title: &str) -> Article {
    Article {
        site: site(),
        id: article_id(id),
        title: title.to_owned(),
        url: None,
        section: Some("opinion".to_owned()),
        body: Some("What happened.".to_owned()),
        comments_open: true,
        updated_at: at(0),
    }
}

pub async fn an_article_is_replaced(store: &Handle) {
    let id = article_id("a1");
    assert_eq!(store.article(&site(), &id).await.unwrap(), None);
    for title in ["First", "Second"] {
        store.put_article(&sample_article("a1", title)).await.unwrap();
        assert_eq!(store.article(&site(), &id).await.unwrap(), Some(sample_article("a1", title)));
    }
    assert_eq!(store.article(&SiteId::parse("weekly").unwrap(), &id).await.unwrap(), None);
}

pub async fn a_new_article_replaces_none(store: &Handle) {
    let id = article_id("a1");
    for (title, written) in [("First", true), ("Second", false)] {
        assert_eq!(store.put_new_article(&sample_article("a1", title)).await.unwrap(), written);
        assert_eq!(store.article(&site(), &id).await.unwrap(), Some(sample_article("a1", "First")));
    }
    let elsewhere = Article { site: SiteId::parse("weekly").unwrap(), ..sample_article("a1", "Third") };
    assert!(store.put_new_article(&elsewhere).await.unwrap());
}

pub async fn an_idempotency_key_stays_tied(store: &Handle) {
    let (first, second) = (comment_id("c1"), comment_id("c2"));
    assert_eq!(store.bind(&site(), "key one", &first, at(0)).await.unwrap().comment, first);
    assert_eq!(store.bind(&site(), "key one", &second, at(1)).await.unwrap().comment, first);
    assert_eq!(store.bind(&site(), "key two", &second, at(2)).await.unwrap().comment, second);
    let other = SiteId::parse("weekly").unwrap();
    assert_eq!(store.bind(&other, "key one", &second, at(3)).await.unwrap().comment, second);
}
