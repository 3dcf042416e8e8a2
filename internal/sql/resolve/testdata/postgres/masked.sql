-- table t: email text, id int
select md5(lower(email)) as email_hash, md5(email) || id as mixed, encode(sha256(email::bytea), 'hex') as h, id from t
