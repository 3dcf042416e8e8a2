package e2e

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	godiff "github.com/google/go-cmp/cmp"
)

// Selectors select what `dbt ls --select` selects of the same project: scripts/selectors.sh has recorded it. Data tests
// are not nodes of the lineage. The seed and the source that are one table here are two nodes in dbt, without an edge in
// between: dbt's list is completed with what follows from the table being one.
func TestSelectorsAgreeWithDBT(t *testing.T) {
	r := newRig(t, nil)
	manifest := recordedManifest(t)
	r.send(t, artifacts{manifest: manifest})
	recorded, err := os.ReadFile(filepath.Join("testdata", "selectors", "selected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(recorded) {
		var want struct {
			Select string
			IDs    []string
		}
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		t.Run(want.Select, func(t *testing.T) {
			got := r.Get(t, "/api/v1/lineage?limit=2000&schema_id="+r.schema+"&select="+url.QueryEscape(want.Select), r.key)
			if got.Status != 200 {
				t.Fatalf("%d %s", got.Status, got.Body)
			}
			var reply struct {
				Data struct {
					Nodes []struct {
						Attributes struct {
							UniqueID string `json:"unique_id"`
						}
					}
				}
				Meta struct{ Warnings []string }
			}
			if err := json.Unmarshal(got.Body, &reply); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, n := range reply.Data.Nodes {
				ids = append(ids, n.Attributes.UniqueID)
			}
			if diff := godiff.Diff(asAssets(want.IDs), sortedSet(ids)); diff != "" {
				t.Errorf("(-dbt +thalweg):\n%s", diff)
			}
			if len(want.IDs) == 0 && len(reply.Meta.Warnings) == 0 {
				t.Error("no warning although nothing is selected")
			}
			if len(ids) > 0 && !strings.Contains(want.Select, " ") && len(reply.Meta.Warnings) > 0 {
				t.Errorf("warnings %q", reply.Meta.Warnings)
			}
		})
	}
}

// asAssets drops data tests and names the table that a seed fills and a source reads by the seed.
func asAssets(ids []string) []string {
	var out []string
	for _, id := range ids {
		switch {
		case strings.HasPrefix(id, "test."):
		case id == "source.jaffle.reference.countries":
			out = append(out, "seed.jaffle.countries")
		default:
			out = append(out, id)
		}
	}
	return sortedSet(out)
}

func sortedSet(list []string) []string {
	slices.SortFunc(list, cmp.Compare[string])
	return slices.Compact(list)
}

func recordedManifest(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "selectors", "manifest.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}
