//! What fuzz targets reach: bodies as the handlers read them. Only in their builds (`fuzz/`).

use super::{compat, v1};

/// Reads a JSON body as the call that `whose` picks.
pub fn body(whose: u8, body: &[u8]) {
    match whose % 4 {
        0 | 1 => v1::fuzzing::body(whose / 4, body),
        _ => compat::fuzzing::body(whose / 4, body),
    }
}

/// Reads what is not JSON.
pub fn form(body: &[u8]) {
    compat::fuzzing::form(body);
    if let Ok(text) = std::str::from_utf8(body) {
        let _ = crate::comment::ClaimId::parse(text);
        let _ = crate::comment::CommentId::parse(text);
    }
}
