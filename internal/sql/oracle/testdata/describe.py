"""Prints the names of the columns that an engine gives for statements.

usage: describe.py duckdb|clickhouse < {"setup": [...], "statements": [...]}
Prints a list of {"columns": [...]} or {"error": "..."}, one for each statement.
"""
import json
import sys


def duckdb_columns(setup):
    import duckdb

    connection = duckdb.connect()
    for statement in setup:
        connection.execute(statement)
    # As a table is made of the statement: names that occur twice are numbered.
    return lambda sql: [c[0] for c in connection.execute("select * from (" + sql + ") limit 0").description]


def clickhouse_columns(setup):
    from chdb import session

    engine = session.Session()
    for statement in ["create database d", "use d"] + setup:
        engine.query(statement)
    return lambda sql: [c[0] for c in json.loads(str(engine.query("describe (" + sql + ")", "JSONCompact")))["data"]]


given = json.load(sys.stdin)
columns = {"duckdb": duckdb_columns, "clickhouse": clickhouse_columns}[sys.argv[1]](given["setup"])
answers = []
for statement in given["statements"]:
    try:
        answers.append({"columns": columns(statement)})
    except Exception as fault:  # whatever the engine refuses
        answers.append({"error": str(fault)[:300]})
json.dump(answers, sys.stdout)
