package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/lineage"
	"github.com/thalweg-data/thalweg/internal/sql/dialect"
	"github.com/thalweg-data/thalweg/internal/sql/highlight"
)

// SQL is the code of a node. It is only text: it is never run.
type SQL struct {
	Language       string  `json:"language" doc:"sql, python or javascript; jinja for a macro; openlineage where events of another program state the lineage, as JSON in compiled"`
	Raw            *string `json:"raw" doc:"As written"`
	Compiled       *string `json:"compiled" doc:"As dbt compiled it"`
	CompiledImport *string `json:"compiled_import" doc:"The import that the compiled code comes from, if a later manifest lacked it"`
	Checksum       *string `json:"checksum" doc:"dbt's own, of the raw code"`
	// The parts are there where they were asked for.
	RawParts      *CodeParts `json:"raw_parts,omitempty" doc:"With parts=true"`
	CompiledParts *CodeParts `json:"compiled_parts,omitempty" doc:"With parts=true"`
}

// CodeParts are the parts of a text by their class, for showing it in colours. Each list has starts and ends in turn,
// in bytes of UTF-8, ascending.
type CodeParts struct {
	Keywords  []int32 `json:"keywords" nullable:"false"`
	Functions []int32 `json:"functions" nullable:"false" doc:"Names before an opening parenthesis"`
	Names     []int32 `json:"names" nullable:"false" doc:"Tables, columns and aliases, each part of a dotted name by itself"`
	Strings   []int32 `json:"strings" nullable:"false"`
	Numbers   []int32 `json:"numbers" nullable:"false"`
	Comments  []int32 `json:"comments" nullable:"false"`
	Templates []int32 `json:"templates" nullable:"false" doc:"Jinja, with its braces"`
}

type codeInput struct {
	AssetParam
	AtParam
	Parts bool `query:"parts" doc:"Include where keywords, functions, names, strings, numbers, comments and Jinja are, by the lexer of the SQL dialect; nothing for other languages"`
}

func (a *API) registerCode(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/code", Scope: access.ReadCatalog, ID: "get-code", Bulky: true, Tag: "assets", Summary: "Read the SQL of an asset", Description: "Raw and compiled SQL; of a macro its text. Compiled SQL stays while the raw code is the same, even if later artifacts come without it.",
	}, a.getCode)
}

func (a *API) getCode(ctx context.Context, p access.Principal, in *codeInput) (*httpserver.Body[httpserver.Document[SQL]], error) {
	f, err := a.asset(ctx, p, in.ref(), in.At)
	if err != nil {
		return nil, err
	}
	out := SQL{Language: "sql"}
	if f.asset.Kind == catalog.KindMacro {
		out.Language = "jinja"
	}
	if f.asset.DBT != nil && f.asset.DBT.Language != "" {
		out.Language = f.asset.DBT.Language
	}
	if code := f.asset.Code; code != nil {
		if code.Language != "" {
			out.Language = code.Language
		}
		raw, compiled, err := f.view.Code(ctx, &f.asset)
		if err != nil {
			return nil, err
		}
		out.Raw, out.Compiled = optional(raw), optional(compiled)
		out.CompiledImport, out.Checksum = importLabel(code.CompiledBy.Import()), optional(code.Checksum)
		if in.Parts && (out.Language == "sql" || out.Language == "jinja") {
			d := lineage.DialectOf(f.asset.Relation.Platform)
			out.RawParts, out.CompiledParts = codeParts(out.Raw, d), codeParts(out.Compiled, d)
		}
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[SQL]{ID: f.asset.ID.Label(f.asset.Kind), Type: "code", Attributes: out})), nil
}

// codeParts returns the parts of a text; nil if there is none.
func codeParts(text *string, d *dialect.Dialect) *CodeParts {
	if text == nil {
		return nil
	}
	p := highlight.Read(*text, d)
	return &CodeParts{
		Keywords: orEmpty(p.Keywords), Functions: orEmpty(p.Functions), Names: orEmpty(p.Names), Strings: orEmpty(p.Strings),
		Numbers: orEmpty(p.Numbers), Comments: orEmpty(p.Comments), Templates: orEmpty(p.Templates),
	}
}
