from t where a > 1 |> where b > 2 |> select b
