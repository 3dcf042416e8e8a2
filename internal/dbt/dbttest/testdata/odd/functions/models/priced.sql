select book_id, {{ function('to_cents') }}(cast(price as double precision)) as price_cents from {{ ref('stg_books') }}
