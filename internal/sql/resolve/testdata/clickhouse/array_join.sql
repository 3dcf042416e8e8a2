-- table t: s String, arr Array(Int32)
select s, arr, a2, n from t array join arr, arr as a2, arrayEnumerate(arr) as n
