//! How many listen at once: every open stream holds a seat.

use crate::comment::KeyId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("this key has as many streams open as it may; close one first")]
    Key,
    #[error("as many streams are open here as there may be")]
    House,
}

/// The streams that are open in this process.
#[derive(Debug)]
pub struct Audience {
    per_key: usize,
    total: usize,
    seats: Mutex<HashMap<KeyId, usize>>,
}

/// The right to one stream; free again when dropped.
#[derive(Debug)]
pub struct Seat {
    audience: Arc<Audience>,
    key: KeyId,
}

impl Audience {
    /// At most `per_key` streams of one key, and `total` of all.
    #[must_use]
    pub fn new(per_key: usize, total: usize) -> Arc<Self> {
        Arc::new(Self { per_key, total, seats: Mutex::default() })
    }

    /// A seat for a stream of this key.
    ///
    /// # Errors
    /// [`Full`] says of what there is no more.
    pub fn seat(self: &Arc<Self>, key: &KeyId) -> Result<Seat, Full> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.values().sum::<usize>() >= self.total {
            return Err(Full::House);
        }
        let taken = seats.entry(key.clone()).or_default();
        if *taken >= self.per_key {
            return Err(Full::Key);
        }
        *taken += 1;
        Ok(Seat { audience: Arc::clone(self), key: key.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.audience.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.key) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_by_key_and_in_all() {
        let audience = Audience::new(2, 3);
        let [one, two] = ["k1", "k2"].map(|id| KeyId::parse(id).unwrap());
        let first = audience.seat(&one).unwrap();
        let _second = audience.seat(&one).unwrap();
        assert_eq!(audience.seat(&one).unwrap_err(), Full::Key);
        let third = audience.seat(&two).unwrap();
        assert_eq!(audience.seat(&two).unwrap_err(), Full::House);
        drop(first);
        let _fourth = audience.seat(&two).unwrap();
        drop(third);
        assert!(audience.seat(&one).is_ok());
    }
}
