select entry_id, account, amount_cents / 100.0 as amount, cast(booked_at as date) as booked_on
from {{ ref('raw_entries') }}
