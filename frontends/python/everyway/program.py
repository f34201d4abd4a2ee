"""A program to explore: its tree, where its lines are, and the code that the rewriter makes of it."""

from __future__ import annotations

import ast
import copy
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import CodeType

from everyway.rewrite import Mode, SiteTable, rewrite_tree

DRIVER_NAME = "__everyway_probe__"


@dataclass(frozen=True)
class SourceText:
    """The text of a file, or of a part of it that begins at a line."""

    path: str
    text: str
    first_line: int = 1


@dataclass
class Program:
    """A program: one module's tree, with whatever was put before or after the user's own text.

    ``tree`` has the lines of the user's file; ``texts`` are the parts of it that are known.
    """

    path: str
    tree: ast.Module
    texts: Sequence[SourceText]
    arguments: Sequence[str] = ()
    folder: str = "."
    left_out: frozenset[str] = frozenset()
    scenario: str | None = None
    variant: str = ""
    include: tuple[str, ...] = ()

    @property
    def hash(self) -> int:
        """What ties a schedule token to this program."""
        parts = [self.variant, self.scenario or "", ast.dump(self.tree)]
        return zlib.crc32("\0".join(parts).encode())


@dataclass
class Compiled:
    """The rewritten code of a program in both modes, and of the modules that it imports."""

    program: Program
    shared: frozenset[str]
    modules: list[str] = field(default_factory=list)
    sites: SiteTable = field(default_factory=SiteTable)
    read: Callable[[str], str] = lambda path: ""
    _codes: dict[tuple[str, Mode], CodeType] = field(default_factory=dict)
    _texts: list[SourceText] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.main("accesses")
        for path in self.modules:
            self.module(path, "accesses")

    def main(self, mode: Mode) -> CodeType:
        """The code of the program itself."""
        key = ("", mode)
        if key not in self._codes:
            lines = _lines_of(self.program.texts)
            tree = copy.deepcopy(self.program.tree)
            self._codes[key] = self._compile(tree, self.program.path, lines, mode)
        return self._codes[key]

    def module(self, path: str, mode: Mode) -> CodeType:
        """The code of a module of the user's."""
        key = (path, mode)
        if key not in self._codes:
            text = self.read(path)
            if mode == "accesses":
                self._texts.append(SourceText(path, text))
            self._codes[key] = self._compile(ast.parse(text, path), path, text.splitlines(), mode)
        return self._codes[key]

    def knows(self, path: str) -> bool:
        """Whether the module's sites are in the table."""
        return (path, "accesses") in self._codes

    def _compile(self, tree: ast.Module, path: str, lines: list[str], mode: Mode) -> CodeType:
        rewritten = rewrite_tree(tree, path, mode=mode, sites=self.sites, shared=self.shared, lines=lines)
        return compile(rewritten, path, "exec", dont_inherit=True)

    def site_json(self) -> str:
        """The site table for the core."""
        return json.dumps(self.sites.as_fields())

    def sources(self) -> list[tuple[int, str, int]]:
        """The texts by the number of their file."""
        return [
            (self.sites.files.index(text.path), text.text, text.first_line)
            for text in [*self.program.texts, *self._texts]
            if text.path in self.sites.files
        ]


def _lines_of(texts: Sequence[SourceText]) -> list[str]:
    """The known lines of the first text's file, by number; the rest is empty."""
    lines: list[str] = []
    for text in texts:
        if text.path != texts[0].path:
            continue
        own = text.text.splitlines()
        end = text.first_line - 1 + len(own)
        lines.extend([""] * (end - len(lines)))
        lines[text.first_line - 1 : end] = own
    return lines


def declared_globals(tree: ast.Module) -> set[str]:
    """Names that some function declares global and assigns: they are announced anyway."""
    names: set[str] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = list(ast.walk(function))
            declared = {name for node in inside if isinstance(node, ast.Global) for name in node.names}
            names |= {
                node.id
                for node in inside
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in declared
            }
    return names
