"""The examples of docs/guide/python.md, as a reader runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, Server

GUIDE = (ROOT / "docs" / "guide" / "python.md").read_text(encoding="utf-8")


def test_examples(server: Server, schema: str, target: Path) -> None:
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "THALWEG_SERVER": server.url,
        "THALWEG_KEY": server.admin,
        "THALWEG_SCHEMA": schema,
        "THALWEG_QUEUE": "off",
    }
    examples = re.findall(r"^```(sh|python)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert len(examples) > 5
    for language, text in examples:
        program = [sys.executable, "-c"] if language == "python" else ["sh", "-euc"]
        done = subprocess.run([*program, text], cwd=target.parent, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, text + done.stdout + done.stderr


@pytest.mark.parametrize("code", ["0", "1", "2", "3", "4", "5", "6", "130"])
def test_exit_codes_are_those_of_the_help(code: str) -> None:
    from thalweg.push import CODES

    assert re.search(rf"^\| {code} \|", GUIDE, re.MULTILINE)
    assert re.search(rf"^  {code} ", CODES, re.MULTILINE)
