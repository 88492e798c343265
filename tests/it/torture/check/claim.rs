//! Nobody was handed what somebody else held.

use super::{Violations, broken};
use crate::torture::ledger::{Books, Handed};

pub fn check(books: &Books) -> Violations {
    let mut violations = Violations::new();
    for (id, page) in &books.pages {
        let mut claims: Vec<&Handed> = page.claims.values().collect();
        claims.sort_by_key(|claim| claim.from);
        for (place, claim) in claims.iter().enumerate() {
            let free = claim.ended.map_or(claim.until, |ended| ended.min(claim.until));
            // A step in between ends a claim too, and makes another version.
            let other = claims[place + 1..].iter().find(|other| other.version == claim.version && other.from < free);
            if let Some(other) = other {
                violations.push(broken("claims", format!("{id} was handed out twice: {claim:?}, {other:?}")));
            }
        }
    }
    violations
}
