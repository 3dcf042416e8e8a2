"""The thalweg program, installed as a Python package.

``program()`` is the path of the binary, for those who start it themselves:

    subprocess.run([thalweg_server.program(), "version"], check=True)
"""

import os
import sys
import sysconfig
from typing import Iterator

__all__ = ["program"]


def program() -> str:
    """Return the path of the binary; FileNotFoundError if the package was not installed as a wheel."""
    name = "thalweg" + (sysconfig.get_config_var("EXE") or "")
    places = list(_places())
    for place in places:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("thalweg is not in " + ", ".join(places) + ": install thalweg-server from a wheel")


def _places() -> Iterator[str]:
    """Where installers put scripts: into the environment, for one user, or below a folder (pip install --target)."""
    yield sysconfig.get_path("scripts")
    yield os.path.dirname(os.path.abspath(sys.argv[0]))
    yield sysconfig.get_path("scripts", os.name + "_user")
    package = os.path.dirname(os.path.abspath(__file__))
    yield os.path.join(os.path.dirname(package), "bin")
