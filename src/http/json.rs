//! Bodies and queries, parsed so that whoever sent them learns exactly what is wrong.

use super::limit::Limits;
use super::problem::{Code, Problem};
use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;

/// Nothing that ombud takes is nested deeper than a few levels.
const MAX_NESTING: usize = 32;

/// A JSON body.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = check_media_type(request);
        let body = body(request, payload.take());
        Box::pin(async move {
            media_type?;
            parse(&body.await?).map(Self)
        })
    }
}

/// Whether a body is said to be JSON, or nothing is said of it.
///
/// # Errors
/// `media_type_unsupported`.
pub(super) fn check_media_type(request: &HttpRequest) -> Result<(), Problem> {
    let Some(value) = request.headers().get(CONTENT_TYPE) else { return Ok(()) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == "application/json" || essence.ends_with("+json") {
        return Ok(());
    }
    Err(Problem::new(Code::NotJson, "send `Content-Type: application/json`"))
}

/// A request's body, as it was sent.
///
/// # Errors
/// `body_too_large` beyond the limit, `body_too_slow` if it takes too long, `body_unreadable` if it ends early.
pub(super) fn body(request: &HttpRequest, payload: Payload) -> impl Future<Output = Result<Vec<u8>, Problem>> + use<> {
    let limits = request.app_data::<web::Data<Limits>>().map_or_else(Limits::default, |l| ***l);
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let reading = read(payload, limits.body_bytes, announced.unwrap_or(0));
    async move {
        let seconds = limits.body_time.as_secs();
        let late = |_| Problem::new(Code::BodyTooSlow, format!("a body may take {seconds} s to come in"));
        tokio::time::timeout(limits.body_time, reading).await.map_err(late)?
    }
}

async fn read(mut payload: Payload, limit: usize, announced: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::with_capacity(announced.min(limit));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::BodyUnreadable, "the body ended early"))?;
        if body.len() + chunk.len() > limit {
            return Err(Problem::new(Code::BodyTooLarge, format!("the body may have {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Parses a JSON document into `T`.
///
/// # Errors
/// A problem that tells malformed JSON, wrong nesting, wrong Unicode, unknown, missing and wrong fields
/// apart, and names the member.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(Problem::new(Code::InvalidUnicode, "the body is not UTF-8"));
    };
    // Few bodies have so many brackets at all, and those are soon counted.
    let brackets = body.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    if brackets > MAX_NESTING && nesting(body) > MAX_NESTING {
        return Err(Problem::new(Code::JsonTooDeep, format!("JSON may be nested {MAX_NESTING} deep")));
    }
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    // Once more, slower, to learn where it is wrong.
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = error.path().to_string();
        explain(error.inner(), &pointer)
    })?;
    deserializer.end().map_err(|error| explain(&error, "."))?;
    Ok(value)
}

/// How deep arrays and objects stand in one another, in what need not be valid JSON.
fn nesting(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The parser says what is wrong only in words; these are the words.
fn explain(error: &serde_json::Error, pointer: &str) -> Problem {
    let message = error.to_string();
    let data = error.classify() == serde_json::error::Category::Data;
    let code = if message.contains("surrogate") || message.contains("unicode") || message.contains("hex escape") {
        Code::InvalidUnicode
    } else if !data {
        Code::MalformedJson
    } else if message.starts_with("unknown field") {
        Code::UnknownField
    } else if message.starts_with("missing field") {
        Code::MissingField
    } else {
        Code::WrongType
    };
    let problem = Problem::new(code, message);
    if pointer == "." { problem } else { problem.at(pointer) }
}

/// Query parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<T>::from_query(request.query_string());
        std::future::ready(match query {
            Ok(query) => Ok(Self(query.into_inner())),
            Err(error) => Err(Problem::new(Code::InvalidQuery, error.to_string())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[allow(dead_code, reason = "only parsed")]
        text: String,
    }

    #[test]
    fn each_fault_has_its_code() {
        let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
        let cases: [(&[u8], Code); 9] = [
            (b"{", Code::MalformedJson),
            (b"", Code::MalformedJson),
            (b"{\"text\":\"a\"} x", Code::MalformedJson),
            (b"{\"text\":\"a\n\"}", Code::MalformedJson),
            (b"{\"text\":1}", Code::WrongType),
            (b"{\"text\":\"a\",\"b\":1}", Code::UnknownField),
            (b"{}", Code::MissingField),
            (b"{\"text\":\"\\ud800\"}", Code::InvalidUnicode),
            (b"{\"text\":\"\xff\"}", Code::InvalidUnicode),
        ];
        for (body, code) in cases {
            let problem = parse::<Sample>(body).unwrap_err();
            assert_eq!(problem.code(), code, "{body:?}");
        }
        assert_eq!(parse::<Sample>(deep.as_bytes()).unwrap_err().code(), Code::JsonTooDeep);
        // Brackets in a string nest nothing.
        let text = format!("{{\"text\":\"\\\"{}\"}}", "[".repeat(500));
        assert!(parse::<Sample>(text.as_bytes()).is_ok());
    }
}
