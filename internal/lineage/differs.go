package lineage

import (
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/sql/token"
)

// The codes of issues about the columns that code makes as a whole. The status is about reading and does not depend on
// them.
const (
	IssueDuplicate = "duplicate_column" // two outputs have one name
	IssueDiffers   = "catalog_differs"  // the warehouse lists other columns
)

// compareColumns adds issues where outputs share a name, and where the warehouse lists other columns than the code
// makes: its catalog is of another run, or the code was not understood.
func (m *model) compareColumns() {
	table := &m.tables[m.self]
	if m.block.exceeded() || len(m.block.Outputs) == 0 || m.block.Named() < len(m.block.Outputs) || m.block.makes(table.Stated) {
		return
	}
	m.noteDuplicates()
	if !table.Stated.Full {
		return
	}
	var listed []string
	folded := map[string]bool{}
	for c := range table.Stated.All() {
		listed = append(listed, c.Name)
		folded[catalog.FoldColumn(m.platform(), c.Name)] = true
	}
	made := m.made(listed)
	var missing, further []string
	for i, name := range listed {
		if !made[i] {
			missing = append(missing, name)
		}
	}
	for i := range m.block.Outputs {
		if name := m.block.Outputs[i].Name; !folded[catalog.FoldColumn(m.platform(), name)] {
			further = append(further, name)
		}
	}
	if len(missing) > 0 {
		m.issue(IssueDiffers, "the catalog lists "+countedNames(missing)+" that the code does not make; it may be of another run", token.Position{})
	}
	if len(further) > 0 {
		m.issue(IssueDiffers, "the code makes "+countedNames(further)+" that the catalog does not list; it may be of another run", token.Position{})
	}
}

// makes reports whether the outputs are just the columns that a warehouse lists, in the same order.
func (b *Block) makes(listed Columns) bool {
	if !listed.Full {
		return false
	}
	n := 0
	for c := range listed.All() {
		if n == len(b.Outputs) || b.Outputs[n].Name != c.Name {
			return false
		}
		n++
	}
	return n == len(b.Outputs)
}

// noteDuplicates adds an issue if outputs share a name, at the place of the first one that repeats another.
func (m *model) noteDuplicates() {
	times := make(map[string]int, len(m.block.Outputs))
	var twice []string
	var at token.Position
	for i := range m.block.Outputs {
		o := &m.block.Outputs[i]
		if times[o.Name]++; times[o.Name] != 2 {
			continue
		}
		if len(twice) == 0 && o.Span.Len() > 0 {
			at = m.lines.Position(o.Span.Start)
		}
		twice = append(twice, o.Name)
	}
	if len(twice) > 0 {
		m.issue(IssueDuplicate, "the code makes "+countedNames(twice)+" more than once", at)
	}
}

// countedNames counts columns and names the first ones.
func countedNames(names []string) string {
	const most = 5
	count, more := "1 column", ""
	if len(names) > 1 {
		count = fmt.Sprint(len(names), " columns")
	}
	if len(names) > most {
		names, more = names[:most], " …"
	}
	return count + " (" + strings.Join(names, ", ") + more + ")"
}
