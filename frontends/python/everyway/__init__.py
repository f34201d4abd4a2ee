"""Runs concurrent programs under every schedule that matters.

The package is the Python front-end: the programs are unmodified, and nothing is asked of them.
Use it through the command line, `everyway check FILE.py`.
"""

from __future__ import annotations

from everyway._core import __version__

__all__ = ["__version__"]
