package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ShowCmd shows an asset, or lists those that a selector means.
type ShowCmd struct {
	target
	Name   string `arg:"" help:"Name, id such as TBL-12, dbt unique_id, relation such as marts.fct_orders, or dbt selector such as tag:daily."`
	Schema string `help:"Schema ID; default: the only schema." placeholder:"SCH-101"`
	At     string `help:"An older state: a version, a time or a day." placeholder:"VERSION"`
	Limit  int    `default:"200" help:"Maximum number of assets of a selector, at most 2000."`
	JSON   bool   `help:"Print the replies as JSON, one per line."`
}

// Help gives an example.
func (ShowCmd) Help() string {
	return `Prints what the catalog has of one asset, with its columns. A selector that means several prints a line for each: id, kind and name.

Example:
  thalweg show fct_orders
  thalweg show "1+fct_orders"`
}

// Run prints the asset.
func (c *ShowCmd) Run(ctx context.Context, out *output) error {
	if c.Limit < 1 || c.Limit > 2000 {
		return usagef("--limit %d: want 1 to 2000", c.Limit)
	}
	return c.with(ctx, out, func(cl *client) error {
		if err := c.run(ctx, cl, out); err != nil {
			return fmt.Errorf("show %.200q: %w", c.Name, err)
		}
		return nil
	})
}

func (c *ShowCmd) run(ctx context.Context, cl *client, out *output) error {
	find := finder{client: cl, schema: c.Schema, at: c.At, limit: c.Limit}
	asset, err := find.asset(ctx, c.Name)
	if err == nil {
		return c.print(ctx, &find, asset, out)
	}
	if !notFound(err) {
		return err
	}
	nodes, raw, err := find.selected(ctx, c.Name)
	switch {
	case err != nil:
		return err
	case len(nodes.Data.Nodes) == 1:
		if asset, err = find.asset(ctx, nodes.Data.Nodes[0].ID); err != nil {
			return err
		}
		return c.print(ctx, &find, asset, out)
	case len(nodes.Data.Nodes) == 0:
		return fmt.Errorf("nothing has this name, and as a selector it means nothing%s", listedWarnings(nodes.Meta.Warnings))
	case c.JSON:
		return out.json(raw)
	}
	for _, n := range nodes.Data.Nodes {
		if err := out.line("%s\t%s\t%s", n.ID, n.Attributes.Kind, printable(n.Attributes.Name)); err != nil {
			return err
		}
	}
	if n := len(nodes.Data.Nodes); n < nodes.Meta.Total {
		out.printf("%d of %d assets; --limit shows more", n, nodes.Meta.Total)
	}
	return nil
}

// shownWarning is a warning of a reply.
type shownWarning struct {
	Message string `json:"message"`
}

func listedWarnings(warnings []shownWarning) string {
	if len(warnings) == 0 {
		return ""
	}
	messages := make([]string, len(warnings))
	for i, w := range warnings {
		messages[i] = w.Message
	}
	return ": " + printable(strings.Join(messages, "; "))
}

// print prints an asset and its columns.
func (c *ShowCmd) print(ctx context.Context, find *finder, asset *shownAsset, out *output) error {
	columns, raw, err := find.columns(ctx, asset)
	if err != nil {
		return err
	}
	if c.JSON {
		return errors.Join(out.json(asset.raw), out.json(raw))
	}
	return errors.Join(asset.print(out), columns.print(out))
}

// finder asks a server for assets by their names.
type finder struct {
	*client
	schema, at string
	limit      int
}

// shownAsset is an asset, as much of it as a terminal shows.
type shownAsset struct {
	Data struct {
		ID         string `json:"id"`
		Attributes struct {
			Name     string `json:"name"`
			Kind     string `json:"kind"`
			Relation *struct {
				Text string `json:"text"`
			} `json:"relation"`
			Description struct {
				Value string `json:"value"`
			} `json:"description"`
			Owners       []string `json:"owners"`
			Tags         []string `json:"tags"`
			Materialized string   `json:"materialized"`
			Present      bool     `json:"present"`
			DBT          *struct {
				UniqueID string `json:"unique_id"`
				Path     string `json:"original_file_path"`
			} `json:"dbt"`
			LastRun *struct {
				Status      string `json:"status"`
				CompletedAt string `json:"completed_at"`
			} `json:"last_run"`
			Tests      map[string]int `json:"tests"`
			Upstream   int            `json:"upstream"`
			Downstream int            `json:"downstream"`
		} `json:"attributes"`
	} `json:"data"`
	raw json.RawMessage
}

// notFound reports whether a server has nothing of a name.
func notFound(err error) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && p.Status == http.StatusNotFound
}

// inSchema sets the schema of a query, unless the name is an id, which needs none.
func (f *finder) inSchema(ctx context.Context, q url.Values, name string) (err error) {
	if f.schema == "" && !isID(name) {
		if f.schema, err = schemaOr(ctx, f.client, ""); err != nil {
			return err
		}
	}
	if f.schema != "" {
		q.Set("schema_id", f.schema)
	}
	if f.at != "" {
		q.Set("at", f.at)
	}
	return nil
}

// isID reports whether a name is an id such as TBL-12.
func isID(name string) bool {
	prefix, number, ok := strings.Cut(name, "-")
	if _, err := strconv.ParseInt(number, 10, 64); !ok || err != nil || len(prefix) != 3 {
		return false
	}
	return strings.Trim(strings.ToUpper(prefix), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// asset reads the asset of an id, a unique_id or a relation.
func (f *finder) asset(ctx context.Context, name string) (*shownAsset, error) {
	query := url.Values{}
	if err := f.inSchema(ctx, query, name); err != nil {
		return nil, err
	}
	a := &shownAsset{}
	if err := f.call(ctx, http.MethodGet, "/api/v1/assets/"+url.PathEscape(name)+"?"+query.Encode(), nil, &a.raw); err != nil {
		return nil, err
	}
	return a, json.Unmarshal(a.raw, a)
}

// selectedAssets are the assets that a selector means.
type selectedAssets struct {
	Data struct {
		Nodes []struct {
			ID         string `json:"id"`
			Attributes struct {
				Name string `json:"name"`
				Kind string `json:"kind"`
			} `json:"attributes"`
		} `json:"nodes"`
	} `json:"data"`
	Meta struct {
		Total    int            `json:"total_nodes"`
		Warnings []shownWarning `json:"warnings"`
	} `json:"meta"`
}

// selected reads the assets that a selector means; a plain name is one, too.
func (f *finder) selected(ctx context.Context, selector string) (*selectedAssets, json.RawMessage, error) {
	query := url.Values{"select": {selector}, "limit": {strconv.Itoa(f.limit)}}
	if err := f.inSchema(ctx, query, ""); err != nil {
		return nil, nil, err
	}
	var raw json.RawMessage
	if err := f.call(ctx, http.MethodGet, "/api/v1/lineage?"+query.Encode(), nil, &raw); err != nil {
		return nil, nil, err
	}
	s := &selectedAssets{}
	return s, raw, json.Unmarshal(raw, s)
}

// shownColumns are columns, as much of them as a terminal shows.
type shownColumns struct {
	Data []struct {
		Attributes struct {
			Name        string `json:"name"`
			NativeType  string `json:"native_type"`
			Description struct {
				Value string `json:"value"`
			} `json:"description"`
			Tags []string `json:"tags"`
		} `json:"attributes"`
	} `json:"data"`
	Meta struct {
		Total int `json:"total"`
	} `json:"meta"`
}

// columns reads the first columns of an asset.
func (f *finder) columns(ctx context.Context, a *shownAsset) (*shownColumns, json.RawMessage, error) {
	query := url.Values{"limit": {"200"}}
	if f.at != "" {
		query.Set("at", f.at)
	}
	var raw json.RawMessage
	if err := f.call(ctx, http.MethodGet, "/api/v1/assets/"+url.PathEscape(a.Data.ID)+"/columns?"+query.Encode(), nil, &raw); err != nil {
		return nil, nil, err
	}
	c := &shownColumns{}
	return c, raw, json.Unmarshal(raw, c)
}

func (a *shownAsset) print(out *output) error {
	d := &a.Data.Attributes
	lines := [][2]string{{"id", a.Data.ID}, {"name", d.Name}, {"kind", d.Kind}}
	if !d.Present {
		lines = append(lines, [2]string{"removed", "yes"})
	}
	if d.Relation != nil {
		lines = append(lines, [2]string{"relation", d.Relation.Text})
	}
	if d.DBT != nil {
		lines = append(lines, [2]string{"unique_id", d.DBT.UniqueID}, [2]string{"file", d.DBT.Path})
	}
	lines = append(lines, [2]string{"materialized", d.Materialized}, [2]string{"description", d.Description.Value},
		[2]string{"owners", strings.Join(d.Owners, ", ")}, [2]string{"tags", strings.Join(d.Tags, ", ")},
		[2]string{"upstream", strconv.Itoa(d.Upstream)}, [2]string{"downstream", strconv.Itoa(d.Downstream)}, [2]string{"tests", testsText(d.Tests)})
	if d.LastRun != nil {
		lines = append(lines, [2]string{"last run", d.LastRun.Status + " " + d.LastRun.CompletedAt})
	}
	for _, l := range lines {
		if l[1] == "" {
			continue
		}
		if err := out.line("%-13s %s", l[0], printable(strings.ReplaceAll(l[1], "\n", " "))); err != nil {
			return err
		}
	}
	return nil
}

// testsText lists the numbers of tests by class.
func testsText(tests map[string]int) string {
	var parts []string
	for _, class := range []string{"pass", "warn", "fail", "error", "skipped", "unknown"} {
		if n := tests[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, class))
		}
	}
	return strings.Join(parts, ", ")
}

func (c *shownColumns) print(out *output) error {
	for i := range c.Data {
		a := &c.Data[i].Attributes
		line := []string{"column", printable(a.Name), printable(a.NativeType), printable(strings.ReplaceAll(a.Description.Value, "\n", " "))}
		if err := out.line("%s", strings.TrimRight(strings.Join(line, "\t"), "\t")); err != nil {
			return err
		}
	}
	if n := len(c.Data); n < c.Meta.Total {
		out.printf("%d of %d columns", n, c.Meta.Total)
	}
	return nil
}
