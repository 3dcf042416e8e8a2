"""``python -m thalweg_server`` and ``thalweg-server``: the binary, with the same arguments."""

import os
import subprocess
import sys

from thalweg_server import program


def main() -> None:
    arguments = [program(), *sys.argv[1:]]
    if os.name == "posix":
        os.execv(arguments[0], arguments)  # noqa: S606 # the binary of this package; signals are its own
    try:
        sys.exit(subprocess.run(arguments, check=False).returncode)  # noqa: S603 # the same
    except KeyboardInterrupt:  # which the binary got as well
        sys.exit(130)


if __name__ == "__main__":
    main()
