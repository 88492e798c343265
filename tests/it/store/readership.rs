//! What the readers' pages need of a store.

use super::{Handle, admitted, ids};
use crate::support::sample::{article_id, at, sample, site};
use ombud::comment::{ReaderKeys, SiteId, TokenSecret};
use ombud::store::StoreError;
use std::sync::Arc;

pub async fn a_sites_secrets_change_only_from_the_version_before(store: &Handle) {
    assert_eq!(store.reader_keys(&site()).await.unwrap(), None);
    let racers: Vec<_> = (0..6)
        .map(|n| {
            let (store, keys) = (Arc::clone(store), ReaderKeys::new(format!("own {n}")));
            tokio::spawn(async move { (store.put_reader_keys(&site(), &keys).await.unwrap(), keys) })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        let (won, keys) = racer.await.unwrap();
        winners.extend(won.then_some(keys));
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(store.reader_keys(&site()).await.unwrap().as_ref(), Some(&winners[0]));
    let next = winners[0].with(TokenSecret::new("a secret of the platform's".to_owned(), at(1))).unwrap();
    assert!(store.put_reader_keys(&site(), &next).await.unwrap());
    assert!(!store.put_reader_keys(&site(), &next).await.unwrap());
    assert_eq!(store.reader_keys(&site()).await.unwrap(), Some(next));
    assert_eq!(store.reader_keys(&SiteId::parse("other").unwrap()).await.unwrap(), None);
}

pub async fn newest_conversations_come_first_page_by_page(store: &Handle) {
    let c = admitted(store, sample("c", 20).admit()).await;
    let b = admitted(store, sample("b", 10).admit()).await;
    let ba = admitted(store, sample("ba", 10).admit()).await;
    let hidden = admitted(store, sample("hidden", 5).rejected().admit()).await;
    admitted(store, sample("b2", 40).under(&b).admit()).await;
    admitted(store, sample("b1", 30).under(&b).admit()).await;
    admitted(store, sample("h1", 60).under(&hidden).admit()).await;
    admitted(store, sample("z1", 70).under(&c).admit()).await;
    admitted(store, sample("y1", 70).under(&c).admit()).await;
    admitted(store, sample("ba.1", 15).under(&ba).admit()).await;
    admitted(store, sample("elsewhere", 90).article("a2").admit()).await;
    let whole = ["c", "y1", "z1", "ba", "ba.1", "b", "b1", "b2", "h1"];
    for limit in 1..=5 {
        let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store.newest_thread(&site(), &article_id("a1"), after.as_deref(), limit).await.unwrap();
            pages += 1;
            seen.extend(page.comments);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(ids(&seen), whole, "{limit} a page");
        assert_eq!(pages, 4_usize.div_ceil(limit), "{limit} a page");
    }
    for bad in ["", "x", "!!!", "bm90IGEgY3Vyc29y"] {
        let answer = store.newest_thread(&site(), &article_id("a1"), Some(bad), 10).await;
        assert!(matches!(answer, Err(StoreError::UnknownCursor)), "{bad:?}: {answer:?}");
    }
}
