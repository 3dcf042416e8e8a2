select x, _table_suffix as sfx from `p.d.events_*` where _table_suffix > '2024'
