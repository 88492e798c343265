//! Styles and scripts of the pages, which the program carries in itself: nothing is fetched from anywhere else.
//!
//! A page names a file by [`address`], which has the content's hash in its query, so that a browser keeps it for good
//! and asks anew once it is another file. In a development build the files are read from `assets/` each time.

use super::problem::{Code, Problem};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Assets;

/// Of a file that is named with its hash: what it holds never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// Of one that is not, or with the hash of an earlier release: asked for anew each time, by its `ETag`.
const ASK_AGAIN: &str = "no-cache";

/// Where a page finds a file of `assets/`, such as `console/base.css`: `/assets/console/base.css?v=HASH`. The address
/// of a file that is not there has no hash, and nothing is served at it.
#[must_use]
pub fn address(path: &str) -> String {
    match Assets::get(path) {
        Some(file) => format!("/assets/{path}?v={}", version(&file)),
        None => format!("/assets/{path}"),
    }
}

/// `GET /assets/{path}`
pub(super) async fn file(request: HttpRequest, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = Assets::get(&path).zip(media_type(&path));
    let nothing = || Problem::new(Code::NoSuchAddress, format!("nothing is served at {}", request.path()));
    let (file, media_type) = found.ok_or_else(nothing)?;
    let version = version(&file);
    let caching = if request.query_string() == format!("v={version}") { FOR_GOOD } else { ASK_AGAIN };
    // Weak: the same file may travel compressed.
    let tag = format!("W/\"{version}\"");
    let mut answer = HttpResponse::Ok();
    answer.insert_header((ETAG, tag.as_str())).insert_header((CACHE_CONTROL, caching));
    if is_known(&request, &tag) {
        return Ok(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    Ok(answer.insert_header((CONTENT_TYPE, media_type)).body(file.data.into_owned()))
}

/// 64 bits of the content's SHA-256, in hex.
fn version(file: &EmbeddedFile) -> String {
    crate::comment::hex(&file.metadata.sha256_hash()[..8])
}

/// What a file is, by its name; `None` for what is not for browsers.
fn media_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit('.').next()? {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// Whether the caller has this file already.
pub(super) fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get_all(IF_NONE_MATCH).filter_map(|tags| tags.to_str().ok());
    // Compared weakly, as RFC 9110 has it for this header.
    let opaque = tag.trim_start_matches("W/");
    known.flat_map(|tags| tags.split(',')).map(str::trim).any(|t| t == "*" || t.trim_start_matches("W/") == opaque)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_of_a_type_that_browsers_are_told() {
        let files: Vec<_> = Assets::iter().collect();
        assert!(files.iter().any(|path| path == "console/base.css"), "{files:?}");
        for path in files {
            assert!(media_type(&path).is_some(), "{path} has no media type");
            assert!(address(&path).starts_with(&format!("/assets/{path}?v=")), "{path}");
        }
    }
}
