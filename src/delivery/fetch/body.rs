//! Bodies from outside: never more than asked for, and text in whatever encoding.

use super::{FetchError, failure};
use encoding_rs::{Encoding, UTF_8};
use reqwest::Response;

/// How far into a page its encoding is looked for, in bytes, as browsers do.
const PRESCAN: usize = 1024;

/// A whole body.
///
/// # Errors
/// [`FetchError::TooLong`] beyond the limit, before more of it is read.
pub async fn read(response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(FetchError::TooLong);
    }
    let body = read_up_to(response, limit + 1).await?;
    if body.len() > limit { Err(FetchError::TooLong) } else { Ok(body) }
}

/// The beginning of a body.
pub async fn read_up_to(mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while body.len() < limit {
        let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? else { break };
        body.extend_from_slice(&chunk[..chunk.len().min(limit - body.len())]);
    }
    Ok(body)
}

/// The text of a page, in the encoding that its bytes, its media type or its head name, else UTF-8.
pub fn decode(bytes: &[u8], media_type: &str) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN)]);
    let named = charset(media_type).or_else(|| charset(&head));
    let encoding = named.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(UTF_8);
    // A byte order mark wins, as the standard has it.
    encoding.decode(bytes).0.into_owned()
}

/// What follows `charset=`.
fn charset(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let at = lower.find("charset=")? + "charset=".len();
    let rest = text[at..].trim_start_matches(['"', '\'', ' ']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ':'));
    Some(&rest[..end.unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_in_its_own_encoding() {
        let latin = b"<meta charset=\"iso-8859-1\">caf\xe9";
        for (bytes, media_type, text) in [
            ("café".as_bytes(), "text/html", "café"),
            (b"caf\xe9", "text/html; charset=ISO-8859-1", "café"),
            (&latin[..], "text/html", "<meta charset=\"iso-8859-1\">café"),
            (b"\xef\xbb\xbfcaf\xc3\xa9", "text/html; charset=iso-8859-1", "café"),
            (b"caf\xe9", "text/html; charset=nonsense", "caf\u{fffd}"),
        ] {
            assert_eq!(decode(bytes, media_type), text);
        }
    }
}
