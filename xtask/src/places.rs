//! Where things are: the workspace's folders, and what an operating system calls them.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use xshell::Shell;

/// The checkout and the folder that cargo builds into.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let metadata = MetadataCommand::new().no_deps().exec().context("cargo metadata failed")?;
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
        })
    }

    /// A shell at the root, whatever folder the user is in.
    pub(crate) fn shell(&self) -> Result<Shell> {
        let shell = Shell::new()?;
        shell.change_dir(&self.root);
        Ok(shell)
    }

    pub(crate) fn environment(&self) -> Environment {
        Environment { folder: self.root.join(".venv") }
    }

    /// The command as users get it.
    pub(crate) fn everyway(&self) -> PathBuf {
        self.target.join("release").join(format!("everyway{}", env::consts::EXE_SUFFIX))
    }

    pub(crate) fn python_front_end(&self) -> PathBuf {
        self.root.join("frontends/python")
    }

    /// The extension where `maturin develop` puts it; stable-ABI modules end the same on Linux
    /// and macOS.
    pub(crate) fn extension(&self) -> PathBuf {
        self.python_front_end().join("everyway/_core.abi3.so")
    }
}

/// A Python virtual environment.
pub(crate) struct Environment {
    pub(crate) folder: PathBuf,
}

impl Environment {
    pub(crate) fn python(&self) -> PathBuf {
        self.program("python")
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        self.folder.join(programs).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

/// The first program called `name` on `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// The interpreters that pyenv has installed, if there is a pyenv.
pub(crate) fn pyenv_interpreters(shell: &Shell) -> Vec<PathBuf> {
    let root = env::var_os("PYENV_ROOT")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv")));
    let Some(versions) = root.and_then(|root| shell.read_dir(root.join("versions")).ok()) else {
        return Vec::new();
    };
    versions.into_iter().map(|version| version.join("bin/python3")).collect()
}
