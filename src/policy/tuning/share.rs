//! A part of a whole, as editors write it.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A share above 0 and below 1, written as `1%` or `0.01`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// A share; `None` unless it is above 0 and below 1.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (value > 0.0 && value < 1.0).then_some(Self(value))
    }

    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// A text is no share.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    #[error("\"{0}\" is no share; write it as 1% or as 0.01")]
    NoNumber(String),
    #[error("a share is above 0 % and below 100 %, and {0} is not; one in a hundred is written 1% or 0.01")]
    OutOfRange(String),
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let (number, whole) = match text.trim().strip_suffix('%') {
            Some(number) => (number.trim_end(), 100.0),
            None => (text.trim(), 1.0),
        };
        let number: f64 = number.parse().map_err(|_| ShareError::NoNumber(text.to_owned()))?;
        Self::new(number / whole).ok_or_else(|| ShareError::OutOfRange(text.to_owned()))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent(self.0))
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0)
    }
}

/// A share in percent, to four decimals where it has them: `0.5 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", (share * 1_000_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_written_in_percent_or_as_a_number() {
        for (text, value) in [("1%", 0.01), ("0.5 %", 0.005), ("0.01", 0.01), (" 95% ", 0.95), ("99.9%", 0.999)] {
            let share: Share = text.parse().unwrap();
            assert!((share.get() - value).abs() < 1e-12, "{text}: {share}");
        }
        assert_eq!("0.5%".parse::<Share>().unwrap().to_string(), "0.5 %");
        assert_eq!("0.0125%".parse::<Share>().unwrap().to_string(), "0.0125 %");
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for text in ["0", "0%", "-1%", "-0.01", "1", "100%", "250%", "inf", "NaN"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError::OutOfRange(text.to_owned())), "{text}");
        }
        for text in ["", "%", "one", "1%%", "1,5%"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError::NoNumber(text.to_owned())), "{text}");
        }
    }
}
