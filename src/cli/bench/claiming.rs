//! A moderator's work over HTTP: she claims a comment and decides on it.

use super::client::request;
use super::load::{Then, Traffic};
use anyhow::Context as _;
use serde::Deserialize;
use serde_json::json;
use std::net::SocketAddr;

/// Claims comments and decides on them, one after the other. When nothing waits any more the decisions are undone.
pub struct Moderator {
    address: SocketAddr,
    key: String,
    decided: Vec<Decided>,
    claimed: usize,
}

/// As far as it matters here, what a claim is answered with.
#[derive(Deserialize)]
struct Claims {
    claims: Option<Vec<Claimed>>,
    #[serde(flatten)]
    decided: Option<Decided>,
}

#[derive(Deserialize)]
struct Claimed {
    claim_id: String,
    comment: Decided,
}

/// A comment and its version.
#[derive(Deserialize)]
struct Decided {
    id: String,
    version: u64,
}

impl Moderator {
    pub fn new(address: SocketAddr, key: &str) -> Self {
        Self { address, key: key.to_owned(), decided: Vec::new(), claimed: 0 }
    }

    fn decision(&mut self, claimed: &Claimed) -> Vec<u8> {
        self.claimed += 1;
        let (id, version) = (&claimed.comment.id, claimed.comment.version);
        let body = if self.claimed.is_multiple_of(2) {
            json!({"action": "publish", "expected_version": version, "claim_id": claimed.claim_id})
        } else {
            json!({"action": "reject", "reason_code": "insult", "expected_version": version, "claim_id": claimed.claim_id})
        };
        request(self.address, "POST", &format!("/v1/comments/{id}/decision"), &self.key, &body.to_string())
    }
}

impl Traffic for Moderator {
    const STATUS: &[u16] = &[200, 201];

    fn next(&mut self) -> Vec<u8> {
        request(self.address, "POST", "/v1/queue/claims", &self.key, "{}")
    }

    /// A claim is followed by the decision, a decision by nothing.
    fn then(&mut self, answer: &[u8]) -> anyhow::Result<Then> {
        let answer: Claims =
            serde_json::from_slice(answer).context("an answer that is neither claims nor a decision")?;
        match (answer.claims, answer.decided) {
            (Some(claims), _) => Ok(claims.first().map_or(Then::Dry, |claimed| Then::Ask(self.decision(claimed)))),
            (None, decided) => {
                self.decided.push(decided.context("a decision that names no comment")?);
                Ok(Then::Done)
            }
        }
    }

    fn again(&mut self) -> Vec<Vec<u8>> {
        let undo = |Decided { id, version }| {
            let body = json!({"expected_version": version}).to_string();
            request(self.address, "POST", &format!("/v1/comments/{id}/undo"), &self.key, &body)
        };
        self.decided.drain(..).map(undo).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(request: Vec<u8>) -> String {
        String::from_utf8(request).unwrap()
    }

    #[test]
    fn a_claim_is_decided_on_and_undone_in_the_end() {
        let mut moderator = Moderator::new(([127, 0, 0, 1], 1).into(), "k");
        let claims = br#"{"claims":[{"claim_id":"c1.t","comment":{"id":"c1","version":3,"text":"x"},"article":null}]}"#;
        let Then::Ask(decision) = moderator.then(claims).unwrap() else { panic!("no decision") };
        let decision = text(decision);
        assert!(decision.starts_with("POST /v1/comments/c1/decision ") && decision.contains(r#""claim_id":"c1.t""#));
        assert!(matches!(moderator.then(br#"{"id":"c1","version":4,"state":"rejected"}"#).unwrap(), Then::Done));
        let [undo] = &moderator.again()[..] else { panic!("not one undone") };
        assert!(text(undo.clone()).ends_with(r#"{"expected_version":4}"#));
        assert!(moderator.again().is_empty());
    }

    #[test]
    fn an_empty_queue_ends_the_round_and_anything_else_is_an_error() {
        let mut moderator = Moderator::new(([127, 0, 0, 1], 1).into(), "k");
        assert!(matches!(moderator.then(br#"{"claims":[]}"#).unwrap(), Then::Dry));
        assert!(moderator.then(br#"{"error":"x"}"#).is_err());
    }
}
