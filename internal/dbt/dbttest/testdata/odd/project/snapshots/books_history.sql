{% snapshot books_history %}
{{ config(target_schema='lib_history', unique_key='id', strategy='check', check_cols=['title', 'price_cents']) }}
select id, title, price_cents from {{ source('library', 'books') }}
{% endsnapshot %}
