{#-
  Plays the part of an extract-and-load tool. Every table gets the time it was
  loaded: ages are in hours, so that "dbt source freshness" has a fresh, a
  late and a stale table to report.
-#}
{% macro load_landing_tables() %}
    {%- set ages = {
        "landing.orders": 1,
        "landing.order_lines": 1,
        "landing.payments": 1,
        "landing.refunds": 2,
        "landing.web_events": 18,
        "erp.stock_levels": 100,
    } %}
    {%- if execute %}
        {%- for relation, age in ages.items() %}
            {%- set schema, table = relation.split(".") %}
            {%- do run_query("create schema if not exists " ~ schema) %}
            {%- do run_query(
                "create or replace table " ~ relation
                ~ " as select *, cast(now() as timestamp) - interval '" ~ age ~ " hours' as _loaded_at"
                ~ " from read_csv('landing/" ~ table ~ ".csv', header = true)"
            ) %}
        {%- endfor %}
    {%- endif %}
    select 1
{% endmacro %}
