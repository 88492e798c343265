//! The API's own description: OpenAPI 3.1, and a page to read it that needs no outside network.

mod allowed;
mod common;

pub(super) use allowed::Allowed;

use super::problem::Code;
use actix_web::{App, HttpResponse, web};
use askama::Template;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_actix_web::AppExt as _;

#[derive(OpenApi)]
#[openapi(
    info(title = "ombud", description = "Comment moderation: a comment comes in, a decision with all its reasons comes out. \
        Every answer has an `x-request-id`: the one that the request came with, or a new one. Where the status is 500 or above, the problem has it too, as `request_id`."),
    security(("key" = [])),
    modifiers(&Keys),
    tags(
        (name = "articles", description = "What is commented on"),
        (name = "comments", description = "Comments, the thread, reports and scores"),
        (name = "queue", description = "What waits for a moderator, and her decisions"),
        (name = "events", description = "What happened"),
        (name = "policy", description = "What comments are judged by"),
        (name = "audit", description = "Who did what"),
        (name = "health", description = "Probes"),
    )
)]
struct Description;

struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("key", scheme);
    }
}

/// The OpenAPI document, built from the handlers that are really registered.
#[must_use]
pub fn description() -> ApiDescription {
    let (_, api) =
        App::new().into_utoipa_app().openapi(Description::openapi()).configure(super::configure).split_for_parts();
    let mut document = serde_json::to_value(&api).unwrap_or_default();
    common::complete(&mut document);
    let page = Page::of(&document).render().unwrap_or_default();
    ApiDescription { allowed: Allowed::by(&document), document: document.to_string(), page }
}

/// The document and the page, rendered once.
#[derive(Clone)]
pub struct ApiDescription {
    /// OpenAPI 3.1 as JSON.
    pub document: String,
    page: String,
    pub(super) allowed: Allowed,
}

pub(super) async fn openapi(description: web::Data<ApiDescription>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(description.document.clone())
}

pub(super) async fn page(description: web::Data<ApiDescription>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header(("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"))
        .body(description.page.clone())
}

/// A sentence with its `code` set apart: pieces, and whether each is code.
type Prose = Vec<(bool, String)>;

fn prose(value: &Value) -> Prose {
    let pieces = value.as_str().unwrap_or_default().split('`').enumerate();
    pieces.map(|(n, piece)| (n % 2 == 1, piece.to_owned())).collect()
}

/// One call, for the page.
struct Call {
    method: String,
    path: String,
    summary: Prose,
    description: Prose,
    parameters: Vec<(String, String, Prose)>,
    /// Fields of the body: name, type, whether it must be there, what it is.
    fields: Vec<(String, String, bool, Prose)>,
    responses: Vec<(String, Prose)>,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    version: String,
    groups: Vec<(String, String, Vec<Call>)>,
    problems: Vec<(&'static str, u16, &'static str)>,
}

impl Page {
    fn of(document: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let tags = document["tags"].as_array().cloned().unwrap_or_default();
        let groups = tags
            .iter()
            .map(|tag| (text(&tag["name"]), text(&tag["description"]), calls(document, &text(&tag["name"]))))
            .collect();
        Self {
            version: text(&document["info"]["version"]),
            groups,
            problems: Code::ALL.iter().map(|c| (c.name(), c.status(), c.title())).collect(),
        }
    }
}

fn calls(document: &Value, tag: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, call) in methods.as_object().into_iter().flatten() {
            if call["tags"].as_array().is_some_and(|tags| tags.iter().any(|t| t == tag)) {
                calls.push(call_of(document, path, method, call));
            }
        }
    }
    calls
}

fn call_of(document: &Value, path: &str, method: &str, call: &Value) -> Call {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameter = |p: &Value| (text(&p["name"]), text(&p["in"]), prose(&p["description"]));
    let body = &call["requestBody"]["content"]["application/json"]["schema"]["$ref"];
    Call {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: prose(&call["summary"]),
        description: prose(&call["description"]),
        parameters: call["parameters"].as_array().into_iter().flatten().map(parameter).collect(),
        fields: body.as_str().map(|name| fields(document, name)).unwrap_or_default(),
        responses: call["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(status, response)| (status.clone(), prose(&response["description"])))
            .collect(),
    }
}

fn fields(document: &Value, reference: &str) -> Vec<(String, String, bool, Prose)> {
    let Some(schema) = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)) else {
        return Vec::new();
    };
    let required = |name: &str| schema["required"].as_array().is_some_and(|r| r.iter().any(|n| n == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, property)| (name.clone(), kind(property), required(name), prose(&property["description"])))
        .collect()
}

/// A schema's type in a word or two.
fn kind(property: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let options = property["oneOf"].as_array().or_else(|| property["anyOf"].as_array());
    if let Some(options) = options {
        return options.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &property["type"] {
        Value::String(name) if name == "array" => format!("list of {}", kind(&property["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => String::new(),
    }
}
