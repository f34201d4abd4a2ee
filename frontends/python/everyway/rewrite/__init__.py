"""The rewriter: a user module's source to a tree that announces its accesses (see `ANNOUNCERS.md`)."""

from __future__ import annotations

import ast
import sys

from .scopes import Scopes
from .sites import ModuleSites, SiteTable
from .statements import Statements
from .walker import Mode

__all__ = ["Mode", "SiteTable", "rewrite", "rewrite_tree"]


def rewrite(
    source: str,
    path: str,
    *,
    mode: Mode,
    sites: SiteTable,
    shared: frozenset[str] = frozenset(),
    user_modules: frozenset[str] = frozenset(),
    line_offset: int = 0,
) -> ast.Module:
    """Rewrite a module and put its sites into the program's table.

    The first rewriting of a module appends its sites; the other mode repeats their numbers. ``shared`` holds
    globals to announce although no function declares them: another set needs a new table. ``user_modules``
    holds the top-level names of modules that are rewritten too, in case they hide one of the standard
    library. ``line_offset`` is the number of lines before the source in its file.
    """
    tree = ast.parse(source, path)
    if line_offset:
        ast.increment_lineno(tree, line_offset)
    lines = [""] * line_offset + source.splitlines()
    return rewrite_tree(tree, path, mode=mode, sites=sites, shared=shared, user_modules=user_modules, lines=lines)


def rewrite_tree(
    tree: ast.Module,
    path: str,
    *,
    mode: Mode,
    sites: SiteTable,
    shared: frozenset[str] = frozenset(),
    user_modules: frozenset[str] = frozenset(),
    lines: list[str],
) -> ast.Module:
    """Rewrite a tree, which is changed; ``lines`` are those of its file, for columns."""
    module_sites = ModuleSites(sites, path, 0, shared, lines)
    library = frozenset(sys.stdlib_module_names) - user_modules
    rewritten = Statements(tree, mode, module_sites, Scopes(tree, shared), library).module()
    module_sites.finish()
    return rewritten
