package catalog

import (
	"cmp"
	"encoding/json"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestStoredCauses(t *testing.T) {
	type stored struct {
		Cause      Cause      `json:"cause,omitzero"`
		Withdrawal Withdrawal `json:"withdrawal,omitzero"`
		Actor      Actor      `json:"actor,omitzero"`
	}
	at := time.UnixMicro(1764440000000001).UTC()
	tests := []struct {
		name, text string
		want       stored
		written    string // where it is not the text
	}{
		{name: "nothing", text: `{}`},
		{name: "null", text: `{"cause":null,"withdrawal":null}`, written: `{}`},
		{name: "empty", text: `{"cause":"","withdrawal":""}`, written: `{}`},
		{
			name: "before there were causes", text: `{"cause":7,"withdrawal":8,"actor":"ana"}`,
			want:    stored{ImportCause(7), Withdrawal{Cause: ImportCause(8)}, Actor{Kind: ActorKey, Name: "ana"}},
			written: `{"cause":"import-7","withdrawal":"import-8","actor":{"kind":"key","name":"ana"}}`,
		},
		{
			name: "present", text: `{"cause":"crawl-7","withdrawal":"removal-8@1764440000000001","actor":{"kind":"user","id":"USR-1","name":"ana"}}`,
			want: stored{Cause{CauseCrawl, 7}, Withdrawal{Cause{CauseRemoval, 8}, at}, Actor{ActorUser, "USR-1", "ana"}},
		},
		{name: "a kind of a later version", text: `{"cause":"revert-3"}`, want: stored{Cause: Cause{"revert", 3}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got stored
			if err := json.Unmarshal([]byte(tt.text), &got); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(tt.want, got); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
			out, err := json.Marshal(got)
			if want := cmp.Or(tt.written, tt.text); err != nil || string(out) != want {
				t.Errorf("written %s, %v, want %s", out, err, want)
			}
		})
	}
	for _, bad := range []string{`{"cause":true}`, `{"cause":"import"}`, `{"cause":"import-x"}`, `{"withdrawal":"import-1@x"}`, `{"actor":[]}`} {
		if err := json.Unmarshal([]byte(bad), new(stored)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestCauseLabels(t *testing.T) {
	for cause, want := range map[Cause]string{
		{}: "", ImportCause(7): "IMP-7", {CauseRemoval, 7}: "IMP-7", {CauseCrawl, 3}: "SYN-3", {CauseEdit, 12}: "EDT-12",
	} {
		if got := cause.Label(); got != want {
			t.Errorf("%v: %q, want %q", cause, got, want)
		}
	}
}

// TestHashesOfOldBodies: a body that was stored before there were causes has the
// hash that it had then, so that nothing looks changed after an upgrade. The hash
// comes from the last version without causes.
func TestHashesOfOldBodies(t *testing.T) {
	const old = `{"name":"orders","kept":{"value":"was","import":3,"since":9},"columns":[{"name":"id","absent":4,"kept":{"value":"key","import":1,"since":4}}],
		"code":{"checksum":"c","compiled_import":2},"edits":[{"field":"description","text":"x","by":"ana","at":"2026-11-20T12:00:00Z"}]}`
	var b Body
	if err := json.Unmarshal([]byte(old), &b); err != nil {
		t.Fatal(err)
	}
	if got, want := HashBody(b).String(), "76207a5e5335d6dbac46e50cc4bde4fc"; got != want {
		t.Errorf("hash %s, want %s", got, want)
	}
}
