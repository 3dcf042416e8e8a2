package store

// TextTables returns the tables that CollectTexts looks through.
func TextTables() []string {
	tables := make([]string, 0, len(textRows))
	for _, t := range textRows {
		tables = append(tables, t.table)
	}
	return tables
}
