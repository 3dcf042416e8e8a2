"""Sends the events of a run with the client of OpenLineage: sys.argv has the server, the endpoint and the key."""
import sys
import uuid
from datetime import datetime, timedelta, timezone

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, job_type_job, schema_dataset
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpConfig, HttpTransport

server, endpoint, key = sys.argv[1:]
client = OpenLineageClient(
    transport=HttpTransport(HttpConfig(url=server, endpoint=endpoint, auth=ApiKeyTokenProvider({"apiKey": key})))
)
crm = "postgres://crm:5432"
people = InputDataset(
    crm,
    "crm.public.people",
    facets={
        "schema": schema_dataset.SchemaDatasetFacet(
            fields=[
                schema_dataset.SchemaDatasetFacetFields("id", "integer"),
                schema_dataset.SchemaDatasetFacetFields("mail", "text", "Where letters go."),
            ]
        )
    },
)
mail = column_lineage_dataset.InputField(
    crm,
    "crm.public.people",
    "mail",
    [column_lineage_dataset.Transformation("DIRECT", "TRANSFORMATION", "lower", True)],
)
out = OutputDataset(
    "duckdb://shop",
    "shop.raw.people",
    facets={
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
            fields={"email": column_lineage_dataset.Fields(inputFields=[mail])}
        )
    },
)
job = Job(
    "airflow",
    "crm.load_people",
    facets={"jobType": job_type_job.JobTypeJobFacet(processingType="BATCH", integration="AIRFLOW", jobType="TASK")},
)
start = datetime.now(timezone.utc) - timedelta(minutes=1)
run = Run(str(uuid.uuid4()))
for n, (state, inputs, outputs) in enumerate(
    [(RunState.START, [people], []), (RunState.RUNNING, [], []), (RunState.COMPLETE, [people], [out])]
):
    at = (start + timedelta(seconds=n)).isoformat()
    client.emit(RunEvent(eventTime=at, producer="https://example.com/loader", run=run, job=job, eventType=state, inputs=inputs, outputs=outputs))
client.close()
