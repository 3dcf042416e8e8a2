{% snapshot products_history %}

{{
    config(
        target_schema="history",
        unique_key="product_id",
        strategy="check",
        check_cols=["product_name", "category", "list_price_pence"],
        tags=["history"],
    )
}}

select * from {{ ref("raw_products") }}

{% endsnapshot %}
