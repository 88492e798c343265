//! Calls that may fail: each is counted, and what nothing excuses is a violation.

use super::house::{House, Identity};
use super::ledger::{Deed, Ledger, now};
use ombud::comment::Timestamp;
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long a call waits for its answer. A replica that is stopped answers nobody.
const PATIENCE: Duration = Duration::from_secs(8);
/// For how long after a fault its consequences are excused: leases of a minute are not among them, searching for a store is.
const AFTERMATH: Duration = Duration::from_secs(30);

/// How a call ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// 2xx.
    Done(u16, Value),
    /// 4xx: nothing happened.
    Refused,
    /// 5xx or no answer: it may have happened.
    Doubt,
    /// Nobody listened: nothing happened.
    Unsent,
}

/// Who may have noticed what, and where to call.
#[derive(Clone)]
pub struct Caller {
    pub house: Arc<House>,
    pub ledger: Arc<Ledger>,
}

impl Caller {
    /// Makes a call at a replica and counts how it ended.
    pub async fn call(
        &self,
        operation: &'static str,
        who: &Identity,
        replica: usize,
        (method, path): (Method, &str),
        body: Option<&Value>,
    ) -> Outcome {
        let request = who.client.at(&self.house.base(replica)).request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let asked = now();
        let outcome = self.judged(operation, asked, request).await;
        self.count(operation, &outcome);
        outcome
    }

    async fn judged(&self, operation: &'static str, asked: Timestamp, request: reqwest::RequestBuilder) -> Outcome {
        let response = match request.timeout(PATIENCE).send().await {
            Ok(response) => response,
            Err(error) => {
                self.excused(operation, asked, &format!("no answer: {error:?}"));
                return if error.is_connect() { Outcome::Unsent } else { Outcome::Doubt };
            }
        };
        let status = response.status().as_u16();
        let patient = response.headers().contains_key("retry-after");
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => {
                self.excused(operation, asked, &format!("half an answer: {error:?}"));
                return Outcome::Doubt;
            }
        };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        self.outcome(operation, asked, status, body, patient)
    }

    /// What a status means; of a line of a batch too.
    pub fn outcome(
        &self,
        operation: &'static str,
        asked: Timestamp,
        status: u16,
        body: Value,
        patient: bool,
    ) -> Outcome {
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        match status {
            200..300 => {
                self.ledger.saw(&body);
                Outcome::Done(status, body)
            }
            409 => {
                self.ledger.saw(&body["current"]);
                if code == "content_differs" {
                    self.ledger.violation("refused", format!("{operation}: {code}"));
                }
                Outcome::Refused
            }
            403 if code == "role_missing" => Outcome::Refused,
            // A replica that was stopped finds what lay in its socket meanwhile too slow.
            408 => {
                self.excused(operation, asked, "408");
                Outcome::Doubt
            }
            503 if patient => {
                self.excused(operation, asked, "503");
                Outcome::Doubt
            }
            500.. => {
                self.ledger.violation("status", format!("{operation}: {status} {code}, Retry-After: {patient}"));
                Outcome::Doubt
            }
            _ => {
                self.ledger.violation("refused", format!("{operation}: {status} {code}"));
                Outcome::Refused
            }
        }
    }

    /// A failure is a violation, unless something was broken meanwhile or shortly before.
    fn excused(&self, operation: &'static str, asked: Timestamp, what: &str) {
        let mut books = self.ledger.books();
        let broken = books.trouble.iter().any(|(_, until)| until.is_none_or(|until| asked <= until + AFTERMATH));
        if !broken {
            let detail = format!("{operation} at {asked}, with nothing broken: {what}");
            books.violations.push(super::ledger::Violation { kind: "unexcused", detail });
        }
    }

    pub fn count(&self, operation: &'static str, outcome: &Outcome) {
        let mut books = self.ledger.books();
        let tally = books.tallies.entry(operation).or_default();
        tally.sent += 1;
        match outcome {
            Outcome::Done(..) => tally.acknowledged += 1,
            Outcome::Refused => tally.refused += 1,
            Outcome::Doubt => tally.in_doubt += 1,
            Outcome::Unsent => tally.unsent += 1,
        }
    }

    /// Notes what came of a step.
    pub fn settle(&self, comment: &str, deed: Deed, outcome: &Outcome) {
        match outcome {
            Outcome::Done(_, body) => self.ledger.note(comment, Deed { version: body["version"].as_u64(), ..deed }),
            Outcome::Doubt => self.ledger.note(comment, deed),
            Outcome::Refused | Outcome::Unsent => {}
        }
    }

    /// A call that has to succeed, since nothing is broken any more: it is repeated until it does.
    pub async fn insist(&self, who: &Identity, method: &Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let insisting = async {
            loop {
                let request = who.client.at(&self.house.base(0)).request(method.clone(), path);
                let request = match body {
                    Some(body) => request.json(body),
                    None => request,
                };
                if let Ok(response) = request.timeout(PATIENCE).send().await
                    && response.status().as_u16() < 500
                {
                    let status = response.status().as_u16();
                    if let Ok(text) = response.text().await {
                        return (status, serde_json::from_str(&text).unwrap_or_default());
                    }
                }
                super::pause(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), insisting).await.unwrap_or_else(|_| panic!("{path}: no answer"))
    }
}
