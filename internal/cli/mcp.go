package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// MCPCmd answers the questions of an agent on its standard input and output.
type MCPCmd struct {
	target

	stdin io.ReadCloser // nil: that of the process
}

// Help gives an example.
func (MCPCmd) Help() string {
	return `Speaks the Model Context Protocol on standard input and output, for agents that start their tools as programs. It passes
every question on to a server (--server and --key) or, with --data, to the one of the data folder. A key needs the scopes
read:mcp and read:catalog. Agents that know addresses need no program: a server answers at /mcp.

Example:
  thalweg mcp --server https://catalog.example.com --key thalweg_…
  claude mcp add thalweg -- thalweg mcp --server https://catalog.example.com`
}

// Run passes messages on until the input ends.
func (c *MCPCmd) Run(ctx context.Context, out *output) error {
	if c.stdin == nil {
		c.stdin = os.Stdin
	}
	return c.with(ctx, out, func(cl *client) error {
		upstream, err := cl.agent(ctx)
		if err != nil {
			return fmt.Errorf("mcp: %w", err)
		}
		server, err := relay(ctx, upstream)
		if err == nil {
			err = server.Run(ctx, &mcp.IOTransport{Reader: c.stdin, Writer: unclosed{out.stdout}})
		}
		if ctx.Err() != nil || errors.Is(err, io.EOF) {
			err = nil // the agent is done
		}
		return errors.Join(err, upstream.Close())
	})
}

// agent connects to the server's own MCP.
func (c *client) agent(ctx context.Context) (*mcp.ClientSession, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "thalweg mcp", Version: build().Version}, nil)
	session, err := client.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: c.base + "/mcp", DisableStandaloneSSE: true,
		HTTPClient: &http.Client{Transport: keyed{c.key, c.http}},
	}, nil)
	if err != nil {
		return nil, fmt.Errorf("server %s: %w", c.base, err)
	}
	return session, nil
}

// keyed sends requests with a key.
type keyed struct {
	key  string
	http *http.Client
}

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+k.key)
	}
	next := k.http.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	return next.RoundTrip(r)
}

// relay makes a server with the tools of another one, which answers their calls.
func relay(ctx context.Context, upstream *mcp.ClientSession) (*mcp.Server, error) {
	about := upstream.InitializeResult()
	server := mcp.NewServer(about.ServerInfo, &mcp.ServerOptions{Instructions: about.Instructions})
	for tool, err := range upstream.Tools(ctx, nil) {
		if err != nil {
			return nil, fmt.Errorf("tools: %w", err)
		}
		server.AddTool(tool, func(ctx context.Context, r *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return upstream.CallTool(ctx, &mcp.CallToolParams{Name: r.Params.Name, Arguments: r.Params.Arguments})
		})
	}
	return server, nil
}

// unclosed is a writer that the transport must not close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }
