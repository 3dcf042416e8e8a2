-- table t: doc xml, id int
select t.id, x.name from t, xmltable('/rows/row' passing t.doc columns name text path 'name', nr for ordinality) as x
