package e2e

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/apitest"
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
				Meta struct{ Warnings []struct{ Message string } }
			}
			if err := json.Unmarshal(got.Body, &reply); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, n := range reply.Data.Nodes {
				ids = append(ids, n.Attributes.UniqueID)
			}
			if diff := cmp.Diff(asAssets(want.IDs), sortedSet(ids)); diff != "" {
				t.Errorf("(-dbt +thalweg):\n%s", diff)
			}
			if len(want.IDs) == 0 && len(reply.Meta.Warnings) == 0 {
				t.Error("no warning although nothing is selected")
			}
			if len(ids) > 0 && !strings.Contains(want.Select, " ") && len(reply.Meta.Warnings) > 0 {
				t.Errorf("warnings %v", reply.Meta.Warnings)
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
	slices.Sort(list)
	return slices.Compact(list)
}

func recordedManifest(t *testing.T) []byte {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join("testdata", "selectors", "manifest.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return unzipped(t, packed)
}

// Every test of the recorded project is on the table that it is about: on sources, versions and with arguments of its own,
// and a query over several tables on the one that it names first. Each is counted once.
func TestTestsAreOnTheirTables(t *testing.T) {
	r := newRig(t, nil)
	r.send(t, artifacts{manifest: recordedManifest(t)})
	byID := map[string]string{}
	for _, a := range r.Get(t, "/api/v1/assets?limit=200&schema_id="+r.schema, r.key).At(t, "data").([]any) {
		byID[apitest.At(a, "id").(string)] = apitest.At(a, "attributes.name").(string)
	}
	got := map[string]string{}
	counted := map[string]int{}
	for _, test := range r.Get(t, "/api/v1/tests?limit=200&schema_id="+r.schema, r.key).At(t, "data").([]any) {
		asset, _ := apitest.At(test, "attributes.asset").(string)
		column, _ := apitest.At(test, "attributes.column").(string)
		name := byID[asset]
		counted[asset]++
		if column != "" {
			name += "." + column
		}
		got[apitest.At(test, "attributes.name").(string)] = name
	}
	want := map[string]string{
		"unique_regions_region_id":                                           "regions.region_id",
		"source_unique_raw_orders_id":                                        "orders.id",
		"source_not_null_raw_orders_id":                                      "orders.id",
		"source_relationships_raw_customers_region__region_id__ref_regions_": "customers.region",
		"unique_stg_orders_id":                                               "stg_orders.id",
		"not_null_stg_orders_id":                                             "stg_orders.id",
		"relationships_stg_payments_order_id__id__ref_stg_orders_":           "stg_payments.order_id",
		"unique_orders_id":                                                   "orders.id",
		"relationships_orders_customer_id__customer_id__ref_customers_v_2_":  "orders.customer_id",
		"not_null_customers_v1_customer_id":                                  "customers.v1.customer_id",
		"not_null_customers_v2_customer_id":                                  "customers.v2.customer_id",
		"not_null_customers_v3_customer_id":                                  "customers.v3.customer_id",
		"positive_revenue_amount":                                            "revenue.amount",
		"unique_channels_id":                                                 "channels.id",
		"orders_have_customers":                                              "orders",
		"channels_positive":                                                  "channels",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for id, n := range counted {
		tests := r.Get(t, "/api/v1/assets/"+id+"/tests", r.key).At(t, "data").([]any)
		counts := r.Get(t, "/api/v1/assets/"+id, r.key).At(t, "data.attributes.tests").(map[string]any)
		sum := 0.0
		for _, c := range counts {
			sum += c.(float64)
		}
		if len(tests) != n || int(sum) != n {
			t.Errorf("%s: %d tests of the schema, %d listed, %v counted", byID[id], n, len(tests), counts)
		}
	}
}
