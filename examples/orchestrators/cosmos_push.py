"""Cosmos: sends the artifacts of each dbt command, from the temporary folder that it ran in.

    DbtTaskGroup(..., operator_args={"callback": push_after_dbt})

Cosmos calls it with the folder of the project before it removes it. Models that are run one by one become runs of one
project: results are joined by their invocation, and the manifest is the same each time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from thalweg.dbt import Push


def push_after_dbt(project_dir: str, **_: Any) -> None:
    """Sends all that the target folder has. It never raises: the task's outcome is dbt's."""
    Push(project=Path(project_dir)).send(everything=True)
