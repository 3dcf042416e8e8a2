package httpapi

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// SQL is the code of a node. It is only text: it is never run.
type SQL struct {
	Language       string  `json:"language" doc:"sql, python or javascript; jinja for a macro; openlineage where events of another program state the lineage, as JSON in compiled"`
	Raw            *string `json:"raw" doc:"As written"`
	Compiled       *string `json:"compiled" doc:"As dbt compiled it"`
	CompiledImport *string `json:"compiled_import" doc:"The import that the compiled code comes from, if a later manifest lacked it"`
	Checksum       *string `json:"checksum" doc:"dbt's own, of the raw code"`
}

func (a *API) registerCode(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/assets/{id}/code", Scope: access.ReadCatalog, ID: "get-code", Bulky: true, Tag: "assets", Summary: "Read the SQL of an asset", Description: "Raw and compiled SQL; of a macro its text. Compiled SQL stays while the raw code is the same, even if later artifacts come without it.",
	}, a.getCode)
}

func (a *API) getCode(ctx context.Context, p access.Principal, in *assetInput) (*httpserver.Body[httpserver.Document[SQL]], error) {
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
	}
	return httpserver.Reply(httpserver.DocumentOf(httpserver.Resource[SQL]{ID: f.asset.ID.Label(f.asset.Kind), Type: "code", Attributes: out})), nil
}
