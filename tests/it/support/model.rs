//! Models of a site's own, without learning them.

use ombud::classifier::{AbuseModel, Embedding};
use std::time::Duration;

/// The shipped abuse model under another name: it scores the same, and is another file.
pub fn another(command: &str) -> Vec<u8> {
    let (model, mut card) = AbuseModel::from_bytes(AbuseModel::EMBEDDED, &Embedding::embedded()).expect("a model");
    command.clone_into(&mut card.command);
    model.to_bytes(&card).expect("a file")
}

/// Asks again and again until something holds. Nothing is measured by the patience: it turns a hang into a failure.
pub async fn until(holds: impl AsyncFn() -> bool) {
    let asking = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), asking).await.expect("it comes to hold");
}
