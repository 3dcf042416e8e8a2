package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// SearchCmd searches the catalog.
type SearchCmd struct {
	target
	Query  []string `arg:"" help:"Words, and keys such as kind:model tag:pii owner:finance column:email package:shop has:description."`
	Schema string   `help:"Schema ID; all schemas otherwise." placeholder:"SCH-101"`
	Limit  int      `default:"20" help:"Maximum number of hits, at most 200."`
	JSON   bool     `help:"Print the reply as JSON."`
}

// Help gives an example.
func (SearchCmd) Help() string {
	return `Prints a hit per line, best first: id, kind, name, the column if it is one that matches, and the text around the match.
A minus in front of a word excludes it; such a query is quoted, or comes behind --.

Example:
  thalweg search order_id kind:model
  thalweg search "orders -staging tag:daily"`
}

// searchReply is the reply to a search, as much of it as a terminal shows.
type searchReply struct {
	Data []struct {
		Asset struct {
			ID         string `json:"id"`
			Attributes struct {
				Name string `json:"name"`
				Kind string `json:"kind"`
			} `json:"attributes"`
		} `json:"asset"`
		Field    string `json:"field"`
		Column   string `json:"column"`
		Fragment string `json:"fragment"`
	} `json:"data"`
	Meta struct {
		Total    int64          `json:"total"`
		Warnings []shownWarning `json:"warnings"`
	} `json:"meta"`
}

// Run prints the first hits.
func (c *SearchCmd) Run(ctx context.Context, out *output) error {
	if c.Limit < 1 || c.Limit > 200 {
		return usagef("--limit %d: want 1 to 200", c.Limit)
	}
	query := url.Values{"q": {strings.Join(c.Query, " ")}, "limit": {strconv.Itoa(c.Limit)}}
	if c.Schema != "" {
		query.Set("schema_id", c.Schema)
	}
	return c.with(ctx, out, func(cl *client) error {
		var raw json.RawMessage
		if err := cl.call(ctx, http.MethodGet, "/api/v1/search?"+query.Encode(), nil, &raw); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		if c.JSON {
			return out.json(raw)
		}
		var reply searchReply
		if err := json.Unmarshal(raw, &reply); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		return reply.print(out)
	})
}

func (r *searchReply) print(out *output) error {
	for _, warning := range r.Meta.Warnings {
		out.printf("thalweg: %s", printable(warning.Message))
	}
	for _, hit := range r.Data {
		name := hit.Asset.Attributes.Name
		if hit.Column != "" {
			name += "." + hit.Column
		}
		line := []string{hit.Asset.ID, hit.Asset.Attributes.Kind, printable(name)}
		if hit.Field != "" && hit.Field != "name" && hit.Field != "column" {
			line = append(line, hit.Field+": "+printable(hit.Fragment))
		}
		if err := out.line("%s", strings.Join(line, "\t")); err != nil {
			return err
		}
	}
	if n := int64(len(r.Data)); n < r.Meta.Total {
		out.printf("%d of %d hits; --limit shows more", n, r.Meta.Total)
	}
	return nil
}

// printable leaves out what a terminal would take as a command.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
}
