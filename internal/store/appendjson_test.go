package store

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// random fills values with what bodies may hold, odd texts included.
type random struct{ *rand.Rand }

var oddTexts = []string{
	"", "a", "Über", "<b>&\u2028", "tab\tline\nquote\"back\\slash", "\x00\x1f", "bad \xff utf8", "\U0001F600", "a longer text that is not escaped at all",
}

var oddRaws = []string{
	``, `null`, `{}`, `[]`, `""`, `0`, `1.50e3`, `{"a":"\u00e9\/","b":[1, 2 ,{"c":null}]}`, "{\n\t\"x\" : \"<&>\" }", `"\ud83d\ude00"`, `[true,false]`,
}

func (r random) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *json.RawMessage:
		*x = json.RawMessage(oddRaws[r.IntN(len(oddRaws))])
		if len(*x) == 0 {
			*x = nil
		}
		return
	case *time.Time:
		*x = time.UnixMicro(r.Int64N(1 << 50)).UTC()
		return
	case *catalog.Cause:
		*x = []catalog.Cause{{}, catalog.ImportCause(7), {Kind: catalog.CauseCrawl, ID: 1 << 40}, {Kind: catalog.CauseEdit, ID: 3}}[r.IntN(4)]
		return
	case *catalog.Withdrawal:
		*x = []catalog.Withdrawal{{}, {Cause: catalog.ImportCause(7)}, {Cause: catalog.ImportCause(8), At: time.UnixMicro(1 << 50).UTC()}}[r.IntN(3)]
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(oddTexts[r.IntN(len(oddTexts))])
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, math.MaxInt64, 12}[r.IntN(5)])
	case reflect.Float64:
		v.SetFloat([]float64{0, 1, -1.5, 1e21, 1e-7, 123456789.125, math.MaxFloat64}[r.IntN(7)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(r.IntN(2) * r.IntN(256)))
		}
	case reflect.Pointer:
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			r.fill(v.Elem())
		}
	case reflect.Slice:
		if n := r.IntN(4) - 1; n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				r.fill(v.Index(i))
			}
		}
	case reflect.Map:
		if n := r.IntN(4) - 1; n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				r.fill(value)
				key.SetString([]string{"a", "row_count", "Ü\"", "z"}[r.IntN(4)])
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if r.IntN(4) > 0 {
				r.fill(v.Field(i))
			}
		}
	default:
		panic(v.Kind())
	}
}

// TestAppendedJSON holds the encoders that are written by hand to the bytes of
// the JSON package.
func TestAppendedJSON(t *testing.T) {
	t.Parallel()
	r := random{rand.New(rand.NewPCG(1, 2))}
	check := func(v any, shown any) {
		t.Helper()
		want, err := jsonv2.Marshal(v, bodyOptions)
		a := appender{}
		if !a.appended(v) {
			t.Fatalf("%T is not appended", v)
		}
		if (err == nil) != (a.err == nil) || err == nil && string(a.b) != string(want) {
			t.Fatalf("%+v:\n got %s, %v\nwant %s, %v", shown, a.b, a.err, want, err)
		}
	}
	rounds := 20_000
	if testing.Short() {
		rounds /= 20
	}
	for range rounds {
		var body catalog.Body
		r.fill(reflect.ValueOf(&body).Elem())
		check(&body, body)
		var asset catalog.Asset
		r.fill(reflect.ValueOf(&asset).Elem())
		check(&asset, asset)
		var columns []catalog.Column
		r.fill(reflect.ValueOf(&columns).Elem())
		if columns != nil {
			check(columns, columns)
		}
		var edit editBody
		r.fill(reflect.ValueOf(&edit).Elem())
		check(&edit, edit)
	}
	check(&catalog.Body{}, nil)
	check(&catalog.Asset{}, nil)
	broken := &catalog.Body{Meta: json.RawMessage(`{"a":1,"a":2}`)}
	check(broken, broken)
}

// BenchmarkBody compares a body of 24 columns with the JSON package's.
func BenchmarkBody(b *testing.B) {
	body := catalog.Body{
		Kind: catalog.KindModel, Name: "orders", Materialized: "table", Description: "Every order, with its amount.",
		Relation: catalog.NewRelation("snowflake", "db", "analytics", "orders", `"db"."analytics"."orders"`),
		Config:   json.RawMessage(`{"enabled":true,"materialized":"table","tags":["a","b"]}`),
		DBT:      &catalog.DBT{UniqueID: "model.shop.orders", ResourceType: "model", PackageName: "shop", Path: "orders.sql"},
		Code:     &catalog.Code{Checksum: "abc", Raw: catalog.HashOfText("a"), Compiled: catalog.HashOfText("b")},
	}
	for range 24 {
		body.Columns = append(body.Columns, catalog.BodyColumn{Name: "customer_id", Ordinal: 3, NativeType: "NUMBER(38,0)", Description: "Who ordered."})
	}
	b.Run("appended", func(b *testing.B) {
		e := new(encoder)
		for b.Loop() {
			if _, err := e.body(&body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("reflected", func(b *testing.B) {
		e := new(encoder)
		type same catalog.Body
		other := same(body)
		for b.Loop() {
			if _, err := e.body(&other); err != nil {
				b.Fatal(err)
			}
		}
	})
}
