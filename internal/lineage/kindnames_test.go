package lineage

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/sql/resolve"
)

func TestParseKinds(t *testing.T) {
	for text, want := range map[string]resolve.KindSet{
		"": 0, "identity": resolve.Identity, "rename, cast": resolve.Rename | resolve.Cast,
		"value":                resolve.Identity | resolve.Rename | resolve.Cast | resolve.Transform | resolve.Aggregate | resolve.Window | resolve.Field,
		"filter,set_operation": resolve.Filter | resolve.SetOperation,
	} {
		if got, err := ParseKinds(text); got != want || err != nil {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	value, _ := ParseKinds("value")
	indirect, _ := ParseKinds("indirect")
	if value&indirect != 0 || !indirect.Has(resolve.Conditional|resolve.Join|resolve.SetOperation) {
		t.Errorf("value %v, indirect %v", value, indirect)
	}
	if _, err := ParseKinds("identity,nope"); err == nil || !strings.Contains(err.Error(), "window_key") {
		t.Errorf("an unknown kind: %v", err)
	}
}

func TestParseConfidence(t *testing.T) {
	for text, want := range map[string]resolve.Confidence{"": resolve.Ambiguous, "schema": resolve.FromSchema, "inferred": resolve.Inferred} {
		if got, err := ParseConfidence(text); got != want || err != nil {
			t.Errorf("%q is %v, %v, want %v", text, got, err, want)
		}
	}
	if _, err := ParseConfidence("failed"); err == nil {
		t.Error("failed is no confidence to ask for")
	}
}
