//! What every call has in common, written into the document once: problems, ids, names of operations.
//!
//! A handler describes what is its own. That a key can be missing, a body malformed or the store away is so
//! everywhere, and a client generated from the document has to know it.

use crate::http::problem::Code;
use serde_json::{Map, Value, json};

/// The codes that any call of a kind may answer, beside what it describes itself.
struct Common {
    /// Whether an operation of the document is of this kind.
    applies: fn(&Value) -> bool,
    codes: &'static [Code],
}

const COMMON: [Common; 4] = [
    Common {
        applies: takes_key,
        codes: &[
            Code::KeyMissing,
            Code::KeyInvalid,
            Code::ScopeMissing,
            Code::RateLimited,
            Code::Unavailable,
            Code::Internal,
        ],
    },
    Common { applies: |operation| has(operation, |p| p["in"] == "query"), codes: &[Code::InvalidQuery] },
    Common { applies: |operation| has(operation, names_something), codes: &[Code::InvalidIdentifier] },
    Common {
        applies: takes_json,
        codes: &[
            Code::MalformedJson,
            Code::JsonTooDeep,
            Code::InvalidUnicode,
            Code::BodyUnreadable,
            Code::BodyTooSlow,
            Code::BodyTooLarge,
            Code::NotJson,
            Code::UnknownField,
            Code::MissingField,
            Code::WrongType,
        ],
    },
];

fn takes_key(operation: &Value) -> bool {
    operation["security"].is_null()
}

fn takes_json(operation: &Value) -> bool {
    !operation["requestBody"]["content"]["application/json"].is_null()
}

fn has(operation: &Value, wanted: fn(&Value) -> bool) -> bool {
    operation["parameters"].as_array().is_some_and(|parameters| parameters.iter().any(wanted))
}

/// Whether a parameter is an id.
fn names_something(parameter: &Value) -> bool {
    parameter["in"] == "path" || parameter["name"].as_str().is_some_and(|name| name.ends_with("_id"))
}

/// Completes a document in place.
pub(super) fn complete(document: &mut Value) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            operation["operationId"] = json!(name(method, path));
            describe(operation);
        }
    }
    document["components"]["schemas"]["Problem"] = problem();
}

fn describe(operation: &mut Value) {
    if !operation["requestBody"]["content"]["application/x-ndjson"].is_null() {
        // No lines are lines too.
        operation["requestBody"]["required"] = json!(false);
    }
    let codes: Vec<Code> =
        COMMON.iter().filter(|common| (common.applies)(operation)).flat_map(|common| common.codes).copied().collect();
    for code in codes {
        add(&mut operation["responses"], code);
    }
    for (status, answer) in operation["responses"].as_object_mut().into_iter().flatten() {
        if status.starts_with(['4', '5']) {
            answer["content"] =
                json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}});
        }
    }
    // Indexing for writing would make a list where there is none.
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if parameter["in"] == "path" {
            parameter["schema"] = json!({"type": "string", "minLength": 1, "maxLength": 512, "pattern": r"^\S+$"});
        }
    }
}

/// `put_articles_id`: methods and paths are unique, so these are; names of functions are not.
fn name(method: &str, path: &str) -> String {
    let path = path.trim_start_matches("/v1").replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let words = std::iter::once(method).chain(path.split_whitespace());
    words.collect::<Vec<_>>().join("_")
}

/// Adds a code to the description of its status, unless it stands there.
fn add(responses: &mut Value, code: Code) {
    let answer = &mut responses[code.status().to_string()];
    let named = format!("`{}`", code.name());
    let said = answer["description"].as_str().unwrap_or_default();
    if said.contains(&named) {
        return;
    }
    let said = if said.is_empty() { named } else { format!("{said}; {named}") };
    answer["description"] = json!(said);
}

/// RFC 9457, with what ombud adds.
fn problem() -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let mut properties = Map::new();
    let texts = [
        ("type", "Where the code is described: `/docs#CODE`."),
        ("title", "What the code means; the same every time."),
        ("detail", "What is wrong with this very request, for people."),
        ("pointer", "The member of the body, or the parameter, that is wrong."),
        ("request_id", "Of the request, where the status is 500 or above; the log has it too."),
    ];
    for (name, description) in texts {
        properties.insert(name.to_owned(), json!({"type": "string", "description": description}));
    }
    properties.insert("status".to_owned(), json!({"type": "integer", "description": "The HTTP status."}));
    let code = json!({"type": "string", "enum": codes, "description": "Stable: programs may rely on it."});
    properties.insert("code".to_owned(), code);
    json!({
        "type": "object",
        "description": "What went wrong (RFC 9457). Some codes add members of their own, such as `current`, the comment as it stands.",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": properties,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_what_may_go_wrong_with_it() {
        let mut document = json!({
            "paths": {
                "/v1/things/{id}": {"put": {
                    "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                    "requestBody": {"content": {"application/json": {}}},
                    "responses": {"200": {"description": "Done"}, "409": {"description": "`version_stale`"}},
                }},
                "/livez": {"get": {"security": [{}], "responses": {"200": {"description": "Alive"}}}},
            },
            "components": {"schemas": {}},
        });
        complete(&mut document);
        let put = &document["paths"]["/v1/things/{id}"]["put"];
        assert_eq!(put["operationId"], "put_things_id");
        let statuses: Vec<&String> = put["responses"].as_object().unwrap().keys().collect();
        let expected = ["200", "409", "401", "403", "429", "503", "500", "422", "400", "408", "413", "415"];
        assert_eq!(statuses, expected);
        assert_eq!(put["responses"]["409"]["description"], "`version_stale`");
        assert!(put["responses"]["409"]["content"]["application/problem+json"].is_object());
        assert!(put["responses"]["422"]["description"].as_str().unwrap().starts_with("`invalid_id`; `unknown_field`"));
        assert!(put["responses"]["200"]["content"].is_null());
        let live = &document["paths"]["/livez"]["get"];
        assert_eq!((&live["operationId"], live["responses"].as_object().unwrap().len()), (&json!("get_livez"), 1));
    }
}
