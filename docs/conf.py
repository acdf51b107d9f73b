"""Sphinx's settings. Run: sphinx-build -W docs docs/_build/html"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import awsim

project = "awsim"
author = "the awsim project"
release = version = awsim.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.intersphinx", "service_pages", "changelog_fragments"]
intersphinx_mapping: dict[str, tuple[str, None]] = {}  # builds without a network
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "awsim"
exclude_patterns = ["_build", "_ext", "changes/*.feature.md", "changes/*.bugfix.md"]
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_class_signature = "separated"
nitpicky = False
