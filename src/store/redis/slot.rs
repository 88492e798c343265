//! Hash slots: which of a Cluster's nodes holds a key.

use crc16::{State, XMODEM};
use std::sync::LazyLock;

/// How many slots there are.
pub(super) const SLOTS: u16 = 16_384;

/// The slot of a key: of what stands in its first braces, or of the whole
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/>).
pub(super) fn of(key: &[u8]) -> u16 {
    State::<XMODEM>::calculate(tag(key).unwrap_or(key)) % SLOTS
}

fn tag(key: &[u8]) -> Option<&[u8]> {
    let open = key.iter().position(|byte| *byte == b'{')?;
    let inside = &key[open + 1..];
    let close = inside.iter().position(|byte| *byte == b'}')?;
    Some(&inside[..close]).filter(|tag| !tag.is_empty())
}

/// The smallest number whose digits, as a tag, lead to each slot.
static TAGS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let (mut tags, mut missing) = (vec![None; usize::from(SLOTS)], SLOTS);
    for number in 0.. {
        let tag = &mut tags[usize::from(of(u32::to_string(&number).as_bytes()))];
        if tag.is_none() {
            (*tag, missing) = (Some(number), missing - 1);
        }
        if missing == 0 {
            break;
        }
    }
    tags.into_iter().map(Option::unwrap_or_default).collect()
});

/// A tag that leads to the slot.
pub(super) fn tag_of(slot: u16) -> u32 {
    TAGS[usize::from(slot % SLOTS)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(of(b"123456789"), 0x31C3);
        assert_eq!(of(b"foo"), 12182);
        assert_eq!(of(b"{user1000}.following"), of(b"user1000"));
        assert_eq!(of(b"foo{}{bar}"), State::<XMODEM>::calculate(b"foo{}{bar}") % SLOTS);
        assert_eq!(of(b"foo{{bar}}zap"), of(b"{bar"));
    }

    #[test]
    fn every_slot_has_a_tag() {
        for slot in 0..SLOTS {
            assert_eq!(of(format!("touch:{{{}}}", tag_of(slot)).as_bytes()), slot);
        }
    }
}
