//! What the documents promise: the verdict after each Python block, the commands in console blocks.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::CommandFactory;
use xshell::{Shell, cmd};

use crate::Arguments;
use crate::places::Workspace;

/// A fenced block, and the first line after it that isn't empty.
pub(crate) struct Block {
    pub(crate) line: usize,
    pub(crate) language: String,
    pub(crate) text: Vec<String>,
    pub(crate) next: String,
}

/// A verdict, with the kinds of failure if it is `failed`.
#[derive(PartialEq, Eq)]
pub(crate) struct Expectation {
    pub(crate) verdict: String,
    pub(crate) failures: BTreeSet<String>,
}

impl fmt::Display for Expectation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.verdict)?;
        self.failures.iter().try_for_each(|kind| write!(formatter, " {kind}"))
    }
}

impl Block {
    /// What the comment after a Python block says: `<!-- expect: failed deadlock -->`.
    pub(crate) fn expectation(&self) -> Option<Expectation> {
        let words = self.next.strip_prefix("<!-- expect:")?.strip_suffix("-->")?;
        let mut words = words.split_whitespace().map(String::from);
        Some(Expectation { verdict: words.next()?, failures: words.collect() })
    }
}

/// The fenced blocks of a document.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else { continue };
        let text = lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```"));
        let text: Vec<String> = text.map(String::from).collect();
        let next = lines.clone().map(|(_, line)| line).find(|line| !line.is_empty());
        blocks.push(Block {
            line: index + 1,
            language: language.trim().to_owned(),
            text,
            next: next.unwrap_or_default().to_owned(),
        });
    }
    blocks
}

/// Every Markdown file under `docs/`, by path.
pub(crate) fn guides(shell: &Shell, workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![workspace.root.join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in shell.read_dir(folder)? {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "md") {
                found.push(entry);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Fails unless each command of a `console` block, and each of its options, is in its `--help`.
pub(crate) fn check_commands(shell: &Shell, workspace: &Workspace) -> Result<()> {
    let mut documents = guides(shell, workspace)?;
    documents.extend(
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| workspace.root.join(name)),
    );
    let mut checked = 0;
    for document in documents {
        let text = shell.read_file(&document)?;
        for block in blocks(&text).iter().filter(|block| block.language == "console") {
            for line in block.text.iter().filter_map(|line| line.strip_prefix("$ ")) {
                check_command(shell, workspace, line)
                    .with_context(|| format!("{}:{}: `{line}`", document.display(), block.line))?;
                checked += 1;
            }
        }
    }
    println!("{checked} commands of the documents looked up");
    Ok(())
}

fn check_command(shell: &Shell, workspace: &Workspace, line: &str) -> Result<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (help, arguments) = match words[..] {
        ["cargo", "xtask", command, ref arguments @ ..] => (help_of_task(command)?, arguments),
        ["everyway", command, ref arguments @ ..] => {
            let everyway = workspace.everyway();
            (cmd!(shell, "{everyway} {command} --help").quiet().ignore_stderr().read()?, arguments)
        }
        _ => return Ok(()),
    };
    let own = arguments.iter().take_while(|word| **word != "--");
    for option in own.filter(|word| word.starts_with("--")) {
        let name = option.split('=').next().unwrap_or(option);
        if !lists(&help, name) {
            bail!("--help does not list `{name}`");
        }
    }
    Ok(())
}

fn help_of_task(name: &str) -> Result<String> {
    let mut arguments = Arguments::command();
    let task = arguments.find_subcommand_mut(name).with_context(|| format!("no task `{name}`"))?;
    Ok(task.render_long_help().to_string())
}

fn lists(help: &str, option: &str) -> bool {
    help.split(|letter: char| !letter.is_alphanumeric() && letter != '-').any(|word| word == option)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_fence_line_and_what_is_expected_of_it() {
        let text = "# Title\n\n```python\nx = 1\n```\n\n<!-- expect: failed deadlock hang -->\n\n```text\n```\nend\n";
        let found = blocks(text);
        assert_eq!((found[0].line, found[0].language.as_str()), (3, "python"));
        assert_eq!(found[0].text, ["x = 1"]);
        assert_eq!(found[0].expectation().unwrap().to_string(), "failed deadlock hang");
        assert!(found[1].expectation().is_none());
    }
}
