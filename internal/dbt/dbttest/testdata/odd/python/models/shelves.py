def model(dbt, session):
    dbt.config(materialized="table", packages=["pandas"])
    books = dbt.ref("stg_books").df()
    return books.groupby("shelf", as_index=False).agg(books=("book_id", "count"))
