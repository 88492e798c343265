//! The file with an endpoint's secrets, read anew when it changes: secrets rotate while ombud runs.

use super::secret::{InvalidSecrets, Secrets};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// A file of secrets, and what stood in it when it was last read.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    read: Mutex<(Stamp, Secrets)>,
}

/// What changes when a file is written: when, and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
}

/// Why a file holds no secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Invalid(#[from] InvalidSecrets),
}

impl SecretFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SecretFileError`] if it can't be read or holds no secrets.
    pub fn open(path: &Path) -> Result<Self, SecretFileError> {
        // Before its content: what is written in between is read again.
        let stamp = Stamp::of(&std::fs::metadata(path)?);
        let secrets = Secrets::parse(&std::fs::read_to_string(path)?)?;
        Ok(Self { path: path.to_owned(), read: Mutex::new((stamp, secrets)) })
    }

    /// What stands in the file. If that is no longer any good, what stood there before, and the log says so.
    pub(super) async fn secrets(&self) -> Secrets {
        let stamp = tokio::fs::metadata(&self.path).await.map(|found| Stamp::of(&found));
        let (known, secrets) = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if stamp.as_ref().is_ok_and(|stamp| *stamp == known) {
            return secrets;
        }
        match self.read_again().await {
            Ok(new) => {
                tracing::info!(file = %self.path.display(), "the secrets of a webhook endpoint were read anew");
                new
            }
            Err(error) => {
                tracing::error!(file = %self.path.display(), %error, "no secrets; those from before go on signing");
                secrets
            }
        }
    }

    async fn read_again(&self) -> Result<Secrets, SecretFileError> {
        let stamp = Stamp::of(&tokio::fs::metadata(&self.path).await?);
        let secrets = Secrets::parse(&tokio::fs::read_to_string(&self.path).await?)?;
        *self.read.lock().unwrap_or_else(PoisonError::into_inner) = (stamp, secrets.clone());
        Ok(secrets)
    }
}

impl Stamp {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self { modified: metadata.modified().ok(), bytes: metadata.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::secret::new_secret;
    use super::*;

    #[tokio::test]
    async fn a_file_that_changes_is_read_anew_and_one_that_breaks_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let [old, new] = [new_secret().unwrap(), new_secret().unwrap()];
        assert!(matches!(SecretFile::open(&path), Err(SecretFileError::Io(_))));
        std::fs::write(&path, "").unwrap();
        assert!(matches!(SecretFile::open(&path), Err(SecretFileError::Invalid(InvalidSecrets::None))));
        std::fs::write(&path, &old).unwrap();
        let file = SecretFile::open(&path).unwrap();
        assert_eq!(file.secrets().await.keys().count(), 1);
        std::fs::write(&path, format!("{new}\n{old}\n")).unwrap();
        assert_eq!(file.secrets().await, Secrets::parse(&format!("{new}\n{old}")).unwrap());
        std::fs::write(&path, "whsec_").unwrap();
        assert_eq!(file.secrets().await.keys().count(), 2, "those from before");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(file.secrets().await.keys().count(), 2);
        std::fs::write(&path, format!("{new}\n")).unwrap();
        assert_eq!(file.secrets().await, Secrets::parse(&new).unwrap());
    }
}
