"""Airflow: a task that sends dbt's artifacts, and a callback for tasks that run dbt.

    from airflow_push import ThalwegPushOperator, push_callback

    build = BashOperator(
        task_id="dbt_build",
        bash_command="dbt build",
        cwd=PROJECT,
        on_failure_callback=push_callback(PROJECT),
    )
    send = ThalwegPushOperator(task_id="send", project=PROJECT, trigger_rule="all_done")
    build >> send

The server, the schema and the key are in THALWEG_SERVER, THALWEG_SCHEMA and THALWEG_KEY of the workers, or in a
profile. With trigger_rule="all_done" failed runs are sent too: they are part of the history.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

try:
    from airflow.sdk import BaseOperator  # Airflow 3
except ImportError:
    from airflow.models import BaseOperator  # type: ignore[no-redef,assignment]

from thalweg.dbt import Push


class ThalwegPushOperator(BaseOperator):
    """Sends what is in the target folder of a dbt project. It never fails the DAG unless `strict`."""

    template_fields = ("project", "target", "schema")

    def __init__(
        self,
        *,
        project: str,
        target: str | None = None,
        schema: str | None = None,
        profile: str | None = None,
        strict: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.project, self.target, self.schema, self.profile, self.strict = project, target, schema, profile, strict

    def execute(self, context: Any) -> bool:
        sent = push(self.project, self.target, schema=self.schema, profile=self.profile)
        if self.strict and not sent:
            raise RuntimeError("the artifacts were not sent; the log says why")
        return sent


def push(project: str, target: str | None = None, **options: Any) -> bool:
    """Sends all that a project's target folder has, and reports whether the server has it."""
    folder = Path(project) / target if target else None
    return Push(project=Path(project), target=folder, **options).send(everything=True)


def push_callback(project: str, **options: Any) -> Callable[[Any], None]:
    """Returns an on_success_callback or on_failure_callback of a task that runs dbt."""

    def callback(context: Any) -> None:
        push(project, **options)

    return callback
