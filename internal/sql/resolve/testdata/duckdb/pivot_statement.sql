-- table t: city text, yr int, pop int
pivot t on yr in (2000, 2010) using sum(pop) group by city
