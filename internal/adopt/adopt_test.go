package adopt

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// all reads files and returns the assets in them by name.
func all(t *testing.T, format Format, limits Limits, paths ...string) (map[string]Asset, Counts) {
	t.Helper()
	e, err := Read(t.Context(), format, limits, paths...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	out := map[string]Asset{}
	if err := e.Each(t.Context(), func(a Asset) error { out[a.Name] = a; return nil }); err != nil {
		t.Fatal(err)
	}
	return out, e.Counts()
}

func compare(t *testing.T, want, got map[string]Asset) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Change proposals in both forms, change events and entities of the OpenAPI; aspects of a dataset are scattered, and
// the last one of a kind counts.
func TestDataHub(t *testing.T) {
	got, counts := all(t, DataHub, Limits{}, "testdata/datahub.json")
	compare(t, map[string]Asset{
		"shop.landing.payments": {
			Name: "shop.landing.payments", Relation: []string{"shop", "landing", "payments"},
			Labeled: Labeled{Description: "Payments, as the provider reports them.", Owners: []string{"Ana Ruiz", "finance"}, Tags: []string{"money"}},
			Columns: []Column{
				{Name: "id", Labeled: Labeled{Description: "Number of the payment.", Terms: []string{"Finance.Payment"}}},
				{Name: "nope", Labeled: Labeled{Description: "Not a column."}},
			},
			Skipped: []Skip{
				{Property: "glossaryTerms", Reason: "it is a patch, not the whole aspect"},
				{"id", "terms", "7b7d4b6e9a550c1f6f6d9a105f2e1c9a", "its name is not in the files, only its id"},
			},
		},
		"SHOP.MARTS.FCT_ORDERS": {Name: "SHOP.MARTS.FCT_ORDERS", Relation: []string{"SHOP", "MARTS", "FCT_ORDERS"}, Labeled: Labeled{Tags: []string{"Gold", "daily"}}},
		"shop.marts.fct_order":  {Name: "shop.marts.fct_order", Relation: []string{"shop", "marts", "fct_order"}, Labeled: Labeled{Tags: []string{"daily"}}},
		"shop.erp.gone":         {Name: "shop.erp.gone", Relation: []string{"shop", "erp", "gone"}, Removed: true},
		"elsewhere.int_order_lines_priced": {
			Name: "elsewhere.int_order_lines_priced", Relation: []string{"elsewhere", "int_order_lines_priced"}, UniqueID: "model.shop.int_order_lines_priced",
			Labeled: Labeled{Tags: []string{"intermediate", "priced"}},
		},
		"shop.landing.refunds": {
			Name: "shop.landing.refunds", Relation: []string{"shop", "landing", "refunds"},
			Columns: []Column{{Name: "id", Labeled: Labeled{Tags: []string{"key"}}}},
		},
	}, got)
	if counts.Records != 17 || counts.Unreadable != 2 || counts.Others["tag"] != 1 || counts.Others["corpuser"] != 1 {
		t.Errorf("%+v", counts)
	}
}

func TestOpenMetadata(t *testing.T) {
	got, counts := all(t, OpenMetadata, Limits{}, "testdata/openmetadata.json")
	compare(t, map[string]Asset{
		"prod.shop.landing.payments": {
			Name: "prod.shop.landing.payments", Relation: []string{"shop", "landing", "payments"},
			Labeled: Labeled{Description: "Payments of OpenMetadata.", Owners: []string{"Finance"}, Tags: []string{"PII.Sensitive"}, Terms: []string{"Business.Payment"}},
			Columns: []Column{
				{Name: "id", Labeled: Labeled{Description: "Number.", Tags: []string{"PII.None"}}},
				{Name: "meta.ip", Labeled: Labeled{Description: "Address."}},
			},
			Skipped: []Skip{{Property: "tags", Value: "Tier.Tier1", Reason: "it is a suggestion that nobody has confirmed"}},
		},
		"prod.default.landing.refunds": {
			Name: "prod.default.landing.refunds", Relation: []string{"landing", "refunds"},
			Labeled: Labeled{Description: "Refunds.", Owners: []string{"bo"}},
		},
		`prod.shop.raw."strange.name"`: {
			Name: `prod.shop.raw."strange.name"`, Relation: []string{"shop", "raw", "strange.name"}, Labeled: Labeled{Description: "A name with a dot."},
		},
		"prod.shop.landing.dropped": {Name: "prod.shop.landing.dropped", Relation: []string{"shop", "landing", "dropped"}, Removed: true},
	}, got)
	if counts.Records != 4 || counts.Unreadable != 0 {
		t.Errorf("%+v", counts)
	}
}

// Texts of the manifest come before comments of the warehouse; groups give owners.
func TestDBTDocs(t *testing.T) {
	const before = "../../examples/shop/artifacts/1.12.6/before/"
	got, counts := all(t, DBTDocs, Limits{}, before+"catalog.json.gz", before+"manifest.json.gz")
	orders := got["model.shop.fct_orders"]
	if diff := cmp.Diff([]string{"@finance", "Finance analytics"}, orders.Owners); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"shop", "marts", "fct_orders"}, orders.Relation); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(orders.Description, "One row per **order**") || len(orders.Columns) == 0 || len(got) < 36 {
		t.Errorf("%d assets, %+v", len(got), orders)
	}
	if got["model.shop.int_order_lines_priced"].Relation != nil {
		t.Error("an ephemeral model has an address")
	}
	if counts.Others["test"] == 0 {
		t.Errorf("%+v", counts)
	}
}

// The forms in which records may follow each other, and what is no file of records.
func TestForms(t *testing.T) {
	const one = `{"fullyQualifiedName":"s.d.x.a","columns":[],"description":"A"}`
	zipped := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(s))
		_ = w.Close()
		return b.String()
	}
	for name, c := range map[string]struct {
		text, fault string
		limits      Limits
	}{
		"one": {text: one}, "array": {text: "[" + one + "]"}, "lines": {text: one + "\n" + one + "\n"}, "page": {text: `{"paging":{},"data":[` + one + `]}`},
		"mark": {text: "\xef\xbb\xbf" + one}, "gzip": {text: zipped(one)}, "not UTF-8": {text: strings.Replace(one, `"A"`, "\"A\", \"x\": \"\xff\"", 1)},
		"repeated name": {text: strings.Replace(one, `"description"`, `"description":"B","description"`, 1)},
		"empty":         {text: "", fault: "empty"},
		"truncated":     {text: one[:30], fault: "truncated"},
		"half an array": {text: "[" + one, fault: "truncated"},
		"number":        {text: "7", fault: "want a JSON object"},
		"not JSON":      {text: one + "}", fault: "not JSON at byte"},
		"HTML":          {text: "<html>", fault: "HTML"},
		"zip":           {text: "PK\x03\x04xxxx", fault: "zip"},
		"UTF-16":        {text: "\xff\xfe{\x00", fault: "UTF-16"},
		"half a gzip":   {text: zipped(one)[:20], fault: "truncated"},
		"long record":   {text: `[{"a":"` + strings.Repeat("x", 5<<20) + `"}]`, fault: "a record has more than", limits: Limits{Record: 1 << 20}},
		"long members":  {text: `{"a":"` + strings.Repeat("x", 700<<10) + `","b":"` + strings.Repeat("x", 700<<10) + `"}`, fault: "a record has more than", limits: Limits{Record: 1 << 20}},
		"long file":     {text: one + one, fault: "bytes unpacked", limits: Limits{Bytes: 100}},
		"bomb":          {text: zipped(`["` + strings.Repeat("x", 8<<20) + `"]`), fault: "times its size"},
		"many assets":   {text: one + strings.Replace(one, "x.a", "x.b", 1), fault: "more than 1 assets", limits: Limits{Assets: 1}},
		"deep":          {text: strings.Repeat("[", 20_000), fault: "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.json")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.fault == "" {
				got, _ := all(t, OpenMetadata, c.limits, path)
				compare(t, map[string]Asset{"s.d.x.a": {Name: "s.d.x.a", Relation: []string{"d", "x", "a"}, Labeled: Labeled{Description: "A"}}}, got)
				return
			}
			e, err := Read(t.Context(), OpenMetadata, c.limits, path)
			if err == nil {
				_ = e.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.fault) || !strings.Contains(err.Error(), "x.json: ") {
				t.Errorf("error %v, want %q", err, c.fault)
			}
		})
	}
}

// What is kept in memory of each record is bounded too.
func TestManyRecordsOfAnAsset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.json")
	urn := `"urn:li:dataset:(urn:li:dataPlatform:p,d.s.t,PROD)"`
	record := `{"entityUrn":` + urn + `,"aspectName":"glossaryTerms","changeType":"PATCH"}` + "\n"
	long := strings.Replace(record, "d.s.t", strings.Repeat("x", 5000), 1)
	if err := os.WriteFile(path, []byte(strings.Repeat(record, 16)+long), 0o600); err != nil {
		t.Fatal(err)
	}
	got, counts := all(t, DataHub, Limits{Assets: 1}, path)
	if a := got["d.s.t"]; len(got) != 1 || len(a.Skipped) != 1 || counts.Unreadable != 1 {
		t.Errorf("%+v, %+v", got, counts)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat(record, 17)), 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err := Read(t.Context(), DataHub, Limits{Assets: 1}, path); err == nil || !strings.Contains(err.Error(), "more than 16 records") {
		if err == nil {
			_ = e.Close()
		}
		t.Errorf("error %v", err)
	}
}

func TestLabelsThatNoCatalogTakes(t *testing.T) {
	long := strings.Repeat("é", 201)
	a := Asset{Labeled: Labeled{Description: " \n", Tags: []string{" a ", "a", "", long, "b\tc"}}}
	a.clean()
	if diff := cmp.Diff(Asset{Labeled: Labeled{Tags: []string{"a"}}, Skipped: []Skip{
		{Property: "tags", Value: long, Reason: "it has more than 200 characters"}, {Property: "tags", Value: "b\tc", Reason: "it has control characters"},
	}}, a, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestNames(t *testing.T) {
	for path, want := range map[string]string{
		"a": "a", "a.b": "a.b", "[version=2.0].[type=struct].a.[type=int].b": "a.b", "[version=2.0].[key=True].[type=int].id": "id",
		"[version=2.0].[type=int": "", "[version=2.0]": "", "": "",
	} {
		if got := columnOfPath(path); got != want {
			t.Errorf("column of %q is %q, want %q", path, got, want)
		}
	}
	for urn, want := range map[string]string{
		"urn:li:dataset:(urn:li:dataPlatform:postgres,shop.marts.orders,PROD)": "shop.marts.orders",
		"urn:li:dataset:(urn:li:dataPlatform:s3,a,b,c,PROD)":                   "a,b,c", "urn:li:dataset:x": "x", "x": "x",
	} {
		if got := datasetName(urn); got != want {
			t.Errorf("name of %q is %q, want %q", urn, got, want)
		}
	}
	got := relationOfDataset("west.shop.marts.orders", "urn:li:dataPlatformInstance:(urn:li:dataPlatform:postgres,west)")
	if diff := cmp.Diff([]string{"shop", "marts", "orders"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a.b", `c"d`, "e"}, splitName(`"a.b"."c""d".e`)); diff != "" {
		t.Error(diff)
	}
}

// Memory does not grow with the file: 40 MB of records of 5,000 tables take less than 20 MB.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: writes 40 MB")
	}
	path := filepath.Join(t.TempDir(), "big.json")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	filler := strings.Repeat("x", 8000)
	for i := range 5_000 {
		fmt.Fprintf(f, `{"entityUrn":"urn:li:dataset:(urn:li:dataPlatform:p,d.s.t%d,PROD)","aspectName":"datasetProperties","aspect":{"json":{"description":"%s"}}}`+"\n", i, filler)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	e, err := Read(t.Context(), DataHub, Limits{}, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if n, most := 0, uint64(20<<20); m.HeapAlloc > most {
		t.Errorf("%d MB are in use after reading", m.HeapAlloc>>20)
	} else if err := e.Each(t.Context(), func(Asset) error { n++; return nil }); err != nil || n != 5_000 {
		t.Errorf("%d assets, %v", n, err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err := Read(ctx, DataHub, Limits{}, "testdata/datahub.json"); err == nil {
		_ = e.Close()
		t.Error("it was read")
	}
}

// Whatever the bytes are, reading ends without a panic, and what comes out is within the rules of labels.
func FuzzRead(f *testing.F) {
	for _, path := range []string{"testdata/datahub.json", "testdata/openmetadata.json"} {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json"},"nodes":{"model.a.b":{"resource_type":"model","schema":"s","name":"b","group":"g","description":"x","columns":{"c":{"tags":["t"]}}}},"groups":{"group.a.g":{"resource_type":"group","name":"g","owner":{"name":"o"}}}}`))
	f.Add([]byte("[{\"urn\":\"urn:li:dataset:\",\"status\":{\"value\":{\"removed\":1}}}]"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, format := range []Format{DBTDocs, DataHub, OpenMetadata} {
			e, err := Read(t.Context(), format, Limits{Bytes: 1 << 20, Record: 1 << 16, Assets: 1000, Labels: 1000}, path)
			if err != nil {
				continue
			}
			err = e.Each(t.Context(), func(a Asset) error {
				for _, label := range append(append(a.Owners, a.Tags...), a.Terms...) {
					if label == "" || len(label) > 800 || strings.ContainsAny(label, "\x00\n\x7f") {
						t.Errorf("label %q", label)
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s: %v", format, err)
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}
