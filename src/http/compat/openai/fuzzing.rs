//! Inputs, read as the call reads them.

use super::input;
use crate::http::json;
use serde_json::Value;

pub fn body(body: &[u8]) {
    if let Ok(value) = json::parse::<Value>(body) {
        let _ = input::texts(&value);
    }
}
