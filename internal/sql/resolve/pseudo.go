package resolve

import (
	"strings"

	"github.com/thalweg-data/thalweg/internal/sql/ast"
)

// isPseudo reports whether the database answers an unqualified name itself where
// no table is known to have such a column: ROWNUM, METADATA$FILENAME, CURRENT_DATE.
func (r *resolver) isPseudo(key name, id ast.Ident) bool {
	text := r.names.text(key)
	if id.Quoted && !strings.HasPrefix(text, "$") { // Trino's "$path" is always quoted
		return false
	}
	if strings.HasPrefix(text, "metadata$") && r.dialect.Lexing.StagePaths {
		return true
	}
	return valueWords[text] || r.dialect.Pseudo[text]
}

// isReserved reports whether a pseudo column is meant even where a table with unknown
// columns may have such a column: nobody calls a column so.
func (r *resolver) isReserved(key name, id ast.Ident) bool {
	if !r.isPseudo(key, id) {
		return false
	}
	text := r.names.text(key)
	return reservedNames[text] || strings.HasPrefix(text, "$") || strings.HasPrefix(text, "metadata$")
}

var reservedNames = words(`
	_metadata _partitiontime _partitiondate _table_suffix _file_name ora_rowscn input__file__name block__offset__inside__file`)

// valueWords are functions without parentheses and constants of many dialects.
var valueWords = words(`
	current_date current_time current_timestamp current_datetime current_user current_role current_schema current_catalog current_database
	session_user system_user localtime localtimestamp sysdate systimestamp sqlcode sqlerrm`)

// isSequence reports whether a qualified name is the next value of a sequence.
func (r *resolver) isSequence(ref *ast.ColumnRef) bool {
	switch r.names.text(r.names.id(ref.Parts[len(ref.Parts)-1].Text)) {
	case "nextval", "currval":
		return true
	}
	return false
}
