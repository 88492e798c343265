//! Hearing of steps on any replica: one subscription, which comes back by itself.

use super::connection::Connection;
use super::dial::CONNECT_TIMEOUT;
use crate::store::StoreError;
use futures_util::StreamExt as _;
use redis::aio::PubSub;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How long to wait before a lost subscription is tried again.
const RETRY: Duration = Duration::from_millis(500);
/// How often a quiet subscription is checked to be alive.
const PING_EVERY: Duration = Duration::from_secs(30);

/// A number that changes with each piece of news. Its task ends when this is dropped.
pub(super) struct News {
    changes: watch::Receiver<u64>,
    task: AbortHandle,
}

impl News {
    /// Subscribes to the channel; answers once news would be heard.
    pub(super) async fn subscribe(connection: Connection, channel: String) -> Result<Self, StoreError> {
        let (bell, changes) = watch::channel(0);
        let first = open(&connection, &channel).await?;
        let task = tokio::spawn(async move {
            let mut subscription = Some(first);
            loop {
                if let Some(live) = subscription.take() {
                    listen(live, &bell).await;
                }
                tokio::time::sleep(RETRY).await;
                subscription = open(&connection, &channel).await.ok();
                if subscription.is_some() {
                    // Who knows what was said meanwhile.
                    bell.send_modify(|n| *n += 1);
                }
            }
        });
        Ok(Self { changes, task: task.abort_handle() })
    }

    pub(super) fn receiver(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl Drop for News {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn open(connection: &Connection, channel: &str) -> Result<PubSub, StoreError> {
    let opening = async {
        let mut subscription = connection.listen().await?;
        subscription.subscribe(channel).await?;
        Ok(subscription)
    };
    let late = |_| StoreError::Unavailable("redis: no subscription in time".to_owned());
    tokio::time::timeout(CONNECT_TIMEOUT, opening).await.map_err(late)?
}

/// Rings for each message, until the connection is gone or doesn't answer.
async fn listen(subscription: PubSub, bell: &watch::Sender<u64>) {
    let (mut sink, mut messages) = subscription.split();
    loop {
        match tokio::time::timeout(PING_EVERY, messages.next()).await {
            Ok(Some(_)) => bell.send_modify(|n| *n += 1),
            Ok(None) => return,
            Err(_quiet) => match tokio::time::timeout(CONNECT_TIMEOUT, sink.ping::<redis::Value>()).await {
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => return,
            },
        }
    }
}
