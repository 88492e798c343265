//! Numbers of comments as they are written on the command line.

/// Reads `500`, `1k`, `100k` or `1M`; from 100 on, so that there is some of everything.
///
/// # Errors
/// Says what such a number looks like.
pub fn parse(text: &str) -> Result<usize, String> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'k' | b'K') => (&text[..text.len() - 1], 1_000),
        Some(b'm' | b'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    let number = digits.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    let in_range = number.filter(|number| (100..=100_000_000).contains(number));
    in_range.ok_or_else(|| "a number of comments is 100 to 100M, as in 500, 1k, 100k or 1M".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_have_a_unit() {
        let read = ["500", "1k", "100K", "1M", "100m"].map(|text| parse(text).unwrap());
        assert_eq!(read, [500, 1_000, 100_000, 1_000_000, 100_000_000]);
        for wrong in ["", "k", "99", "1.5k", "1G", "101M", "-1k", "1ké", "99999999999999999999"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
