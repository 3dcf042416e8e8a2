package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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

// summary prints what an import did: counters, warnings and what failed.
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
	if r.Outcome == "unchanged" && r.Counts["results_stored"]+r.Counts["freshness_stored"] == 0 {
		lines = append(lines, "Unchanged: the catalog has all of it already.")
	}
	if n := r.Counts["removals_pending"]; n > 0 {
		lines = append(lines, fmt.Sprintf("%d removals are pending: see GET /api/v1/schemas/%s/removals, then confirm or dismiss them.", n, c.Schema))
	}
	lines = append(lines, issueLines(report)...)
	lines = append(lines, failures(ctx, cl, c.Schema)...)
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
			line += fmt.Sprintf(" (%d in all)", i.Count)
		}
		if i.Remedy != "" {
			line += "; " + i.Remedy
		}
		lines = append(lines, line)
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
