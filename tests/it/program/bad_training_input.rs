//! What is wrong with data and models is said, with the file and the line, and nothing is overwritten.

use super::{folder, text};
use crate::support::program::{run, run_on};
use ombud::training::source::SOURCES;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What was there before.
const BEFORE: &[u8] = b"a model from before";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).expect("memory");
    encoder.finish().expect("memory")
}

/// A row of training data.
fn row(id: usize, labels: &Value) -> String {
    let text = format!("The mayor explained the budget in week {id}");
    format!("{}\n", json!({ "id": id.to_string(), "text": text, "split": "train", "labels": labels }))
}

/// A data directory with these bytes for `civil_comments`, and every other source empty.
fn data(folder: &Path, civil_comments: &[u8]) -> PathBuf {
    let abuse = folder.join("data/abuse");
    std::fs::create_dir_all(&abuse).expect("a folder");
    for source in SOURCES {
        let bytes = if source.name == "civil_comments" { civil_comments } else { &gzip(b"") };
        std::fs::write(abuse.join(format!("{}.jsonl.gz", source.name)), bytes).expect("written");
    }
    folder.join("data")
}

/// Trains where a model lies already, which must stay; what was said.
#[track_caller]
fn fail_to_train(folder: &Path, what: &str, arguments: &[&str]) -> String {
    let out = folder.join("out.safetensors");
    std::fs::write(&out, BEFORE).expect("written");
    let said = run(folder, &[&["train", what, "--out", text(&out)], arguments].concat()).expect_failure();
    assert_eq!(std::fs::read(&out).expect("it is there"), BEFORE, "{said}");
    assert!(!folder.join("out.tmp").exists(), "nothing is left beside it");
    said
}

#[test]
fn training_data_that_is_no_good_is_named() {
    let good = |labels: Value| (0..60).map(|i| row(i, &labels)).collect::<String>();
    let harmless = good(json!({ "TOXICITY": 0.0, "INSULT": 0.0 }));
    let after = |line: &str| [harmless.as_bytes(), line.as_bytes()].concat();
    let whole = gzip(harmless.as_bytes());
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        (
            "no label at all",
            gzip(&after("{\"id\":\"a\",\"text\":\"t\",\"split\":\"train\"}")),
            &["line 61: ", "`labels`"],
        ),
        ("no split", gzip(&after("{\"id\":\"a\",\"text\":\"t\",\"labels\":{}}")), &["line 61: ", "`split`"]),
        ("no JSON", gzip(&after("\nnonsense\n")), &["line 62: "]),
        ("a share above 1", gzip(&after(&row(9, &json!({ "INSULT": 1.5 })))), &["line 61: ", "1.5"]),
        ("no UTF-8", gzip(&[harmless.as_bytes(), b"{\"id\":\"\xff\"}"].concat()), &["line 61: ", "UTF-8"]),
        ("cut short", whole[..whole.len() - 20].to_vec(), &["line "]),
        ("no gzip", harmless.clone().into_bytes(), &["line 1: ", "gzip"]),
    ];
    for (name, bytes, expected) in cases {
        let folder = folder();
        let data = data(folder.path(), &bytes);
        let said = fail_to_train(folder.path(), "abuse", &["--data", text(&data)]);
        for part in [&["civil_comments.jsonl.gz"], expected].concat() {
            assert!(said.contains(part), "{name}: {part}: {said}");
        }
    }
}

#[test]
fn data_that_teaches_nothing_makes_no_model() {
    let rows = |labels: &Value| gzip((0..60).map(|i| row(i, labels)).collect::<String>().as_bytes());
    let cases = [
        ("no row", gzip(b"")),
        ("no label", rows(&json!({ "TOXICITY": null }))),
        ("one class", rows(&json!({ "TOXICITY": 0.0, "INSULT": 0.0, "SPAM": 0.0 }))),
        ("the other class", rows(&json!({ "TOXICITY": 1.0, "INSULT": 1.0, "SPAM": 1.0 }))),
    ];
    for (name, bytes) in cases {
        let folder = folder();
        let data = data(folder.path(), &bytes);
        let said = fail_to_train(folder.path(), "abuse", &["--data", text(&data)]);
        assert!(said.contains("calibrating") && said.contains("both must occur"), "{name}: {said}");
    }
}

#[test]
fn scores_of_perspectives_that_are_no_good_are_named() {
    let folder = folder();
    let data = data(folder.path(), &gzip(b""));
    std::fs::create_dir(data.join("perspective")).expect("a folder");
    let cases: [(&[u8], &str); 2] =
        [(b"id,comment_text\n", "line 1: there is no column TOXICITY@6"), (b"\xff", "line 1: ")];
    for (bytes, expected) in cases {
        std::fs::write(data.join("perspective/wikipedia_2k_scores.csv.gz"), gzip(bytes)).expect("written");
        let said = fail_to_train(folder.path(), "abuse", &["--data", text(&data)]);
        assert!(said.contains("wikipedia_2k_scores.csv.gz") && said.contains(expected), "{said}");
    }
}

#[test]
fn a_folder_without_data_is_named() {
    let folder = folder();
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).expect("a folder");
    for (what, file) in [("abuse", "civil_comments.jsonl.gz"), ("topicality", "articles.jsonl.gz")] {
        for data in [text(&empty), "nowhere"] {
            let said = fail_to_train(folder.path(), what, &["--data", data]);
            assert!(said.contains(&format!("opening {data}/{file}")), "{said}");
        }
    }
}

fn shipped(name: &str) -> Vec<u8> {
    let path = format!("{}/models/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a model of the tree")
}

type Tensors = HashMap<String, (Dtype, Vec<usize>, Vec<u8>)>;

/// A model file after a change to its card and its tensors.
fn changed(bytes: &[u8], change: impl FnOnce(&mut Value, &mut Tensors)) -> Vec<u8> {
    let (_, header) = SafeTensors::read_metadata(bytes).expect("a model");
    let card = &header.metadata().as_ref().expect("metadata")["ombud"];
    let mut card: Value = serde_json::from_str(card).expect("a card");
    let read = SafeTensors::deserialize(bytes).expect("a model");
    let tensor =
        |(name, view): (String, TensorView<'_>)| (name, (view.dtype(), view.shape().to_vec(), view.data().to_vec()));
    let mut tensors: Tensors = read.tensors().into_iter().map(tensor).collect();
    change(&mut card, &mut tensors);
    let views = tensors.iter().map(|(name, (dtype, shape, data))| {
        (name, TensorView::new(*dtype, shape.clone(), data).expect("bytes that fit"))
    });
    safetensors::serialize(views, Some(HashMap::from([("ombud".to_owned(), card.to_string())]))).expect("a model")
}

/// Takes the last `count` off the first dimension of a tensor.
fn shorten(tensors: &mut Tensors, name: &str, count: usize) {
    let (_, shape, data) = tensors.get_mut(name).expect("a tensor");
    let row = data.len() / shape[0];
    shape[0] -= count;
    data.truncate(shape[0] * row);
}

fn not_a_number(tensors: &mut Tensors, name: &str) {
    tensors.get_mut(name).expect("a tensor").2[..4].copy_from_slice(&f32::NAN.to_le_bytes());
}

#[test]
fn a_model_that_is_no_good_is_refused() {
    let folder = folder();
    let comments = "{\"id\":1,\"text\":\"You fool\"}\n";
    let labelled = folder.path().join("mine.jsonl");
    std::fs::write(&labelled, "{\"text\":\"You fool\",\"labels\":{\"INSULT\":1}}\n").expect("written");
    let card = folder.path().join("card.md");
    let [embedding, abuse, topicality] = ["embedding", "abuse", "topicality"].map(shipped);
    let cases: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("nothing", Vec::new(), &["no safetensors file, or a damaged one"]),
        ("cut short", abuse[..abuse.len() - 1].to_vec(), &["no safetensors file, or a damaged one"]),
        ("no card", safetensors::serialize(Vec::<(&str, TensorView<'_>)>::new(), None).expect("a file"), &["card"]),
        ("format", changed(&abuse, |c, _| c["format"] = 99.into()), &["abuse", "format 99", "train it anew"]),
        ("format", changed(&topicality, |c, _| c["format"] = 99.into()), &["topicality", "format 99"]),
        ("format", changed(&embedding, |c, _| c["format"] = 99.into()), &["embedding", "format 99"]),
        (
            "features",
            changed(&abuse, |c, _| c["features"] = "other".into()),
            &["abuse", "features other", "train it anew"],
        ),
        ("features", changed(&topicality, |c, _| c["features"] = "other".into()), &["topicality", "features other"]),
        ("attribute", changed(&abuse, |c, _| c["attributes"] = json!(["OFF_TOPIC"])), &["abuse", "OFF_TOPIC"]),
        ("kind", changed(&abuse, |c, _| c["kind"] = "topicality".into()), &["topicality"]),
        ("NaN", changed(&abuse, |_, t| not_a_number(t, "dense")), &["\"dense\"", "not finite"]),
        ("NaN", changed(&abuse, |_, t| not_a_number(t, "calibration")), &["\"calibration\"", "not finite"]),
        ("NaN", changed(&topicality, |_, t| not_a_number(t, "others")), &["\"others\"", "not finite"]),
        ("NaN", changed(&embedding, |_, t| not_a_number(t, "scale")), &["\"scale\"", "not finite"]),
        ("NaN", changed(&embedding, |_, t| not_a_number(t, "mean")), &["\"mean\"", "not finite"]),
        ("shape", changed(&abuse, |_, t| shorten(t, "weights", 1)), &["\"weights\"", "262144"]),
        ("shape", changed(&abuse, |_, t| shorten(t, "dense", 1)), &["\"dense\"", "[128, 8]"]),
        ("missing", changed(&abuse, |_, t| drop(t.remove("idf"))), &["lacks the tensor \"idf\""]),
        ("curves", changed(&abuse, |_, t| shorten(t, "perspective", 1)), &["\"perspective\"", "[7, 8, 2]"]),
        (
            "a curve that falls",
            changed(&abuse, |_, t| t.get_mut("perspective").expect("it").2[..64].reverse()),
            &["perspective"],
        ),
        ("shape", changed(&topicality, |_, t| shorten(t, "weights", 1)), &["\"weights\""]),
        ("vectors", changed(&embedding, |_, t| shorten(t, "vectors", 1)), &["embedding", "\"vectors\""]),
        ("scale", changed(&embedding, |_, t| shorten(t, "scale", 1)), &["embedding", "\"scale\""]),
        ("mean", changed(&embedding, |_, t| shorten(t, "mean", 1)), &["embedding", "\"mean\"", "[128]"]),
        ("vocabulary", changed(&embedding, |_, t| shorten(t, "vocabulary", 100)), &["embedding"]),
        (
            "other embedding",
            changed(&embedding, |_, t| t.get_mut("vectors").expect("it").2.reverse()),
            &["trained on features"],
        ),
    ];
    for (name, bytes, expected) in cases {
        let path = folder.path().join("given.safetensors");
        std::fs::write(&path, bytes).expect("written");
        std::fs::write(&card, BEFORE).expect("written");
        let score = run_on(folder.path(), &["score", "--model", text(&path)], comments);
        assert_eq!(score.stdout, "", "{name}");
        let arguments =
            ["evaluate", "--quick", "--data", text(&labelled), "--card", text(&card), "--model", text(&path)];
        for said in [score.expect_failure(), run(folder.path(), &arguments).expect_failure()] {
            for part in [&["given.safetensors"], expected].concat() {
                assert!(said.contains(part), "{name}: {part}: {said}");
            }
        }
        assert_eq!(std::fs::read(&card).expect("a card"), BEFORE, "{name}");
    }
}

#[test]
fn an_embedding_to_train_with_is_checked_first() {
    let folder = folder();
    let data = data(folder.path(), &gzip(b""));
    let path = folder.path().join("short.safetensors");
    std::fs::write(&path, changed(&shipped("embedding"), |_, t| shorten(t, "scale", 1))).expect("written");
    let said = fail_to_train(folder.path(), "abuse", &["--data", text(&data), "--embedding", text(&path)]);
    assert!(said.contains("short.safetensors") && said.contains("\"scale\""), "{said}");
    let said = fail_to_train(folder.path(), "abuse", &["--data", text(&data), "--embedding", "nowhere"]);
    assert!(said.contains("reading nowhere"), "{said}");
}

#[test]
fn a_folder_of_models_names_the_one_that_is_no_good() {
    let folder = folder();
    for name in ["embedding", "abuse", "topicality"] {
        std::fs::write(folder.path().join(format!("{name}.safetensors")), shipped(name)).expect("written");
    }
    let score = || run_on(folder.path(), &["score", "--model", text(folder.path())], "");
    score().expect_success();
    let short = &shipped("topicality")[..1000];
    std::fs::write(folder.path().join("topicality.safetensors"), short).expect("written");
    let said = score().expect_failure();
    assert!(said.contains(text(folder.path())) && said.contains("topicality model is no safetensors file"), "{said}");
    std::fs::remove_file(folder.path().join("abuse.safetensors")).expect("it was there");
    let said = score().expect_failure();
    assert!(said.contains("abuse.safetensors"), "{said}");
}
