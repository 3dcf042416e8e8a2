package dbt_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// printer is a ManifestSink that prints what it receives.
type printer struct{}

func (printer) Node(n *dbt.Node) error {
	fmt.Printf("%s %s: %s\n", n.ResourceType, n.Name, n.Description)
	return nil
}

func (printer) Unchanged(string, string, dbt.Hash) error { return nil }

func (printer) Parents(child string, parents []string) error {
	fmt.Println(child, "reads", parents)
	return nil
}

// A manifest is read as a stream: the sink receives one node at a time.
func ExampleReadManifest() {
	const manifest = `{
		"metadata": {
			"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
			"project_name": "shop", "adapter_type": "postgres"
		},
		"nodes": {
			"model.shop.orders": {
				"unique_id": "model.shop.orders", "resource_type": "model", "name": "orders",
				"description": "One row per order."
			}
		},
		"sources": {}, "macros": {}, "docs": {}, "exposures": {}, "metrics": {}, "selectors": {},
		"parent_map": {"model.shop.orders": ["source.shop.raw.orders"]}, "child_map": {}
	}`
	head, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(manifest), dbt.ManifestOptions{}, printer{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(head.Kind, head.SchemaVersion, head.ProjectName, head.AdapterType)
	for _, issue := range issues {
		fmt.Println(issue.Code)
	}
	// Output:
	// model orders: One row per order.
	// model.shop.orders reads [source.shop.raw.orders]
	// manifest v12 shop postgres
	// generated-at-missing
}
