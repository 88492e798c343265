//! What a host asks of programs that read it: robots.txt, RFC 9309.

use robotstxt::DefaultMatcher;
use std::fmt::Write as _;

/// What ombud calls itself.
pub const AGENT: &str = "ombud";
/// How much of a robots.txt is read, in bytes: what RFC 9309 asks for at least.
pub const MAX_BYTES: usize = 500 * 1024;
/// Longest line that is read, in bytes. No address that ombud fetches is longer.
const MAX_LINE: usize = 2_083;

/// A host's rules.
pub struct Robots(String);

impl Robots {
    /// No rules: all is allowed.
    pub fn none() -> Self {
        Self(String::new())
    }

    /// Reads a robots.txt. Bytes beyond ASCII are percent-encoded, as in addresses.
    pub fn read(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut text = String::with_capacity(bytes.len());
        for line in bytes.split(|b| matches!(b, b'\n' | b'\r')).filter(|line| line.len() <= MAX_LINE) {
            for byte in line {
                if byte.is_ascii() {
                    text.push(char::from(*byte));
                } else {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "%{byte:02X}");
                }
            }
            text.push('\n');
        }
        Self(text)
    }

    /// Whether ombud may fetch this address. May take long for rules made to: not for threads that serve.
    pub fn allows(&self, url: &str) -> bool {
        DefaultMatcher::default().one_agent_allowed_by_robots(&self.0, AGENT, url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_for_ombud_win_over_those_for_all() {
        let robots = Robots::read(
            b"User-agent: *\nDisallow: /\n\nUser-agent: Ombud\nDisallow: /private\nAllow: /private/open\r\nDisallow: /caf\xc3\xa9\n",
        );
        for (path, allowed) in
            [("/news/1", true), ("/private/1", false), ("/private/open/1", true), ("/caf%C3%A9/1", false)]
        {
            assert_eq!(robots.allows(&format!("https://paper.example{path}")), allowed, "{path}");
        }
        assert!(!Robots::read(b"User-agent: *\nDisallow: /").allows("https://paper.example/news"));
        assert!(Robots::none().allows("https://paper.example/news"));
        assert!(Robots::read(b"<!doctype html>").allows("https://paper.example/news"));
    }

    #[test]
    fn what_is_no_robots_txt_is_read_all_the_same() {
        let long = "é".repeat(20_000);
        let bytes = format!("Disallow: {long}\nUser-agent: *\nDisallow: /a");
        assert!(!Robots::read(bytes.as_bytes()).allows("https://paper.example/a"));
        Robots::read(b"\xff\xfe\x00:\xf0\n:\n#\n \n%\n%a").allows("https://paper.example/a");
    }
}
