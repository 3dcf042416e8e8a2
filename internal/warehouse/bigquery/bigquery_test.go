package bigquery_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/warehouse"
	"github.com/thalweg-data/thalweg/internal/warehouse/bigquery"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

func optionsOf(t *testing.T, s *warehousetest.BigQuery) bigquery.Options {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(s.Certificate))
	policy := outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	return bigquery.Options{
		Project: "my-project", ServiceAccount: s.ServiceAccount, Host: s.Host, Port: s.Port, Replies: 1 << 30, Now: time.Now, Pause: time.Millisecond,
		Client: policy.Client(outbound.ClientOptions{Timeout: time.Minute, Reply: 1 << 30, Roots: roots}),
	}
}

func open(t *testing.T, o bigquery.Options) *bigquery.Project {
	t.Helper()
	p, err := bigquery.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// DuckDB executes the queries, on information schemas as BigQuery documents them.
func TestStructure(t *testing.T) {
	duckdb, execute := warehousetest.DuckDB(t)
	for _, s := range warehousetest.InformationSchema("raw") {
		if r := duckdb(s, nil); r.Code != "" {
			t.Fatalf("%s: %s", s, r.Message)
		}
	}
	server := warehousetest.NewBigQuery(t, execute, warehousetest.BigQueryOptions{Project: "my-project", Datasets: []string{"a1", "a2", "raw"}, Rows: 2, Pending: 2})
	p := open(t, optionsOf(t, server))
	list, err := p.Schemas(t.Context())
	if err != nil || len(list.Schemas) != 3 || list.Complete || list.Schemas[2] != (warehouse.Schema{Database: "my-project", Name: "raw"}) {
		t.Fatalf("%+v %v", list, err)
	}
	tables, got := map[string]warehouse.Table{}, map[string]string{}
	for table, err := range p.Tables(t.Context(), list.Schemas[2]) {
		if err != nil {
			t.Fatal(err)
		}
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name+" "+c.Type)
		}
		tables[table.Name], got[table.Name] = table, fmt.Sprint(table.Kind, " ", strings.Join(columns, ", "))
	}
	if d := cmp.Diff(map[string]string{
		"people": "0 id INT64, name STRING, home STRUCT<city STRING>, home.city STRING", "orders": "0 id INT64, person INT64, amount NUMERIC(10, 2)",
		"spending": "1 name STRING, amount NUMERIC", "legacy": "1 a INT64", "daily": "2 id INT64", "files": "3 line STRING",
	}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	people, orders := tables["people"], tables["orders"]
	if people.Comment != "Every\"body\".\nAll." || *people.Columns[0].Nullable || people.Columns[0].Default != "" || people.Columns[1].Default != `"x"` ||
		people.Columns[3].Comment != "Where." || people.Columns[3].Nullable != nil || *people.Rows != 3 || *people.Bytes != 300 || people.Constraints[0].Type != warehouse.PrimaryKey {
		t.Errorf("%+v", people)
	}
	if d := cmp.Diff([]warehouse.Constraint{{Type: warehouse.ForeignKey, Name: "orders.fk$1", Columns: []string{"person"}, ToSchema: "raw", ToTable: "people", ToColumns: []string{"id"}}}, orders.Constraints); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if !strings.Contains(tables["spending"].Definition, "my-project.raw.people") || tables["legacy"].Definition != "" || !strings.Contains(tables["daily"].Definition, "AS SELECT") || tables["spending"].Rows != nil {
		t.Errorf("%+v\n%+v\n%+v", tables["spending"], tables["legacy"], tables["daily"])
	}
	if len(server.Queries) != 4 {
		t.Errorf("%d queries for a dataset", len(server.Queries))
	}
	o := optionsOf(t, server)
	o.Dataset = "raw"
	if list, err := open(t, o).Schemas(t.Context()); err != nil || len(list.Schemas) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// Each failure has a reason and a sentence.
func TestRefusals(t *testing.T) {
	_, otherKey := warehousetest.NewKey(t)
	status := func(code int, reason string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(code)
			_, _ = fmt.Fprintf(w, `{"error":{"message":"As it\u001b says.","errors":[{"reason":%q}]}}`, reason)
			return true
		}
	}
	for name, test := range map[string]struct {
		intercept func(http.ResponseWriter, *http.Request) bool
		change    func(*bigquery.Options)
		want      warehouse.Reason
	}{
		"right":       {},
		"another key": {change: func(o *bigquery.Options) { o.ServiceAccount = warehousetest.ServiceAccount(t, otherKey, nil) }, want: warehouse.WrongLogin},
		"another id": {change: func(o *bigquery.Options) {
			o.ServiceAccount = strings.Replace(o.ServiceAccount, "0123456789abcdef", "ff", 1)
		}, want: warehouse.WrongLogin},
		"clock":          {change: func(o *bigquery.Options) { o.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) } }, want: warehouse.WrongLogin},
		"no project":     {change: func(o *bigquery.Options) { o.Project = "other-project" }, want: warehouse.NoDatabase},
		"no dataset":     {change: func(o *bigquery.Options) { o.Dataset = "other" }, want: warehouse.NoDatabase},
		"not allowed":    {change: func(o *bigquery.Options) { o.Client = outbound.Policy{}.Client(outbound.ClientOptions{Reply: 1 << 20}) }, want: warehouse.NotAllowed},
		"too much":       {change: func(o *bigquery.Options) { o.Replies = 10 }, want: warehouse.TooLarge},
		"no permission":  {intercept: status(403, "accessDenied"), want: warehouse.Denied},
		"quota":          {intercept: status(403, "quotaExceeded"), want: warehouse.Busy},
		"API is off":     {intercept: status(403, "accessNotConfigured"), want: warehouse.Denied},
		"no billing":     {intercept: status(403, "billingNotEnabled"), want: warehouse.NoCompute},
		"busy":           {intercept: status(429, ""), want: warehouse.Busy},
		"fault":          {intercept: status(503, ""), want: warehouse.Unavailable},
		"something else": {intercept: func(w http.ResponseWriter, _ *http.Request) bool { _, _ = w.Write([]byte("<html>")); return true }, want: warehouse.NotAWarehouse},
		"elsewhere": {intercept: func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
			return true
		}, want: warehouse.NotAWarehouse},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := optionsOf(t, warehousetest.NewBigQuery(t, nil, warehousetest.BigQueryOptions{Project: "my-project", Datasets: []string{"raw"}, Intercept: test.intercept}))
			if test.change != nil {
				test.change(&o)
			}
			_, err := open(t, o).Schemas(t.Context())
			if warehouse.ReasonOf(err) != test.want || (err == nil) != (test.want == "") {
				t.Fatalf("%v, want the reason %q", err, test.want)
			}
			if err != nil && (strings.Contains(err.Error(), "eyJ") || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := bigquery.Open(bigquery.Options{ServiceAccount: `{"type":"external_account"}`}); warehouse.ReasonOf(err) != warehouse.WrongLogin {
		t.Errorf("%v", err)
	}
}

// A query that nobody waits for any more is canceled.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	server := warehousetest.NewBigQuery(t, func(string, []string) warehousetest.Result { return warehousetest.Result{} }, warehousetest.BigQueryOptions{
		Project: "my-project", Datasets: []string{"raw"}, Pending: 1 << 30,
		Intercept: func(_ http.ResponseWriter, r *http.Request) bool {
			if strings.Contains(r.URL.Path, "/queries/") {
				if asked++; asked == 3 {
					cancel()
				}
			}
			return false
		},
	})
	p := open(t, optionsOf(t, server))
	list, err := p.Schemas(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range p.Tables(ctx, list.Schemas[0]) {
		if !errors.Is(err, context.Canceled) || len(server.Canceled) != 1 {
			t.Errorf("%v, canceled %v", err, server.Canceled)
		}
	}
}

// Whatever a server replies ends with tables or an error.
func FuzzReply(f *testing.F) {
	f.Add([]byte(`{"datasets":[{"datasetReference":{"datasetId":"a"}}],"jobComplete":true,"schema":{"fields":[{"name":"table_name"},{"name":"constraint_type"}]},"rows":[{"f":[{"v":"t"},{"v":"FOREIGN KEY"}]},{"f":[]}]}`))
	f.Add([]byte(`{"datasets":[{"datasetReference":{"datasetId":"a"}}],"jobComplete":false,"jobReference":{"jobId":"../x"}}`))
	_, private := warehousetest.Key(f)
	account := warehousetest.ServiceAccount(f, private, nil)
	f.Fuzz(func(t *testing.T, reply []byte) {
		p, err := bigquery.Open(bigquery.Options{Project: "my-project", ServiceAccount: account, Replies: 1 << 18, Now: time.Now, Client: &http.Client{Transport: warehousetest.Always(reply)}})
		if err != nil {
			t.Fatal(err)
		}
		list, err := p.Schemas(t.Context())
		if err != nil || len(list.Schemas) == 0 {
			return
		}
		for _, err := range p.Tables(t.Context(), list.Schemas[0]) {
			if err != nil {
				return
			}
		}
	})
}
