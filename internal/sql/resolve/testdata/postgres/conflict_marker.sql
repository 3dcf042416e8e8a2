-- table t: a int, b int
select a,
<<<<<<< HEAD
 b
=======
 b as c
>>>>>>> x
from t
