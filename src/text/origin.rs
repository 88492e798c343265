//! The map from a normalised text back to the original.

/// For each byte of a normalised text, the code point of the original that it was made from.
///
/// Kept as runs in which both go up by one: plain writing is one run, whatever its length. No text makes
/// more runs than it has bytes.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Origins {
    runs: Vec<Run>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Run {
    /// First byte of the normalised text.
    start: usize,
    /// The code point that this byte was made from.
    origin: u32,
}

impl Run {
    fn at(self, byte: usize) -> u32 {
        self.origin.saturating_add(u32::try_from(byte - self.start).unwrap_or(u32::MAX))
    }
}

impl Origins {
    pub(super) fn clear(&mut self) {
        self.runs.clear();
    }

    /// Says that `byte` was made from `origin`, and that those after it go on from there.
    /// Bytes have to come in ascending order.
    pub(super) fn push(&mut self, byte: usize, origin: u32) {
        if self.runs.last().is_none_or(|run| run.at(byte) != origin) {
            self.runs.push(Run { start: byte, origin });
        }
    }

    /// Forgets where the bytes from `length` on came from.
    pub(super) fn truncate(&mut self, length: usize) {
        let kept = self.runs.partition_point(|run| run.start < length);
        self.runs.truncate(kept);
    }

    /// The code point that a byte was made from; 0 where nothing was said of it.
    pub(super) fn at(&self, byte: usize) -> u32 {
        let after = self.runs.partition_point(|run| run.start <= byte);
        after.checked_sub(1).map_or(0, |place| self.runs[place].at(byte))
    }

    /// Keeps memory for no more than so many runs.
    pub(super) fn shrink(&mut self, runs: usize) {
        self.runs.shrink_to(runs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_give_back_what_was_pushed() {
        let pushed = [3, 4, 5, 5, 6, 9, 9, 9, 10, 11];
        let mut origins = Origins::default();
        for (byte, origin) in pushed.into_iter().enumerate() {
            origins.push(byte, origin);
        }
        let read: Vec<u32> = (0..pushed.len()).map(|byte| origins.at(byte)).collect();
        assert_eq!(read, pushed);
        assert_eq!(origins.runs.len(), 5);
        origins.truncate(3);
        origins.push(3, 6);
        assert_eq!((origins.at(2), origins.at(3), origins.runs.len()), (5, 6, 1));
    }
}
