select * from raw.t
