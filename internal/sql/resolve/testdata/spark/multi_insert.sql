-- table t: a int, b int
from t insert into u select a insert into w select b, a + 1 as c
