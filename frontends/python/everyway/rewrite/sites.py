"""The site table: every place in the program that announces something, numbered in the order of the text.

Both modes of a module walk the same text in the same order, so the second rewriting of a module repeats
the numbers of the first. The table checks that it does.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Literal

SiteKind = Literal["read", "write", "define", "test", "call", "function", "return", "round"]
DeciderKind = Literal["test", "loop_before", "call_before"]
Site = dict[str, Any]

LONGEST_NAME = 60


@dataclass
class Uses:
    """What an expression used: read and call sites, and locals of its function, in order."""

    sites: dict[int, None] = field(default_factory=dict)
    locals: dict[str, None] = field(default_factory=dict)

    def add(self, other: Uses) -> None:
        """Take over what another expression used."""
        self.sites.update(other.sites)
        self.locals.update(other.locals)

    def as_fields(self) -> dict[str, Any]:
        """Give the JSON fields, without the empty ones."""
        fields: dict[str, Any] = {}
        if self.sites:
            fields["sites"] = list(self.sites)
        if self.locals:
            fields["locals"] = list(self.locals)
        return fields


def union(*parts: Uses) -> Uses:
    """Give what several expressions used together."""
    whole = Uses()
    for part in parts:
        whole.add(part)
    return whole


@dataclass(frozen=True)
class Numbering:
    """Where the numbers of one rewritten module begin and what they must repeat."""

    first_site: int
    first_block: int
    shared: frozenset[str]
    site_count: int


class SiteTable:
    """All sites of a program, module after module."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.sites: list[Site] = []
        self.blocks = 0
        self.numberings: dict[tuple[str, int], Numbering] = {}

    def as_fields(self) -> dict[str, Any]:
        """Give the table as the protocol's JSON fields."""
        return {"files": self.files, "sites": self.sites}


class ModuleSites:
    """The sites of one module while it is rewritten."""

    def __init__(self, table: SiteTable, path: str, line_offset: int, shared: frozenset[str], lines: list[str]) -> None:
        self.table = table
        self.key = (path, line_offset)
        self.shared = shared
        self.lines = lines
        self.line_offset = line_offset
        known = table.numberings.get(self.key)
        if known is not None and known.shared != shared:
            raise ValueError(f"`{path}` was rewritten with other shared names: start a new site table")
        self.first_site = len(table.sites) if known is None else known.first_site
        self.first_block = table.blocks if known is None else known.first_block
        self.blocks = self.first_block
        if path not in table.files:
            table.files.append(path)
        self.file = table.files.index(path)
        self.sites: list[Site] = []

    def __getitem__(self, site: int) -> Site:
        return self.sites[site - self.first_site]

    def next_site(self) -> int:
        """Give the number that the next site will have."""
        return self.first_site + len(self.sites)

    def next_block(self) -> int:
        """Number a statement list."""
        self.blocks += 1
        return self.blocks

    def add(self, kind: SiteKind, at: ast.AST, fields: dict[str, Any]) -> int:
        """Add a site at a node, leave out the fields that have their default, and give its number."""
        line = getattr(at, "lineno", 1)
        site: Site = {
            "kind": kind,
            "file": self.file,
            "line": line,
            "column": self.column(line, getattr(at, "col_offset", 0)),
        }
        for name, value in fields.items():
            plain = value.as_fields() if isinstance(value, Uses) else value
            if plain or (name == "function" and plain is not None):
                site[name] = plain
        self.sites.append(site)
        return self.first_site + len(self.sites) - 1

    def column(self, line: int, byte: int) -> int:
        """Give the column, from 1 and in characters, of an offset in UTF-8 bytes."""
        index = line - 1 - self.line_offset
        text = self.lines[index] if 0 <= index < len(self.lines) else ""
        return len(text.encode()[:byte].decode(errors="ignore")) + 1

    def finish(self) -> None:
        """Append the module to the table, or check that it repeats what the first rewriting appended."""
        known = self.table.numberings.get(self.key)
        if known is not None:
            before = self.table.sites[known.first_site : known.first_site + known.site_count]
            assert before == self.sites, f"the two modes of `{self.key[0]}` number different sites"
            return
        assert self.first_site == len(self.table.sites), "a module was rewritten inside another one's rewriting"
        self.table.sites += self.sites
        self.table.blocks = self.blocks
        self.table.numberings[self.key] = Numbering(self.first_site, self.first_block, self.shared, len(self.sites))


def spelled(node: ast.AST) -> str:
    """Give the text of an expression as the user wrote it, if it is short."""
    if isinstance(node, ast.Name):
        return node.id
    text = f"{spelled(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ast.unparse(node)
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
