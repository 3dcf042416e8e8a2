package store

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// split and read back.
func splitAndRead[T any](t *testing.T, v any) (got T, body []byte, texts map[catalog.Hash]string) {
	t.Helper()
	body, long, err := new(encoder).splitBody(v)
	if err != nil {
		t.Fatal(err)
	}
	texts = map[catalog.Hash]string{}
	for _, l := range long {
		texts[l.hash] = l.text
		if catalog.HashOf([]byte(l.text)) != l.hash || !json.Valid([]byte(l.text)) {
			t.Errorf("long value %.100q under %s", l.text, l.hash)
		}
	}
	if err := (storedBody{body, texts}).decode(&got); err != nil {
		t.Fatal(err)
	}
	return got, body, texts
}

// A body without long values is stored as ever; one with some is small, and the same when it is read.
func TestLongValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ünlike \"other\" texts, ", 500)
	labels := strings.Fields(strings.Repeat("label ", 1000))
	asset := catalog.Asset{
		Kind: catalog.KindModel, Name: "orders", Tags: labels, Meta: json.RawMessage(`{"notes":"` + strings.Repeat("x", 5000) + `","n":1}`),
		Description: catalog.Text{Value: long, Origin: catalog.OriginUser, Own: &long, Hidden: []catalog.HiddenText{{Origin: "dbt:a", Value: long + "."}}},
		Code:        &catalog.Code{Raw: catalog.HashOfText("select 1")},
	}
	got, body, texts := splitAndRead[catalog.Asset](t, &asset)
	if diff := cmp.Diff(asset, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if len(body) > 600 || len(texts) != 4 { // text and own are one
		t.Errorf("%d bytes and %d long values", len(body), len(texts))
	}
	edit := editBody{Text: long}
	if _, _, of := splitAndRead[editBody](t, &edit); len(of) != 1 || !sharesAll(of, texts) {
		t.Error("the text of the edit is not that of the asset")
	}
	asset.Description, asset.Tags, asset.Meta = catalog.Text{Value: "short"}, nil, nil
	whole, err := encode(&asset)
	if err != nil {
		t.Fatal(err)
	}
	if _, body, _ := splitAndRead[catalog.Asset](t, &asset); string(body) != string(whole) {
		t.Error("a body without long values is not stored as ever")
	}
}

func sharesAll(some, all map[catalog.Hash]string) bool {
	for h := range some {
		if _, ok := all[h]; !ok {
			return false
		}
	}
	return true
}

// Everything that a body can hold comes back, and what of it refers to texts is found.
func TestSplitBodies(t *testing.T) {
	t.Parallel()
	oddTexts := append([]string{strings.Repeat("\x01", longValue), strings.Repeat("long\n", longValue)}, oddTexts...)
	r := random{rand.New(rand.NewPCG(7, 8))}
	for range 2000 {
		var body catalog.Body
		r.fill(reflect.ValueOf(&body).Elem())
		body.Description = oddTexts[r.IntN(len(oddTexts))]
		if len(body.Columns) > 0 {
			body.Columns[0].Description = oddTexts[r.IntN(len(oddTexts))]
		}
		whole, err := encode(&body)
		if err != nil {
			continue // JSON that is refused
		}
		var want catalog.Body
		if err := decode(whole, &want); err != nil {
			t.Fatal(err)
		}
		got, stored, texts := splitAndRead[catalog.Body](t, &body)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s", cmp.Diff(want, got))
		}
		var used hashSet
		if err := used.addFrom(stored); err != nil {
			t.Fatal(err)
		}
		wanted := []catalog.Hash{}
		for h := range texts {
			wanted = append(wanted, h)
		}
		if want.Code != nil {
			wanted = append(wanted, want.Code.Raw, want.Code.Compiled)
		}
		for _, c := range want.Compiled {
			wanted = append(wanted, c.Code)
		}
		found := map[catalog.Hash]bool{{}: true}
		for _, h := range used.sorted() {
			found[h] = true
		}
		for _, h := range wanted {
			if !found[h] {
				t.Fatalf("%s is not found in %q", h, stored)
			}
		}
	}
}

// A damaged list of long values is an error.
func TestDamagedSplitBody(t *testing.T) {
	t.Parallel()
	body, long, err := new(encoder).splitBody(&catalog.Asset{Name: "a", Description: catalog.Text{Value: strings.Repeat("x", longValue)}})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[catalog.Hash]string{long[0].hash: long[0].text}
	for n := 1; n < len(body); n++ {
		if (storedBody{body[:n], texts}).decode(new(catalog.Asset)) == nil {
			t.Errorf("%d bytes of %d are read", n, len(body))
		}
	}
	for _, bad := range [][]byte{{split, 0xff, 0xff, 0xff, 0x7f}, append([]byte{split, 1, 0xff, 0x7f}, body[3:]...)} {
		if (storedBody{bad, texts}).decode(new(catalog.Asset)) == nil {
			t.Errorf("%x is read", bad)
		}
	}
	if err := (storedBody{b: body}).decode(new(catalog.Asset)); err == nil || !strings.Contains(err.Error(), long[0].hash.String()) {
		t.Errorf("without its text: %v", err)
	}
}
