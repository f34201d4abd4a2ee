//! The site table with its names as numbers.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use everyway_protocol::ids::SiteId;
use everyway_protocol::site::{Decider, Site, SiteTable, Uses};

/// A question that has no text. All of them count as one.
pub(super) const NO_QUESTION: u32 = u32::MAX;

/// What an expression used.
#[derive(Clone, Debug, Default)]
pub(super) struct UsesRow {
    pub(super) sites: Vec<u32>,
    pub(super) locals: Vec<u32>,
}

/// One site; names are numbers.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) uses: UsesRow,
    pub(super) deciders: Vec<Decider>,
    pub(super) locals: Vec<u32>,
    pub(super) block: u32,
    pub(super) question: u32,
    pub(super) repeats: bool,
    pub(super) newest_only: bool,
    pub(super) raises: bool,
    pub(super) receiver: UsesRow,
    pub(super) arguments: Vec<UsesRow>,
    pub(super) keywords: Vec<(u32, UsesRow)>,
    pub(super) parameters: Vec<u32>,
    pub(super) other_parameters: Vec<u32>,
    /// Its first parameter is the receiver of the call.
    pub(super) takes_receiver: bool,
    /// What it returns is made of all its arguments.
    pub(super) constructs: bool,
}

/// All sites of a program.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(super) fn new(sites: &SiteTable) -> Self {
        let mut names = Names::default();
        Table { rows: sites.sites.iter().map(|site| row(site, &mut names)).collect() }
    }

    /// The row of a site; none for library code.
    pub(super) fn row(&self, site: SiteId) -> Option<&Row> {
        self.rows.get(site.index())
    }

    /// Whether the site is evaluated several times before its value is used.
    pub(super) fn repeats(&self, site: u32) -> bool {
        self.rows.get(site as usize).is_some_and(|row| row.repeats)
    }

    /// The statement list that a site stands in.
    pub(super) fn block(&self, site: u32) -> Option<u32> {
        self.rows.get(site as usize).map(|row| row.block)
    }

    /// The question that a test asks.
    pub(super) fn question(&self, site: SiteId) -> u32 {
        self.row(site).map_or(NO_QUESTION, |row| row.question)
    }
}

/// Numbers for names, in the order of their first use.
#[derive(Default)]
struct Names<'sites> {
    numbers: BTreeMap<&'sites str, u32>,
}

impl<'sites> Names<'sites> {
    fn number(&mut self, name: &'sites str) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(name).or_insert(next)
    }

    fn all(&mut self, names: impl IntoIterator<Item = &'sites alloc::string::String>) -> Vec<u32> {
        names.into_iter().map(|name| self.number(name)).collect()
    }

    fn uses(&mut self, uses: &'sites Uses) -> UsesRow {
        UsesRow {
            sites: uses.sites.iter().map(|site| site.0).collect(),
            locals: self.all(&uses.locals),
        }
    }
}

fn row<'sites>(site: &'sites Site, names: &mut Names<'sites>) -> Row {
    let first = site.parameters.first().map(alloc::string::String::as_str);
    Row {
        uses: names.uses(&site.uses),
        deciders: site.deciders.clone(),
        locals: names.all(&site.locals),
        block: site.block,
        question: site.question.as_deref().map_or(NO_QUESTION, |text| names.number(text)),
        repeats: site.repeats,
        newest_only: site.newest_only,
        raises: site.raises,
        receiver: names.uses(&site.receiver),
        arguments: site.arguments.iter().map(|uses| names.uses(uses)).collect(),
        keywords: site
            .keywords
            .iter()
            .map(|(name, uses)| (names.number(name), names.uses(uses)))
            .collect(),
        parameters: names.all(&site.parameters),
        other_parameters: names.all(&site.other_parameters),
        takes_receiver: matches!(first, Some("self" | "cls" | "this")),
        constructs: matches!(site.name.as_str(), "__init__" | "constructor"),
    }
}
