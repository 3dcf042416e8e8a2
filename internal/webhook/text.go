package webhook

import (
	"fmt"
	"strings"
)

// slackMessage is a body in Slack's form.
type slackMessage struct {
	Text string `json:"text"`
}

// text returns the event as a message for people: a headline and at most linesOfText lines.
func (e Event) text() string {
	d := &e.Data
	var lines []string
	for _, n := range d.Nodes {
		lines = append(lines, n.line())
	}
	for _, t := range d.Tables {
		lines = append(lines, t.line())
	}
	for _, s := range d.Sources {
		lines = append(lines, s.line())
	}
	total := max(d.Total, len(lines))
	const linesOfText = 10
	lines = lines[:min(len(lines), linesOfText)]
	if more := total - len(lines); more > 0 && len(lines) > 0 {
		lines = append(lines, fmt.Sprintf("… and %d more", more))
	}
	return strings.Join(append([]string{e.headline(total)}, lines...), "\n")
}

func (e Event) headline(total int) string {
	d := &e.Data
	where := "*" + escape(d.Schema.Name) + "*"
	if d.Project != nil {
		where += ", project " + escape(d.Project.Name)
	}
	switch e.Type {
	case EventTestFailed:
		return fmt.Sprintf("%s in %s (%s)", count(total, "failed test"), where, d.Run)
	case EventRunFailed:
		return fmt.Sprintf("%s in %s (%s)", count(total, "failed model"), where, d.Run)
	case EventSourceStale:
		return fmt.Sprintf("%s in %s (%s)", count(total, "stale source"), where, d.Run)
	case EventTableRemoved:
		return fmt.Sprintf("%s from %s%s", count(total, "removed table"), where, d.Cause.text())
	case EventSchemaChanged:
		return fmt.Sprintf("%s in %s%s", count(total, "changed table"), where, d.Cause.text())
	case EventImportFailed:
		return fmt.Sprintf("Import %s into %s failed: %s", d.Import, where, escape(d.Error.Message))
	}
	if e.Type == EventSyncFailed {
		return fmt.Sprintf("Sync of %s into %s failed: %s", escape(d.Integration.Name), where, escape(d.Error.Message))
	}
	return escape(d.Message)
}

func (c *Cause) text() string {
	if c == nil || c.ID == "" {
		return ""
	}
	if c.Actor == "" {
		return " by " + c.ID
	}
	return " by " + c.ID + " of " + escape(c.Actor)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (n Node) line() string {
	line := "• `" + code(n.UniqueID) + "` " + escape(n.Status)
	if n.Failures != nil {
		line += fmt.Sprintf(", %d rows", *n.Failures)
	}
	if n.Asset != nil {
		line += " on " + escape(n.Asset.Name)
	}
	if n.Message != "" {
		line += ": " + escape(oneLine(n.Message))
	}
	return line
}

func (t Table) line() string {
	line := "• `" + code(t.Name) + "` " + t.Change
	if len(t.Columns) == 0 {
		return line
	}
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = c.text()
	}
	return line + ": " + strings.Join(columns, ", ")
}

func (c Column) text() string {
	switch c.Change {
	case "added":
		return "+ " + escape(c.Name)
	case "removed":
		return "- " + escape(c.Name)
	}
	return fmt.Sprintf("%s %s → %s", escape(c.Name), escape(c.Old), escape(c.New))
}

func (s Source) line() string {
	line := "• `" + code(s.UniqueID) + "` " + escape(s.Status)
	if s.MaxLoadedAt != nil {
		line += ", loaded at " + s.MaxLoadedAt.UTC().Format("2006-01-02 15:04 MST")
	}
	if s.Message != "" {
		line += ": " + escape(oneLine(s.Message))
	}
	return line
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// code is a text within backquotes.
func code(text string) string { return strings.ReplaceAll(escape(text), "`", "'") }

// escape keeps a text from being read as a link, a mention or an entity, as Slack asks.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
