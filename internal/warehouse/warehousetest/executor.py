"""Executes SQL of Snowflake by fakesnow, and that of BigQuery and DuckDB by DuckDB.

Reads a JSON object from each line, with dialect, statement and args, and writes one back.
"""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import duckdb  # noqa: E402
import fakesnow  # noqa: E402
import snowflake.connector  # noqa: E402
import sqlglot  # noqa: E402
from snowflake.connector.errors import Error  # noqa: E402

replies = sys.stdout
sys.stdout = sys.stderr

duck = duckdb.connect()


def on_duckdb(dialect, statement):
    """Executes a statement in another dialect."""
    try:
        result = duck.execute(sqlglot.transpile(statement, read=dialect, write="duckdb")[0])
        rows = [[None if value is None else str(value) for value in row] for row in result.fetchall()]
        return {"columns": [column[0] for column in result.description], "rows": rows}
    except Exception as error:
        return {"code": "invalidQuery", "message": str(error)}


with fakesnow.patch():
    snowflake.connector.paramstyle = "qmark"
    connection = snowflake.connector.connect(user="U", account="A", database="SHOP", schema="PUBLIC", paramstyle="qmark")
    cursor = connection.cursor()
    for line in sys.stdin:
        request = json.loads(line)
        if request["dialect"] != "snowflake":
            print(json.dumps(on_duckdb(request["dialect"], request["statement"])), file=replies, flush=True)
            continue
        try:
            cursor.execute(request["statement"], request["args"] or None)
            reply = {
                "columns": [column[0] for column in cursor.description],
                "rows": [[None if value is None else str(value) for value in row] for row in cursor.fetchall()],
            }
        except Error as error:
            reply = {"code": f"{error.errno:06}", "sqlstate": error.sqlstate, "message": str(error.msg)}
        except Exception as error:  # what fakesnow does not translate
            reply = {"code": "000000", "sqlstate": "XX000", "message": repr(error)}
        print(json.dumps(reply), file=replies, flush=True)
