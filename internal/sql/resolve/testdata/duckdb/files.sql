select a, filename from 'data/*.parquet' union all select a, b from read_csv('x.csv')
