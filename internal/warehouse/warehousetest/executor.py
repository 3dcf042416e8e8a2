"""Executes SQL of Snowflake by fakesnow: a JSON object a line with statement and args, a JSON object a line back."""

import json
import sys
import warnings

warnings.simplefilter("ignore")

import fakesnow  # noqa: E402
import snowflake.connector  # noqa: E402
from snowflake.connector.errors import Error  # noqa: E402

replies = sys.stdout
sys.stdout = sys.stderr

with fakesnow.patch():
    snowflake.connector.paramstyle = "qmark"
    connection = snowflake.connector.connect(user="U", account="A", database="SHOP", schema="PUBLIC", paramstyle="qmark")
    cursor = connection.cursor()
    for line in sys.stdin:
        request = json.loads(line)
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
