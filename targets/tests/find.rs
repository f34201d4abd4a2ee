//! Targets and what they hold.

#![allow(clippy::expect_used, reason = "helpers of tests may")]

use std::path::{Path, PathBuf};

use everyway_protocol::report::Language;
use everyway_targets::{Found, Target, TargetUnit, UnitKind};

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(path, bytes).expect("a file");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn find(&self, name: &str) -> Found {
        everyway_targets::find(&[self.target(name)])
    }

    fn target(&self, name: &str) -> Target {
        Target::Path(self.path(name).to_string_lossy().into_owned())
    }

    /// A unit's id without this folder.
    fn short<'a>(&self, id: &'a str) -> &'a str {
        id.strip_prefix(&*self.0.path().to_string_lossy())
            .expect("an id in the folder")
            .trim_start_matches('/')
    }

    fn ids(&self, found: &Found) -> Vec<String> {
        found.units.iter().map(|unit| self.short(&unit.id).to_owned()).collect()
    }
}

fn only(found: &Found) -> &TargetUnit {
    assert_eq!(found.problems, []);
    assert_eq!(found.units.len(), 1);
    &found.units[0]
}

fn only_problem(found: &Found) -> &str {
    assert_eq!(found.problems.len(), 1, "{found:?}");
    &found.problems[0].message
}

const GUIDE: &str = "\
Intro

# First *part* with `code`

```python
a = 1
```

```text
not code
```

Second
------

- item

  ```js title=\"x.js\"
  let b = 2;
    indented();
  ```

> ~~~~py
> c = 3
> ~~~
> ~~~~

### Third

```Python
d = 4
```
";

#[test]
fn a_guides_units_are_its_blocks_in_known_languages() {
    let folder = Folder::with(&[("guide.md", GUIDE)]);
    let found = folder.find("guide.md");
    assert_eq!(found.problems, []);
    assert_eq!(folder.ids(&found), ["guide.md:5", "guide.md:18", "guide.md:23", "guide.md:30"]);
    let told: Vec<_> =
        found.units.iter().map(|unit| (unit.name.as_str(), unit.language, &*unit.source)).collect();
    assert_eq!(
        told,
        [
            ("First part with code", Language::Python, "a = 1\n"),
            ("Second", Language::JavaScript, "let b = 2;\n  indented();\n"),
            ("Second", Language::Python, "c = 3\n~~~\n"),
            ("Third", Language::Python, "d = 4\n"),
        ]
    );
    assert!(
        found
            .units
            .iter()
            .all(|unit| unit.kind == UnitKind::Block && unit.definition_line.is_none())
    );
}

#[test]
fn a_block_knows_the_earlier_blocks_of_its_language() {
    let folder = Folder::with(&[("guide.md", GUIDE)]);
    let found = folder.find("guide.md");
    let earlier: Vec<Vec<u32>> = found
        .units
        .iter()
        .map(|unit| unit.earlier.iter().map(|block| block.line).collect())
        .collect();
    assert_eq!(earlier, [vec![], vec![], vec![5], vec![5, 23]]);
}

#[test]
fn javascript_and_typescript_are_one_language() {
    let folder = Folder::with(&[(
        "g.md",
        "```js\n1\n```\n```ts\n2\n```\n```rust\n```\n```javascript\n```\n",
    )]);
    let earlier: Vec<usize> =
        folder.find("g.md").units.iter().map(|unit| unit.earlier.len()).collect();
    assert_eq!(earlier, [0, 1, 0, 2]);
}

#[test]
fn a_line_of_a_guide_chooses_the_block_around_it() {
    let folder = Folder::with(&[("guide.md", GUIDE)]);
    for line in 30..=32 {
        let found = folder.find(&format!("guide.md:{line}"));
        assert_eq!(only(&found).line, 30);
        assert_eq!(only(&found).earlier.len(), 2);
    }
    let found = folder.find("guide.md:10");
    assert_eq!(
        only_problem(&found),
        "there is no block at this line: blocks start at lines 5, 18, 23 and 30"
    );
}

#[test]
fn a_block_that_is_never_closed_is_a_fault_with_its_line() {
    let folder = Folder::with(&[("g.md", "# A\n\n```python\nx = 1\n``\n")]);
    let found = folder.find("g.md");
    assert_eq!(
        only(&found).fault.as_deref(),
        Some("the block that starts at line 3 is never closed: add a line ``` at its end")
    );
    let folder = Folder::with(&[("g.md", "```python\n```\n\n```text\n```python\n")]);
    let found = folder.find("g.md");
    assert_eq!(folder.ids(&found), ["g.md:1"]);
    assert!(only_problem(&found).contains("line 4 is never closed"));
    assert_eq!(folder.short(&found.problems[0].target), "g.md:4");
}

#[test]
fn an_empty_block_and_one_with_other_line_ends_are_blocks() {
    let folder = Folder::with(&[(
        "g.md",
        "\u{feff}# A\r\n\r\n```py\r\nx\r\ny\r\n```\r\n\r\n```py\r\n```\r\n",
    )]);
    let found = folder.find("g.md");
    let told: Vec<_> =
        found.units.iter().map(|unit| (unit.line, &*unit.source, unit.fault.is_some())).collect();
    assert_eq!(told, [(3, "x\ny\n", false), (8, "", false)]);
}

#[test]
fn front_matter_is_no_heading_and_a_ruler_is_no_front_matter() {
    let folder = Folder::with(&[
        ("a.md", "---\ntitle: x\n---\n\n```py\n```\n"),
        ("b.md", "---\n\n```py\n```\n\n---\n"),
    ]);
    assert_eq!(
        (only(&folder.find("a.md")).name.as_str(), only(&folder.find("a.md")).line),
        ("a.md", 5)
    );
    assert_eq!(only(&folder.find("b.md")).line, 3);
}

#[test]
fn a_file_is_one_unit_and_a_line_chooses_its_function() {
    let folder = Folder::with(&[("a b.py", "def f():\n    pass\n")]);
    let found = folder.find("a b.py");
    let unit = only(&found);
    assert_eq!((unit.line, unit.definition_line, unit.name.as_str()), (1, None, "a b.py"));
    let found = folder.find("a b.py:2");
    let unit = only(&found);
    assert_eq!((folder.short(&unit.id), unit.line, unit.definition_line), ("a b.py:2", 2, Some(2)));
    let found = folder.find("a b.py:3");
    assert_eq!(only(&found).fault.as_deref(), Some("there is no line 3: the file has 2"));
}

#[test]
fn a_folder_is_walked_in_order_without_other_peoples_code() {
    let folder = Folder::with(&[
        ("src/b.py", ""),
        ("src/a/z.ts", ""),
        ("src/a.mjs", ""),
        ("src/lib.rs", ""),
        ("src/notes.md", "no code"),
        ("src/guide.md", "```py\n```\n"),
        ("src/data.json", ""),
        ("src/.hidden.py", ""),
        ("src/node_modules/x.js", ""),
        ("src/env/pyvenv.cfg", ""),
        ("src/env/lib.py", ""),
        ("src/__pycache__/c.py", ""),
        ("src/.gitignore", "made.py\n"),
        ("src/made.py", ""),
    ]);
    let found = folder.find("src");
    assert_eq!(found.problems, []);
    assert_eq!(
        folder.ids(&found),
        ["src/a/z.ts", "src/a.mjs", "src/b.py", "src/guide.md:1", "src/lib.rs"]
    );
}

#[test]
fn what_is_missing_is_said_and_the_rest_still_found() {
    let folder = Folder::with(&[("a.py", ""), ("empty/x.txt", "")]);
    let found = everyway_targets::find(&[
        folder.target("gone.py"),
        folder.target("a.py"),
        folder.target("a.py"),
        folder.target("empty/x.txt"),
        folder.target("empty"),
        folder.target("empty:3"),
        Target::Module("no.such.module".to_owned()),
    ]);
    assert_eq!(folder.ids(&found), ["a.py"]);
    let messages: Vec<&str> =
        found.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages[0], "there is no such file or folder");
    assert!(messages[1].starts_with("not a kind of file that can be checked"));
    assert!(messages[2].starts_with("the folder has nothing to check"));
    assert!(messages[3].contains("is a folder and line 3 is asked for"));
    assert!(messages[4].contains("there is no module `no.such.module`"));
}

#[test]
fn a_file_that_is_no_text_is_a_fault_with_its_line() {
    let folder = Folder::with(&[]);
    folder.write("latin.py", b"x = 1\ny = '\xe9'\n");
    folder.write("binary.py", b"x\0y");
    folder.write("latin.md", b"\xe9");
    let found = folder.find("latin.py");
    assert_eq!(
        only(&found).fault.as_deref(),
        Some("byte 0xe9 at line 2 is not UTF-8: save the file as UTF-8 text")
    );
    let found = folder.find("binary.py");
    assert_eq!(only(&found).fault.as_deref(), Some("a NUL byte at line 1: this is no text file"));
    assert!(only_problem(&folder.find("latin.md")).contains("is not UTF-8"));
}

#[test]
fn shown_paths_have_no_dot_at_their_start() {
    assert_eq!(everyway_targets::shown_path(Path::new("./a/b.py")), "a/b.py");
    assert_eq!(everyway_targets::shown_path(Path::new(".")), ".");
    assert_eq!(everyway_targets::shown_path(Path::new("../a.py")), "../a.py");
}
