package cli

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// RevertCmd restores the state before an import.
type RevertCmd struct {
	target
	ID    string `arg:"" help:"Import ID, such as IMP-7."`
	Yes   bool   `help:"Do it; without, the command prints what the import changed and does nothing."`
	Undo  bool   `help:"Undo the revert of the import instead."`
	Force bool   `help:"Restore what no later import changed, and leave the rest."`
	JSON  bool   `help:"Print the reply as JSON."`
}

// Help gives an example.
func (RevertCmd) Help() string {
	return "What people wrote and the results of runs stay. The same files are applied again only with import --force.\n\nExample:\n  thalweg revert IMP-7\n  thalweg revert IMP-7 --yes"
}

// revertReply is the reply to a revert.
type revertReply struct {
	Data struct {
		ID         string `json:"id"`
		Type       string `json:"type"`
		Attributes struct {
			Version     *int64 `json:"version"`
			Restored    int64  `json:"restored"`
			NotRestored int64  `json:"not_restored"`
		} `json:"attributes"`
	} `json:"data"`
}

// Run reverts the import and prints what that changed.
func (c *RevertCmd) Run(ctx context.Context, out *output) error {
	return c.with(ctx, out, func(cl *client) error {
		path := "/api/v1/dbt_imports/" + url.PathEscape(c.ID)
		if !c.Yes {
			return c.preview(ctx, out, cl, path)
		}
		method, done := http.MethodPost, "reverted"
		if c.Undo {
			method, done = http.MethodDelete, "applied again"
		}
		path += "/revert"
		if c.Force {
			path += "?force=true"
		}
		var reply revertReply
		if err := cl.call(ctx, method, path, nil, &reply); err != nil {
			return fmt.Errorf("import %s: %w", c.ID, err)
		}
		if c.JSON {
			return out.json(reply)
		}
		a := reply.Data.Attributes
		if a.Version == nil {
			return out.line("%s %s; nothing was different", reply.Data.ID, done)
		}
		kept := ""
		if a.NotRestored > 0 {
			kept = fmt.Sprintf(", %d stay because later imports changed them", a.NotRestored)
		}
		return out.line("%s %s; version %d: %d nodes restored%s", reply.Data.ID, done, *a.Version, a.Restored, kept)
	})
}

// preview prints what the import changed. Nothing is done, so it is a usage error.
func (c *RevertCmd) preview(ctx context.Context, out *output, cl *client, path string) error {
	var changes struct {
		Meta struct {
			Total  *int64 `json:"total"` // nil where there are too many to count
			Assets int64  `json:"changed_assets"`
		} `json:"meta"`
	}
	if err := cl.call(ctx, http.MethodGet, path+"/changes?limit=1", nil, &changes); err != nil {
		return fmt.Errorf("import %s: %w", c.ID, err)
	}
	if changes.Meta.Total == nil {
		out.printf("%s changed %d assets; nothing was done", c.ID, changes.Meta.Assets)
	} else {
		out.printf("%s made %d changes to %d assets; nothing was done", c.ID, *changes.Meta.Total, changes.Meta.Assets)
	}
	return usagef("add --yes to go on")
}
