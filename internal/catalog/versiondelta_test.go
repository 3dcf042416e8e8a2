package catalog

import (
	"errors"
	"reflect"
	"testing"
)

func TestVersionDeltaEncoding(t *testing.T) {
	full := VersionDelta{
		Version: 7, Assets: []AssetID{12, 3, 3}, Columns: []AssetID{3}, ColumnEdges: []AssetID{900, 4},
		TestsPut: []TestID{5}, TestsDropped: []TestID{8, 7},
		EdgesAdded: []Edge{
			{Project: 2, To: 9, Type: EdgeOther, FromNode: "model.a.b", Confidence: ConfidenceMedium, Source: SourceDBTImport},
			{Project: 1, From: 3, To: 4, Type: EdgeDerived, Confidence: ConfidenceMedium, Source: SourceDBTImport},
		},
		EdgesDropped: []Edge{{Project: 1, From: 3, To: 5, Type: EdgeExposure}},
		Changes:      ChangeCounts{Created: 1, Updated: 2, Removed: 3, Restored: 4},
	}
	full.Normalize()
	if want := []AssetID{3, 12}; !reflect.DeepEqual(full.Assets, want) || full.EdgesAdded[0].To != 4 {
		t.Errorf("normalized: %+v", full)
	}
	for _, d := range []VersionDelta{{}, {Version: 1}, full} {
		b := d.Encode()
		got, err := DecodeVersionDelta(b)
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Errorf("%+v, %v; want %+v", got, err, d)
		}
		for n := range b {
			if _, err := DecodeVersionDelta(b[:n]); !errors.Is(err, ErrDelta) {
				t.Errorf("cut after %d of %d bytes: %v", n, len(b), err)
			}
		}
		if _, err := DecodeVersionDelta(append(b, 0)); !errors.Is(err, ErrDelta) {
			t.Errorf("one byte too many: %v", err)
		}
	}
	if full.IsEmpty() || !(&VersionDelta{Version: 3}).IsEmpty() || full.Changes.Total() != 10 {
		t.Error("IsEmpty or Total is wrong")
	}
}

func FuzzDecodeVersionDelta(f *testing.F) {
	d := VersionDelta{Version: 2, Assets: []AssetID{1}, EdgesAdded: []Edge{{To: 1, FromNode: "x"}}}
	f.Add(d.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if d, err := DecodeVersionDelta(b); err == nil {
			if again, err := DecodeVersionDelta(d.Encode()); err != nil || !reflect.DeepEqual(d, again) {
				t.Errorf("%+v, %v; want %+v", again, err, d)
			}
		}
	})
}
