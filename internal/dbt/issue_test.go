package dbt_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// TestManifestIssues reads what is odd but readable: one model, always, and an issue that says what happened.
func TestManifestIssues(t *testing.T) {
	for name, c := range map[string]struct {
		members string // of the model
		rest    string // of the file
		code    string // of the issue; "" for none
		pointer string
		check   func(*dbt.Node) any
		want    any
	}{
		"B43 key in a node": {
			members: `"description":"one","description":"two"`, code: dbt.IssueDuplicateKey, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return n.Description }, want: "two",
		},
		"B43 column": {
			members: `"columns":{"x":{"description":"one"},"y":{},"\u0078":{"description":"two"}}`, code: dbt.IssueDuplicateKey, pointer: "/nodes/model.p.a/columns/x",
			check: func(n *dbt.Node) any { return n.Columns[0].Description + n.Columns[1].Key }, want: "twoy",
		},
		"B43 section": {members: `"name":"a"`, rest: `,"docs":{},"docs":{}`, code: dbt.IssueDuplicateKey, pointer: "/docs"},
		"B44 NaN": {
			members: `"meta":{"a":NaN,"b":[-Infinity, Infinity],"c":"NaN"}`, code: dbt.IssueNonFinite,
			check: func(n *dbt.Node) any { return string(n.Meta) }, want: `{"b":[null,null],"c":"NaN"}`,
		},
		"B45 float": {
			members: `"meta":{"a":1e400,"b":1e300}`, code: dbt.IssueNumberRange, pointer: "/nodes/model.p.a/meta/a",
			check: func(n *dbt.Node) any { return string(n.Meta) }, want: `{"b":1e300}`,
		},
		"B45 integer": {
			members: `"meta":{"a":9223372036854775808,"b":9223372036854775807}`, code: dbt.IssueNumberRange, pointer: "/nodes/model.p.a/meta/a",
			check: func(n *dbt.Node) any { return string(n.Meta) }, want: `{"b":9223372036854775807}`,
		},
		"B46 invalid UTF-8": {
			members: "\"description\":\"caf\xe9!\"", code: dbt.IssueInvalidUTF8, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return n.Description }, want: "caf\uFFFD!",
		},
		"B47 NUL in text": {
			members: `"description":"a\u0000b"`, code: dbt.IssueNUL, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return n.Description }, want: "ab",
		},
		"an escaped backslash before u0000 is no NUL": {
			members: `"description":"a\\u0000b"`,
			check:   func(n *dbt.Node) any { return n.Description }, want: `a\u0000b`,
		},
		"B48 lone surrogate": {
			members: `"description":"a\ud83db"`, code: dbt.IssueLoneSurrogate, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return n.Description }, want: "a\uFFFDb",
		},
		"a pair is no lone surrogate": {
			members: `"description":"a\ud83d\ude00b"`,
			check:   func(n *dbt.Node) any { return n.Description }, want: "a😀b",
		},
		"B58 long text": {
			members: `"description":"` + strings.Repeat("é", 200_000) + `"`, code: dbt.IssueTextCut, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return len(n.Description) }, want: 256 << 10,
		},
		"long SQL is whole": {
			members: `"compiled_code":"` + strings.Repeat("x", 1<<20) + `"`,
			check:   func(n *dbt.Node) any { return len(n.CompiledCode) }, want: 1 << 20,
		},
		"text of another type": {
			members: `"description":{"text":"x"},"alias":7`, code: dbt.IssueFieldType, pointer: "/nodes/model.p.a/description",
			check: func(n *dbt.Node) any { return n.Description + n.Alias }, want: "7",
		},
		"lists of another type": {
			members: `"tags":{"a":1},"depends_on":{"nodes":null},"columns":"none"`, code: dbt.IssueFieldType, pointer: "/nodes/model.p.a/tags",
			check: func(n *dbt.Node) any { return len(n.Tags) + len(n.DependsOn) + len(n.Columns) }, want: 0,
		},
		"another id":              {members: `"unique_id":"model.p.b"`, code: dbt.IssueUniqueIDMismatch, pointer: "/nodes/model.p.a/unique_id"},
		"section of another type": {members: `"name":"a"`, rest: `,"exposures":[1]`, code: dbt.IssueSectionType, pointer: "/exposures"},
		"node of another type":    {members: `"name":"a"`, rest: `,"sources":{"source.p.x":[]}`, code: dbt.IssueNodeType, pointer: "/sources/source.p.x/"},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{` + metadataV12 + `,"nodes":{"model.p.a":{"resource_type":"model",` + c.members + `}}` + c.rest + `}`
			r := &recorder{}
			_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(text), dbt.ManifestOptions{}, r)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.nodes) != 1 {
				t.Fatalf("got %d nodes", len(r.nodes))
			}
			if c.check != nil {
				if diff := cmp.Diff(c.want, c.check(r.nodes[0])); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			}
			switch {
			case c.code == "" && len(issues) > 0:
				t.Errorf("unexpected issues: %+v", issues)
			case c.code != "" && (len(issues) == 0 || issues[0].Code != c.code || c.pointer != "" && issues[0].Pointer != c.pointer):
				t.Errorf("got %+v, want %s at %s", issues, c.code, c.pointer)
			}
		})
	}
}

// TestIssuesAreFolded: the same trouble on many nodes is one issue with a count.
func TestIssuesAreFolded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{` + metadataV12 + `,"nodes":{`)
	for i := range 100 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"model.p.` + strings.Repeat("a", i+1) + `":{"resource_type":"model","description":[]}`)
	}
	b.WriteString(`}}`)
	_, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(b.String()), dbt.ManifestOptions{}, &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	if len(issues) != 1 || issues[0].Count != 100 || issues[0].UniqueID != "model.p.a" {
		t.Errorf("got %+v", issues)
	}
}

// TestHead reads what files of several ages say about themselves.
func TestHead(t *testing.T) {
	for name, c := range map[string]struct {
		metadata string
		version  int
		code     string // of the only issue
	}{
		"v12":        {`"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","generated_at":"2026-01-02T03:04:05.123456789+02:00"`, 12, ""},
		"v20":        {`"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v20.json","generated_at":"2026-01-02T03:04:05Z"`, 20, ""},
		"B51 v15":    {`"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v15.json","generated_at":"2026-01-02T03:04:05Z"`, 15, dbt.IssueVersionUnknown},
		"B50 none":   {`"generated_at":"2026-01-02T03:04:05Z"`, 0, dbt.IssueVersionMissing},
		"B70 absent": {`"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json"`, 12, dbt.IssueGeneratedAt},
		"B70 absurd": {`"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","generated_at":"0001-01-01T00:00:00Z"`, 12, dbt.IssueGeneratedAt},
	} {
		t.Run(name, func(t *testing.T) {
			text := `{"nodes":{"model.p.a":{"resource_type":"model","package_name":"p"}},"macros":{},"metadata":{` + c.metadata + `}}`
			head, issues, err := dbt.ReadManifest(context.Background(), strings.NewReader(text), dbt.ManifestOptions{}, &recorder{})
			if err != nil {
				t.Fatal(err)
			}
			if head.Version != c.version || head.ProjectName != "p" || head.Kind != dbt.Manifest {
				t.Errorf("got %+v", head)
			}
			switch {
			case c.code == "" && (len(issues) > 0 || head.GeneratedAt.IsZero()):
				t.Errorf("got %v and issues %+v", head.GeneratedAt, issues)
			case c.code != "" && (len(issues) != 1 || issues[0].Code != c.code):
				t.Errorf("got issues %+v, want one %s", issues, c.code)
			case c.code == dbt.IssueGeneratedAt && !head.GeneratedAt.IsZero():
				t.Errorf("got %v", head.GeneratedAt)
			}
		})
	}
}
