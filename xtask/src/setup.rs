//! What must be there before anything runs: `.venv` with the tools, and the built extension in it.
//!
//! Each part leaves a stamp of what it was made from, so that a second call does nothing.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Shell, cmd};

use crate::interpreters::{self, Interpreter};
use crate::places::{Environment, Workspace};

/// Everything: the environment, its tools, the extension. Returns the interpreter they are for.
pub(crate) fn setup(shell: &Shell, workspace: &Workspace) -> Result<Interpreter> {
    let interpreter = interpreters::main_interpreter(shell)?;
    let environment = workspace.environment();
    let tools = requirements(workspace, &["test", "dev"])?;
    install(shell, &environment, &interpreter, &tools)?;
    build_extension(shell, workspace)?;
    Ok(interpreter)
}

/// The `everyway` command, built as users get it.
pub(crate) fn build_command(shell: &Shell, workspace: &Workspace) -> Result<PathBuf> {
    cmd!(shell, "cargo build --quiet --release --package everyway").quiet().run()?;
    Ok(workspace.everyway())
}

/// The pinned packages in the named lists of the front-end's `pyproject.toml`.
pub(crate) fn requirements(workspace: &Workspace, lists: &[&str]) -> Result<Vec<String>> {
    let path = workspace.python_front_end().join("pyproject.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let project: toml::Table = text.parse().with_context(|| format!("in {}", path.display()))?;
    let mut packages = Vec::new();
    for list in lists {
        let entries = project["project"]["optional-dependencies"][*list].as_array();
        packages.extend(
            entries.into_iter().flatten().filter_map(|entry| entry.as_str()).map(String::from),
        );
    }
    Ok(packages)
}

/// Makes the environment if it isn't there or is another interpreter's, and installs `packages`.
pub(crate) fn install(
    shell: &Shell,
    environment: &Environment,
    interpreter: &Interpreter,
    packages: &[String],
) -> Result<()> {
    let stamp = Stamp::new(&environment.folder, "packages", &(interpreter.to_string(), packages));
    let python = environment.python();
    let works = interpreters::describe(shell, &python)
        .is_ok_and(|found| (found.minor, found.patch) == (interpreter.minor, interpreter.patch));
    if works && stamp.is_current() {
        return Ok(());
    }
    if !works {
        eprintln!("making {} with {interpreter}", environment.folder.display());
        shell.remove_path(&environment.folder)?;
        let (base, folder) = (&interpreter.path, &environment.folder);
        cmd!(shell, "{base} -m venv {folder}").quiet().run()?;
    }
    eprintln!("installing {}", packages.join(", "));
    pip_install(shell, environment, packages)?;
    stamp.write()
}

/// Installs quietly; pip's own words are shown when it fails.
pub(crate) fn pip_install(
    shell: &Shell,
    environment: &Environment,
    arguments: &[String],
) -> Result<()> {
    let python = environment.python();
    cmd!(
        shell,
        "{python} -m pip install --quiet --disable-pip-version-check --no-input {arguments...}"
    )
    .quiet()
    .run()
    .with_context(|| format!("pip could not install {}", arguments.join(" ")))
}

/// A number that changes whenever something that the extension is built from does.
pub(crate) fn extension_sources(shell: &Shell, workspace: &Workspace) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for part in [
        "Cargo.toml",
        "Cargo.lock",
        "protocol",
        "engine",
        "report",
        "frontends/python/src",
        "frontends/python/Cargo.toml",
        "frontends/python/pyproject.toml",
    ] {
        hash_sources(shell, &workspace.root.join(part), &mut hasher)?;
    }
    Ok(hasher.finish())
}

/// The same for the wheel, which holds the Python sources too.
pub(crate) fn wheel_sources(shell: &Shell, workspace: &Workspace) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    extension_sources(shell, workspace)?.hash(&mut hasher);
    for path in shell.read_dir(workspace.python_front_end().join("everyway"))? {
        hash_sources(shell, &path, &mut hasher)?;
    }
    Ok(hasher.finish())
}

/// One wheel for every CPython from 3.10 on, unless it is there already.
pub(crate) fn build_wheel(shell: &Shell, workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("wheels-of-everyway");
    let stamp = Stamp::new(&folder, "wheel", &wheel_sources(shell, workspace)?);
    if !stamp.is_current() {
        shell.remove_path(&folder)?;
        let folder = folder.display().to_string();
        run_maturin(shell, workspace, &["build", "--auditwheel", "skip", "--out", &folder])?;
        stamp.write()?;
    }
    let wheels = shell.read_dir(&folder)?;
    let wheel = wheels.into_iter().find(|path| path.extension().is_some_and(|end| end == "whl"));
    wheel.with_context(|| format!("maturin left no wheel in {}", folder.display()))
}

fn build_extension(shell: &Shell, workspace: &Workspace) -> Result<()> {
    let environment = workspace.environment();
    let sources = extension_sources(shell, workspace)?;
    let stamp = Stamp::new(&environment.folder, "extension", &(sources, &workspace.target));
    if stamp.is_current() && workspace.extension().is_file() {
        return Ok(());
    }
    eprintln!("building the Python extension");
    run_maturin(shell, workspace, &["develop"])?;
    stamp.write()
}

/// Maturin's progress is shown only when it fails.
fn run_maturin(shell: &Shell, workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let environment = workspace.environment();
    let maturin = environment.program("maturin");
    let manifest = workspace.python_front_end().join("Cargo.toml");
    let output = cmd!(shell, "{maturin} {arguments...} --release --manifest-path {manifest}")
        .env("VIRTUAL_ENV", &environment.folder)
        .env_remove("CONDA_PREFIX")
        .quiet()
        .ignore_status()
        .output()?;
    if !output.status.success() {
        bail!(
            "maturin could not build the Python extension:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

/// Folders that running the sources leaves behind, and what the build itself puts among them, don't count.
fn hash_sources(shell: &Shell, path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.ends_with("__pycache__") || path.extension().is_some_and(|end| end == "so") {
        return Ok(());
    }
    if path.is_dir() {
        let mut entries = shell.read_dir(path)?;
        entries.sort();
        for entry in entries {
            hash_sources(shell, &entry, hasher)?;
        }
    } else {
        path.hash(hasher);
        fs::read(path).with_context(|| format!("reading {}", path.display()))?.hash(hasher);
    }
    Ok(())
}

/// A file beside what was made, that tells what it was made from.
pub(crate) struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    pub(crate) fn new(folder: &Path, name: &str, made_from: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        made_from.hash(&mut hasher);
        Self {
            path: folder.join(format!("everyway-{name}.stamp")),
            content: format!("{:016x}", hasher.finish()),
        }
    }

    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|content| content == self.content)
    }

    pub(crate) fn write(&self) -> Result<()> {
        fs::write(&self.path, &self.content)
            .with_context(|| format!("writing {}", self.path.display()))
    }
}
