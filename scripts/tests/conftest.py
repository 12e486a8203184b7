import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))

from style.source import Source  # noqa: E402


@pytest.fixture
def tree(tmp_path):
    """Writes files below an empty root and returns that root."""

    def write(files):
        for path, content in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def source(tree):
    """One file as the rules see it."""

    def make(path, content):
        root = tree({path: content})
        return Source(root, root / path)

    return make
