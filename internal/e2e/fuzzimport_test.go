package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/apitest"
)

// importMemory is what the imports of one input may allocate altogether.
const importMemory = 256 << 20

// FuzzImport imports generated projects: every choice of the generator is a byte of the input. Nothing that is in an
// artifact is a fault of the server; an import ends as completed or fails with the code of what is wrong in the
// artifact; the same bytes again change nothing; every reply about what was imported is what the OpenAPI document
// describes. Two uploads without anything odd in them end in one state, whichever comes first.
func FuzzImport(f *testing.F) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 11))
		raw := make([]byte, 600)
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		raw[0] = byte(seed) // even: nothing odd
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<12 {
			t.Skip("SKIPPED: a longer input finds no more and takes the time of many short ones")
		}
		choices := &choices{raw: raw}
		odd := choices.Uint64()>>56&1 == 1
		g := &reports{Rand: rand.New(choices), t: t, tables: 5}
		if odd {
			g.spoil = g.replaceSome
		}
		first, second := g.piece("shop", 1+g.IntN(4), 0), g.piece(g.pick("shop", "reader"), 1+g.IntN(4), 2)
		first.results, second.results = g.results("shop", 1), g.results("shop", 2)

		a := newFuzzRig(t)
		a.sendBoth(t, first, second)
		if odd {
			a.state(t, nil)
			return
		}
		b := newFuzzRig(t)
		b.sendBoth(t, second, first)
		if diff := firstDifferent(a.state(t, nil), b.state(t, nil)); diff != "" {
			t.Error(diff)
		}
	})
}

// choices is a source of randomness whose numbers are the bytes of an input, and then always the same.
type choices struct{ raw []byte }

// Uint64 implements [rand.Source]. The lower bits keep math/rand from asking again.
func (c *choices) Uint64() uint64 {
	const lower = 1 << 55
	if len(c.raw) == 0 {
		return lower
	}
	b := c.raw[0]
	c.raw = c.raw[1:]
	return uint64(b)<<56 | lower
}

type fuzzRig struct{ *rig }

func newFuzzRig(t *testing.T) fuzzRig { return fuzzRig{newRig(t, nil)} }

// sendBoth imports two uploads, and the later one again.
func (r fuzzRig) sendBoth(t *testing.T, first, second artifacts) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r.ended(t, first)
	completed := r.ended(t, second)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > importMemory {
		t.Errorf("two imports allocated %d MiB", took>>20)
	}
	version := r.version(t)
	if again := r.ended(t, second); again != completed || r.version(t) != version {
		t.Errorf("the same bytes again: completed %v and %v, versions %d and %d", completed, again, version, r.version(t))
	}
	if lines := r.Log.String(); strings.Contains(lines, `"level":"ERROR"`) {
		t.Errorf("a fault is in the log: %s", lines)
	}
}

// failureCode is how the error of an import begins whose content is wrong.
var failureCode = regexp.MustCompile(`^(artifact|unsupported)-[a-z-]+: `)

// ended imports an upload and reports whether it completed.
func (r fuzzRig) ended(t *testing.T, a artifacts) bool {
	t.Helper()
	r.clock.step()
	form := apitest.Form(append([]apitest.Part{apitest.Text("schema_id", r.schema)}, a.parts()...)...)
	reply := r.Do(t, "POST", "/api/v1/dbt_imports?wait=60", r.key, bytes.NewReader(form), "Content-Type", apitest.ContentType)
	if reply.Status != 202 {
		t.Fatalf("upload: %d %s", reply.Status, reply.Body)
	}
	switch reply.At(t, "data.attributes.status") {
	case "completed":
		return true
	case "failed":
		if message, _ := reply.At(t, "data.attributes.error_message").(string); failureCode.MatchString(message) {
			return false
		}
	}
	t.Fatalf("import: %s", reply.Body)
	return false
}

// results generates run results of a project's tables.
func (g *reports) results(project string, hour int) []byte {
	if g.IntN(2) == 0 {
		return nil
	}
	at := fmt.Sprintf("2026-11-02T%02d:30:00Z", hour)
	var list []any
	for i := range g.IntN(4) {
		list = append(list, doc{
			"unique_id": fmt.Sprintf("model.%s.t%02d", project, i), "status": g.pick("success", "error", "skipped", "pass"), "message": g.pick("", "x"),
			"execution_time": 1, "thread_id": "Thread-1", "failures": nil, "adapter_response": doc{}, "timing": []any{},
		})
	}
	v := doc{"results": list, "elapsed_time": 1, "args": doc{"which": g.pick("run", "build", "compile")}}
	if g.spoil != nil {
		g.spoil(v)
	}
	v["metadata"] = doc{
		"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "dbt_version": "1.10.0", "generated_at": at,
		"invocation_id": fmt.Sprintf("%s-run-%d", project, hour),
	}
	return g.encode(v)
}

// oddValues replace values of artifacts.
var oddValues = []any{
	nil, true, -1, json.RawMessage("1e400"), json.RawMessage("123456789012345678901234567890"), "", " ", "\x00", "\u202e", "é", "É", "a.b.c", `"`, "`", "'; drop table assets; --",
	"../../etc/passwd", "<script>alert(1)</script>", "{{ env_var('X') }}", strings.Repeat("x", 5000), strings.Repeat("(", 3000), "model.shop.t00", "model.shop.T00",
	"source.reader.shop.t00", "t00", "T00", "db",
	[]any{},
	doc{},
	[]any{nil},
	[]any{[]any{[]any{}}},
	doc{"": ""},
	doc{"name": nil},
	[]any{"model.shop.t00", "model.shop.t00", 1},
	json.RawMessage(strings.Repeat("[", 200) + strings.Repeat("]", 200)), json.RawMessage("[" + strings.Repeat("{},", 500) + "{}]"), json.RawMessage(`{"a":1,"a":2}`),
	"select * from db.core.t00", "select a.*, b.* from db.core.t00 a cross join db.core.t01 b", "with recursive r as (select * from r) select * from r",
	"select " + strings.Repeat("f(", 200) + "1" + strings.Repeat(")", 200), "select 'unterminated", "/* never closed", "select id from " + strings.Repeat("db.", 50) + "t00",
	"table", "view", "ephemeral", "incremental", "snapshot", "seed", "source", "unit_test", "metric", "2026-11-02T99:00:00Z", "9999-12-31T23:59:59Z",
}

// replaceSome replaces some values of an artifact with odd ones.
func (g *reports) replaceSome(v doc) {
	for range 1 + g.IntN(4) {
		g.replaceOne(v)
	}
}

// replaceOne replaces a value, adds one or removes one, at any depth.
func (g *reports) replaceOne(v doc) {
	keys := slices.Sorted(maps.Keys(v))
	if len(keys) == 0 {
		v[g.pick("name", "columns", "config")] = g.oddValue()
		return
	}
	key := keys[g.IntN(len(keys))]
	if within, ok := v[key].(doc); ok && g.IntN(5) > 0 {
		g.replaceOne(within)
		return
	}
	switch g.IntN(8) {
	case 0:
		delete(v, key)
	case 1:
		name, ok := g.oddValue().(string)
		if ok {
			v[name] = v[key]
		}
	case 2:
		v[g.pick("meta", "config", "constraints", "docs", "tags", "contract", "defer_relation", "owner", "group", "access", "version", "refs")] = g.oddValue()
	default:
		v[key] = g.oddValue()
	}
}

func (g *reports) oddValue() any { return oddValues[g.IntN(len(oddValues))] }

// firstDifferent returns the first difference of two states, "" if there is none.
func firstDifferent(a, b map[string]any) string {
	for _, name := range slices.Sorted(maps.Keys(union(a, b))) {
		if left, right := text(a[name]), text(b[name]); left != right {
			return fmt.Sprintf("%s depends on the order of arrival:\n%.3000s\n%.3000s", name, left, right)
		}
	}
	return ""
}
