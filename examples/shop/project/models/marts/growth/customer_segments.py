"""Puts every customer into a segment by recency and spend."""


def model(dbt, session):
    dbt.config(materialized="table", tags=["growth"])

    customers = dbt.ref("dim_customers", v=2).df()
    spend = customers["lifetime_amount"].astype(float)

    segments = customers[["customer_id"]].copy()
    segments["spend_rank"] = spend.rank(ascending=False, method="first").astype(int)
    segments["segment"] = [
        "lapsed" if orders == 0 else "champion" if rank <= 5 else "regular"
        for orders, rank in zip(customers["orders"], segments["spend_rank"])
    ]
    return segments
