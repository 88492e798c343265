//! Coral's external moderation phase: it asks about every comment before it is shown, and waits a fraction of a second.

use super::load::{Load, Traffic, measure};
use super::row::OverHttp;
use super::server::{CORAL_SECRET, Serving};
use super::submitting::AUTHORS;
use super::synthetic::Synthetic;
use crate::classifier::Classifier;
use crate::store::StoreUrl;
use crate::training::Progress;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

/// Stories, none of which ombud knows: Coral sends no articles.
const STORIES: usize = 50;

/// The phase, asked over so many connections as moderation on one Coral server needs.
pub async fn on_store(
    store: &StoreUrl,
    classifier: &Arc<Classifier>,
    load: &Load,
    bar: &mut impl Progress,
) -> anyhow::Result<OverHttp> {
    let serving = Serving::start(store, classifier, None, 1).await?;
    let path = format!("/compat/coral/{}", serving.site);
    let coral = Coral { address: serving.address(), path, source: Synthetic::seeded(4), sent: 0 };
    let measured = measure("Coral's phase", &serving.addresses, coral, load, bar).await;
    serving.stop().await?;
    let (measured, _) = measured?;
    Ok(OverHttp::of("SQLite", measured))
}

struct Coral {
    address: SocketAddr,
    path: String,
    source: Synthetic,
    sent: usize,
}

impl Traffic for Coral {
    /// What is published needs no words; what is held or rejected has some.
    const STATUS: &[u16] = &[200, 204];

    fn next(&mut self) -> Vec<u8> {
        self.sent += 1;
        let (story, author) = (self.sent % STORIES, self.sent % AUTHORS);
        let text = self.source.comment();
        let body = json!({
            "action": "NEW", "comment": {"body": format!("<div>{text}</div>"), "parentID": null},
            "author": {"id": format!("r{author}"), "role": "COMMENTER"},
            "story": {"id": format!("s{story}"), "url": format!("https://paper.example/{story}")},
            "site": {"id": "1"}, "tenantID": "t", "tenantDomain": "coral.example",
        })
        .to_string();
        let (address, path, length, signature) = (self.address, &self.path, body.len(), signature(body.as_bytes()));
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nx-coral-signature: sha256={signature}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

fn signature(body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(CORAL_SECRET.as_bytes()).map(|mac| mac.chain_update(body));
    let bytes = mac.map(|mac| mac.finalize().into_bytes()).unwrap_or_default();
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
