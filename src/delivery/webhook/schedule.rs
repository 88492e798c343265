//! When a delivery that failed is tried again.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long after each failure the next attempt comes, in seconds: 14 attempts over 19 to 23 hours. `docs/webhooks.md` has the
/// table.
const DELAYS_SECONDS: [u32; 13] = [5, 30, 120, 600, 1_200, 1_800, 3_600, 7_200, 10_800, 10_800, 10_800, 10_800, 10_800];

/// By how much a delay may be longer, as a share of it, so that what failed together is not tried together.
const JITTER: f64 = 0.2;

/// The longest that an endpoint may ask to be left alone.
const MAX_REST: Duration = Duration::from_hours(2);

/// How long to wait after a delivery's failure number `failed` (1 for the first); `None` once the schedule is over. The
/// jitter is drawn from the message's id, so that every replica and every run draw the same.
#[must_use]
pub fn delay(failed: u32, message_id: &str) -> Option<SignedDuration> {
    let index = usize::try_from(failed.checked_sub(1)?).ok()?;
    let seconds = f64::from(*DELAYS_SECONDS.get(index)?);
    let digest = Sha256::new().chain_update(message_id).chain_update(failed.to_le_bytes()).finalize();
    let drawn = f64::from(digest.first().copied().unwrap_or_default()) / 255.0;
    Some(SignedDuration::from_secs_f64(seconds * (1.0 + JITTER * drawn)))
}

/// How long to leave an endpoint alone that answered with this `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
/// Bounded by two hours. `None` where it is neither.
#[must_use]
pub fn rest(retry_after: &str, now: crate::comment::Timestamp) -> Option<SignedDuration> {
    let retry_after = retry_after.trim();
    let asked = if retry_after.bytes().all(|b| b.is_ascii_digit()) && !retry_after.is_empty() {
        SignedDuration::from_secs(retry_after.parse().unwrap_or(i64::MAX))
    } else {
        let at = jiff::fmt::rfc2822::parse(retry_after).ok()?.timestamp();
        at.duration_since(now)
    };
    let most = SignedDuration::try_from(MAX_REST).unwrap_or(SignedDuration::MAX);
    Some(asked.clamp(SignedDuration::ZERO, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule_lasts_a_day() {
        let delays: Vec<SignedDuration> = (1..).map_while(|failed| delay(failed, "msg_1")).collect();
        assert_eq!(delays.len(), DELAYS_SECONDS.len());
        for (delay, seconds) in delays.iter().zip(DELAYS_SECONDS) {
            let least = f64::from(seconds);
            assert!((least..=least * 1.2).contains(&delay.as_secs_f64()), "{delay:?} after {seconds}");
        }
        let all = DELAYS_SECONDS.iter().sum::<u32>();
        assert!((19 * 3_600..=20 * 3_600).contains(&all), "{all} s, and a fifth more at most");
        assert_eq!((delay(0, "msg_1"), delay(14, "msg_1")), (None, None));
    }

    #[test]
    fn the_jitter_is_drawn_from_the_message() {
        let drawn: std::collections::BTreeSet<_> = (0..50).filter_map(|n| delay(7, &format!("msg_{n}"))).collect();
        assert!(drawn.len() > 40, "{}", drawn.len());
        assert_eq!(delay(7, "msg_1"), delay(7, "msg_1"));
    }

    #[test]
    fn a_rest_is_seconds_or_a_date_and_bounded() {
        let now = "2026-11-03T20:00:00Z".parse().unwrap();
        for (asked, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("Tue, 03 Nov 2026 20:01:00 GMT", Some(60)),
            ("Tue, 03 Nov 2026 19:00:00 GMT", Some(0)),
            ("Fri, 31 Dec 2027 23:59:59 GMT", Some(7_200)),
            ("99999999999999999999", Some(7_200)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(rest(asked, now).map(|rest| rest.as_secs()), seconds, "{asked}");
        }
    }
}
