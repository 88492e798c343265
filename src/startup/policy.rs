//! The policy's files beside a running ombud: read anew each second, and offered once they have changed and rest.
//!
//! They are read, not watched: what tells of changed files does not tell of all of them where folders are mounted from
//! elsewhere, and two small files a second cost nothing.

use crate::policy::{Policy, PolicyFiles};
use crate::service::Ombud;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How often the files and the store are looked at. Files that read the same twice are taken to be saved whole.
const INTERVAL: Duration = Duration::from_secs(1);
/// After how many looks a replica says again what it judges by.
const SAID_EVERY: u32 = 5;

/// Where a policy comes from: what its files said at the start, and where to look for changes.
#[derive(Debug, Clone)]
pub struct PolicySource {
    files: PolicyFiles,
    folder: Option<PathBuf>,
}

impl PolicySource {
    /// A policy of these texts, which nobody changes.
    #[must_use]
    pub const fn fixed(files: PolicyFiles) -> Self {
        Self { files, folder: None }
    }

    /// The files of a folder; what is missing there, or all without a folder, is as shipped.
    ///
    /// # Errors
    /// A file can't be read.
    pub fn read(folder: Option<&Path>) -> anyhow::Result<Self> {
        let files = folder.map_or_else(|| Ok(PolicyFiles::shipped()), read).map_err(anyhow::Error::msg)?;
        Ok(Self { files, folder: folder.map(Path::to_owned) })
    }

    #[must_use]
    pub const fn files(&self) -> &PolicyFiles {
        &self.files
    }

    /// The policy that the files are.
    ///
    /// # Errors
    /// Says where in which file it is wrong.
    pub fn parse(&self) -> anyhow::Result<Policy> {
        Ok(self.files.parse()?)
    }
}

/// The policy's files of a folder; what is missing there is as shipped.
fn read(folder: &Path) -> Result<PolicyFiles, String> {
    let shipped = PolicyFiles::shipped();
    let file = |name: &str, shipped: String| match std::fs::read_to_string(folder.join(name)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(shipped),
        Err(error) => Err(format!("{name} can't be read: {error}")),
    };
    Ok(PolicyFiles { policy: file("policy.toml", shipped.policy)?, words: file("words.toml", shipped.words)? })
}

/// What was last read of the files, and what of that was last offered.
struct Watch {
    folder: PathBuf,
    offered: Result<PolicyFiles, String>,
    /// What they read at the last look, if that was not offered yet.
    changed: Option<Result<PolicyFiles, String>>,
}

impl Watch {
    /// What is to be offered now, if anything. `told`: whatever they say, whether it changed or not.
    fn look(&mut self, told: bool) -> Option<Result<PolicyFiles, String>> {
        let found = read(&self.folder);
        if !told && found == self.offered {
            self.changed = None;
            return None;
        }
        if told || self.changed.as_ref() == Some(&found) {
            return Some(found);
        }
        self.changed = Some(found);
        None
    }

    fn offered(&mut self, files: Result<PolicyFiles, String>) {
        (self.offered, self.changed) = (files, None);
    }
}

/// Keeps this ombud at the policy in force, and puts its files in force when they are changed.
pub(super) async fn keep(ombud: Ombud, source: PolicySource, told: Arc<Notify>) {
    let mut watch = source.folder.map(|folder| Watch { folder, offered: Ok(source.files), changed: None });
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        let told = tokio::select! {
            _ = interval.tick() => false,
            () = told.notified() => true,
        };
        if let Err(error) = ombud.follow_policy().await {
            tracing::warn!(%error, "can't look which policy is in force; the one known judges on");
        }
        if looks.is_multiple_of(SAID_EVERY)
            && let Err(error) = ombud.say_policy().await
        {
            tracing::warn!(%error, "can't say which policy judges here");
        }
        looks = looks.wrapping_add(1);
        let Some(watch) = &mut watch else { continue };
        let Some(files) = watch.look(told) else { continue };
        match ombud.offer_policy_files(files.clone()).await {
            Ok(()) => {
                watch.offered(files);
                looks = 0;
            }
            // Offered again at the next look, as long as they read the same.
            Err(error) => tracing::warn!(%error, "can't put the changed files in force yet"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(folder: &Path) -> Watch {
        let source = PolicySource::read(Some(folder)).expect("files");
        Watch { folder: folder.to_owned(), offered: Ok(source.files), changed: None }
    }

    #[test]
    fn files_are_offered_once_they_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("policy.toml");
        let mut watch = watch(folder.path());
        assert_eq!(watch.look(false), None, "as shipped, and as offered");
        for half in ["[thresh", "[thresholds]\nTOXICITY = "] {
            std::fs::write(&path, half).expect("written");
            assert_eq!(watch.look(false), None, "it may be saved half-way");
        }
        std::fs::write(&path, "[thresholds]\n").expect("written");
        assert_eq!(watch.look(false), None);
        let found = watch.look(false).expect("it rests").expect("readable");
        assert_eq!(found.policy, "[thresholds]\n");
        assert_eq!(found.words, PolicyFiles::shipped().words);
        assert!(watch.look(false).is_some(), "until it was taken");
        watch.offered(Ok(found.clone()));
        assert_eq!(watch.look(false), None);
        assert_eq!(watch.look(true), Some(Ok(found)), "when told to, whatever they say");
    }

    #[test]
    fn what_is_changed_and_changed_back_is_not_offered() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("words.toml");
        let mut watch = watch(folder.path());
        std::fs::write(&path, "banned = []").expect("written");
        assert_eq!(watch.look(false), None);
        std::fs::remove_file(&path).expect("removed");
        assert_eq!([watch.look(false), watch.look(false)], [None, None]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("policy.toml")).expect("made");
        assert!(PolicySource::read(Some(folder.path())).is_err());
        std::fs::remove_dir(folder.path().join("policy.toml")).expect("removed");
        let mut watch = watch(folder.path());
        std::fs::write(folder.path().join("policy.toml"), b"\xff").expect("written");
        assert_eq!(watch.look(false), None);
        let error = watch.look(false).expect("it rests").expect_err("no text");
        assert!(error.starts_with("policy.toml can't be read"), "{error}");
    }
}
