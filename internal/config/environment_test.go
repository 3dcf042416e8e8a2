package config

import (
	"slices"
	"testing"
)

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	got := UnknownVariables([]string{
		"PATH=/bin", "THALWEG_LISTEN=x", "THALWEG_SERVER=x", "THALWEG_KEY=x", "THALWEG_CONFIG=x", "THALWEG_LIMITS_REQUEST=1GiB",
		"THALWEG_DATABASE_URI=x", "THALWEG_NONSENSE=",
	})
	want := []string{
		"THALWEG_DATABASE_URI is not a setting and has no effect; did you mean THALWEG_DATABASE_URL?", "THALWEG_NONSENSE is not a setting and has no effect",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
