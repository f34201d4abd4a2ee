//! The crate graph, the shared version, and that the product knows no guide by heart.

#![allow(clippy::unwrap_used, reason = "all of this file is a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

/// Which folders a crate may depend on, by its own folder. A new crate gets a line here.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("protocol", &[]),
    ("engine", &["protocol"]),
    ("targets", &["protocol"]),
    ("report", &["protocol"]),
    ("frontends/python", &["engine", "report", "protocol"]),
    // Never a front-end: it starts one, in the user's own interpreter.
    ("cli", &["engine", "report", "targets", "protocol"]),
    ("benches/model", &["engine", "protocol"]),
    ("xtask", &["protocol"]),
];

/// Crates that link only inside an interpreter depend on one of these.
const EXTENSION_BINDINGS: &[&str] = &["pyo3", "napi"];

#[test]
fn each_crate_depends_only_on_the_stages_before_it() {
    let metadata = workspace();
    let rules: BTreeMap<_, _> = MAY_DEPEND_ON.iter().copied().collect();
    let folders: BTreeMap<_, _> = packages(&metadata)
        .map(|package| (package.name.as_str(), folder(&metadata, package)))
        .collect();
    let mut wrong = Vec::new();
    for package in packages(&metadata) {
        let own = &folders[package.name.as_str()];
        let Some(allowed) = rules.get(own.as_str()) else {
            wrong.push(format!("{own} has no line in MAY_DEPEND_ON"));
            continue;
        };
        let ours = package
            .dependencies
            .iter()
            .filter_map(|dependency| folders.get(dependency.name.as_str()));
        wrong.extend(
            ours.filter(|other| *other != own && !allowed.contains(&other.as_str()))
                .map(|other| format!("{own} depends on {other}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn plain_cargo_test_leaves_out_what_links_only_inside_an_interpreter() {
    let metadata = workspace();
    let plain: BTreeSet<_> = metadata.workspace_default_members.iter().collect();
    for package in packages(&metadata) {
        let binds =
            |name: &str| package.dependencies.iter().any(|dependency| dependency.name == name);
        let links_alone = !EXTENSION_BINDINGS.iter().any(|name| binds(name));
        assert_eq!(plain.contains(&package.id), links_alone, "{} in default-members", package.name);
    }
}

#[test]
fn all_packages_share_one_version() {
    let metadata = workspace();
    let versions: BTreeSet<_> =
        packages(&metadata).map(|package| package.version.to_string()).collect();
    assert_eq!(versions.len(), 1, "{versions:?}");

    let path = root(&metadata).join("frontends/python/pyproject.toml");
    let project: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let project = project["project"].as_table().unwrap();
    match project.get("version") {
        Some(version) => assert_eq!(version.as_str(), versions.first().map(String::as_str)),
        // Maturin then takes it from the crate.
        None => assert!(project["dynamic"].as_array().unwrap().contains(&"version".into())),
    }
}

#[test]
fn no_name_of_the_shared_guide_occurs_in_product_code() {
    let metadata = workspace();
    let guide = root(&metadata).join("../shared/guide/concurrency.md");
    let Ok(guide) = fs::read_to_string(guide) else {
        assert!(
            env::var_os("EVERYWAY_REQUIRE_SHARED").is_none(),
            "../shared/guide/concurrency.md is absent, and EVERYWAY_REQUIRE_SHARED is set"
        );
        eprintln!("skipped: ../shared/guide/concurrency.md is not there");
        return;
    };
    let names = telling_names(&guide);
    assert!(names.len() > 10, "the guide should have more telling names than {names:?}");

    let mut found = Vec::new();
    for stage in ["protocol", "engine", "targets", "report", "cli", "frontends", "fleet"] {
        for path in sources(&root(&metadata).join(stage)) {
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            let words = product.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let known = words.filter(|word| names.contains(*word)).collect::<BTreeSet<_>>();
            found.extend(known.iter().map(|name| format!("{}: {name}", path.display())));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_telling_name_is_defined_by_a_guide_and_made_of_several_words() {
    let guide = "```python\nfetch_all = 1\ncounter = 2\n    inner_value = 3\nclass TeaPot:\n    def pour_out(self):\n```\n\
                 ```js\nasync function brewTea() {\nconst kettle = new WaterKettle();\n```\n";
    assert_eq!(
        telling_names(guide).into_iter().collect::<Vec<_>>(),
        ["TeaPot", "brewTea", "fetch_all", "pour_out"]
    );
}

fn workspace() -> Metadata {
    // From any other folder, cargo would call that folder's crate the default member.
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap()
}

fn root(metadata: &Metadata) -> &Path {
    metadata.workspace_root.as_std_path()
}

fn packages(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    metadata.workspace_packages().into_iter()
}

fn folder(metadata: &Metadata, package: &Package) -> String {
    let folder = package.manifest_path.parent().unwrap();
    folder.strip_prefix(&metadata.workspace_root).unwrap().as_str().replace('\\', "/")
}

/// Names that the guide's blocks define and that nobody would choose by chance: several words, long.
fn telling_names(guide: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut inside = false;
    for line in guide.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if inside {
            names.extend(defined_name(line).filter(|name| is_telling(name)).map(String::from));
        }
    }
    names
}

fn defined_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    let mut defines = false;
    for keyword in ["export ", "async ", "def ", "class ", "function ", "const ", "let "] {
        if let Some(after) = rest.strip_prefix(keyword) {
            rest = after;
            defines = true;
        }
    }
    let end =
        rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    let global = !line.starts_with(' ') && after.starts_with(" = ");
    (defines || global).then_some(name)
}

fn is_telling(name: &str) -> bool {
    let several_words = name
        .chars()
        .skip(1)
        .any(|letter| letter == '_' || letter.is_uppercase() || letter.is_numeric());
    name.len() > 5 && several_words && !name.starts_with('_')
}

/// The Rust, Python and JavaScript files below a folder, without tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !["tests", "target", "node_modules"].contains(&&*name) {
            found.extend(sources(&path));
        } else if [".rs", ".py", ".pyi", ".js", ".ts"].iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
    found
}
