{{ config(alias='books_clean', tags='staging') }}
select id as book_id, title, shelf, {{ cents('price_cents') }} as price
from {{ source('library', 'books') }}
