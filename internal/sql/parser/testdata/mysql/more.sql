-- MySQL: DISTINCTROW, SOUNDS LIKE, locks; SingleStore: casts
select distinctrow t.a from t where a sounds like 'b' lock in share mode;
select a :> int, b !:> datetime(6) as c from t;
