select
    category,
    date_trunc('month', order_date) as month,
    sum(line_amount) as revenue,
    sum(markdown_amount) as markdown,
    round(sum(markdown_amount) / nullif(sum(line_amount) + sum(markdown_amount), 0), 4) as markdown_share
from {{ ref("fct_order_lines") }}
group by 1, 2
