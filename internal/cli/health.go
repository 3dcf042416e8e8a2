package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/app"
)

// HealthCmd asks a server whether it is ready, where there is no other program to ask with, as in a container.
type HealthCmd struct {
	settings
	Server string `help:"Address of a server; the one that serves the data folder otherwise." placeholder:"URL"`
}

// Help gives an example.
func (HealthCmd) Help() string {
	return "It prints what /readyz answers, and fails unless the server is ready. Needs no key.\n\nExample:\n  thalweg health --data /var/lib/thalweg"
}

// healthWithin is a little more than the server takes for its checks.
const healthWithin = 5 * time.Second

// Run asks once.
func (c *HealthCmd) Run(ctx context.Context, out *output) error {
	ctx, cancel := context.WithTimeout(ctx, healthWithin)
	defer cancel()
	cl := newRemote(c.Server, "")
	if c.Server == "" {
		cfg, err := c.load()
		if err != nil {
			return err
		}
		cl = newSocket(app.SocketPath(cfg.Data))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, cl.base+"/readyz", http.NoBody)
	if err != nil {
		return usagef("--server %q: %v", c.Server, err)
	}
	reply, err := cl.http.Do(request)
	if err != nil {
		return fmt.Errorf("no server answers: %w", err)
	}
	defer reply.Body.Close()
	var health struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}
	if err := json.NewDecoder(reply.Body).Decode(&health); err != nil {
		return fmt.Errorf("reply %s of /readyz: %w", reply.Status, err)
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(health.Checks)) {
		words = append(words, name+" "+health.Checks[name])
	}
	if reply.StatusCode != http.StatusOK {
		return fmt.Errorf("the server is not ready: %s", strings.Join(words, ", "))
	}
	return out.line("%s: %s", printable(health.Status), printable(strings.Join(words, ", ")))
}
