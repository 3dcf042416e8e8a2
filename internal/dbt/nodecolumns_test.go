package dbt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
)

// indexOf is dbt.node_columns.parquet of a real run of dbt 2.
func indexOf(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("dbttest", "testdata", filepath.FromSlash(name), "dbt.node_columns.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func nodeColumnsOf(t testing.TB, b []byte) ([]NodeColumn, error) {
	t.Helper()
	var out []NodeColumn
	err := ReadNodeColumns(t.Context(), bytes.NewReader(b), int64(len(b)), Limits{}, func(c NodeColumn) error {
		out = append(out, c)
		return nil
	})
	return out, err
}

func TestNodeColumns(t *testing.T) {
	columns, err := nodeColumnsOf(t, indexOf(t, "ledger/index"))
	if err != nil {
		t.Fatal(err)
	}
	want := []NodeColumn{
		{"model.ledger.balances", "account", 0, "VARCHAR"},
		{"model.ledger.balances", "balance", -1, ""},
		{"model.ledger.stg_entries", "entry_id", 0, "INTEGER"},
		{"seed.ledger.raw_entries", "booked_at", 3, "Date32"},
		{"seed.ledger.raw_entries", "entry_id", 0, "INTEGER"},
		{"seed.ledger.raw_entries", "account", 1, "Utf8"},
		{"seed.ledger.raw_entries", "amount_cents", 2, "Int64"},
	}
	if diff := cmp.Diff(want, columns); diff != "" {
		t.Error(diff)
	}
	if columns, err := nodeColumnsOf(t, indexOf(t, "odd/artifacts/2.0.0a4-duckdb/index")); err != nil || len(columns) != 26 {
		t.Errorf("%d columns, %v", len(columns), err)
	}
}

// A file that is damaged, of another table, packed in another way, or that unpacks to more than it says, is an error that
// names what to do; none takes more memory than a good one may.
func TestNodeColumnsThatCannotBeRead(t *testing.T) {
	good := indexOf(t, "ledger/index")
	type row struct {
		UniqueID   string `parquet:"unique_id,plain"`
		ColumnName string `parquet:"column_name,plain"`
	}
	written := func(rows []row, options ...parquet.WriterOption) []byte {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[row](&b, append(options, parquet.DataPageVersion(1))...)
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	long := make([]row, 40)
	for i := range long {
		long[i] = row{string(bytes.Repeat([]byte{'a', byte(i)}, mib/2)), "c"}
	}
	lying := bytes.Clone(good)
	binary.LittleEndian.PutUint32(lying[len(lying)-8:], 1<<31)
	for name, b := range map[string][]byte{
		"empty": nil, "JSON": []byte(`{"nodes":{}}`), "cut": good[:len(good)-3], "without its start": good[40:], "footer of 2 GiB": lying,
		"Snappy": written(long[:1], parquet.Compression(&parquet.Snappy)), "a page of 40 MB": written(long, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(64*mib)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		columns, err := nodeColumnsOf(t, b)
		runtime.ReadMemStats(&after)
		var bad *Error
		if !errors.As(err, &bad) || bad.Remedy == "" || len(columns) > 0 {
			t.Errorf("%s: %d columns, %v", name, len(columns), err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 96*mib {
			t.Errorf("%s: %d MB allocated", name, used/mib)
		}
	}
	if columns, err := nodeColumnsOf(t, written([]row{{"model.a.b", "c"}}, parquet.Compression(&parquet.Zstd))); err != nil || len(columns) != 1 || columns[0].Index != -1 {
		t.Errorf("two columns alone: %+v, %v", columns, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := ReadNodeColumns(ctx, bytes.NewReader(good), int64(len(good)), Limits{}, func(NodeColumn) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// Bytes that were changed anywhere are read, or are an error; nothing stops, and nothing takes more than it should.
func TestNodeColumnsWithOtherBytes(t *testing.T) {
	good := indexOf(t, "ledger/index")
	random := rand.New(rand.NewPCG(1, 2))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const files = 1500
	for n := range files {
		b := bytes.Clone(good)
		from := 0
		if n%2 == 0 {
			from = len(b) - 2000 // the footer
		}
		for range 1 + random.IntN(4) {
			b[from+random.IntN(len(b)-from)] = byte(random.IntN(256))
		}
		_, err := nodeColumnsOf(t, b)
		var bad *Error
		if err != nil && !errors.As(err, &bad) {
			t.Fatalf("file %d: %v", n, err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / files; each > 16*mib {
		t.Errorf("%d kB allocated per file of %d bytes", each/kib, len(good))
	}
}

func FuzzNodeColumns(f *testing.F) {
	f.Add(indexOf(f, "ledger/index"))
	f.Add(indexOf(f, "odd/artifacts/2.0.0a4-duckdb/index"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := nodeColumnsOf(t, b)
		var bad *Error
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("%v", err)
		}
	})
}
