//! API keys where Akismet's clients put them: in a field, or in front of the host's name.
//!
//! Host names know no capitals and no `_`, and a part of one has at most 63 characters; a secret has capitals, `_` and
//! 256 random bits. So there is a second way to write it: the same bits in Base32 (RFC 4648, section 6), in small
//! letters and without padding, 52 characters. It *is* the secret, and nothing more is stored for it. Clients that put
//! the key in front of the host's name know but one key, so fields take both ways of writing.

use super::form::Form;
use actix_web::HttpRequest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const PREFIX: &str = "ombud_";
/// Random bytes of a secret.
const BYTES: usize = 32;
/// Characters of a label: 256 bits, five in each.
const LABEL: usize = 52;
const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// A secret as a part of a host's name; `None` for what is no secret of ombud's.
#[must_use]
pub fn host_label(secret: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let digit = |place: usize| (0..5).fold(0, |digit, step| digit << 1 | bit(place * 5 + step));
    let letters = (0..LABEL).map(|place| char::from(DIGITS[usize::from(digit(place))]));
    (bytes.len() == BYTES).then(|| letters.collect())
}

/// The secret that a label was made from. Capitals and small letters are the same.
fn from_label(label: &str) -> Option<String> {
    if label.len() != LABEL {
        return None;
    }
    let digit = |byte: u8| DIGITS.iter().position(|known| *known == byte.to_ascii_lowercase());
    let digits: Vec<usize> = label.bytes().map(digit).collect::<Option<_>>()?;
    let bit = |at: usize| digits[at / 5] >> (4 - at % 5) & 1;
    let byte = |place: usize| (0..8).fold(0_u8, |byte, step| byte << 1 | u8::from(bit(place * 8 + step) == 1));
    // The last character has bits to spare: with any of them set it was made from no secret.
    let spare = (BYTES * 8..LABEL * 5).any(|at| bit(at) == 1);
    let bytes: Vec<u8> = (0..BYTES).map(byte).collect();
    (!spare).then(|| format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// The secret that came with a request: in one of the fields, else in the host's name.
pub(super) fn secret(request: &HttpRequest, form: &Form, fields: &[&str]) -> Option<String> {
    if let Some(key) = fields.iter().find_map(|field| form.get(field)) {
        return Some(from_label(key).unwrap_or_else(|| key.to_owned()));
    }
    from_label(request.connection_info().host().split('.').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    /// Bytes 0 to 31; the label as Python's `base64.b32encode` writes it.
    const SECRET: &str = "ombud_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const HOST: &str = "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq";

    #[test]
    fn a_label_is_the_secret_in_base32() {
        assert_eq!(host_label(SECRET).as_deref(), Some(HOST));
        assert_eq!(from_label(HOST).as_deref(), Some(SECRET));
        assert_eq!(from_label(&HOST.to_uppercase()).as_deref(), Some(SECRET));
    }

    #[test]
    fn nothing_else_is_a_label() {
        for wrong in ["", "rest", "127", &HOST[1..], &HOST.replace('q', "1"), &format!("{}r", &HOST[..51])] {
            assert_eq!(from_label(wrong), None, "{wrong}");
        }
        for wrong in ["", "ombud_", &SECRET[6..], "ombud_AAECAw", "ombud_!"] {
            assert_eq!(host_label(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_field_goes_before_the_host() {
        let request = TestRequest::default().insert_header(("host", format!("{HOST}.ombud.example:8080")));
        let request = request.to_http_request();
        let secret = |form: &str| secret(&request, &Form::parse(form.as_bytes(), None), &["api_key", "key"]);
        assert_eq!(secret("blog=b").as_deref(), Some(SECRET));
        assert_eq!(secret("key=ombud_x").as_deref(), Some("ombud_x"));
        assert_eq!(secret(&format!("key=k&api_key={HOST}")).as_deref(), Some(SECRET), "either way of writing");
        let plain = TestRequest::default().insert_header(("host", "rest.ombud.example")).to_http_request();
        assert_eq!(super::secret(&plain, &Form::parse(b"", None), &["api_key"]), None);
    }

    proptest! {
        #[test]
        fn every_secret_fits_in_a_host_name(bytes in prop::array::uniform32(any::<u8>())) {
            let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
            let label = host_label(&secret).unwrap();
            prop_assert!(label.len() <= 63 && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            prop_assert_eq!(from_label(&label), Some(secret));
        }
    }
}
