-- depends_on: {{ ref('shelf_books') }}
select cast(book_id as integer) as book_id, cast(shelf || ' ' || title as varchar) as label, cast('2026-11-01' as date) as printed_at
from {{ ref('stg_books') }}
