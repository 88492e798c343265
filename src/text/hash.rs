//! Hashes that are the same on every machine, build and run, because models and stored fingerprints
//! rest on them. They resist no attacker who wants collisions; nothing here is a secret.

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// 64-bit hash of `bytes`: FNV-1a, then [`fmix64`], whose high bits are as good as its low ones.
#[must_use]
pub fn stable_hash(bytes: &[u8]) -> u64 {
    let mut hash = StableHash::new();
    for byte in bytes {
        hash.write(*byte);
    }
    hash.finish()
}

/// [`stable_hash`], a byte at a time.
#[derive(Clone, Copy)]
pub struct StableHash(u64);

impl StableHash {
    #[must_use]
    pub const fn new() -> Self {
        Self(FNV_OFFSET)
    }

    pub const fn write(&mut self, byte: u8) {
        self.0 = (self.0 ^ byte as u64).wrapping_mul(FNV_PRIME);
    }

    /// The hash of the bytes so far.
    #[must_use]
    pub const fn finish(self) -> u64 {
        fmix64(self.0)
    }
}

impl Default for StableHash {
    fn default() -> Self {
        Self::new()
    }
}

/// Hash of an ordered pair of hashes: `combine(a, b)` differs from `combine(b, a)`.
#[must_use]
pub const fn combine(first: u64, second: u64) -> u64 {
    fmix64(first.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ second.rotate_left(32))
}

/// The finaliser of `MurmurHash3` (Appleby, public domain): every input bit moves every output bit.
#[must_use]
pub const fn fmix64(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_never_change() {
        // Reference values: MurmurHash3's fmix64(1), and FNV-1a("a") = 0xaf63dc4c8601ec8c.
        assert_eq!(fmix64(1), 0xb456_bcfc_34c2_cb2c);
        assert_eq!(stable_hash(b"a"), fmix64(0xaf63_dc4c_8601_ec8c));
        assert_ne!(combine(1, 2), combine(2, 1));
    }
}
