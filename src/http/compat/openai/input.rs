//! What a moderation request holds, and what is wrong with it.

use super::fault::Fault;
use crate::comment::CommentText;
use serde_json::{Map, Value};

/// How many inputs one request may have; and one input, parts.
const MOST: usize = 32;

/// The texts to judge, in order. A list of typed parts is one input; its texts are read as one.
pub(super) fn texts(body: &Value) -> Result<Vec<String>, Fault> {
    let Some(members) = body.as_object() else {
        return Err(Fault::invalid(None, "invalid_type", "The body has to be a JSON object."));
    };
    if let Some(name) = members.keys().find(|name| !matches!(name.as_str(), "input" | "model")) {
        return Err(Fault::invalid(Some(name), "unknown_parameter", format!("Unknown parameter: '{name}'.")));
    }
    if members.get("model").is_some_and(|model| !model.is_string() && !model.is_null()) {
        return Err(Fault::invalid(Some("model"), "invalid_type", "'model' has to be a string."));
    }
    let texts = match members.get("input") {
        None | Some(Value::Null) => {
            let message = "Missing required parameter: 'input'.";
            return Err(Fault::invalid(Some("input"), "missing_required_parameter", message));
        }
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => listed(list)?,
        Some(_) => return Err(wrong_type("input")),
    };
    match texts.iter().find(|text| text.len() > CommentText::MAX_BYTES) {
        None => Ok(texts),
        Some(text) => {
            let message = format!("An input may have {} bytes; this one has {}.", CommentText::MAX_BYTES, text.len());
            Err(Fault::invalid(Some("input"), "string_above_max_length", message))
        }
    }
}

fn listed(list: &[Value]) -> Result<Vec<String>, Fault> {
    if list.is_empty() {
        return Err(Fault::invalid(Some("input"), "empty_array", "'input' has to hold at least one text."));
    }
    if list.len() > MOST {
        let message = format!("'input' may hold {MOST} items; this one holds {}.", list.len());
        return Err(Fault::invalid(Some("input"), "array_above_max_length", message));
    }
    let named = list.iter().enumerate().map(|(place, item)| (format!("input[{place}]"), item));
    if list.iter().all(Value::is_object) {
        let parts = named.filter_map(|(name, item)| Some((name, item.as_object()?)));
        let texts = parts.map(|(name, part)| part_text(&name, part)).collect::<Result<Vec<String>, Fault>>()?;
        return Ok(vec![texts.join("\n")]);
    }
    named.map(|(name, item)| item.as_str().map(str::to_owned).ok_or_else(|| wrong_type(&name))).collect()
}

fn part_text(name: &str, part: &Map<String, Value>) -> Result<String, Fault> {
    match part.get("type").and_then(Value::as_str) {
        Some("text") => {
            let name = format!("{name}.text");
            part.get("text")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| Fault::invalid(Some(&name), "invalid_type", format!("'{name}' has to be a string.")))
        }
        Some("image_url") => {
            let message = format!("'{name}' is an image, and ombud judges text only. Send the text without it.");
            Err(Fault::invalid(Some(name), "image_not_supported", message))
        }
        _ => {
            let name = format!("{name}.type");
            Err(Fault::invalid(Some(&name), "invalid_value", format!("'{name}' has to be 'text'.")))
        }
    }
}

fn wrong_type(name: &str) -> Fault {
    let message = format!("'{name}' has to be a string, or 'input' a list of strings or of typed parts.");
    Fault::invalid(Some(name), "invalid_type", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_a_list_and_parts_are_read() {
        let read = |input: Value| texts(&json!({"input": input, "model": "omni-moderation-latest"})).unwrap();
        assert_eq!(read(json!("one")), ["one"]);
        assert_eq!(read(json!(["one", ""])), ["one", ""]);
        let parts = json!([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]);
        assert_eq!(read(parts), ["one\ntwo"], "parts are one input");
        assert_eq!(texts(&json!({"input": "one", "model": null})).unwrap(), ["one"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let image = json!({"type": "image_url", "image_url": {"url": "https://pictures.example/1.png"}});
        let text = json!({"type": "text", "text": "one"});
        let long = "x".repeat(CommentText::MAX_BYTES + 1);
        for (body, param, code) in [
            (json!("one"), None, "invalid_type"),
            (json!({}), Some("input"), "missing_required_parameter"),
            (json!({"input": null}), Some("input"), "missing_required_parameter"),
            (json!({"input": 7}), Some("input"), "invalid_type"),
            (json!({"input": {"type": "text"}}), Some("input"), "invalid_type"),
            (json!({"input": []}), Some("input"), "empty_array"),
            (json!({"input": ["one", 7]}), Some("input[1]"), "invalid_type"),
            (json!({"input": ["one", text]}), Some("input[1]"), "invalid_type"),
            (json!({"input": vec!["one"; MOST + 1]}), Some("input"), "array_above_max_length"),
            (json!({"input": long}), Some("input"), "string_above_max_length"),
            (json!({"input": [text, image]}), Some("input[1]"), "image_not_supported"),
            (json!({"input": [{"type": "text"}]}), Some("input[0].text"), "invalid_type"),
            (json!({"input": [{"type": "audio"}]}), Some("input[0].type"), "invalid_value"),
            (json!({"input": "one", "model": 7}), Some("model"), "invalid_type"),
            (json!({"input": "one", "user": "u"}), Some("user"), "unknown_parameter"),
        ] {
            let fault = texts(&body).expect_err(code);
            assert_eq!((fault.param(), fault.code()), (param, Some(code)));
        }
    }
}
