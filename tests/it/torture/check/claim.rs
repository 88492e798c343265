//! Nobody was handed what somebody else held.

use super::{Violations, broken};
use crate::torture::ledger::{Books, Handed};

pub fn check(books: &Books) -> Violations {
    let mut violations = Violations::new();
    for (id, page) in &books.pages {
        let claims: Vec<&Handed> = page.claims.values().collect();
        for (place, one) in claims.iter().enumerate() {
            if let Some(other) = claims[place + 1..].iter().find(|other| both_held(one, other)) {
                violations.push(broken("claims", format!("{id} was handed out twice: {one:?}, {other:?}")));
            }
        }
    }
    violations
}

/// Whether there was a moment at which each was answered, and neither over nor asked to end. A step in between ends a claim
/// too, and makes another version.
fn both_held(one: &Handed, other: &Handed) -> bool {
    let over = |claim: &Handed| claim.ended.map_or(claim.until, |ended| ended.min(claim.until));
    one.version == other.version && one.answered.max(other.answered) < over(one).min(over(other))
}
