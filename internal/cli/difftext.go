package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/projectdiff"
)

// diffWriter writes a comparison for people, as plain text or as markdown.
type diffWriter struct {
	text     strings.Builder
	limit    int
	markdown bool
}

func (w *diffWriter) write(c *projectdiff.Diff) {
	w.summary(c.Summary)
	w.section("Tables", len(c.Tables), func(i int) { w.table(&c.Tables[i]) })
	w.section("Removed, but still read", len(c.Broken), func(i int) {
		b := c.Broken[i]
		reader := b.UniqueID
		if b.Column != "" {
			reader += "." + b.Column
		}
		w.item("", "%s reads %s", w.name(reader), w.name(b.From+"."+b.FromColumn))
	})
	w.section("Tests", len(c.Tests), func(i int) {
		t := c.Tests[i]
		on := t.Table
		if t.Column != "" {
			on += "." + t.Column
		}
		if t.Change == projectdiff.Orphaned {
			w.item("", "%s tests %s, which is gone", w.name(t.UniqueID), w.name(on))
		} else {
			w.item("", "%s%s: %s loses it", w.sign(t.Change), w.name(t.UniqueID), w.name(on))
		}
	})
	w.section("Constraints", len(c.Constraints), func(i int) {
		k := c.Constraints[i]
		if k.Change == projectdiff.Orphaned {
			w.item("", "%s names what is gone", w.constraint(&k))
		} else {
			w.item("", "%s%s", w.sign(k.Change), w.constraint(&k))
		}
	})
	w.section("Downstream", len(c.Hits), func(i int) {
		h := c.Hits[i]
		columns := ""
		if len(h.Columns) > 0 {
			columns = ": " + w.some(h.Columns)
		}
		w.item("", "%s (%s)%s%s", w.name(h.UniqueID), hitReasons[h.Reason], columns, w.checks(h.LastRun, h.Tests))
	})
	w.section("Owners", len(c.Owners), func(i int) {
		o := c.Owners[i]
		name := strings.Join(append([]string{o.Name}, slices.DeleteFunc(slices.Clone(o.Emails), func(e string) bool { return e == o.Name })...), " ")
		w.item("", "%s: %s", w.plain(name), w.some(o.Owns))
	})
}

var hitReasons = map[string]string{
	"column": "values", "rows": "rows", "unread": "reads it, but its code could not be read", "downstream": "derives from a table that is affected as a whole", "uses": "uses it",
}

func (w *diffWriter) summary(s projectdiff.Summary) {
	if same := (projectdiff.Summary{NotCompared: s.NotCompared}); s == same {
		w.line("No difference.")
	} else {
		w.line("Tables: %s. Columns: %s. Column edges: %s.",
			counts(s.TablesAdded, "added", s.TablesRemoved, "removed", s.TablesChanged, "changed", s.TablesRenamed, "renamed"),
			counts(s.ColumnsAdded, "added", s.ColumnsRemoved, "removed", s.ColumnsRenamed, "renamed", s.ColumnsRetyped, "retyped", s.ColumnsChanged, "changed"),
			counts(s.EdgesAdded, "added", s.EdgesRemoved, "removed", s.EdgesChanged, "changed"))
		w.line("Downstream: %s of %s, %s, %s.",
			counted(s.HitColumns, "column"), counted(s.HitTables, "table"), counted(s.HitExposures, "exposure"), counted(s.HitMetrics, "metric"))
	}
	if s.TestsOrphaned+s.TestsRemoved+s.ContractsBroken > 0 {
		w.line("Tests: %s. Contracts: %s.", counts(s.TestsOrphaned, "orphaned", s.TestsRemoved, "removed"), counts(s.ContractsBroken, "broken"))
	}
	if s.ConstraintsOrphaned+s.ConstraintsRemoved > 0 {
		w.line("Constraints: %s.", counts(s.ConstraintsOrphaned, "orphaned", s.ConstraintsRemoved, "removed"))
	}
	if s.TablesUntested+s.TablesFailed > 0 {
		w.line("Of the tables that differ or are downstream: %s.", counts(s.TablesUntested, "without tests", s.TablesFailed, "failed in their last run"))
	}
	if s.NotCompared > 0 {
		w.line("The columns of %s were not compared: only one state has them. Run dbt compile, and dbt docs generate for catalogs, to add them.", counted(s.NotCompared, "table"))
	}
	if s.Breaking > 0 {
		w.line("%s", w.strong(fmt.Sprintf("breaking: %d", s.Breaking)))
	}
}

// counts joins numbers and words, leaving out zeros.
func counts(pairs ...any) string {
	var out []string
	for i := 0; i < len(pairs); i += 2 {
		if n, ok := pairs[i].(int); ok && n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, pairs[i+1]))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

var diffSigns = map[string]string{projectdiff.Added: "+", projectdiff.Removed: "-", projectdiff.Changed: "~", projectdiff.Retyped: "~", projectdiff.Renamed: "~"}

// sign begins a line; in markdown the signs would make lists of their own.
func (w *diffWriter) sign(change string) string {
	if w.markdown {
		return change + " "
	}
	return diffSigns[change] + " "
}

func (w *diffWriter) table(t *projectdiff.TableChange) {
	line := w.sign(t.Change) + w.name(t.UniqueID)
	if t.RenamedFrom != "" {
		line = w.sign(t.Change) + w.name(t.RenamedFrom) + " → " + w.name(t.UniqueID)
	}
	if len(t.Reasons) > 0 {
		line += ": " + w.plain(strings.Join(t.Reasons, ", "))
	}
	if t.ContractBroken {
		line += ", contract broken"
	}
	w.item("", "%s%s%s", line, w.breaking(t.Breaking), w.checks(t.LastRun, t.Tests))
	for i := range t.Columns {
		w.column(&t.Columns[i])
	}
	for _, e := range slices.Concat(t.Edges, t.Rows) {
		to := w.name(e.Column)
		if e.Column == "" {
			to = "its rows"
		}
		w.item("  ", "%s%s from %s (%s)", w.sign(e.Change), to, w.name(e.From+"."+e.FromColumn), arrow(strings.Join(e.Before, "+"), strings.Join(e.After, "+")))
	}
}

// constraint writes a constraint with the columns that it names.
func (w *diffWriter) constraint(k *projectdiff.ConstraintChange) string {
	text := w.name(k.Table) + ": " + w.plain(k.Type)
	if len(k.Columns) > 0 {
		text += " of " + w.some(k.Columns)
	}
	if k.To != "" {
		text += " to " + w.name(k.To)
	}
	if len(k.ToColumns) > 0 {
		text += " (" + w.some(k.ToColumns) + ")"
	}
	return text
}

// checks writes how a table ended when it ran last, and how much of it is tested.
func (w *diffWriter) checks(run *projectdiff.LastRun, tests *projectdiff.Coverage) string {
	var out []string
	if run != nil && !slices.Contains([]string{"success", "pass", "no-op", "reused"}, run.Status) {
		out = append(out, "last run: "+w.plain(run.Status))
	}
	switch {
	case tests == nil:
	case tests.Tests == 0:
		out = append(out, "no tests")
	default:
		text := counted(tests.Tests, "test") + " on " + fmt.Sprintf("%d of %s", tests.ColumnsTested, counted(tests.Columns, "column"))
		if tests.Failed > 0 {
			text += fmt.Sprintf(", %d failed", tests.Failed)
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return ""
	}
	return " [" + strings.Join(out, "; ") + "]"
}

func (w *diffWriter) column(c *projectdiff.ColumnChange) {
	line := w.sign(c.Change) + w.name(c.Name)
	if c.RenamedFrom != "" {
		line = w.sign(c.Change) + w.name(c.RenamedFrom) + " → " + w.name(c.Name)
	}
	if text := arrow(short(c.Before), short(c.After)); text != "" {
		line += ": " + w.code(text)
	}
	w.item("  ", "%s%s", line, w.breaking(c.Breaking))
}

// short truncates long expressions; JSON has them in full.
func short(s string) string {
	const most = 120
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

// arrow joins the old and the new value; if there is only one, it returns that.
func arrow(before, after string) string {
	if before == "" || after == "" {
		return before + after
	}
	return before + " → " + after
}

func (w *diffWriter) breaking(is bool) string {
	if is {
		return " " + w.strong("breaking")
	}
	return ""
}

// section writes a title and at most limit of n items.
func (w *diffWriter) section(title string, n int, each func(i int)) {
	if n == 0 {
		return
	}
	if w.markdown {
		title = "### " + title
	}
	w.line("\n%s", title)
	if w.markdown {
		w.line("")
	}
	for i := range n {
		if w.limit >= 0 && i >= w.limit {
			w.item("", "%d more of %d; use --limit or --format json to see them", n-i, n)
			return
		}
		each(i)
	}
}

func (w *diffWriter) line(format string, args ...any) { fmt.Fprintf(&w.text, format+"\n", args...) }

func (w *diffWriter) item(indent, format string, args ...any) {
	if w.markdown {
		indent += "- "
	} else {
		indent += "  "
	}
	w.line(indent+format, args...)
}

// some lists the first names of many.
func (w *diffWriter) some(names []string) string {
	const most = 10
	var out []string
	for _, n := range names[:min(len(names), most)] {
		out = append(out, w.name(n))
	}
	if len(names) > most {
		out = append(out, fmt.Sprintf("%d more", len(names)-most))
	}
	return strings.Join(out, ", ")
}

// name and code are texts of the project, which must not be read as markdown;
// in plain text only line breaks matter.
func (w *diffWriter) name(s string) string { return w.code(s) }

func (w *diffWriter) code(s string) string {
	s = w.plain(s)
	if !w.markdown {
		return s
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// plain keeps a text on one line and free of control characters.
func (w *diffWriter) plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

func (w *diffWriter) strong(s string) string {
	if w.markdown {
		return "**" + s + "**"
	}
	return "[" + s + "]"
}
