//! Many calls in one, as Google's clients send them (`multipart/mixed` of `application/http`): the answers come back in
//! the same order, each with its own status.

use super::error::GoogleError;
use super::{analyze, key_in, suggest};
use crate::comment::Scope;
use crate::http::authority::authorise;
use crate::http::json;
use crate::service::Ombud;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, ResponseError as _, web};

/// Most calls of one batch, as many as Google takes.
const MOST_CALLS: usize = 1_000;
/// Stands between the answers: JSON has no line that begins like it.
const BOUNDARY: &str = "batch_ombud";

pub(super) async fn post(
    request: HttpRequest,
    payload: web::Payload,
    ombud: web::Data<Ombud>,
) -> Result<HttpResponse, GoogleError> {
    let mime = request.mime_type().ok().flatten();
    let boundary = mime.as_ref().and_then(|mime| mime.get_param("boundary"));
    let boundary = boundary.ok_or_else(|| GoogleError::batch("It is not multipart/mixed with a boundary."))?;
    let body = json::body(&request, payload.into_inner()).await?;
    let body = std::str::from_utf8(&body).map_err(|_| GoogleError::batch("It is not UTF-8."))?;
    let calls: Vec<Call<'_>> = parts(body, boundary.as_str()).map(Call::parse).collect();
    if calls.is_empty() || calls.len() > MOST_CALLS {
        return Err(GoogleError::batch(&format!("It has {} calls; 1 to {MOST_CALLS} can be answered.", calls.len())));
    }
    let mut answers = Vec::new();
    for call in calls {
        let answered = call.answer(&request, &ombud).await;
        let (status, answer) = match answered {
            Ok(answer) => ("200 OK".to_owned(), answer),
            Err(error) => (error.status_code().to_string(), error.body().to_string()),
        };
        let id = call.id.map_or_else(String::new, |id| format!("Content-ID: <response-{id}>\r\n"));
        answers.push(format!(
            "--{BOUNDARY}\r\nContent-Type: application/http\r\n{id}\r\nHTTP/1.1 {status}\r\n\
             Content-Type: application/json; charset=UTF-8\r\n\r\n{answer}\r\n"
        ));
    }
    answers.push(format!("--{BOUNDARY}--\r\n"));
    Ok(HttpResponse::Ok().content_type(format!("multipart/mixed; boundary={BOUNDARY}")).body(answers.concat()))
}

/// One call of a batch, as far as it could be read.
#[derive(Debug, PartialEq)]
pub(super) struct Call<'a> {
    /// What the part calls itself, without the angle brackets.
    id: Option<&'a str>,
    method: &'a str,
    path: &'a str,
    query: &'a str,
    body: &'a str,
}

impl<'a> Call<'a> {
    pub(super) fn parse(part: &'a str) -> Self {
        let (about, call) = head_and_body(part);
        let (head, body) = head_and_body(call);
        let mut line = head.lines().next().unwrap_or_default().split(' ');
        let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let id = about.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-id").then(|| value.trim().trim_matches(['<', '>']))
        });
        Self { id, method, path, query, body: body.trim() }
    }

    async fn answer(&self, request: &HttpRequest, ombud: &Ombud) -> Result<String, GoogleError> {
        let caller = authorise(request, key_in(self.query).as_deref(), Scope::Submit).await?;
        let body = self.body.as_bytes();
        let name = self.path.rsplit_once("/v1alpha1/comments:").map_or("", |(_, name)| name);
        let answer = match (self.method, name) {
            ("POST", "analyze") => serde_json::to_string(&analyze::answer(ombud, &caller, json::parse(body)?).await?),
            ("POST", "suggestscore") => {
                serde_json::to_string(&suggest::answer(ombud, &caller, json::parse(body)?).await?)
            }
            _ => return Err(GoogleError::no_such_method()),
        };
        answer.map_err(|_| GoogleError::internal())
    }
}

/// What stands between the boundaries (RFC 2046), which are lines of their own.
pub(super) fn parts<'a>(body: &'a str, boundary: &str) -> impl Iterator<Item = &'a str> {
    let fence = format!("--{boundary}");
    let mut fences: Vec<&'a str> = Vec::new();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let closes = line.trim_end().strip_prefix(fence.as_str());
        if closes.is_some_and(|rest| rest.is_empty() || rest == "--") {
            fences.extend(start.map(|start| &body[start..at]));
            start = (closes == Some("")).then_some(at + line.len());
        }
        at += line.len();
    }
    fences.into_iter()
}

/// Splits at the first empty line, which may be the very first: nothing need be said about a part.
fn head_and_body(text: &str) -> (&str, &str) {
    if let Some(body) = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')) {
        return ("", body);
    }
    let at = ["\r\n\r\n", "\n\n"].into_iter().filter_map(|gap| Some((text.find(gap)?, gap.len()))).min();
    at.map_or((text, ""), |(at, gap)| (&text[..at], &text[at + gap..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_with_either_line_end() {
        let body = "--b x\nignored\n--b\nContent-Type: application/http\nContent-ID: <u + 1>\n\n\
                    POST /v1alpha1/comments:analyze?key=k&alt=json HTTP/1.1\nhost: h\n\n{\"a\": \"--b\"}\n\
                    --b\n\nGET / HTTP/1.1\n\n--b--\n";
        for body in [body.to_owned(), body.replace('\n', "\r\n")] {
            let calls: Vec<Call<'_>> = parts(&body, "b").map(Call::parse).collect();
            let first = Call {
                id: Some("u + 1"),
                method: "POST",
                path: "/v1alpha1/comments:analyze",
                query: "key=k&alt=json",
                body: "{\"a\": \"--b\"}",
            };
            assert_eq!(calls, [first, Call { id: None, method: "GET", path: "/", query: "", body: "" }]);
        }
        assert_eq!(parts("no fence", "b").count(), 0);
    }
}
