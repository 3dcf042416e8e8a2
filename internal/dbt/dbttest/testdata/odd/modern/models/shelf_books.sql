select cast(book_id as integer) as book_id from {{ ref('stg_books') }}
