package projectdiff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
	"github.com/thalweg-data/thalweg/internal/lineage"
)

func shop(t *testing.T, version, name string) *lineage.ProjectLineage {
	t.Helper()
	read := func(file string) *bytes.Reader {
		data, err := os.ReadFile(filepath.Join("../../examples/shop/artifacts", version, name, file))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.NewReader(data)
	}
	return traced(t, read("manifest.json.gz"), read("catalog.json.gz"))
}

func traced(t *testing.T, manifest, tables io.Reader) *lineage.ProjectLineage {
	t.Helper()
	p, err := lineage.NewReader().Read(t.Context(), manifest, tables)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Trace(t.Context(), lineage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// words are a comparison in lines that read well in a test.
func words(c *Diff) []string {
	var out []string
	for _, t := range c.Tables {
		line := t.Change + " " + t.UniqueID
		if t.Breaking {
			line += " !"
		}
		if t.RenamedFrom != "" {
			line += " from " + t.RenamedFrom
		}
		for _, r := range t.Reasons {
			line += ", " + r
		}
		out = append(out, line)
		for _, col := range t.Columns {
			line := "  " + col.Change + " " + col.Name
			if col.RenamedFrom != "" {
				line += " from " + col.RenamedFrom
			}
			if col.Breaking {
				line += " !"
			}
			out = append(out, strings.TrimRight(line+" "+col.Before+" > "+col.After, " >"))
		}
		for _, e := range slices.Concat(t.Edges, t.Rows) {
			out = append(out, fmt.Sprintf("  edge %s %s < %s.%s %v > %v", e.Change, e.Column, e.From, e.FromColumn, e.Before, e.After))
		}
	}
	for _, b := range c.Broken {
		out = append(out, fmt.Sprintf("broken %s.%s < %s.%s", b.UniqueID, b.Column, b.From, b.FromColumn))
	}
	for _, h := range c.Hits {
		out = append(out, fmt.Sprintf("hit %s %s %d %v", h.UniqueID, h.Reason, h.Depth, h.Columns))
	}
	for _, o := range c.Owners {
		out = append(out, fmt.Sprintf("owner %s %v", o.Name, o.Owns))
	}
	return out
}

// The two states of the shop, as its README tells them.
func TestCompareShop(t *testing.T) {
	for _, version := range []string{"1.8.10", "1.12.6"} {
		c, err := Compare(shop(t, version, "before"), shop(t, version, "after"))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"changed model.shop.dim_products !, code",
			"  retyped stock_on_hand ! INTEGER > BIGINT",
			"  changed stock_on_hand cast(coalesce(stock.on_hand, 0) as integer) > cast(coalesce(stock.on_hand, 0) as bigint)",
			"changed model.shop.fct_orders, code",
			"  added discount_share  > DOUBLE",
			"  edge added discount_share < model.shop.int_order_lines_priced.line_amount [] > [transform aggregate]",
			"  edge added discount_share < model.shop.stg_orders.discount_amount [] > [transform]",
			"added model.shop.fct_refunds",
			"renamed model.shop.fct_session_funnel ! from model.shop.session_funnel, name session_funnel → fct_session_funnel",
			"removed model.shop.rpt_stock_cover !",
			"changed seed.shop.raw_products, content",
		}
		var got []string
		for _, line := range words(c) {
			if !strings.HasPrefix(line, "hit") && !strings.HasPrefix(line, "owner") {
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", version, diff)
		}
		s := c.Summary
		if s.Breaking != 3 || s.TablesAdded != 1 || s.TablesRemoved != 1 || s.TablesRenamed != 1 || s.TablesChanged != 3 || s.HitExposures != 2 || s.HitMetrics != 3 || s.HitTables != 8 {
			t.Errorf("%s: %+v", version, s)
		}
		var owners []string
		for _, o := range c.Owners {
			owners = append(owners, o.Name)
		}
		if diff := cmp.Diff([]string{"@crm", "@finance", "@merchandising", "CRM", "Finance analytics", "Zoë Brontë"}, owners); diff != "" {
			t.Errorf("%s: owners (-want +got):\n%s", version, diff)
		}
		if zoë := c.Owners[5]; !slices.Contains(zoë.Owns, "exposure.shop.weekly_trading") || !slices.Equal(zoë.Emails, []string{"zoe@fennel-and-rye.example"}) {
			t.Errorf("%s: %+v", version, zoë)
		}
	}
}

// A state compared with itself differs in nothing, and a state of the other dbt
// version in nothing but what dbt does differently.
func TestCompareEqual(t *testing.T) {
	for _, name := range []string{"before", "after"} {
		c, err := Compare(shop(t, "1.12.6", name), shop(t, "1.12.6", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&Diff{Tables: []TableChange{}, Broken: []BrokenRead{}, Hits: []Hit{}, Tests: []TestChange{}, Constraints: []ConstraintChange{}, Owners: []Owner{}}, c); diff != "" {
			t.Errorf("%s with itself (-want +got):\n%s", name, diff)
		}
		if c, err = Compare(shop(t, "1.8.10", name), shop(t, "1.12.6", name)); err != nil {
			t.Fatal(err)
		}
		if got := words(c); len(got) != 0 {
			t.Errorf("%s by two dbt versions:\n%s", name, strings.Join(got, "\n"))
		}
	}
}

// Whatever is added one way is removed the other way.
func TestCompareBackwards(t *testing.T) {
	there, err := Compare(shop(t, "1.12.6", "before"), shop(t, "1.12.6", "after"))
	if err != nil {
		t.Fatal(err)
	}
	back, err := Compare(shop(t, "1.12.6", "after"), shop(t, "1.12.6", "before"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := there.Summary, back.Summary
	if a.TablesAdded != b.TablesRemoved || a.TablesRemoved != b.TablesAdded || a.ColumnsAdded != b.ColumnsRemoved || a.EdgesAdded != b.EdgesRemoved || a.ColumnsRetyped != b.ColumnsRetyped {
		t.Errorf("there %+v, back %+v", a, b)
	}
	if !slices.Contains(words(back), "  removed discount_share ! DOUBLE") {
		t.Errorf("back:\n%s", strings.Join(words(back), "\n"))
	}
}

// small is a project of literals: raw → stage → mart, an exposure and a metric
// over mart, an owner of each.
type small struct {
	schema                 string
	stage, mart            string // SQL; ref() as {stage}
	stageMore, martMore    string // further fields
	rawColumns             string // of the catalog
	catalog                string // further tables of the catalog
	withoutMart, ephemeral bool
	rewrite                *strings.Replacer // of the manifest
}

func standard() small {
	return small{
		schema: "prod", stage: "select id, amount, status from {raw} where status = 'ok'", mart: "select id, amount * 2 as twice from {stage}",
		rawColumns: `"id":{"type":"int"},"amount":{"type":"numeric"},"status":{"type":"text"}`,
	}
}

func (s small) trace(t *testing.T) *lineage.ProjectLineage {
	t.Helper()
	compile := func(sql string) string {
		return strings.NewReplacer("{raw}", `"db"."lake"."raw"`, "{stage}", `"db"."`+s.schema+`"."stage"`).Replace(sql)
	}
	materialized := "table"
	if s.ephemeral {
		materialized = "ephemeral"
	}
	model := func(name, sql, materialized, parent, more string) string {
		return fmt.Sprintf(`"model.p.%s":{"unique_id":"model.p.%[1]s","resource_type":"model","name":%[1]q,"database":"db","schema":%q,"raw_code":%q,"compiled_code":%q,"config":{"materialized":%q},"depends_on":{"nodes":[%q]}%s}`,
			name, s.schema, sql, compile(sql), materialized, parent, more)
	}
	nodes := []string{model("stage", s.stage, "table", "source.p.lake.raw", s.stageMore)}
	exposed := "model.p.stage"
	if !s.withoutMart {
		nodes = append(nodes, model("mart", s.mart, materialized, "model.p.stage", s.martMore))
		exposed = "model.p.mart"
	}
	manifest := fmt.Sprintf(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v12.json","adapter_type":"postgres","project_name":"p"},
		"nodes":{%s},"sources":{"source.p.lake.raw":{"unique_id":"source.p.lake.raw","resource_type":"source","name":"raw","source_name":"lake","identifier":"raw","database":"db","schema":"lake"}},
		"exposures":{"exposure.p.board":{"unique_id":"exposure.p.board","resource_type":"exposure","name":"board","type":"dashboard","owner":{"name":"Ana","email":"ana@example.com"},"depends_on":{"nodes":[%q]}}},
		"metrics":{"metric.p.sales":{"unique_id":"metric.p.sales","resource_type":"metric","name":"sales","label":"Sales","type":"simple","type_params":{},"depends_on":{"nodes":[%q]}}}}`,
		strings.Join(nodes, ","), exposed, exposed)
	if s.rewrite != nil {
		manifest = s.rewrite.Replace(manifest)
	}
	var tables io.Reader
	if s.rawColumns != "" {
		tables = strings.NewReader(fmt.Sprintf(`{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/catalog/v1.json"},"nodes":{%s},
			"sources":{"source.p.lake.raw":{"unique_id":"source.p.lake.raw","metadata":{"type":"TABLE","schema":"lake","name":"raw","database":"db"},"columns":{%s}}}}`, s.catalog, s.rawColumns))
	}
	return traced(t, strings.NewReader(manifest), tables)
}

// A11: where the two states lie does not matter, in literals that name a table neither.
func TestCompareFieldCase(t *testing.T) {
	c := dbttest.FieldCase(t, "../..", "A11")
	diff, err := Compare(traced(t, bytes.NewReader(c["base"]), nil), traced(t, bytes.NewReader(c["head"]), nil))
	if err != nil {
		t.Fatal(err)
	}
	if got := words(diff); len(got) > 0 {
		t.Errorf("differences:\n%s", strings.Join(got, "\n"))
	}
}

func TestCompareSmall(t *testing.T) {
	docs := func(mart string) string {
		return `"model.p.mart":{"unique_id":"model.p.mart","metadata":{"type":"TABLE","schema":"prod","name":"mart","database":"db"},"columns":{` + mart + `}}`
	}
	users := func(depth int) []string {
		return []string{
			fmt.Sprintf("hit exposure.p.board uses %d []", depth), fmt.Sprintf("hit metric.p.sales uses %d []", depth), "owner Ana [exposure.p.board]",
		}
	}
	then := func(lines ...string) []string { return lines }
	tests := []struct {
		name         string
		base, change func(s *small)
		want         []string
		breaking     int
	}{
		{"nothing", nil, func(*small) {}, nil, 0},
		{"another schema", nil, func(s *small) { s.schema = "dev_ana" }, nil, 0},
		{"comments and space", nil, func(s *small) { s.mart = "-- doubles\nselect  id,\n  amount * 2  AS twice\nfrom {stage}" }, nil, 0},
		{
			"a column is gone and still read", nil, func(s *small) { s.stage = "select id, status from {raw} where status = 'ok'" },
			append(then(
				"changed model.p.stage !, code", "  removed amount !", "  edge removed amount < source.p.lake.raw.amount [identity] > []",
				"broken model.p.mart.twice < model.p.stage.amount", "hit model.p.mart column 1 [twice]"), users(2)...), 2,
		},
		{
			"a column is gone and read no longer", nil,
			func(s *small) {
				s.stage, s.mart = "select id, status from {raw} where status = 'ok'", "select id from {stage}"
			},
			append(then(
				"changed model.p.mart !, code", "  removed twice !", "  edge removed twice < model.p.stage.amount [transform] > []",
				"changed model.p.stage !, code", "  removed amount !", "  edge removed amount < source.p.lake.raw.amount [identity] > []"), users(1)...), 2,
		},
		{
			"owners in meta", func(s *small) { s.stageMore = `,"meta":{"owner":"@ben, @cho"}` },
			func(s *small) { s.stage = "select id, amount, status, 1 as one from {raw} where status = 'ok'" },
			then("changed model.p.stage, code", "  added one", "owner @ben [model.p.stage]", "owner @cho [model.p.stage]"), 0,
		},
		{
			"a column that decides rows is gone and still read", func(s *small) { s.mart = "select id from {stage} where amount > 1" },
			func(s *small) { s.stage = "select id, status from {raw} where status = 'ok'" },
			append(then(
				"changed model.p.stage !, code", "  removed amount !", "  edge removed amount < source.p.lake.raw.amount [identity] > []",
				"broken model.p.mart. < model.p.stage.amount", "hit model.p.mart rows 1 []"), users(2)...), 2,
		},
		{
			"a value is made otherwise", nil, func(s *small) { s.stage = "select id, round(amount) as amount, status from {raw} where status = 'ok'" },
			append(then(
				"changed model.p.stage, code", "  changed amount amount > round(amount)",
				"  edge changed amount < source.p.lake.raw.amount [identity] > [transform]", "hit model.p.mart column 1 [twice]"), users(2)...), 0,
		},
		{
			"a value that nobody reads", nil, func(s *small) { s.stage = "select id, amount, upper(status) as status from {raw} where status = 'ok'" },
			then("changed model.p.stage, code", "  changed status status > upper(status)", "  edge changed status < source.p.lake.raw.status [identity] > [transform]"), 0,
		},
		{
			"a constant within an expression", nil, func(s *small) { s.mart = "select id, amount * 3 as twice from {stage}" },
			append(then("changed model.p.mart, code", "  changed twice amount * 2 > amount * 3"), users(1)...), 0,
		},
		{
			"other rows", nil, func(s *small) { s.stage = "select id, amount, status from {raw} where status = 'ok' and amount > 0" },
			append(then("changed model.p.stage, code", "  edge added  < source.p.lake.raw.amount [] > [filter]", "hit model.p.mart downstream 1 []"), users(2)...), 0,
		},
		{
			"a filter's constant, which no column shows", nil, func(s *small) { s.stage = "select id, amount, status from {raw} where status = 'good'" },
			append(then("changed model.p.stage, code", "hit model.p.mart downstream 1 []"), users(2)...), 0,
		},
		{
			"a column more", nil, func(s *small) { s.stage = "select id, amount, status, 1 as one from {raw} where status = 'ok'" },
			then("changed model.p.stage, code", "  added one"), 0,
		},
		{
			"another name of the table", nil, func(s *small) { s.martMore = `,"alias":"mart_v2"` },
			append(then("changed model.p.mart !, name mart → mart_v2"), users(1)...), 1,
		},
		{
			"a table is gone", nil, func(s *small) { s.withoutMart = true },
			append(then("removed model.p.mart !"), users(1)...), 1,
		},
		{
			"an ephemeral model is gone", func(s *small) { s.ephemeral = true }, func(s *small) { s.withoutMart = true },
			append(then("removed model.p.mart"), users(1)...), 0,
		},
		{
			"something is gone above and something else is otherwise below", nil,
			func(s *small) {
				s.stage, s.mart = "select id, status from {raw} where status = 'ok'", "select id, id * 2 as twice from {stage}"
			},
			append(then(
				"changed model.p.mart, code", "  changed twice amount * 2 > id * 2",
				"  edge removed twice < model.p.stage.amount [transform] > []", "  edge added twice < model.p.stage.id [] > [transform]",
				"changed model.p.stage !, code", "  removed amount !", "  edge removed amount < source.p.lake.raw.amount [identity] > []"), users(1)...), 1,
		},
		{
			"a table is new", func(s *small) { s.withoutMart = true }, func(s *small) { s.withoutMart = false },
			then("added model.p.mart"), 0,
		},
		{
			"contract and access", nil, func(s *small) { s.martMore = `,"access":"private","contract":{"enforced":true}` },
			then("changed model.p.mart, access none → private, contract not enforced → enforced"), 0,
		},
		{
			"a source has another type and a column less", nil, func(s *small) { s.rawColumns = `"id":{"type":"bigint"},"amount":{"type":"numeric"}` },
			append(then("changed source.p.lake.raw !", "  retyped id ! int > bigint", "  removed status ! text",
				"broken model.p.stage.status < source.p.lake.raw.status", "broken model.p.stage. < source.p.lake.raw.status",
				"hit model.p.stage column 1 [id status]", "hit model.p.mart column 2 [id]"), users(3)...), 4,
		},
		{
			"code that cannot be read any more", nil, func(s *small) { s.mart = "no query" },
			append(then("changed model.p.mart, code, lineage read → failed"), users(1)...), 0,
		},
		{
			"code that cannot be read any more, but a catalog of both", func(s *small) { s.catalog = docs(`"id":{"type":"int"},"twice":{"type":"int"}`) },
			func(s *small) { s.mart, s.catalog = "no query", docs(`"id":{"type":"int"}`) },
			append(then("changed model.p.mart !, code, lineage read → failed", "  removed twice ! int"), users(1)...), 1,
		},
		{
			"a catalog of one state alone", nil, func(s *small) { s.catalog = docs(`"id":{"type":"int"}`) }, nil, 0,
		},
		{
			"a model is renamed, and what reads it with it", nil, func(s *small) {
				s.rewrite = strings.NewReplacer("model.p.stage", "model.p.staged", `"name":"stage"`, `"name":"staged"`, `\"stage\"`, `\"staged\"`, "{stage}", "{staged}")
			},
			then("renamed model.p.staged ! from model.p.stage, name stage → staged"), 1,
		},
		{
			"a model is renamed and keeps its table", nil, func(s *small) {
				s.stageMore = `,"alias":"stage"`
				s.rewrite = strings.NewReplacer("model.p.stage", "model.p.staged", `"name":"stage"`, `"name":"staged"`, "{stage}", "{staged}")
			},
			then("renamed model.p.staged from model.p.stage"), 0,
		},
		{
			"a renamed model changes too", nil, func(s *small) {
				s.mart = "select id, amount * 3 as twice from {stage}"
				s.rewrite = strings.NewReplacer("model.p.mart", "model.p.market", `"name":"mart"`, `"name":"mart","alias":"mart"`)
			},
			append(then("renamed model.p.market from model.p.mart, code", "  changed twice amount * 2 > amount * 3"), users(1)...), 0,
		},
		{
			"a source is renamed", nil, func(s *small) {
				s.rewrite = strings.NewReplacer("source.p.lake.raw", "source.p.sea.raw", `"source_name":"lake"`, `"source_name":"sea"`)
			},
			then("renamed source.p.sea.raw from source.p.lake.raw"), 0,
		},
		{
			"the project is renamed", nil, func(s *small) {
				s.rewrite = strings.NewReplacer("model.p.", "model.q.", `"project_name":"p"`, `"project_name":"q"`)
			},
			then("renamed model.q.mart from model.p.mart", "renamed model.q.stage from model.p.stage"), 0,
		},
		{
			"a column is renamed, and what reads it with it", nil, func(s *small) {
				s.stage, s.mart = "select id, amount as net, status from {raw} where status = 'ok'", "select id, net * 2 as twice from {stage}"
			},
			then("changed model.p.stage !, code", "  renamed net from amount !"), 1,
		},
		{
			"a column is renamed, and what reads it keeps its own name", func(s *small) { s.mart = "select id, amount from {stage} where amount > 1" }, func(s *small) {
				s.stage, s.mart = "select id, amount as net, status from {raw} where status = 'ok'", "select id, net as amount from {stage} where net > 1"
			},
			then("changed model.p.stage !, code", "  renamed net from amount !"), 1,
		},
		{
			"a column is renamed, and gets its old name in a part of the code",
			func(s *small) {
				s.mart = "with s as (select id, amount from {stage}) select id, amount * 2 as twice from s"
			}, func(s *small) {
				s.stage = "select id, amount as net, status from {raw} where status = 'ok'"
				s.mart = "with s as (select id, NET Amount from {stage}) select id, amount * 2 as twice from s"
			},
			then("changed model.p.stage !, code", "  renamed net from amount !"), 1,
		},
		{
			"a column is renamed, and what reads it has another filter", func(s *small) { s.mart = "select id, amount from {stage} where amount > 1" }, func(s *small) {
				s.stage, s.mart = "select id, amount as net, status from {raw} where status = 'ok'", "select id, net as amount from {stage} where net > 2"
			},
			append(then("changed model.p.mart, code", "changed model.p.stage !, code", "  renamed net from amount !"), users(1)...), 1,
		},
		{
			"a model becomes a snapshot", nil, func(s *small) {
				s.rewrite = strings.NewReplacer("model.p.stage", "snapshot.p.stage", `"resource_type":"model","name":"stage"`, `"resource_type":"snapshot","name":"stage"`)
			},
			then("renamed snapshot.p.stage from model.p.stage", "  added dbt_scd_id", "  added dbt_updated_at", "  added dbt_valid_from", "  added dbt_valid_to"), 0,
		},
		{
			"an owner by e-mail address", func(s *small) { s.stageMore = `,"meta":{"owner":{"email":"ben@example.com"}}` },
			func(s *small) { s.stage = "select id, amount, status, 1 as one from {raw} where status = 'ok'" },
			then("changed model.p.stage, code", "  added one", "owner ben@example.com [model.p.stage]"), 0,
		},
		{
			"several columns are renamed", nil, func(s *small) {
				s.stage, s.mart = "select id, amount as net, status as condition from {raw} where status = 'ok'", "select id, net * 2 as twice from {stage}"
			},
			then("changed model.p.stage !, code", "  renamed condition from status !", "  renamed net from amount !"), 2,
		},
		{
			"a renamed column that is still read by its old name", nil, func(s *small) { s.stage = "select id, amount as net, status from {raw} where status = 'ok'" },
			append(then("changed model.p.stage !, code", "  renamed net from amount !", "broken model.p.mart.twice < model.p.stage.amount",
				"hit model.p.mart column 1 [twice]"), users(2)...), 2,
		},
		{
			"a table below changes otherwise", nil, func(s *small) {
				s.stage, s.mart = "select id, round(amount) as amount, status from {raw} where status = 'ok'", "select id, amount * 2 as twice, 1 as one from {stage}"
			},
			append(then(
				"changed model.p.mart, code", "  added one", "changed model.p.stage, code", "  changed amount amount > round(amount)",
				"  edge changed amount < source.p.lake.raw.amount [identity] > [transform]", "hit model.p.mart column 1 [twice]"), users(2)...), 0,
		},
		{
			"deferred code reads the other state's table", nil, func(s *small) {
				s.schema = "dev_ana"
				s.rewrite = strings.NewReplacer(`\"db\".\"dev_ana\".\"stage\"`, `\"db\".\"prod\".\"stage\"`)
			},
			nil, 0,
		},
		{
			"names of tables in literals", func(s *small) {
				s.mart = `select id, amount * 2 as twice, '{stage}' as origin, 'of db.prod.stage, prod.stage' as note from {stage}`
			},
			func(s *small) {
				s.schema = "dev_ana"
				s.mart = strings.ReplaceAll(s.mart, "prod", "dev_ana")
			},
			nil, 0,
		},
		{
			"another name in a literal", func(s *small) { s.mart = `select id, amount * 2 as twice, 'db.prod.stage' as origin from {stage}` },
			func(s *small) { s.mart = strings.ReplaceAll(s.mart, "prod.stage", "prod.other") },
			append(then("changed model.p.mart, code", "  changed origin 'db.prod.stage' > 'db.prod.other'"), users(1)...), 0,
		},
		{
			"without any catalog", func(s *small) { s.rawColumns = "" }, func(s *small) { s.stage = "select id, amount from {raw} where status = 'ok'" },
			then("changed model.p.stage !, code", "  removed status !", "  edge removed status < source.p.lake.raw.status [identity] > []"), 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := standard()
			if tt.base != nil {
				tt.base(&base)
			}
			head := base
			tt.change(&head)
			c, err := Compare(base.trace(t), head.trace(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, words(c)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if tt.name == "code that cannot be read any more" && c.Summary.NotCompared != 1 {
				t.Errorf("%d tables were not compared, want 1", c.Summary.NotCompared)
			}
			if c.Summary.Breaking != tt.breaking {
				t.Errorf("%d breaking, want %d", c.Summary.Breaking, tt.breaking)
			}
			text, err := json.Marshal(c)
			if err != nil || strings.Contains(string(text), "null") {
				t.Errorf("JSON %s, %v", text, err)
			}
		})
	}
}
