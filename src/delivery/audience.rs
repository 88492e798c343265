//! How many listen at once: every open stream holds a seat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("this key, or person, has as many streams open as it may; close one first")]
    Listener,
    #[error("as many streams are open here as there may be")]
    House,
}

/// The streams that are open in this process.
#[derive(Debug)]
pub struct Audience {
    per_listener: usize,
    total: usize,
    seats: Mutex<HashMap<String, usize>>,
}

/// The right to one stream; free again when dropped.
#[derive(Debug)]
pub struct Seat {
    audience: Arc<Audience>,
    listener: String,
}

impl Audience {
    /// At most `per_listener` streams of one listener, a key or a person, and `total` of all.
    #[must_use]
    pub fn new(per_listener: usize, total: usize) -> Arc<Self> {
        Arc::new(Self { per_listener, total, seats: Mutex::default() })
    }

    /// A seat for a stream of this listener.
    ///
    /// # Errors
    /// [`Full`] says of what there is no more.
    pub fn seat(self: &Arc<Self>, listener: &str) -> Result<Seat, Full> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.values().sum::<usize>() >= self.total {
            return Err(Full::House);
        }
        let taken = seats.entry(listener.to_owned()).or_default();
        if *taken >= self.per_listener {
            return Err(Full::Listener);
        }
        *taken += 1;
        Ok(Seat { audience: Arc::clone(self), listener: listener.to_owned() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.audience.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.listener) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.listener);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_by_listener_and_in_all() {
        let audience = Audience::new(2, 3);
        let [one, two] = ["k1", "k2"];
        let first = audience.seat(one).unwrap();
        let _second = audience.seat(one).unwrap();
        assert_eq!(audience.seat(one).unwrap_err(), Full::Listener);
        let third = audience.seat(two).unwrap();
        assert_eq!(audience.seat(two).unwrap_err(), Full::House);
        drop(first);
        let _fourth = audience.seat(two).unwrap();
        drop(third);
        assert!(audience.seat(one).is_ok());
    }
}
