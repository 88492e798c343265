//! The candidate: the policy with the thresholds found, in a file of its own.

use super::report::Report;
use crate::comment::Timestamp;
use crate::policy::Policy;
use anyhow::{Context as _, bail, ensure};
use std::fmt::Write as _;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What every line begins with that says how a candidate was made.
const MARK: &str = "# tune:";

/// A candidate to be written.
pub struct Candidate<'a> {
    pub report: &'a Report<'a>,
    pub today: Timestamp,
}

impl Candidate<'_> {
    /// Writes it, if it is a policy: as a whole or not at all.
    pub fn write(&self, path: &Path, words_toml: &str, overwrite: bool) -> anyhow::Result<()> {
        let text = self.text();
        Policy::parse(&text, words_toml).context("the candidate is no policy, and was not written")?;
        put(path, &text, overwrite)
    }

    fn text(&self) -> String {
        let policy = self.report.dial.written(self.report.tuned.setting);
        let made = self.report.made(self.today);
        let mut text = String::new();
        for line in made.lines() {
            let _ = writeln!(text, "{MARK} {line}");
        }
        text + "\n" + without_head(&policy)
    }
}

/// The policy without what says how it was made, if it was a candidate itself.
fn without_head(policy: &str) -> &str {
    let mut rest = policy;
    while rest.starts_with(MARK) {
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
    }
    // The empty line after it goes too; a policy without a head keeps its own.
    if rest.len() == policy.len() { policy } else { rest.strip_prefix('\n').unwrap_or(rest) }
}

/// Whether a file may be written there: never the policy in force, and nothing that is there unless that was said.
pub fn may_write(path: &Path, live: &Path, overwrite: bool) -> anyhow::Result<()> {
    let (there, here) = (place(path)?, place(live).ok());
    if here.as_ref() == Some(&there) {
        bail!("{} is the policy in force, which this never writes; name another file", path.display());
    }
    ensure!(!path.is_dir(), "{} is a folder", path.display());
    ensure!(overwrite || !path.exists(), "{} is there already; --overwrite replaces it", path.display());
    Ok(())
}

/// Where a path leads, links followed, whether or not a file is there.
fn place(path: &Path) -> anyhow::Result<PathBuf> {
    if let Ok(found) = path.canonicalize() {
        return Ok(found);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    Ok(folder.join(path.file_name().with_context(|| format!("{} names no file", path.display()))?))
}

/// Writes beside the place and moves it there, so that nobody meets half a file.
pub fn put(path: &Path, text: &str, overwrite: bool) -> anyhow::Result<()> {
    let written = || {
        let mut file = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o644))
            .tempfile_in(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        if overwrite {
            file.persist(path)?
        } else {
            file.persist_noclobber(path)?
        };
        anyhow::Ok(())
    };
    written().with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_head_goes_and_nothing_else() {
        for (policy, expected) in [
            ("# tune: A candidate.\n# tune: Made so.\n\n# Ours.\n[thresholds]\n", "# Ours.\n[thresholds]\n"),
            ("\n# Ours.\n# tune: kept\n", "\n# Ours.\n# tune: kept\n"),
            ("# tune: only this", ""),
        ] {
            assert_eq!(without_head(policy), expected);
        }
    }

    #[test]
    fn the_policy_in_force_is_never_written_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let live = folder.path().join("policy.toml");
        std::os::unix::fs::symlink(&live, folder.path().join("link.toml")).unwrap();
        let may =
            |path: &str, overwrite| may_write(&folder.path().join(path), &live, overwrite).map_err(|e| e.to_string());
        assert!(may("policy.toml", true).unwrap_err().contains("in force"), "though it is not there yet");
        std::fs::write(&live, "").unwrap();
        for path in ["policy.toml", "./policy.toml", "link.toml"] {
            assert!(may(path, true).unwrap_err().contains("in force"), "{path}");
        }
        assert!(may("other.toml", false).is_ok());
        assert!(may("nowhere/other.toml", false).unwrap_err().contains("nowhere"));
        assert!(may(".", true).unwrap_err().contains("folder"));
        std::fs::write(folder.path().join("other.toml"), "kept").unwrap();
        assert!(may("other.toml", false).unwrap_err().contains("--overwrite"));
        assert!(may("other.toml", true).is_ok());
        assert!(put(&folder.path().join("other.toml"), "new", false).is_err());
        assert_eq!(std::fs::read_to_string(folder.path().join("other.toml")).unwrap(), "kept");
        put(&folder.path().join("other.toml"), "new", true).unwrap();
        let mode = std::fs::metadata(folder.path().join("other.toml")).unwrap().permissions().mode();
        assert_eq!(
            (std::fs::read_to_string(folder.path().join("other.toml")).unwrap(), mode & 0o400),
            ("new".to_owned(), 0o400)
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left beside it");
    }
}
