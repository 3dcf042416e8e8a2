package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// failureLists are the lists of the API that a summary names the first rows of, if there are any.
var failureLists = []struct {
	path, query string
	one, many   string // what the number counts
}{
	{"/api/v1/tests", "status=fail", "test failed", "tests failed"},
	{"/api/v1/tests", "status=error", "test ended with an error", "tests ended with an error"},
	{"/api/v1/assets", "kind=model,seed,snapshot&status=error", "table failed in its last run", "tables failed in their last run"},
	{"/api/v1/assets", "kind=model,seed,snapshot&status=skipped", "table was skipped in its last run", "tables were skipped in their last run"},
	{"/api/v1/freshness", "status=error", "source is too old", "sources are too old"},
	{"/api/v1/freshness", "status=runtime+error", "source could not be asked for its freshness", "sources could not be asked for their freshness"},
}

// failures lists the tests, tables and sources of a schema whose latest result is a failure, the first of them by
// name. A key that may only import does not see them.
func failures(ctx context.Context, cl *client, schema string) (lines []string) {
	for _, list := range failureLists {
		var page struct {
			Data []struct {
				Attributes struct {
					Name string `json:"name"`
				} `json:"attributes"`
			} `json:"data"`
			Meta struct {
				Total int64 `json:"total"`
			} `json:"meta"`
		}
		path := fmt.Sprintf("%s?schema_id=%s&%s&limit=5", list.path, url.QueryEscape(schema), list.query)
		if err := cl.call(ctx, http.MethodGet, path, nil, &page); err != nil || page.Meta.Total == 0 {
			continue
		}
		var names []string
		for _, row := range page.Data {
			names = append(names, row.Attributes.Name)
		}
		if page.Meta.Total > int64(len(names)) {
			names = append(names, "…")
		}
		what := list.many
		if page.Meta.Total == 1 {
			what = list.one
		}
		lines = append(lines, fmt.Sprintf("%d %s: %s", page.Meta.Total, what, strings.Join(names, ", ")))
	}
	return lines
}
