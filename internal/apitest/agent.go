package apitest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/thalweg-data/thalweg/internal/access"
)

// Agent is an MCP client with a key.
type Agent struct{ *sdk.ClientSession }

// Connect connects an MCP client.
func (s *Server) Connect(t testing.TB, key string) (Agent, error) {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint: s.URL + "/mcp", HTTPClient: &http.Client{Transport: bearer{key, s.http.Client().Transport}}, DisableStandaloneSSE: true, MaxRetries: -1,
	}, nil)
	if err == nil {
		t.Cleanup(func() { _ = session.Close() })
	}
	return Agent{session}, err
}

// Agent connects a client whose key may use every tool.
func (s *Server) Agent(t testing.TB) Agent {
	t.Helper()
	a, err := s.Connect(t, s.Key(t, access.ReadMCP, access.ReadCatalog))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type bearer struct {
	key  string
	next http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.key)
	return b.next.RoundTrip(r)
}

// Call calls a tool and returns its text, and whether it is an error.
func (a Agent) Call(t testing.TB, tool string, arguments map[string]any) (string, bool) {
	t.Helper()
	result, err := a.CallTool(context.WithoutCancel(t.Context()), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s %v: %v", tool, arguments, err)
	}
	if len(result.Content) != 1 {
		t.Fatalf("%s %v: %d contents", tool, arguments, len(result.Content))
	}
	text := result.Content[0].(*sdk.TextContent).Text
	if !json.Valid([]byte(text)) && !strings.HasPrefix(text, "validating") {
		t.Errorf("%s %v: not JSON: %s", tool, arguments, text)
	}
	return text, result.IsError
}

// Ask calls a tool and returns its answer.
func (a Agent) Ask(t testing.TB, tool string, arguments map[string]any) map[string]any {
	t.Helper()
	text, failed := a.Call(t, tool, arguments)
	if failed {
		t.Fatalf("%s %v: %s", tool, arguments, text)
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %v: %s", tool, err, text)
	}
	return out
}

// Every returns a field of every row of a list of an answer.
func Every(answer map[string]any, list, field string) (out []string) {
	rows, _ := answer[list].([]any)
	for _, row := range rows {
		if text, ok := row.(string); ok {
			out = append(out, text)
			continue
		}
		text, _ := row.(map[string]any)[field].(string)
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}
