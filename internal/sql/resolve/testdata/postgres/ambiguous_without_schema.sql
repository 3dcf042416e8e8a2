select a, t.b from t join u on t.id = u.id
