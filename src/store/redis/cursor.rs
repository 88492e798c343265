//! A position in a site's events: one stream id per partition.

use super::key::fnv1a;
use crate::comment::SiteId;
use crate::store::StoreError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::str::FromStr;

/// The id of an entry in a Redis stream. Ids sort by time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StreamId {
    pub(super) ms: u64,
    pub(super) sequence: u64,
}

impl FromStr for StreamId {
    type Err = StoreError;
    fn from_str(id: &str) -> Result<Self, StoreError> {
        let read = || {
            let (ms, sequence) = id.split_once('-')?;
            Some(Self { ms: ms.parse().ok()?, sequence: sequence.parse().ok()? })
        };
        read().ok_or_else(|| StoreError::Corrupt("a stream id does not parse".to_owned()))
    }
}

impl std::fmt::Display for StreamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.ms, self.sequence)
    }
}

/// The last id seen in each partition, by number; 0-0 where none was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor(pub(super) Vec<StreamId>);

impl Cursor {
    /// Before all events.
    #[cfg(test)]
    pub(super) fn start(partitions: usize) -> Self {
        Self(vec![StreamId::default(); partitions])
    }

    /// Writes the ids as LEB128 numbers after a check sum that also covers the site: a cursor of
    /// another site or a mangled one is found out.
    pub(super) fn write(&self, site: &SiteId) -> String {
        let mut body = Vec::with_capacity(8 * self.0.len());
        for id in &self.0 {
            write_number(&mut body, id.ms);
            write_number(&mut body, id.sequence);
        }
        let mut bytes = check_sum(site, &body).to_vec();
        bytes.extend(body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::write`] wrote.
    pub(super) fn read(cursor: &str, site: &SiteId, partitions: usize) -> Result<Self, StoreError> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::UnknownCursor)?;
        let (sum, mut body) = bytes.split_at_checked(4).ok_or(StoreError::UnknownCursor)?;
        if sum != check_sum(site, body) {
            return Err(StoreError::UnknownCursor);
        }
        let mut ids = Vec::with_capacity(partitions);
        while !body.is_empty() {
            let mut number = || read_number(&mut body).ok_or(StoreError::UnknownCursor);
            ids.push(StreamId { ms: number()?, sequence: number()? });
        }
        if ids.len() == partitions { Ok(Self(ids)) } else { Err(StoreError::UnknownCursor) }
    }
}

fn check_sum(site: &SiteId, body: &[u8]) -> [u8; 4] {
    let mut bytes = site.as_str().as_bytes().to_vec();
    bytes.push(0);
    bytes.extend(body);
    let [a, b, c, d, ..] = fnv1a(&bytes).to_le_bytes();
    [a, b, c, d]
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let (site, other) = (SiteId::parse("daily").unwrap(), SiteId::parse("weekly").unwrap());
        let mut cursor = Cursor::start(3);
        cursor.0[1] = StreamId { ms: 1_700_000_000_123, sequence: 300 };
        let written = cursor.write(&site);
        assert_eq!(Cursor::read(&written, &site, 3).unwrap(), cursor);
        let flipped = written.replace('A', "B");
        for (bad, site, partitions) in
            [(written.as_str(), &other, 3), (&written, &site, 4), (&flipped, &site, 3), ("", &site, 3), ("!", &site, 3)]
        {
            assert!(matches!(Cursor::read(bad, site, partitions), Err(StoreError::UnknownCursor)), "{bad}");
        }
    }
}
