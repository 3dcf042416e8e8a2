{% macro cents(column) %}cast({{ column }} / 100.0 as numeric(10, 2)){% endmacro %}

{% macro loan_limit() %}{{ var('loan_days') }}{% endmacro %}

{% test not_negative(model, column_name) %}
select * from {{ model }} where {{ column_name }} < 0
{% endtest %}
