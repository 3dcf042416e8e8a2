package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// importReport is what the summary needs of the report of an import.
type importReport struct {
	Data struct {
		ID         string `json:"id"`
		Attributes struct {
			Outcome string           `json:"outcome"`
			Counts  map[string]int64 `json:"counts"`
			Issues  []struct {
				Code     string `json:"code"`
				Severity string `json:"severity"`
				UniqueID string `json:"unique_id"`
				Message  string `json:"message"`
				Remedy   string `json:"remedy"`
				Count    int    `json:"count"`
			} `json:"issues"`
			Total int `json:"issues_total"`
		} `json:"attributes"`
	} `json:"data"`
}

// mostIssues is how many kinds of warnings a summary lists.
const mostIssues = 10

// summary prints what an import did: counters, warnings and failing tests.
func (c *ImportCmd) summary(ctx context.Context, out *output, cl *client, reply importReply) error {
	if c.JSON {
		return c.print(out, reply)
	}
	var report importReport
	if err := cl.call(ctx, http.MethodGet, "/api/v1/dbt_imports/"+reply.Data.ID+"/report", nil, &report); err != nil {
		return fmt.Errorf("import %s: %w", reply.Data.ID, err)
	}
	a, r := reply.Data.Attributes, report.Data.Attributes
	// JSON's numbers are floats: %v would write a million as 1e+06.
	lines := []string{fmt.Sprintf("%s completed: tables %.0f created, %.0f updated; columns %.0f created, %.0f updated; lineages %.0f created",
		reply.Data.ID, a["tables_created"], a["tables_updated"], a["columns_created"], a["columns_updated"], a["lineages_created"])}
	if tables, lineages := r.Counts["tables_removed"], r.Counts["lineages_removed"]; tables+lineages > 0 {
		lines = append(lines, fmt.Sprintf("Removed: %d tables, %d lineages.", tables, lineages))
	}
	if r.Outcome == "superseded" {
		lines = append(lines, "Superseded: these artifacts are older than what is served; only their run results were added. --force applies them anyway.")
	}
	if n := r.Counts["removals_pending"]; n > 0 {
		lines = append(lines, fmt.Sprintf("%d removals are pending: see GET /api/v1/schemas/%s/removals, then confirm or dismiss them.", n, c.Schema))
	}
	lines = append(lines, issueLines(report)...)
	lines = append(lines, failingTests(ctx, cl, c.Schema)...)
	return out.line("%s", strings.Join(lines, "\n"))
}

func issueLines(report importReport) (lines []string) {
	issues := report.Data.Attributes.Issues
	for _, i := range issues {
		if i.Severity == "info" {
			continue
		}
		if len(lines) == mostIssues {
			return append(lines, fmt.Sprintf("… see GET /api/v1/dbt_imports/%s/report for all %d issues", report.Data.ID, report.Data.Attributes.Total))
		}
		line := fmt.Sprintf("%s: %s: %s", i.Severity, i.Code, i.Message)
		if i.UniqueID != "" {
			line += " (" + i.UniqueID + ")"
		}
		if i.Count > 1 {
			line += fmt.Sprintf(" (%d times)", i.Count)
		}
		if i.Remedy != "" {
			line += "; " + i.Remedy
		}
		lines = append(lines, line)
	}
	return lines
}

// failingTests lists the tests whose latest result is a failure or an error, the first of them by name. A key that may
// only import does not see them.
func failingTests(ctx context.Context, cl *client, schema string) (lines []string) {
	for _, status := range []string{"fail", "error"} {
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
		query := url.Values{"schema_id": {schema}, "status": {status}, "limit": {"5"}}
		if err := cl.call(ctx, http.MethodGet, "/api/v1/tests?"+query.Encode(), nil, &page); err != nil || page.Meta.Total == 0 {
			continue
		}
		var names []string
		for _, t := range page.Data {
			names = append(names, t.Attributes.Name)
		}
		more := ""
		if page.Meta.Total > int64(len(names)) {
			more = ", …"
		}
		lines = append(lines, fmt.Sprintf("%d tests with status %s: %s%s", page.Meta.Total, status, strings.Join(names, ", "), more))
	}
	return lines
}

// importReply is the document of an import; raw is what the server sent.
type importReply struct {
	raw  json.RawMessage
	Data importData
}

type importData struct {
	ID         string         `json:"id"`
	Attributes map[string]any `json:"attributes"`
}

// UnmarshalJSON keeps the document too.
func (r *importReply) UnmarshalJSON(b []byte) error {
	r.raw = slices.Clone(b)
	var document struct {
		Data importData `json:"data"`
	}
	err := json.Unmarshal(b, &document)
	r.Data = document.Data
	return err
}

func (r importReply) text(name string) string {
	s, _ := r.Data.Attributes[name].(string)
	return s
}
