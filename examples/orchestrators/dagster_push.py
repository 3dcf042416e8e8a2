"""Dagster: sends the artifacts of a dbt invocation once its events have been passed on.

    @dbt_assets(manifest=project.manifest_path)
    def shop(context: AssetExecutionContext, dbt: DbtCliResource):
        yield from stream_and_push(dbt.cli(["build"], context=context))

Failed invocations are sent too; their error is raised as it is without this.
"""

from __future__ import annotations

from typing import Any, Iterator

from thalweg.dbt import Push


def stream_and_push(invocation: Any, **options: Any) -> Iterator[Any]:
    """Yields the events of a DbtCliInvocation, then sends what is in its target folder."""
    try:
        yield from invocation.stream()
    finally:
        Push(target=invocation.target_path, **options).send(everything=True)
