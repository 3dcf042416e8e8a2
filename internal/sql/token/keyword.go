package token

// Keyword is the id of a word that the grammar knows. Being a Keyword does not
// make a word reserved: the parser and the dialect decide that.
type Keyword uint16

// The keywords.
const (
	NotKeyword Keyword = iota
	ABSENT
	AGGREGATE
	ALL
	ALTER
	AND
	ANTI
	ANY
	APPLY
	ARRAY
	AS
	ASC
	ASOF
	ASSERT
	ASYMMETRIC
	AT
	BEFORE
	BEGIN
	BETWEEN
	BOTH
	BULK
	BY
	CACHE
	CALL
	CASCADE
	CASE
	CAST
	CHANGES
	CLONE
	CLUSTER
	COLLATE
	COLLECT
	COLUMNS
	COMMENT
	CONNECT
	CONNECT_BY_ROOT
	CONSTRAINT
	CONVERT
	COPY
	CORRESPONDING
	CREATE
	CROSS
	CUBE
	CURRENT
	CURRENT_CATALOG
	CURRENT_DATABASE
	CURRENT_DATE
	CURRENT_DATETIME
	CURRENT_PATH
	CURRENT_ROLE
	CURRENT_SCHEMA
	CURRENT_TIME
	CURRENT_TIMESTAMP
	CURRENT_USER
	CURSOR
	CYCLE
	DECLARE
	DEFAULT
	DELETE
	DESC
	DESCRIBE
	DISTINCT
	DISTRIBUTE
	DISTRIBUTED
	DIV
	DO
	DROP
	ELSE
	ELSEIF
	ELSIF
	EMPTY
	END
	ENGINE
	ESCAPE
	EXCEPT
	EXCEPTION
	EXCLUDE
	EXEC
	EXECUTE
	EXISTS
	EXPLAIN
	EXTEND
	EXTRACT
	FALSE
	FETCH
	FILL
	FILTER
	FINAL
	FIRST
	FOLLOWING
	FOR
	FORCE
	FOREIGN
	FORMAT
	FROM
	FULL
	FUNCTION
	GENERATED
	GLOB
	GLOBAL
	GRANT
	GRANTS
	GROUP
	GROUPING
	HAVING
	IF
	IGNORE
	ILIKE
	IN
	INCLUDE
	INDEX
	INDEXED
	INNER
	INSERT
	INTERSECT
	INTERVAL
	INTO
	IS
	ISNULL
	JOIN
	JSON_TABLE
	KEEP
	KEY
	LAMBDA
	LAST
	LATERAL
	LEFT
	LIKE
	LIMIT
	LOCAL
	LOCALTIME
	LOCALTIMESTAMP
	LOCK
	LOOP
	MAP
	MATCH_CONDITION
	MATCH_RECOGNIZE
	MATCHED
	MATERIALIZED
	MEASURES
	MEMBER
	MERGE
	MINUS
	MOD
	MULTISET
	NAME
	NATURAL
	NEXT
	NO
	NOT
	NOTNULL
	NULL
	NULLS
	OBJECT
	OF
	OFFSET
	ON
	ONLY
	OPERATOR
	OPTION
	OR
	ORDER
	ORDINALITY
	OUTER
	OUTPUT
	OVER
	OVERLAPS
	OVERLAY
	OVERWRITE
	PARSE
	PARTITION
	PASSING
	PATH
	PATTERN
	PERCENT
	PERIOD
	PIVOT
	PIVOT_LONGER
	PIVOT_WIDER
	POSITION
	POSITIONAL
	PRECEDING
	PRECISION
	PRESENT
	PREWHERE
	PRIMARY
	PRIOR
	QUALIFY
	RAISE
	RANGE
	RECURSIVE
	REFERENCES
	REGEXP
	RENAME
	REPEAT
	REPLACE
	RESPECT
	RETURN
	RETURNING
	RIGHT
	RLIKE
	ROLLUP
	ROW
	ROWS
	SAFE_CAST
	SAMPLE
	SCHEMA
	SEARCH
	SEGMENTED
	SELECT
	SEMI
	SEPARATOR
	SET
	SETS
	SETTINGS
	SHOW
	SIMILAR
	SOME
	SORT
	START
	STEP
	STRAIGHT_JOIN
	STRUCT
	SUBMULTISET
	SUBSTR
	SUBSTRING
	SUMMARIZE
	SYMMETRIC
	SYSTEM_TIME
	SYSTEM_VERSION
	TABLE
	TABLESAMPLE
	TABLET
	TEMP
	TEMPORARY
	THEN
	TIES
	TIME
	TIMESERIES
	TIMESTAMP
	TO
	TOP
	TOTALS
	TRIM
	TRUE
	TRUNCATE
	TRY_CAST
	TRY_CONVERT
	TRY_PARSE
	TYPE
	UNBOUNDED
	UNION
	UNIQUE
	UNKNOWN
	UNLOGGED
	UNPIVOT
	UNSEGMENTED
	UNTIL
	UPDATE
	USE
	USING
	VALUE
	VALUES
	VARIABLE
	VARYING
	VERSION
	WHEN
	WHERE
	WHILE
	WINDOW
	WITH
	WITHIN
	WITHOUT
	XMLTABLE
	XOR
	ZONE

	keywordCount
)

var keywordWords = [keywordCount]string{
	ABSENT:            "absent",
	AGGREGATE:         "aggregate",
	ALL:               "all",
	ALTER:             "alter",
	AND:               "and",
	ANTI:              "anti",
	ANY:               "any",
	APPLY:             "apply",
	ARRAY:             "array",
	AS:                "as",
	ASC:               "asc",
	ASOF:              "asof",
	ASSERT:            "assert",
	ASYMMETRIC:        "asymmetric",
	AT:                "at",
	BEFORE:            "before",
	BEGIN:             "begin",
	BETWEEN:           "between",
	BOTH:              "both",
	BULK:              "bulk",
	BY:                "by",
	CACHE:             "cache",
	CALL:              "call",
	CASCADE:           "cascade",
	CASE:              "case",
	CAST:              "cast",
	CHANGES:           "changes",
	CLONE:             "clone",
	CLUSTER:           "cluster",
	COLLATE:           "collate",
	COLLECT:           "collect",
	COLUMNS:           "columns",
	COMMENT:           "comment",
	CONNECT:           "connect",
	CONNECT_BY_ROOT:   "connect_by_root",
	CONSTRAINT:        "constraint",
	CONVERT:           "convert",
	COPY:              "copy",
	CORRESPONDING:     "corresponding",
	CREATE:            "create",
	CROSS:             "cross",
	CUBE:              "cube",
	CURRENT:           "current",
	CURRENT_CATALOG:   "current_catalog",
	CURRENT_DATABASE:  "current_database",
	CURRENT_DATE:      "current_date",
	CURRENT_DATETIME:  "current_datetime",
	CURRENT_PATH:      "current_path",
	CURRENT_ROLE:      "current_role",
	CURRENT_SCHEMA:    "current_schema",
	CURRENT_TIME:      "current_time",
	CURRENT_TIMESTAMP: "current_timestamp",
	CURRENT_USER:      "current_user",
	CURSOR:            "cursor",
	CYCLE:             "cycle",
	DECLARE:           "declare",
	DEFAULT:           "default",
	DELETE:            "delete",
	DESC:              "desc",
	DESCRIBE:          "describe",
	DISTINCT:          "distinct",
	DISTRIBUTE:        "distribute",
	DISTRIBUTED:       "distributed",
	DIV:               "div",
	DO:                "do",
	DROP:              "drop",
	ELSE:              "else",
	ELSEIF:            "elseif",
	ELSIF:             "elsif",
	EMPTY:             "empty",
	END:               "end",
	ENGINE:            "engine",
	ESCAPE:            "escape",
	EXCEPT:            "except",
	EXCEPTION:         "exception",
	EXCLUDE:           "exclude",
	EXEC:              "exec",
	EXECUTE:           "execute",
	EXISTS:            "exists",
	EXPLAIN:           "explain",
	EXTEND:            "extend",
	EXTRACT:           "extract",
	FALSE:             "false",
	FETCH:             "fetch",
	FILL:              "fill",
	FILTER:            "filter",
	FINAL:             "final",
	FIRST:             "first",
	FOLLOWING:         "following",
	FOR:               "for",
	FORCE:             "force",
	FOREIGN:           "foreign",
	FORMAT:            "format",
	FROM:              "from",
	FULL:              "full",
	FUNCTION:          "function",
	GENERATED:         "generated",
	GLOB:              "glob",
	GLOBAL:            "global",
	GRANT:             "grant",
	GRANTS:            "grants",
	GROUP:             "group",
	GROUPING:          "grouping",
	HAVING:            "having",
	IF:                "if",
	IGNORE:            "ignore",
	ILIKE:             "ilike",
	IN:                "in",
	INCLUDE:           "include",
	INDEX:             "index",
	INDEXED:           "indexed",
	INNER:             "inner",
	INSERT:            "insert",
	INTERSECT:         "intersect",
	INTERVAL:          "interval",
	INTO:              "into",
	IS:                "is",
	ISNULL:            "isnull",
	JOIN:              "join",
	JSON_TABLE:        "json_table",
	KEEP:              "keep",
	KEY:               "key",
	LAMBDA:            "lambda",
	LAST:              "last",
	LATERAL:           "lateral",
	LEFT:              "left",
	LIKE:              "like",
	LIMIT:             "limit",
	LOCAL:             "local",
	LOCALTIME:         "localtime",
	LOCALTIMESTAMP:    "localtimestamp",
	LOCK:              "lock",
	LOOP:              "loop",
	MAP:               "map",
	MATCH_CONDITION:   "match_condition",
	MATCH_RECOGNIZE:   "match_recognize",
	MATCHED:           "matched",
	MATERIALIZED:      "materialized",
	MEASURES:          "measures",
	MEMBER:            "member",
	MERGE:             "merge",
	MINUS:             "minus",
	MOD:               "mod",
	MULTISET:          "multiset",
	NAME:              "name",
	NATURAL:           "natural",
	NEXT:              "next",
	NO:                "no",
	NOT:               "not",
	NOTNULL:           "notnull",
	NULL:              "null",
	NULLS:             "nulls",
	OBJECT:            "object",
	OF:                "of",
	OFFSET:            "offset",
	ON:                "on",
	ONLY:              "only",
	OPERATOR:          "operator",
	OPTION:            "option",
	OR:                "or",
	ORDER:             "order",
	ORDINALITY:        "ordinality",
	OUTER:             "outer",
	OUTPUT:            "output",
	OVER:              "over",
	OVERLAPS:          "overlaps",
	OVERLAY:           "overlay",
	OVERWRITE:         "overwrite",
	PARSE:             "parse",
	PARTITION:         "partition",
	PASSING:           "passing",
	PATH:              "path",
	PATTERN:           "pattern",
	PERCENT:           "percent",
	PERIOD:            "period",
	PIVOT:             "pivot",
	PIVOT_LONGER:      "pivot_longer",
	PIVOT_WIDER:       "pivot_wider",
	POSITION:          "position",
	POSITIONAL:        "positional",
	PRECEDING:         "preceding",
	PRECISION:         "precision",
	PRESENT:           "present",
	PREWHERE:          "prewhere",
	PRIMARY:           "primary",
	PRIOR:             "prior",
	QUALIFY:           "qualify",
	RAISE:             "raise",
	RANGE:             "range",
	RECURSIVE:         "recursive",
	REFERENCES:        "references",
	REGEXP:            "regexp",
	RENAME:            "rename",
	REPEAT:            "repeat",
	REPLACE:           "replace",
	RESPECT:           "respect",
	RETURN:            "return",
	RETURNING:         "returning",
	RIGHT:             "right",
	RLIKE:             "rlike",
	ROLLUP:            "rollup",
	ROW:               "row",
	ROWS:              "rows",
	SAFE_CAST:         "safe_cast",
	SAMPLE:            "sample",
	SCHEMA:            "schema",
	SEARCH:            "search",
	SEGMENTED:         "segmented",
	SELECT:            "select",
	SEMI:              "semi",
	SEPARATOR:         "separator",
	SET:               "set",
	SETS:              "sets",
	SETTINGS:          "settings",
	SHOW:              "show",
	SIMILAR:           "similar",
	SOME:              "some",
	SORT:              "sort",
	START:             "start",
	STEP:              "step",
	STRAIGHT_JOIN:     "straight_join",
	STRUCT:            "struct",
	SUBMULTISET:       "submultiset",
	SUBSTR:            "substr",
	SUBSTRING:         "substring",
	SUMMARIZE:         "summarize",
	SYMMETRIC:         "symmetric",
	SYSTEM_TIME:       "system_time",
	SYSTEM_VERSION:    "system_version",
	TABLE:             "table",
	TABLESAMPLE:       "tablesample",
	TABLET:            "tablet",
	TEMP:              "temp",
	TEMPORARY:         "temporary",
	THEN:              "then",
	TIES:              "ties",
	TIME:              "time",
	TIMESERIES:        "timeseries",
	TIMESTAMP:         "timestamp",
	TO:                "to",
	TOP:               "top",
	TOTALS:            "totals",
	TRIM:              "trim",
	TRUE:              "true",
	TRUNCATE:          "truncate",
	TRY_CAST:          "try_cast",
	TRY_CONVERT:       "try_convert",
	TRY_PARSE:         "try_parse",
	TYPE:              "type",
	UNBOUNDED:         "unbounded",
	UNION:             "union",
	UNIQUE:            "unique",
	UNKNOWN:           "unknown",
	UNLOGGED:          "unlogged",
	UNPIVOT:           "unpivot",
	UNSEGMENTED:       "unsegmented",
	UNTIL:             "until",
	UPDATE:            "update",
	USE:               "use",
	USING:             "using",
	VALUE:             "value",
	VALUES:            "values",
	VARIABLE:          "variable",
	VARYING:           "varying",
	VERSION:           "version",
	WHEN:              "when",
	WHERE:             "where",
	WHILE:             "while",
	WINDOW:            "window",
	WITH:              "with",
	WITHIN:            "within",
	WITHOUT:           "without",
	XMLTABLE:          "xmltable",
	XOR:               "xor",
	ZONE:              "zone",
}
