"""everyway: what happens if this code runs concurrently?

The package is the Python front-end: it runs unmodified programs under every schedule that matters.
Use it through the command line, `everyway check FILE.py`.
"""

from __future__ import annotations

from everyway._core import __version__

__all__ = ["__version__"]
