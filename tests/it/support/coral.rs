//! Signing as Coral does.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// The value of `X-Coral-Signature` for a body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length").chain_update(body);
    mac.finalize().into_bytes().iter().fold("sha256=".to_owned(), |mut signed, byte| {
        write!(signed, "{byte:02x}").expect("a String takes all");
        signed
    })
}
