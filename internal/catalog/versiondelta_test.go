package catalog

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestVersionDeltaEncoding(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	ids := func(n int) []AssetID {
		var out []AssetID
		for range n {
			out = append(out, AssetID(random.Int64N(4*int64(n))))
		}
		return SortedIDs(out)
	}
	tests := func(n int) (out []TestID) {
		for _, id := range ids(n) {
			out = append(out, TestID(id))
		}
		return out
	}
	deltas := []VersionDelta{
		{},
		{Version: 1, Assets: []AssetID{1}, Changes: 1},
		{Version: 1<<62 + 1, Assets: []AssetID{1 << 62}, Tests: []TestID{3, 4, 5, 9}},
		{Version: 7, Save: -9, Assets: []AssetID{-5, -4, 0, 8}, EdgesInto: []AssetID{2}},
	}
	for n := range 40 {
		deltas = append(deltas, VersionDelta{
			Version: int64(n), Assets: ids(n), Columns: ids(n / 2), EdgesInto: ids(n), ColumnEdges: ids(n), Tests: tests(n), Changes: int64(n),
		})
	}
	for _, want := range deltas {
		b := want.Encode()
		got, err := DecodeVersionDelta(b)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v came back as %+v, %v", want, got, err)
		}
		for n := range b {
			if _, err := DecodeVersionDelta(b[:n]); err == nil {
				t.Fatalf("%d of %d bytes of %+v were taken as whole", n, len(b), want)
			}
		}
		if _, err := DecodeVersionDelta(append(b, 0)); !errors.Is(err, ErrInvalid) {
			t.Fatalf("a byte too many: %v", err)
		}
	}
}

func TestVersionDeltaIsCompact(t *testing.T) {
	t.Parallel()
	d := VersionDelta{Version: 1, Changes: 12_000}
	for i := range AssetID(12_000) {
		d.Assets = append(d.Assets, i+1)
	}
	if n := len(d.Encode()); n > 16 {
		t.Errorf("%d bytes for 12,000 consecutive ids", n)
	}
}

func TestDecodeVersionDeltaRefusesNonsense(t *testing.T) {
	t.Parallel()
	if _, err := DecodeVersionDelta([]byte{99}); !errors.Is(err, ErrUnsupported) {
		t.Errorf("another format: %v", err)
	}
	huge := []byte{deltaFormat, 1, 1, 1, 1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}
	if _, err := DecodeVersionDelta(huge); !errors.Is(err, ErrInvalid) {
		t.Errorf("a run without end: %v", err)
	}
}
