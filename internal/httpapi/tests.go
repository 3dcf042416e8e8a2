package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Test is a data test with its latest result.
type Test struct {
	Name        string                      `json:"name"`
	Test        *string                     `json:"test" doc:"not_null, unique, dbt_utils.…; null for a singular test"`
	Kind        string                      `json:"kind" doc:"generic or singular"`
	UniqueID    string                      `json:"unique_id"`
	Asset       *string                     `json:"asset" doc:"Table that it tests; null if unknown"`
	Column      *string                     `json:"column"`
	Severity    *string                     `json:"severity"`
	Description *string                     `json:"description"`
	Tags        []string                    `json:"tags" nullable:"false"`
	Args        map[string]string           `json:"args" doc:"Each as JSON"`
	Enabled     bool                        `json:"enabled"`
	Latest      httpserver.Nullable[Result] `json:"latest" doc:"Null if it never ran"`
}

func (a *API) registerTests(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/tests", Scope: access.ReadCatalog, ID: "list-asset-tests", Tag: "tests",
		Summary: "Data tests of a table, with their latest results",
	}, a.listAssetTests)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/tests", Scope: access.ReadCatalog, ID: "list-tests", Tag: "tests", Summary: "Data tests of a schema",
	}, a.listTests)
}

func (a *API) listAssetTests(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.List[Test]], error) {
	f, err := a.asset(ctx, p, in.ID, in.At)
	if err != nil {
		return nil, err
	}
	tests, err := a.store.TestsOfAsset(ctx, p.WS, f.schema.ID, f.asset.ID, f.version)
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOf[Test](ctx, a.cursors, p.WS, len(tests), "", int64(len(tests)))
	out.Meta.Version = f.version
	out.Data, err = a.testResources(ctx, p, f.schema.ID, f.version, tests)
	return httpserver.Reply(out), err
}

type testsInput struct {
	httpserver.PageParams
	AtParam
	SchemaID string `query:"schema_id" required:"true" maxLength:"64"`
	Status   string `query:"status" enum:"pass,warn,fail,error,skipped,unknown" doc:"Class of the latest result"`
}

func (a *API) listTests(ctx context.Context, p access.Principal, in *testsInput) (*httpserver.Body[httpserver.List[Test]], error) {
	schema, err := a.schema(ctx, p, in.SchemaID)
	if err != nil {
		return nil, err
	}
	version, err := a.version(ctx, p, schema, in.At)
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	tests, err := a.matchingTests(ctx, p, schema.ID, version, in.Status)
	if err != nil {
		return nil, err
	}
	rows, next, err := testsAfter(tests, page.After, in.Limit)
	if err != nil {
		return nil, err
	}
	full, err := a.withBodies(ctx, p, schema.ID, version, rows)
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOf[Test](ctx, a.cursors, p.WS, in.Limit, next, int64(len(tests)))
	out.Meta.Version = version
	out.Data, err = a.testResources(ctx, p, schema.ID, version, full)
	return httpserver.Reply(out), err
}

// matchingTests lists the tests of a version whose latest result is of a
// class, by id; without bodies.
func (a *API) matchingTests(ctx context.Context, p access.Principal, schema catalog.SchemaID, version int64, class string) ([]catalog.Test, error) {
	state, err := a.states.of(ctx, p.WS, schema, version)
	if err != nil {
		return nil, err
	}
	var tests []catalog.Test
	for _, of := range state.tests {
		tests = append(tests, of...)
	}
	slices.SortFunc(tests, func(x, y catalog.Test) int { return cmp.Compare(x.ID, y.ID) })
	if class == "" {
		return tests, nil
	}
	results, err := a.latestOf(ctx, p, schema, tests)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(tests, func(t catalog.Test) bool { return testClass(results, t) != class }), nil
}

func testClass(results map[catalog.NodeRef]catalog.NodeResult, t catalog.Test) string {
	switch class := results[nodeOf(t)].Class; class {
	case "", catalog.ClassOther:
		return "unknown"
	case catalog.ClassSuccess:
		return catalog.ClassPass
	default:
		return class
	}
}

func testsAfter(tests []catalog.Test, after string, limit int) (rows []catalog.Test, next string, err error) {
	begin := 0
	if after != "" {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil {
			return nil, "", httpserver.InvalidCursor()
		}
		begin, _ = slices.BinarySearchFunc(tests, catalog.TestID(n)+1, func(t catalog.Test, id catalog.TestID) int { return cmp.Compare(t.ID, id) })
	}
	rows = tests[begin:min(begin+limit, len(tests))]
	if begin+limit < len(tests) {
		next = strconv.FormatInt(int64(rows[len(rows)-1].ID), 10)
	}
	return rows, next, nil
}

// withBodies reads the whole tests of a page, table by table.
func (a *API) withBodies(ctx context.Context, p access.Principal, schema catalog.SchemaID, version int64, rows []catalog.Test) ([]catalog.Test, error) {
	whole := map[catalog.TestID]catalog.Test{}
	read := map[catalog.AssetID]bool{}
	for _, t := range rows {
		if read[t.Asset] {
			continue
		}
		read[t.Asset] = true
		tests, err := a.store.TestsOfAsset(ctx, p.WS, schema, t.Asset, version)
		if err != nil {
			return nil, err
		}
		for _, w := range tests {
			whole[w.ID] = w
		}
	}
	out := make([]catalog.Test, 0, len(rows))
	for _, t := range rows {
		out = append(out, whole[t.ID])
	}
	return out, nil
}

func (a *API) latestOf(ctx context.Context, p access.Principal, schema catalog.SchemaID, tests []catalog.Test) (map[catalog.NodeRef]catalog.NodeResult, error) {
	ids := make([]catalog.NodeRef, 0, len(tests))
	for _, t := range tests {
		ids = append(ids, nodeOf(t))
	}
	return a.store.LatestResults(ctx, p.WS, schema, ids)
}

func (a *API) testResources(ctx context.Context, p access.Principal, schema catalog.SchemaID, version int64, tests []catalog.Test) ([]httpserver.Resource[Test], error) {
	results, err := a.latestOf(ctx, p, schema, tests)
	if err != nil {
		return nil, err
	}
	state, err := a.states.of(ctx, p.WS, schema, version)
	if err != nil {
		return nil, err
	}
	out := []httpserver.Resource[Test]{}
	for _, t := range tests {
		r := testResource(t)
		if n, ok := state.number[t.Asset]; ok {
			label := t.Asset.Label(state.nodes[n].Kind)
			r.Attributes.Asset = &label
		}
		if result, ok := results[nodeOf(t)]; ok {
			latest := resultOf(result, "")
			r.Attributes.Latest = httpserver.NullableOf(&latest)
		}
		out = append(out, r)
	}
	return out, nil
}

func testResource(t catalog.Test) httpserver.Resource[Test] {
	b := t.Body
	args := b.Args
	if args == nil {
		args = map[string]string{}
	}
	return httpserver.Resource[Test]{
		ID: t.ID.String(), Type: "test",
		Attributes: Test{
			Name: b.Name, Test: optional(b.Test), Kind: b.Kind, UniqueID: t.UniqueID, Column: optional(b.Column),
			Severity: optional(b.Severity), Description: optional(b.Description), Tags: orEmpty(b.Tags), Args: args, Enabled: b.Enabled,
		},
	}
}

func nodeOf(t catalog.Test) catalog.NodeRef {
	return catalog.NodeRef{Project: t.Project, UniqueID: t.UniqueID}
}
