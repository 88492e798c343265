//! A message as Standard Webhooks has it: what is sent, its id, and its signature
//! (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>).

use super::secret::Secrets;
use crate::comment::{Event, SiteId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};

/// Which signature scheme: HMAC-SHA256 over id, time and body.
const SCHEME: &str = "v1";

/// The type of what [`test_body`] makes.
pub const TEST: &str = "ombud.test";

/// The bytes that tell an event.
#[must_use]
pub fn body(event: &Event) -> String {
    json!({"type": event.kind, "timestamp": event.at, "data": event}).to_string()
}

/// The bytes of a message that tells nothing, to try an endpoint.
#[must_use]
pub fn test_body(site: &SiteId, now: Timestamp) -> String {
    json!({"type": TEST, "timestamp": now, "data": {"site": site}}).to_string()
}

/// An event's message id: the same on every attempt and every replica. 128 bits of SHA-256 over site and event, in
/// hexadecimal digits, as the signature is over parts with dots between them and an event's id may hold any character.
#[must_use]
pub fn message_id(site: &SiteId, event_id: &str) -> String {
    let digest = Sha256::new().chain_update(site.as_str()).chain_update([0]).chain_update(event_id).finalize();
    let (half, _) = digest.split_at(16);
    half.iter().fold("msg_".to_owned(), |id, byte| format!("{id}{byte:02x}"))
}

/// The value of `webhook-signature`: one signature for each secret, newest first.
#[must_use]
pub fn signatures(secrets: &Secrets, id: &str, unix_seconds: i64, body: &str) -> String {
    let sign = |key: &[u8]| {
        // Keys of any length are taken.
        let mac =
            Hmac::<Sha256>::new_from_slice(key).map(|mac| mac.chain_update(format!("{id}.{unix_seconds}.{body}")));
        mac.map(|mac| format!("{SCHEME},{}", STANDARD.encode(mac.finalize().into_bytes()))).unwrap_or_default()
    };
    secrets.keys().map(sign).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the libraries of Standard Webhooks test themselves with.
    #[test]
    fn the_known_example_is_signed_as_known() {
        let secrets = Secrets::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = signatures(&secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_message_id_is_the_events_and_plain() {
        let (site, other) = (SiteId::parse("daily").unwrap(), SiteId::parse("dail").unwrap());
        let id = message_id(&site, "c.1ü@2");
        assert_eq!(id, message_id(&site, "c.1ü@2"));
        assert!(id.len() == 36 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{id}");
        assert_ne!(id, message_id(&site, "c.1ü@3"));
        assert_ne!(id, message_id(&other, "yc.1ü@2"));
    }
}
