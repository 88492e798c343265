//! Where a command writes what it makes: standard output, or a file that is there whole or not at all.

use anyhow::{Context as _, ensure};
use std::fs::Permissions;
use std::io::{BufWriter, Stdout, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// The arguments that say where.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Where it goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    overwrite: bool,
}

/// What is being written.
pub enum Output {
    Standard(BufWriter<Stdout>),
    File { file: BufWriter<NamedTempFile>, path: PathBuf, overwrite: bool },
}

impl Place {
    /// Begins to write. A file is made beside the place, for its owner alone until it is done.
    ///
    /// # Errors
    /// The file is there already, or can't be made.
    pub fn open(&self) -> anyhow::Result<Output> {
        let Some(path) = &self.output else { return Ok(Output::Standard(BufWriter::new(std::io::stdout()))) };
        ensure!(self.overwrite || !path.exists(), "{} is there already; --overwrite replaces it", path.display());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = NamedTempFile::new_in(folder).with_context(|| path.display().to_string())?;
        Ok(Output::File { file: BufWriter::new(file), path: path.clone(), overwrite: self.overwrite })
    }
}

impl Output {
    /// Ends writing: from now on the file is there.
    ///
    /// # Errors
    /// Something can't be written, or the file came to be there meanwhile.
    pub fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Standard(mut out) => Ok(out.flush()?),
            Self::File { file, path, overwrite } => {
                let done = || {
                    let file = file.into_inner()?;
                    file.as_file().set_permissions(Permissions::from_mode(0o644))?;
                    file.as_file().sync_all()?;
                    if overwrite {
                        file.persist(&path)?
                    } else {
                        file.persist_noclobber(&path)?
                    };
                    anyhow::Ok(())
                };
                done().with_context(|| format!("writing {}", path.display()))
            }
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Standard(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Standard(out) => out.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}
