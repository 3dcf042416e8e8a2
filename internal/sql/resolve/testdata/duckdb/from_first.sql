-- table t: a int, b int
from t select a, b + 1 as c
