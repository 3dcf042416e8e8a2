package gen_test

import (
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type raw = map[string]json.RawMessage

// The keys of every kind of resource are those of a manifest that dbt 1.10 wrote.
func TestKeysAreThoseOfDbt(t *testing.T) {
	folder := os.Getenv("THALWEG_ARTIFACTS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "..", "shared", "artifacts")
	}
	file, err := os.Open(filepath.Join(folder, "godatadriven__dbt-bouncer", "dbt_110", "manifest.json.gz"))
	if err != nil {
		t.Skip("NOT CHECKED against a real manifest of dbt 1.10: set THALWEG_ARTIFACTS")
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var theirs raw
	if err := json.NewDecoder(unzipped).Decode(&theirs); err != nil {
		t.Fatal(err)
	}
	ours := decode[raw](t, plan(t, small).WriteManifest)

	sameKeys(t, "manifest", ours, theirs)
	sameKeys(t, "metadata", object(t, ours["metadata"]), object(t, theirs["metadata"]))
	for _, section := range []string{"sources", "macros", "exposures"} {
		sameKeys(t, section, first(t, ours[section], ""), first(t, theirs[section], ""))
	}
	for _, resource := range []string{"model", "test"} {
		a, b := first(t, ours["nodes"], resource), first(t, theirs["nodes"], resource)
		sameKeys(t, resource, a, b)
		sameKeys(t, resource+" depends_on", object(t, a["depends_on"]), object(t, b["depends_on"]))
		// Projects may add keys of their own to a config.
		config := object(t, b["config"])
		for key := range object(t, a["config"]) {
			if _, ok := config[key]; !ok {
				t.Errorf("config of a %s has %s, dbt's has not", resource, key)
			}
		}
	}
}

func sameKeys(t *testing.T, what string, ours, theirs raw) {
	t.Helper()
	if diff := cmp.Diff(slices.Sorted(maps.Keys(theirs)), slices.Sorted(maps.Keys(ours))); diff != "" {
		t.Errorf("keys of %s: dbt's (-) and ours (+) differ:\n%s", what, diff)
	}
}

func object(t *testing.T, text json.RawMessage) raw {
	t.Helper()
	var o raw
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// first returns the first resource by id, of a type if one is given: a generic
// test rather than a singular one, which has fewer keys.
func first(t *testing.T, section json.RawMessage, resource string) raw {
	t.Helper()
	all := object(t, section)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		one := object(t, all[id])
		_, generic := one["test_metadata"]
		if resource == "" || string(one["resource_type"]) == `"`+resource+`"` && generic == (resource == "test") {
			return one
		}
	}
	t.Fatalf("no %s", resource)
	return nil
}
