//! Every dependency has a licence that `deny.toml` allows. The same rule as `cargo deny check licenses`,
//! for machines that have only cargo.

use std::collections::BTreeSet;
use std::process::Command;

/// Whether an SPDX expression can be met with allowed licences. The old `A/B` reads as `A OR B`.
///
/// # Errors
/// A sentence, if it is no expression.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { tokens: &tokens, allowed };
    let met = reader.any()?;
    match reader.tokens {
        [] => Ok(met),
        [rest, ..] => Err(format!("\"{rest}\" in \"{expression}\" has no place")),
    }
}

struct Reader<'a> {
    tokens: &'a [&'a str],
    allowed: &'a BTreeSet<String>,
}

impl<'a> Reader<'a> {
    /// `all OR all OR …`
    fn any(&mut self) -> Result<bool, String> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Ok(met)
    }

    /// `one AND one AND …`
    fn all(&mut self) -> Result<bool, String> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Ok(met)
    }

    /// `( any )`, `LICENCE` or `LICENCE WITH EXCEPTION`
    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let met = self.any()?;
            return if self.take(")") { Ok(met) } else { Err("a ( is not closed".to_owned()) };
        }
        let name = self.name()?;
        if self.take("WITH") {
            let exception = self.name()?;
            return Ok(self.allowed.contains(&format!("{name} WITH {exception}")));
        }
        Ok(self.allowed.contains(name))
    }

    fn name(&mut self) -> Result<&'a str, String> {
        match self.tokens {
            [name, rest @ ..] if !matches!(*name, "OR" | "AND" | "WITH" | "(" | ")") => {
                self.tokens = rest;
                Ok(name)
            }
            _ => Err("a licence is missing".to_owned()),
        }
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.tokens.first() == Some(&token);
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }
}

/// The allow list of `deny.toml`.
fn allow_list() -> BTreeSet<String> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml")).expect("deny.toml");
    let table: toml::Table = text.parse().expect("deny.toml is TOML");
    let list = table["licenses"]["allow"].as_array().expect("licenses.allow is a list");
    list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

/// What `cargo` prints; panics with its error where it fails.
fn output(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|e| panic!("{program} can't be run: {e}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {} failed; run `cargo fetch` first?\n{said}", arguments.join(" "));
    output.stdout
}

/// The dependencies linked on this machine's platform, as name and version with the licence they state.
fn dependencies() -> Vec<(String, Option<String>)> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = String::from_utf8(output(&rustc, &["-vV"])).expect("text");
    let host = version.lines().find_map(|l| l.strip_prefix("host: ")).expect("a host").to_owned();
    let arguments = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", &host];
    let metadata = output(env!("CARGO"), &arguments);
    let metadata: serde_json::Value = serde_json::from_slice(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let name = |p: &serde_json::Value| format!("{} {}", p["name"].as_str().expect("a name"), p["version"]);
    packages.iter().map(|p| (name(p), text(&p["license"]))).collect()
}

#[test]
fn every_dependency_may_be_used() {
    let allowed = allow_list();
    let dependencies = dependencies();
    assert!(dependencies.len() > 50, "only {} dependencies were found", dependencies.len());
    let judge = |(package, licence): (String, Option<String>)| match licence {
        None => Some(format!("{package} states no licence")),
        Some(licence) => match is_allowed(&licence, &allowed) {
            Ok(true) => None,
            Ok(false) => Some(format!("{package} is under {licence}, which deny.toml does not allow")),
            Err(error) => Some(format!("{package}: {error}")),
        },
    };
    let wrong: Vec<String> = dependencies.into_iter().filter_map(judge).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn an_expression_is_read_as_spdx_means_it() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
    for (expression, expected) in [
        ("MIT", Ok(true)),
        ("MIT/GPL-3.0", Ok(true)),
        ("GPL-3.0 OR Apache-2.0", Ok(true)),
        ("MIT AND GPL-3.0-only", Ok(false)),
        ("(MIT OR GPL-2.0) AND Apache-2.0", Ok(true)),
        ("MIT OR GPL-2.0 AND AGPL-3.0", Ok(true)),
        ("(MIT OR GPL-2.0) AND AGPL-3.0", Ok(false)),
        ("Apache-2.0 WITH LLVM-exception", Ok(true)),
        ("MIT WITH LLVM-exception", Ok(false)),
        ("LGPL-3.0", Ok(false)),
        ("Proprietary", Ok(false)),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
    for bad in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT"] {
        assert!(is_allowed(bad, &allowed).is_err(), "{bad}");
    }
}

#[test]
fn copyleft_is_not_on_the_list() {
    let copyleft = |name: &String| ["GPL", "MPL", "EUPL", "SSPL", "BUSL", "CC-BY-NC"].iter().any(|c| name.contains(c));
    assert_eq!(allow_list().into_iter().find(copyleft), None);
}
