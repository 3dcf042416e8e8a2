package graph_test

import (
	"fmt"

	"github.com/thalweg-data/thalweg/internal/graph"
)

// models are the nodes of a small project: the graph knows only their numbers.
type models []graph.Attributes

func (m models) Attributes(id int32) graph.Attributes { return m[id] }

func (m models) Len() int { return len(m) }

func (m models) Node(name int32) int32 { return name }

func (m models) RootPackage(int32) string { return "shop" }

func (m models) Config(int32, string) []string { return nil }

func (m models) Stopped(int) bool { return false }

func (m models) State(int32, string) (bool, error) { return false, graph.ErrSelector }

// A selector, as in `dbt ls --select`, is evaluated over a small graph.
func ExampleSelector() {
	nodes := models{
		{Name: "stg_orders", FQN: []string{"shop", "staging", "stg_orders"}, ResourceType: "model"},
		{Name: "stg_payments", FQN: []string{"shop", "staging", "stg_payments"}, ResourceType: "model"},
		{Name: "orders", FQN: []string{"shop", "marts", "orders"}, ResourceType: "model", Tags: []string{"nightly"}},
		{Name: "revenue", FQN: []string{"shop", "marts", "revenue"}, ResourceType: "model"},
	}
	g, err := graph.New(len(nodes), []graph.Edge{{From: 0, To: 2}, {From: 1, To: 2}, {From: 2, To: 3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"1+orders", "stg_orders+", "tag:nightly+,revenue"} {
		selector, err := graph.ParseSelector(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		reach, err := selector.Eval(g, nodes, graph.NoLimit)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(text, ":")
		for _, id := range reach.IDs {
			fmt.Print(" ", nodes[id].Name)
		}
		fmt.Println()
	}
	// Output:
	// 1+orders: orders stg_orders stg_payments
	// stg_orders+: stg_orders orders revenue
	// tag:nightly+,revenue: revenue
}
