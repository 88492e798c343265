//! Requests and batches, read as the handlers read them.

use super::batch;
use super::request::{AnalyzeRequest, SuggestRequest};
use super::suggest;
use crate::http::json;

pub fn body(body: &[u8]) {
    if let Ok(request) = json::parse::<AnalyzeRequest>(body) {
        let _ = request.comment.comment();
        let _ = request.context.around();
        for (name, parameters) in &request.requested_attributes {
            let _ = parameters.as_ref().map(|parameters| parameters.check(name));
        }
    }
    if let Ok(request) = json::parse::<SuggestRequest>(body) {
        let _ = suggest::labels(&request.attribute_scores);
    }
}

pub fn batch(body: &[u8]) {
    if let Ok(text) = std::str::from_utf8(body) {
        assert!(batch::parts(text, "b").map(batch::Call::parse).count() <= text.len());
    }
}
