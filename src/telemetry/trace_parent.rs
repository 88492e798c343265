//! W3C Trace Context, level 1: which trace a request is part of. <https://www.w3.org/TR/trace-context/>

/// Longest `tracestate` that is passed on, in bytes: the least that the specification asks for.
const MAX_STATE: usize = 512;

/// Of the flags, those with a meaning: sampled, and that the trace id is random.
const KNOWN_FLAGS: u8 = 0b11;

/// A parsed `traceparent`, with the `tracestate` that came along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    trace: u128,
    parent: u64,
    flags: u8,
    state: Option<String>,
}

impl TraceParent {
    /// Parses a header as strictly as the specification does; `None` if it is none, and then there is no trace.
    #[must_use]
    pub fn parse(header: &str, state: Option<&str>) -> Option<Self> {
        let lower_hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let (version, rest) = header.split_once('-')?;
        let mut parts = rest.splitn(4, '-');
        let (trace, parent, flags, more) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
        let shaped = [(version, 2), (trace, 32), (parent, 16), (flags, 2)];
        if !shaped.iter().all(|(part, length)| part.len() == *length && lower_hex(part)) {
            return None;
        }
        // A later version may say more; this one does not, and ff is none.
        if version == "ff" || (version == "00" && more.is_some()) {
            return None;
        }
        let parsed = Self {
            trace: u128::from_str_radix(trace, 16).ok()?,
            parent: u64::from_str_radix(parent, 16).ok()?,
            flags: u8::from_str_radix(flags, 16).ok()? & KNOWN_FLAGS,
            state: state.filter(|state| is_state(state)).map(str::to_owned),
        };
        (parsed.trace != 0 && parsed.parent != 0).then_some(parsed)
    }

    /// A span as the parent of what it asks for.
    #[must_use]
    pub fn of_span(trace: u128, span: u64, sampled: bool, state: Option<String>) -> Self {
        Self { trace, parent: span, flags: u8::from(sampled), state }
    }

    /// The header, in version 00.
    #[must_use]
    pub fn header(&self) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace, self.parent, self.flags)
    }

    /// `tracestate`, as it came.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    #[must_use]
    pub fn trace_id(&self) -> u128 {
        self.trace
    }

    #[must_use]
    pub fn parent_id(&self) -> u64 {
        self.parent
    }

    /// Whether the sender may have recorded its part.
    #[must_use]
    pub fn sampled(&self) -> bool {
        self.flags & 1 == 1
    }
}

/// Whether this can be a `tracestate` to pass on; what it means is between the others.
fn is_state(state: &str) -> bool {
    (1..=MAX_STATE).contains(&state.len()) && state.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_header_is_read_and_written_alike() {
        let parent = TraceParent::parse(GOOD, Some("vendor=1,other=a b")).expect("a parent");
        assert_eq!((parent.header().as_str(), parent.state()), (GOOD, Some("vendor=1,other=a b")));
        assert_eq!((parent.trace_id() >> 64, parent.parent_id()), (0x4bf9_2f35_77b3_4da6, 0x00f0_67aa_0ba9_02b7));
        assert!(parent.sampled());
        let later = format!("cc{}-what-comes-later", &GOOD[2..]);
        assert_eq!(TraceParent::parse(&later, None).expect("a later version").header(), GOOD);
        let flags = TraceParent::parse(&GOOD.replace("-01", "-fe"), None).expect("other flags");
        assert!(!flags.sampled() && flags.header().ends_with("-02"));
        for bad in ["", "ä=1", "a=\u{0}", &"a".repeat(513)] {
            assert_eq!(TraceParent::parse(GOOD, Some(bad)).expect("a parent").state(), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_header_is_no_trace() {
        let bad = [
            String::new(),
            "00".to_owned(),
            GOOD.to_uppercase(),
            GOOD.replace("00-4", "ff-4"),
            GOOD.replace("-01", ""),
            GOOD.replace("-01", "-1"),
            GOOD.replace("-01", "-0g"),
            format!("{GOOD}-"),
            format!("{GOOD}-more"),
            format!("{GOOD} "),
            format!("cc{}more", &GOOD[2..]),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01".to_owned(),
            "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01".to_owned(),
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        ];
        for header in bad {
            assert_eq!(TraceParent::parse(&header, None), None, "{header:?}");
        }
    }
}
