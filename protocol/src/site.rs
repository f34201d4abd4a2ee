//! The static side of the trace: every place in the program that announces something.
//!
//! A front-end's rewriter makes one table for each program. An announcement carries only an index
//! into it. What a write, a test, an argument or a `return` used is known from the text: each site
//! lists the read and call sites and the local variables in its expression, and the sites whose
//! outcome decides whether it is reached. The atomicity detector interprets the table over a
//! [`Trace`](crate::trace::Trace).

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::SiteId;

/// What kind of place a site is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "lowercase"))]
pub enum SiteKind {
    /// Reads a shared location.
    Read,
    /// Writes a shared location. A container method that reads and writes is also one.
    Write,
    /// Assigns locals.
    Define,
    /// A test: `if`, `while`, `for`, `match`, conditional expression, `and`, `or`, `assert`, handler.
    Test,
    /// A call expression.
    Call,
    /// The entry of a function.
    Function,
    /// A `return`.
    Return,
    /// The head of a loop that may be passive.
    Round,
}

/// What an expression used: read and call sites, and locals of its function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(default, deny_unknown_fields))]
pub struct Uses {
    /// Read and call sites inside the expression.
    pub sites: Vec<SiteId>,
    /// Names of the locals inside the expression.
    pub locals: Vec<String>,
}

/// One reason why a site is reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "snake_case"))]
pub enum Decider {
    /// The latest evaluation of this test, which encloses the site or stands before it and leaves.
    Test(SiteId),
    /// The latest evaluation of this test of a loop that ended before the site.
    LoopBefore(SiteId),
    /// This call before the site, whose callee may have raised after a test.
    CallBefore(SiteId),
}

/// One place in the program.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(deny_unknown_fields))]
pub struct Site {
    /// What it is.
    pub kind: SiteKind,
    /// Index of its file in [`SiteTable::files`].
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters.
    pub column: u32,
    /// The variable, attribute, container or function that it names, as the user wrote it.
    #[cfg_attr(feature = "std", serde(default))]
    pub name: String,
    /// What its expression used.
    #[cfg_attr(feature = "std", serde(default))]
    pub uses: Uses,
    /// What decides whether it is reached.
    #[cfg_attr(feature = "std", serde(default))]
    pub deciders: Vec<Decider>,
    /// Locals that a `Define` assigns, or that a `Test`'s branches may assign.
    #[cfg_attr(feature = "std", serde(default))]
    pub locals: Vec<String>,
    /// Number of its statement list within the program.
    #[cfg_attr(feature = "std", serde(default))]
    pub block: u32,
    /// The `Function` site that it stands in; none at a module's top level.
    #[cfg_attr(feature = "std", serde(default))]
    pub function: Option<SiteId>,
    /// The text of a test without a leading `not`, so that a re-check is known.
    #[cfg_attr(feature = "std", serde(default))]
    pub question: Option<String>,
    /// Evaluated several times before its value is used (inside a comprehension).
    #[cfg_attr(feature = "std", serde(default))]
    pub repeats: bool,
    /// Of the reads it uses only the newest counts (an exception handler).
    #[cfg_attr(feature = "std", serde(default))]
    pub newest_only: bool,
    /// A branch of this test raises.
    #[cfg_attr(feature = "std", serde(default))]
    pub raises: bool,
    /// For a call: what its receiver used.
    #[cfg_attr(feature = "std", serde(default))]
    pub receiver: Uses,
    /// For a call: what each positional argument used.
    #[cfg_attr(feature = "std", serde(default))]
    pub arguments: Vec<Uses>,
    /// For a call: what each argument by name used.
    #[cfg_attr(feature = "std", serde(default))]
    pub keywords: Vec<(String, Uses)>,
    /// For a function: its positional parameters.
    #[cfg_attr(feature = "std", serde(default))]
    pub parameters: Vec<String>,
    /// For a function: its other parameters (by name only, `*rest`, `**rest`).
    #[cfg_attr(feature = "std", serde(default))]
    pub other_parameters: Vec<String>,
}

/// All sites of a program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(deny_unknown_fields))]
pub struct SiteTable {
    /// The program's files, by path as shown to the user.
    pub files: Vec<String>,
    /// The sites; a [`SiteId`] is an index.
    pub sites: Vec<Site>,
}

impl SiteTable {
    /// The site of this id; none for [`SiteId::NONE`] or an id of another table.
    #[must_use]
    pub fn get(&self, id: SiteId) -> Option<&Site> {
        self.sites.get(id.index())
    }
}
