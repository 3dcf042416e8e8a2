package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Artifact is a file of an import, as uploaded.
type Artifact struct {
	Name      string `json:"name" doc:"manifest, catalog, run_results, sources, semantic_manifest or node_columns"`
	Size      int64  `json:"size" doc:"Bytes, as uploaded"`
	SHA256    string `json:"sha256"`
	Address   string `json:"address" doc:"Path of the file's content"`
	Available bool   `json:"available" doc:"False once retention has removed the file"`
}

func (a *API) registerArtifacts(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/dbt_imports/{id}/artifacts", Scope: access.ReadArtifacts, ID: "list-import-artifacts", Tag: "dbt_imports",
		Summary: "List the files of an import", Description: "Raw files may contain secrets of the environment, so they require a scope of their own, read:artifacts.",
	}, a.listArtifacts)
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/dbt_imports/{id}/artifacts/{sha}", Scope: access.ReadArtifacts, ID: "get-import-artifact", Tag: "dbt_imports",
		Summary: "Read a file of an import", Description: "The bytes as they were uploaded. Raw files may contain secrets of the environment, so they require a scope of their own, read:artifacts.", Streams: true, Tagged: true, Secret: true,
	}, a.getArtifact)
}

func (a *API) listArtifacts(ctx context.Context, p access.Principal, in *ImportPath) (*httpserver.Body[httpserver.List[Artifact]], error) {
	_, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	out := httpserver.ListOf[Artifact](ctx, a.cursors, p.WS, len(imp.Parts), "", int64(len(imp.Parts)))
	for _, part := range imp.Parts {
		hash, err := blob.ParseHash(part.SHA256)
		if err != nil {
			return nil, fmt.Errorf("part %s of %s: %w", part.Name, imp.ID, err)
		}
		_, missing := a.blobs(p.WS).Stat(ctx, hash)
		out.Data = append(out.Data, httpserver.Resource[Artifact]{
			ID: part.SHA256, Type: "artifact",
			Attributes: Artifact{
				Name: part.Name, Size: part.Size, SHA256: part.SHA256, Available: missing == nil,
				Address: "/api/v1/dbt_imports/" + imp.ID.String() + "/artifacts/" + part.SHA256,
			},
		})
	}
	return httpserver.Reply(out), nil
}

type artifactInput struct {
	ImportPath
	IfNoneMatch string `header:"If-None-Match" doc:"ETags of documents that the client has: if the document still has one of them, the reply is 304 without a body."`
	SHA         string `path:"sha" maxLength:"64" example:"1dbad92ce4f0c075580c18332431112b7aa4d446b6b605d7f12ae1b72ae7838c"`
}

// artifactOutput is streamed: huma calls Body with its context.
type artifactOutput struct {
	ETag        string `header:"ETag"`
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      string `header:"Content-Length"`
	Body        func(huma.Context)
}

func (a *API) getArtifact(ctx context.Context, p access.Principal, in *artifactInput) (*artifactOutput, error) {
	_, imp, err := a.importOf(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	for _, part := range imp.Parts {
		if part.SHA256 == in.SHA {
			tag := `"` + part.SHA256 + `"`
			if httpserver.HasTag(in.IfNoneMatch, tag) {
				return &artifactOutput{ETag: tag, Body: func(hc huma.Context) { hc.SetStatus(http.StatusNotModified) }}, nil
			}
			return a.artifact(ctx, p, part, tag)
		}
	}
	return nil, httpserver.Missing(catalog.ErrNotFound, "sha", in.SHA)
}

func (a *API) artifact(ctx context.Context, p access.Principal, part catalog.Part, tag string) (*artifactOutput, error) {
	hash, err := blob.ParseHash(part.SHA256)
	if err != nil {
		return nil, err
	}
	content, err := intact(ctx, a.blobs(p.WS), hash)
	if err != nil {
		return nil, err
	}
	return &artifactOutput{
		ETag: tag, Type: "application/octet-stream", Length: strconv.FormatInt(part.Size, 10),
		Disposition: `attachment; filename="` + part.Name + extensionOf(part.Name) + `"`,
		Body: func(hc huma.Context) {
			defer func() { _ = content.Close() }() // only read
			hc.SetStatus(http.StatusOK)
			if _, err := io.Copy(hc.BodyWriter(), content); err != nil {
				// The length has been sent; only aborting shows that the file is incomplete.
				httpserver.NoteFailure(ctx, fmt.Errorf("artifact %s: %w", part.SHA256, err))
				panic(http.ErrAbortHandler) //nolint:forbidigo // aborts the reply
			}
		},
	}, nil
}

// intact opens a stored file after it was checked as a whole: what is damaged is not sent.
func intact(ctx context.Context, blobs blob.Store, hash blob.Hash) (io.ReadCloser, error) {
	content, err := blobs.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, content)
	if err = errors.Join(err, content.Close()); err != nil {
		return nil, err
	}
	return blobs.Open(ctx, hash)
}

// extensionOf is how the names of files of a kind end.
func extensionOf(part string) string {
	if part == string(dbt.NodeColumns) {
		return ".parquet"
	}
	return ".json"
}
