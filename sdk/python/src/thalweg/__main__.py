"""python -m thalweg push … and python -m thalweg dbt …, for where console scripts are not on the path."""

from __future__ import annotations

import sys
from typing import Optional, Sequence

from . import dbt, push


def main(argv: Optional[Sequence[str]] = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["push"]:
        return push.main(arguments[1:])
    if arguments[:1] == ["dbt"]:
        return dbt.main(arguments[1:])
    print("usage: python -m thalweg push|dbt …   (--help has more)", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
