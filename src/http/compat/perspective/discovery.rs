//! The discovery document: what Google's API clients read to know how to call. The names of schemas and fields are
//! those of the Comment Analyzer API `v1alpha1`, as far as ombud takes or gives them.

use super::error::GoogleError;
use actix_web::{HttpRequest, HttpResponse, ResponseError as _, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
pub(super) struct Version {
    version: Option<String>,
}

/// `GET /$discovery/rest?version=v1alpha1`. The address in it is the one that was asked.
pub(super) async fn get(request: HttpRequest, query: web::Query<Version>) -> HttpResponse {
    if query.version.as_deref().is_some_and(|version| version != "v1alpha1") {
        return GoogleError::no_such_document().error_response();
    }
    let connection = request.connection_info();
    let path = request.path();
    let below = path.strip_suffix("/$discovery/rest").unwrap_or_default();
    let root = format!("{}://{}{below}/", connection.scheme(), connection.host());
    HttpResponse::Ok().json(document(&root))
}

/// The document for an API at this address, which ends in a slash.
fn document(root: &str) -> Value {
    json!({
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "canonicalName": "Comment Analyzer",
        "version": "v1alpha1",
        "title": "Perspective Comment Analyzer API, served by ombud",
        "description": "Scores comments. Nothing is stored by scoring.",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "servicePath": "",
        "basePath": "",
        "batchPath": "batch",
        "parameters": parameters(),
        "schemas": schemas(),
        "resources": {"comments": {"methods": {
            "analyze": method("analyze", "AnalyzeCommentRequest", "AnalyzeCommentResponse", "Scores a comment."),
            "suggestscore": method(
                "suggestscore", "SuggestCommentScoreRequest", "SuggestCommentScoreResponse",
                "Says what a comment's scores should have been. The site's own model learns from it.",
            ),
        }}},
    })
}

fn method(name: &str, request: &str, response: &str, description: &str) -> Value {
    let path = format!("v1alpha1/comments:{name}");
    json!({
        "id": format!("commentanalyzer.comments.{name}"), "path": path, "flatPath": path, "httpMethod": "POST",
        "description": description, "parameters": {}, "parameterOrder": [],
        "request": {"$ref": request}, "response": {"$ref": response},
    })
}

/// What every call takes in its query.
fn parameters() -> Value {
    let text = |description: &str| json!({"type": "string", "location": "query", "description": description});
    json!({
        "key": text("An API key of ombud with the scope `submit`."),
        "alt": {"type": "string", "location": "query", "default": "json", "enum": ["json"],
            "enumDescriptions": ["JSON"], "description": "The format of the response."},
        "prettyPrint": {"type": "boolean", "location": "query", "default": "true", "description": "Taken, and ignored."},
        "quotaUser": text("Taken, and ignored."),
        "fields": text("Taken, and ignored."),
    })
}

fn schemas() -> Value {
    let of = |kind: &str| json!({"type": kind});
    let number = json!({"type": "number", "format": "float"});
    let whole = json!({"type": "integer", "format": "int32"});
    let refer = |name: &str| json!({"$ref": name});
    let list = |items: &Value| json!({"type": "array", "items": items});
    let map = |values: &Value| json!({"type": "object", "additionalProperties": values});
    let schema = |name: &str, properties: Value| json!({"id": name, "type": "object", "properties": properties});
    let texts = list(&of("string"));
    let all = [
        schema("TextEntry", json!({"text": of("string"), "type": of("string")})),
        schema("ArticleAndParentComment", json!({"article": refer("TextEntry"), "parentComment": refer("TextEntry")})),
        schema(
            "Context",
            json!({
                "entries": list(&refer("TextEntry")), "articleAndParentComment": refer("ArticleAndParentComment"),
            }),
        ),
        schema("AttributeParameters", json!({"scoreType": of("string"), "scoreThreshold": number})),
        schema("Score", json!({"value": number, "type": of("string")})),
        schema("SpanScore", json!({"begin": whole, "end": whole, "score": refer("Score")})),
        schema(
            "AttributeScores",
            json!({
                "summaryScore": refer("Score"), "spanScores": list(&refer("SpanScore")),
            }),
        ),
        schema(
            "AnalyzeCommentRequest",
            json!({
                "comment": refer("TextEntry"), "context": refer("Context"),
                "requestedAttributes": map(&refer("AttributeParameters")), "languages": texts,
                "doNotStore": of("boolean"), "spanAnnotations": of("boolean"), "dropUnsupportedAttributes": of("boolean"),
                "clientToken": of("string"), "sessionId": of("string"), "communityId": of("string"),
            }),
        ),
        schema(
            "AnalyzeCommentResponse",
            json!({
                "attributeScores": map(&refer("AttributeScores")), "languages": texts, "detectedLanguages": texts,
                "clientToken": of("string"),
            }),
        ),
        schema(
            "SuggestCommentScoreRequest",
            json!({
                "comment": refer("TextEntry"), "context": refer("Context"),
                "attributeScores": map(&refer("AttributeScores")), "languages": texts,
                "clientToken": of("string"), "sessionId": of("string"), "communityId": of("string"),
            }),
        ),
        schema(
            "SuggestCommentScoreResponse",
            json!({
                "detectedLanguages": texts, "requestedLanguages": texts, "clientToken": of("string"),
            }),
        ),
    ];
    all.into_iter().map(|schema| (schema["id"].as_str().unwrap_or_default().to_owned(), schema)).collect()
}
