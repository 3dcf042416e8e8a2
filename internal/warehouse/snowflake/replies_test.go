package snowflake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/snowflake"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

// recorded answers statements by their beginnings with results as Snowflake documents them.
func recorded(results map[string]warehousetest.Result) warehousetest.Execute {
	return func(statement string, _ []string) warehousetest.Result {
		longest, found := "", warehousetest.Result{Columns: []string{"VERSION"}, Rows: values([]string{"9.1.0"})}
		for beginning, r := range results {
			if strings.HasPrefix(statement, beginning) && len(beginning) > len(longest) {
				longest, found = beginning, r
			}
		}
		return found
	}
}

// values are rows of a result; "-" is NULL.
func values(rows ...[]string) [][]*string {
	var out [][]*string
	for _, r := range rows {
		var row []*string
		for _, v := range r {
			value := &v
			if v == "-" {
				value = nil
			}
			row = append(row, value)
		}
		out = append(out, row)
	}
	return out
}

func result(columns string, rows ...[]string) warehousetest.Result {
	return warehousetest.Result{Columns: strings.Fields(columns), Rows: values(rows...)}
}

// What fakesnow does not have is as Snowflake's documentation has it.
func TestKeysAndDefinitions(t *testing.T) {
	key, privateKey := warehousetest.Key(t)
	server := warehousetest.NewSnowflake(t, &key.PublicKey, recorded(map[string]warehousetest.Result{
		"SHOW DATABASES": result("created_on name is_default kind",
			[]string{"0", "SHOP", "N", "STANDARD"}, []string{"0", "SNOWFLAKE", "N", "APPLICATION"}, []string{"0", "SNOWFLAKE_SAMPLE_DATA", "N", "IMPORTED DATABASE"},
			[]string{"0", "USER$ANA", "N", "PERSONAL DATABASE"}, []string{"0", "hidden", "N", "STANDARD"}),
		`SHOW TERSE SCHEMAS IN DATABASE "SHOP"`:   result("created_on name kind database_name", []string{"0", "INFORMATION_SCHEMA", "-", "SHOP"}, []string{"0", `A "B"`, "-", "SHOP"}),
		`SHOW TERSE SCHEMAS IN DATABASE "hidden"`: {Code: "002043", SQLState: "02000", Message: "Object does not exist, or operation cannot be performed."},
		"SELECT TABLE_NAME, TABLE_TYPE": result("TABLE_NAME TABLE_TYPE IS_DYNAMIC ROW_COUNT BYTES COMMENT VIEW_DEFINITION",
			[]string{"LINES", "BASE TABLE", "NO", "10", "2048", "-", "-"}, []string{"V", "VIEW", "NO", "-", "-", "Seen.", "-"}, []string{"MV", "MATERIALIZED VIEW", "NO", "3", "512", "-", "-"},
			[]string{"DYN", "BASE TABLE", "YES", "1", "1", "-", "-"}, []string{"EXT", "EXTERNAL TABLE", "NO", "-", "-", "-", "-"}, []string{"V", "-", "-", "-", "-", "Seen.", "create view v as select 1 as a"}),
		"SELECT TABLE_NAME, COLUMN_NAME": result("TABLE_NAME COLUMN_NAME ORDINAL_POSITION DATA_TYPE IS_NULLABLE COLUMN_DEFAULT COMMENT NUMERIC_PRECISION NUMERIC_SCALE CHARACTER_MAXIMUM_LENGTH IS_IDENTITY",
			[]string{"LINES", "ORDER_ID", "1", "NUMBER", "NO", "-", "Of the order.", "38", "0", "-", "NO"}, []string{"LINES", "LINE", "2", "NUMBER", "NO", "-", "-", "38", "0", "-", "YES"},
			[]string{"LINES", "NOTE", "3", "TEXT", "YES", "'x'", "-", "-", "-", "16777216", "NO"}, []string{"MADE_MEANWHILE", "X", "1", "TEXT", "YES", "-", "-", "-", "-", "-", "NO"},
			[]string{"V", "A", "1", "NUMBER", "YES", "-", "-", "1", "0", "-", "NO"}),
		"SHOW MATERIALIZED VIEWS": result("created_on name text", []string{"0", "MV", "create materialized view mv as select 1 as b"}),
		"SHOW DYNAMIC TABLES":     result("created_on name text", []string{"0", "DYN", "create dynamic table dyn as select 1 as c"}),
		"SHOW PRIMARY KEYS": result("created_on database_name schema_name table_name column_name key_sequence constraint_name",
			[]string{"0", "SHOP", "A", "LINES", "LINE", "2", "PK"}, []string{"0", "SHOP", "A", "LINES", "ORDER_ID", "1", "PK"}, []string{"0", "SHOP", "A", "DROPPED", "X", "1", "PK2"}),
		"SHOW UNIQUE KEYS": result("table_name column_name key_sequence constraint_name"),
		"SHOW IMPORTED KEYS": result("pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence fk_name",
			[]string{"SHOP", "RAW", "ORDERS", "TENANT", "SHOP", "A", "LINES", "NOTE", "1", "FK"}, []string{"SHOP", "RAW", "ORDERS", "ID", "SHOP", "A", "LINES", "ORDER_ID", "2", "FK"},
			[]string{"OTHER", "RAW", "ORDERS", "ID", "SHOP", "A", "LINES", "ORDER_ID", "1", "ELSEWHERE"}),
	}), acme())
	schemas, tables := read(t, optionsOf(t, server, privateKey))
	if len(schemas) != 1 || schemas[0] != `SHOP.A "B"` {
		t.Errorf("%v", schemas)
	}
	kinds := map[string]string{}
	for name, table := range tables {
		kinds[strings.TrimPrefix(name, `A "B".`)] = fmt.Sprint(table.Kind, " ", table.Definition, " ", len(table.Columns), " ", table.Comment)
	}
	if d := cmp.Diff(map[string]string{
		"LINES": "0  3 ", "V": "1 create view v as select 1 as a 1 Seen.", "MV": "2 create materialized view mv as select 1 as b 0 ",
		"DYN": "0 create dynamic table dyn as select 1 as c 0 ", "EXT": "3  0 ",
	}, kinds); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	lines := tables[`A "B".LINES`]
	if d := cmp.Diff([]warehouse.Constraint{
		{Type: warehouse.PrimaryKey, Name: "PK", Columns: []string{"ORDER_ID", "LINE"}},
		{Type: warehouse.ForeignKey, Name: "FK", Columns: []string{"NOTE", "ORDER_ID"}, ToSchema: "RAW", ToTable: "ORDERS", ToColumns: []string{"TENANT", "ID"}},
	}, lines.Constraints); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if c := lines.Columns; c[0].Comment != "Of the order." || !c[1].Identity || c[2].Type != "TEXT" || c[2].Default != "'x'" || *lines.Rows != 10 || *lines.Bytes != 2048 {
		t.Errorf("%+v", lines)
	}
	for _, s := range server.Each {
		if strings.Contains(s, " IN SCHEMA ") && !strings.Contains(s, `IN SCHEMA "SHOP"."A ""B"""`) {
			t.Errorf("a name is not quoted: %s", s)
		}
	}
}

// Each failure has a reason and a sentence, and none of them shows the key or the token.
func TestRefusals(t *testing.T) {
	key, privateKey := warehousetest.Key(t)
	_, otherKey := warehousetest.NewKey(t)
	fail := func(code, state string) warehousetest.Execute {
		return func(string, []string) warehousetest.Result {
			return warehousetest.Result{Code: code, SQLState: state, Message: "As\x1bit says."}
		}
	}
	status := func(code int, body string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
	for name, test := range map[string]struct {
		execute   warehousetest.Execute
		intercept func(http.ResponseWriter, *http.Request) bool
		change    func(*snowflake.Options)
		want      warehouse.Reason
	}{
		"right":        {want: ""},
		"another key":  {change: func(o *snowflake.Options) { o.PrivateKey = otherKey }, want: warehouse.WrongLogin},
		"another user": {change: func(o *snowflake.Options) { o.User = "other" }, want: warehouse.WrongLogin},
		"clock":        {change: func(o *snowflake.Options) { o.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) } }, want: warehouse.WrongLogin},
		"not a key":    {change: func(o *snowflake.Options) { o.PrivateKey = "x" }, want: warehouse.WrongLogin},
		"not allowed": {change: func(o *snowflake.Options) {
			o.Client = outbound.Policy{}.Client(outbound.ClientOptions{Reply: 1 << 20})
		}, want: warehouse.NotAllowed},
		"certificate":      {change: func(o *snowflake.Options) { o.Client = allowing().Client(outbound.ClientOptions{Reply: 1 << 20}) }, want: warehouse.Untrusted},
		"too much":         {change: func(o *snowflake.Options) { o.Replies = 100 }, want: warehouse.TooLarge},
		"no compute":       {execute: fail("000606", "57P03"), want: warehouse.NoCompute},
		"no permission":    {execute: fail("003001", "42501"), want: warehouse.Denied},
		"no such thing":    {execute: fail("002003", "02000"), want: warehouse.Denied},
		"role":             {execute: fail("390189", ""), want: warehouse.Denied},
		"too slow":         {execute: fail("000630", "57014"), want: warehouse.Timeout},
		"no account":       {intercept: status(http.StatusNotFound, "<html>"), want: warehouse.WrongAccount},
		"network policy":   {intercept: status(http.StatusForbidden, `{"code":"390422","message":"IP 1.2.3.4 is not allowed"}`), want: warehouse.Denied},
		"busy":             {intercept: status(http.StatusTooManyRequests, ""), want: warehouse.Busy},
		"fault":            {intercept: status(http.StatusServiceUnavailable, "<html>"), want: warehouse.Unavailable},
		"something else":   {intercept: status(http.StatusOK, "<html>"), want: warehouse.NotAWarehouse},
		"handle as a path": {intercept: status(http.StatusAccepted, `{"statementHandle":"../../session/logout"}`), want: warehouse.NotAWarehouse},
		"elsewhere": {intercept: func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
			return true
		}, want: warehouse.NotAWarehouse},
		"refused otherwise": {execute: fail("001003", "42000"), want: warehouse.NotAWarehouse},
		"half a compression": {intercept: func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("x"))
			return true
		}, want: warehouse.NotAWarehouse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			execute := test.execute
			if execute == nil {
				execute = recorded(nil)
			}
			with := acme()
			with.Intercept = test.intercept
			o := optionsOf(t, warehousetest.NewSnowflake(t, &key.PublicKey, execute, with), privateKey)
			if test.change != nil {
				test.change(&o)
			}
			_, err := snowflake.Open(t.Context(), o)
			if warehouse.ReasonOf(err) != test.want || (err == nil) != (test.want == "") {
				t.Fatalf("%v, want the reason %q", err, test.want)
			}
			if err != nil && (strings.Contains(err.Error(), privateKey[40:80]) || strings.Contains(err.Error(), "eyJ") || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A request that a busy server refuses is made again with the same id, and is executed once.
func TestBusyForAMoment(t *testing.T) {
	key, privateKey := warehousetest.Key(t)
	refusals, ids := 2, map[string]bool{}
	o := acme()
	o.Intercept = func(w http.ResponseWriter, r *http.Request) bool {
		if ids[r.URL.Query().Get("requestId")] = true; refusals > 0 {
			refusals--
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}
	server := warehousetest.NewSnowflake(t, &key.PublicKey, recorded(nil), o)
	if _, err := snowflake.Open(t.Context(), optionsOf(t, server, privateKey)); err != nil || refusals != 0 || len(ids) != 1 || server.Statements != 1 {
		t.Errorf("%v: %d refusals left, ids %v, %d statements", err, refusals, ids, server.Statements)
	}
}

// A statement that nobody waits for any more is canceled.
func TestCancel(t *testing.T) {
	key, privateKey := warehousetest.Key(t)
	o := acme()
	o.Pending = 1 << 30
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	o.Intercept = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodGet {
			if asked++; asked == 3 {
				cancel()
			}
		}
		return false
	}
	server := warehousetest.NewSnowflake(t, &key.PublicKey, recorded(nil), o)
	if _, err := snowflake.Open(ctx, optionsOf(t, server, privateKey)); !errors.Is(err, context.Canceled) || len(server.Canceled) == 0 {
		t.Errorf("%v, canceled %v", err, server.Canceled)
	}
}

// Tokens are renewed before they expire, and are of the account without its region.
func TestTokensAreRenewed(t *testing.T) {
	key, privateKey := warehousetest.Key(t)
	now := time.Now()
	with := warehousetest.SnowflakeOptions{Account: "XY12345", User: "Reader", Now: func() time.Time { return now }}
	server := warehousetest.NewSnowflake(t, &key.PublicKey, recorded(map[string]warehousetest.Result{"SHOW": result("name")}), with)
	o := optionsOf(t, server, privateKey)
	o.Account, o.User, o.Now = "xy12345.eu-central-1", `"Reader"`, func() time.Time { return now }
	a, err := snowflake.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		now = now.Add(20 * time.Minute)
		if _, err := a.Schemas(t.Context()); err != nil {
			t.Fatalf("after %v: %v", now, err)
		}
	}
}

// Whatever a server sends ends with tables or an error.
func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"code":"090001","statementHandle":"01b2","data":[["SHOP","x"]],"resultSetMetaData":{"rowType":[{"name":"NAME"},{"name":"TABLE_NAME"}],"partitionInfo":[{}]}}`))
	f.Add([]byte(`{"data":[[null],[]],"resultSetMetaData":{"rowType":[{"name":"TABLE_NAME"},{"name":"COLUMN_NAME"}]}}`))
	f.Add([]byte(`{"statementHandle":"01","resultSetMetaData":{"partitionInfo":[{},{}]}}`))
	_, privateKey := warehousetest.Key(f)
	f.Fuzz(func(t *testing.T, reply []byte) {
		o := snowflake.Options{Account: "acme", User: "u", PrivateKey: privateKey, Replies: 1 << 20, Now: time.Now, Client: &http.Client{Transport: always(reply)}}
		a, err := snowflake.Open(t.Context(), o)
		if err != nil {
			return
		}
		defer func() { _ = a.Close(t.Context()) }()
		list, err := a.Schemas(t.Context())
		if err != nil {
			return
		}
		for _, s := range list.Schemas[:min(len(list.Schemas), 3)] {
			for _, err := range a.Tables(t.Context(), s) {
				if err != nil {
					return
				}
			}
		}
	})
}

// always is a server that replies the same to everything.
type always []byte

func (a always) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a))}, nil
}
