package dialect

import "maps"

// at is an argument position that is a unit word however many arguments there are.
func at(position int) []UnitArg { return []UnitArg{{Position: position}} }

// atOf is an argument position that is a unit word from count arguments on.
func atOf(position, count int) []UnitArg { return []UnitArg{{Position: position, MinArgs: count}} }

// merged joins tables; a later one wins.
func merged[K comparable, V any](tables ...map[K]V) map[K]V {
	all := map[K]V{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// unitsFirst are the functions of the T-SQL family, unit in front. Two-argument
// DATEDIFF of MySQL and Hive has no unit.
var unitsFirst = map[string][]UnitArg{
	"datediff":      atOf(0, 3),
	"dateadd":       atOf(0, 3),
	"timestampadd":  atOf(0, 3),
	"timestampdiff": atOf(0, 3),
	"datepart":      atOf(0, 2),
	"date_part":     atOf(0, 2),
	"datename":      atOf(0, 2),
	"date_trunc":    atOf(0, 2),
	"datetrunc":     atOf(0, 2),
}

var unitsSnowflake = merged(unitsFirst, map[string][]UnitArg{
	"timeadd":         atOf(0, 3),
	"timediff":        atOf(0, 3),
	"last_day":        atOf(1, 2),
	"trunc":           atOf(1, 2),
	"time_slice":      atOf(2, 3),
	"timestamp_trunc": atOf(1, 2),
	"date_diff":       atOf(0, 3),
	"date_add":        atOf(0, 3),
})

var unitsBigQuery = map[string][]UnitArg{
	"date_diff":       at(2),
	"datetime_diff":   at(2),
	"timestamp_diff":  at(2),
	"time_diff":       at(2),
	"date_trunc":      at(1),
	"datetime_trunc":  at(1),
	"timestamp_trunc": at(1),
	"time_trunc":      at(1),
	"last_day":        at(1),
}

var unitsSpark = merged(unitsFirst, map[string][]UnitArg{
	"date_diff": atOf(0, 3),
	"date_add":  atOf(0, 3),
})

var unitsMySQL = map[string][]UnitArg{
	"timestampadd":  atOf(0, 3),
	"timestampdiff": atOf(0, 3),
	"get_format":    at(0),
	"date_trunc":    atOf(0, 2),
}

// unitsAny is for dialects that are not described. Where the place differs the
// first one that holds a unit word counts.
var unitsAny = merged(unitsBigQuery, unitsSnowflake, map[string][]UnitArg{
	"date_trunc": {{Position: 0, MinArgs: 2}, {Position: 1, MinArgs: 2}},
	"date_diff":  {{Position: 0, MinArgs: 3}, {Position: 2, MinArgs: 3}},
	"time_diff":  {{Position: 2, MinArgs: 3}},
})

// unitWords are the words that count as units. A word that is not among them is
// a column even in a unit's place.
var unitWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range []string{
		"year", "years", "y", "yy", "yyy", "yyyy", "yr", "yrs", "isoyear", "iso_year", "quarter", "quarters", "q", "qq", "qtr", "qtrs",
		"month", "months", "m", "mm", "mon", "mons", "week", "weeks", "w", "ww", "wk", "wy", "woy", "weekofyear", "weekiso", "week_iso",
		"isoweek", "iso_week", "weekofyeariso", "day", "days", "d", "dd", "dayofyear", "doy", "dy", "yearday",
		"dayofmonth", "dayofweek", "dayofweekiso", "dayofweek_iso", "weekday", "weekday_iso", "dow", "dow_iso", "dw", "isodow", "hour", "hours", "h", "hh", "hr", "hrs",
		"minute", "minutes", "mi", "min", "mins", "n", "second", "seconds", "s", "ss", "sec", "secs", "millisecond", "milliseconds",
		"ms", "msec", "msecs", "microsecond", "microseconds", "us", "usec", "usecs", "mcs", "nanosecond", "nanoseconds", "ns",
		"nsec", "epoch", "epoch_second", "epoch_seconds", "epoch_millisecond", "epoch_microsecond", "epoch_nanosecond",
		"century", "centuries", "c", "decade", "decades", "millennium", "millennia", "timezone", "tz", "tzoffset", "tzo",
		"timezone_hour", "timezone_minute", "julian", "era", "date", "time", "datetime", "yearofweek", "yearofweekiso",
	} {
		words[w] = true
	}
	return words
}()

// IsUnitWord reports whether a word, in lower case, can be a unit.
func IsUnitWord(word string) bool { return unitWords[word] }
