{% macro cents_to_pounds(column, scale=2) -%}
    cast({{ column }} / 100.0 as decimal(12, {{ scale }}))
{%- endmacro %}
