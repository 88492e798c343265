//! Pages of documentation, followed as a reader would: the programs saved, the commands pasted.

use std::path::Path;
use std::process::Command;

/// A page in Markdown.
pub struct Page(&'static str);

impl Page {
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// The part under a heading of the second level.
    pub fn section(&self, title: &str) -> Self {
        let section = self.0.split("\n## ").find(|section| section.starts_with(title));
        Self(section.unwrap_or_else(|| panic!("no section {title}")))
    }

    /// The blocks in this language (none: what was printed), in their order.
    pub fn blocks(&self, language: &str) -> Vec<&'static str> {
        let mut blocks = Vec::new();
        let mut fences = self.0.split("\n```");
        fences.next();
        while let (Some(opened), _) = (fences.next(), fences.next()) {
            let (named, block) = opened.split_once('\n').expect("a block with lines");
            if named == language {
                blocks.push(block);
            }
        }
        blocks
    }
}

/// Runs commands in a folder whose `data/demo.json` says where ombud is, and returns what they print. `ombud` is the
/// program under test.
pub fn paste(folder: &Path, commands: &str) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_ombud")).parent().expect("a folder");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let bash = Command::new("bash").args(["-euc", commands]).env("PATH", path).current_dir(folder).output();
    let ran = bash.expect("bash");
    let (shown, said) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{shown}\n{said}");
    shown.into_owned()
}

/// Every line that the page shows as printed must be printed.
pub fn shows(page: &Page, printed: &str) {
    let shown: Vec<&str> = page.blocks("").into_iter().flat_map(str::lines).collect();
    assert!(!shown.is_empty());
    for line in shown {
        // Three dots stand for what differs each time.
        let mut rest = printed;
        for part in line.split('…') {
            let found = rest.find(part.trim());
            let at = found.unwrap_or_else(|| panic!("not printed: {line}\nprinted:\n{printed}"));
            rest = &rest[at + part.trim().len()..];
        }
    }
}
