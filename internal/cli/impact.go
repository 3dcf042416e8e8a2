package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// ImpactCmd lists what a change reaches.
type ImpactCmd struct {
	target
	Name   string `arg:"" help:"The table that changes, or a column of it: fct_orders, TBL-31.order_id, marts.fct_orders.order_id."`
	Schema string `help:"Schema ID; default: the only schema." placeholder:"SCH-101"`
	At     string `help:"An older state: a version, a time or a day." placeholder:"VERSION"`
	Limit  int    `default:"200" help:"Maximum number of lines per list, at most 2000."`
	JSON   bool   `help:"Print the reply as JSON."`
}

// Help gives an example.
func (ImpactCmd) Help() string {
	return `Prints a line for everything that is reached, nearest first: its list, its id, its name, and why; then the owners.

Example:
  thalweg impact fct_orders
  thalweg impact fct_orders.order_id`
}

// impactReply is what a change reaches, as much of it as a terminal shows.
type impactReply struct {
	Data struct {
		Columns []struct {
			Attributes struct {
				Asset     string `json:"asset"`
				AssetName string `json:"asset_name"`
				Column    string `json:"column"`
			} `json:"attributes"`
		} `json:"columns"`
		Tables    []impactedAsset `json:"tables"`
		Exposures []impactedAsset `json:"exposures"`
		Metrics   []impactedAsset `json:"metrics"`
		Others    []impactedAsset `json:"others"`
		Owners    []struct {
			Name   string `json:"name"`
			Assets int    `json:"assets"`
		} `json:"owners"`
	} `json:"data"`
	Meta struct {
		Nodes      int  `json:"nodes"`
		TotalNodes int  `json:"total_nodes"`
		Truncated  bool `json:"truncated"`
	} `json:"meta"`
}

type impactedAsset struct {
	ID         string `json:"id"`
	Attributes struct {
		Name   string `json:"name"`
		Kind   string `json:"kind"`
		Reason string `json:"reason"`
	} `json:"attributes"`
}

// Run prints what is reached.
func (c *ImpactCmd) Run(ctx context.Context, out *output) error {
	if c.Limit < 1 || c.Limit > 2000 {
		return usagef("--limit %d: want 1 to 2000", c.Limit)
	}
	return c.with(ctx, out, func(cl *client) error {
		raw, err := c.ask(ctx, &finder{client: cl, schema: c.Schema, at: c.At, limit: 2})
		if err != nil {
			return fmt.Errorf("impact of %.200q: %w", c.Name, err)
		}
		if c.JSON {
			return out.json(raw)
		}
		var reply impactReply
		if err := json.Unmarshal(raw, &reply); err != nil {
			return fmt.Errorf("impact of %.200q: %w", c.Name, err)
		}
		return reply.print(out)
	})
}

// ask finds the table, or the table and the column, that the name means.
func (c *ImpactCmd) ask(ctx context.Context, find *finder) (json.RawMessage, error) {
	id, err := find.one(ctx, c.Name)
	column := ""
	if notFound(err) {
		table, last, ok := cutLast(c.Name)
		if !ok {
			return nil, err
		}
		var other error
		if id, other = find.one(ctx, table); other != nil {
			return nil, err
		}
		column = last
	} else if err != nil {
		return nil, err
	}
	query := url.Values{"asset": {id}, "limit": {strconv.Itoa(c.Limit)}}
	if column != "" {
		query.Set("column", column)
	}
	if c.At != "" {
		query.Set("at", c.At)
	}
	var raw json.RawMessage
	return raw, find.call(ctx, http.MethodGet, "/api/v1/impact?"+query.Encode(), nil, &raw)
}

func cutLast(name string) (before, last string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 || i == len(name)-1 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// one returns the id of the one asset of a name.
func (f *finder) one(ctx context.Context, name string) (string, error) {
	asset, err := f.asset(ctx, name)
	if err == nil {
		return asset.Data.ID, nil
	}
	if !notFound(err) || strings.ContainsAny(name, " ,:*+@") || isID(name) {
		return "", err
	}
	found, _, selectErr := f.selected(ctx, name)
	switch {
	case selectErr != nil:
		return "", selectErr
	case found.Meta.Total > 1:
		return "", usagef("%d assets have this name: give an id or a unique_id; thalweg show %s lists them", found.Meta.Total, name)
	case len(found.Data.Nodes) == 0:
		return "", err
	}
	return found.Data.Nodes[0].ID, nil
}

func (r *impactReply) print(out *output) error {
	for _, c := range r.Data.Columns {
		a := c.Attributes
		if err := out.line("column\t%s.%s\t%s.%s", a.Asset, printable(a.Column), printable(a.AssetName), printable(a.Column)); err != nil {
			return err
		}
	}
	for _, list := range [][]impactedAsset{r.Data.Tables, r.Data.Exposures, r.Data.Metrics, r.Data.Others} {
		for _, a := range list {
			if err := out.line("%s\t%s\t%s\t%s", a.Attributes.Kind, a.ID, printable(a.Attributes.Name), a.Attributes.Reason); err != nil {
				return err
			}
		}
	}
	for _, o := range r.Data.Owners {
		if err := out.line("owner\t%s\t%d assets", printable(o.Name), o.Assets); err != nil {
			return err
		}
	}
	if r.Meta.Truncated {
		out.printf("%d of %d; --limit shows more", r.Meta.Nodes, r.Meta.TotalNodes)
	}
	return nil
}
