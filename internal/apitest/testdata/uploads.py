"""Sends artifacts as scripts with the requests library do: SERVER KEY INTEGRATION FOLDER."""

import sys

import requests

server, key, integration, folder = sys.argv[1:]
headers = {"Authorization": f"Bearer {key}"}


def sent(path, **how):
    response = requests.request("POST", server + path, headers=headers, allow_redirects=False, **how)
    if response.status_code != 200:
        raise SystemExit(f"{path}: {response.status_code} {response.text}")
    return response.json()


def artifact(name):
    return open(f"{folder}/{name}.json", "rb")


for path, field, name in (
    ("/integration/dbt/manifest/", "manifest_file", "manifest"),
    ("/api/v1/integration/dbt/run_result/", "run_result_file", "run_results"),
    ("/integration/dbt/run_results", "run_result_file", "run_results"),
):
    reply = sent(path, files={field: artifact(name)}, data={"integration": integration})
    if reply["message"] != "Successfully ran extraction for dbt":
        raise SystemExit(f"{path}: {reply}")
together = {"run_results": artifact("run_results"), "manifest": artifact("manifest")}
sent(f"/integration/dbt/{integration}/upload_artifacts/", files=together)
sent(f"/integration/dbt/{integration}/trigger/")
listed = requests.get(server + "/integration/integrations/", headers=headers).json()["results"]
if [i["id"] for i in listed if i["type"] == "dbt_core"] != [integration]:
    raise SystemExit(listed)
