package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/thalweg-data/thalweg/internal/lineage"
)

var storedForm = regexp.MustCompile(`(?i)^(SCH-\d+)(?:@(.+))?$`)

// storedName reads SCH-101 or SCH-101@version, where a version may also be a time.
func storedName(text string) (schema, at string, ok bool) {
	m := storedForm.FindStringSubmatch(text)
	if m == nil {
		return "", "", false
	}
	return strings.ToUpper(m[1]), m[2], true
}

// storedState finds the artifacts of a version of a schema: those of the newest imports that made it what it is.
type storedState struct {
	*client
	schema, at, project string
}

// read returns the project of the uploaded files.
func (s *storedState) read(ctx context.Context, r *lineage.Reader) (*lineage.Project, error) {
	imports, err := s.imports(ctx)
	if err != nil {
		return nil, err
	}
	manifest, tables, err := s.find(ctx, imports)
	if err != nil {
		return nil, err
	}
	if manifest == "" {
		return nil, fmt.Errorf("no manifest of the project %s made it; --project names another", printable(s.project))
	}
	m, err := s.content(ctx, manifest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = m.Close() }() // only read
	var c io.Reader
	if tables != "" {
		t, err := s.content(ctx, tables)
		if err != nil {
			return nil, err
		}
		defer func() { _ = t.Close() }() // only read
		c = t
	}
	return r.Read(ctx, m, c)
}

// has is what an import of the project brought.
type has struct {
	Manifest bool `json:"has_manifest"`
	Catalog  bool `json:"has_catalog"`
}

// imports are the imports of the project into the schema, by id.
func (s *storedState) imports(ctx context.Context) (map[string]has, error) {
	project, err := s.projectID(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]has{}
	query := url.Values{"schema_id": {s.schema}, "project": {project}, "status": {"completed"}, "limit": {"200"}}
	err = s.pages(ctx, "/api/v1/dbt_imports", query, func(id string, attributes json.RawMessage) (bool, error) {
		var h has
		err := json.Unmarshal(attributes, &h)
		out[id] = h
		return true, err
	})
	return out, err
}

// projectID finds the project by its name.
func (s *storedState) projectID(ctx context.Context) (string, error) {
	var found string
	var names []string
	err := s.pages(ctx, "/api/v1/projects", url.Values{"schema_id": {s.schema}, "limit": {"200"}}, func(id string, attributes json.RawMessage) (bool, error) {
		var p struct{ Name string }
		err := json.Unmarshal(attributes, &p)
		if names = append(names, printable(p.Name)); p.Name == s.project {
			found = id
		}
		return found == "", err
	})
	if err == nil && found == "" {
		err = fmt.Errorf("it has no project %s; --project names one of: %s", printable(s.project), strings.Join(names, ", "))
	}
	return found, err
}

// find goes back through the versions to the newest import with a manifest, and to the newest one with a catalog.
func (s *storedState) find(ctx context.Context, imports map[string]has) (manifest, tables string, err error) {
	query := url.Values{"limit": {"200"}}
	if s.at != "" {
		query.Set("at", s.at)
	}
	err = s.pages(ctx, "/api/v1/schemas/"+s.schema+"/versions", query, func(id string, attributes json.RawMessage) (bool, error) {
		var v struct {
			Version int64 `json:"version"`
			Cause   *struct{ Kind, ID string }
		}
		if err := json.Unmarshal(attributes, &v); err != nil {
			return false, fmt.Errorf("version %s: %w", id, err)
		}
		if v.Cause == nil {
			return true, nil
		}
		h, ours := imports[v.Cause.ID]
		switch {
		case !ours:
			return true, nil
		case v.Cause.Kind == "revert" && (h.Manifest && manifest == "" || h.Catalog && tables == ""):
			return false, fmt.Errorf("version %d reverted %s, so no upload is that state; name a version before that import", v.Version, v.Cause.ID)
		case v.Cause.Kind != "import":
			return true, nil
		}
		return s.note(ctx, v.Cause.ID, h, &manifest, &tables)
	})
	return manifest, tables, err
}

// note takes over what an import brought that no newer one did; it reports whether something is still missing.
func (s *storedState) note(ctx context.Context, id string, h has, manifest, tables *string) (bool, error) {
	if older, err := s.onlyFilled(ctx, id); older || err != nil {
		return true, err
	}
	parts, err := s.artifacts(ctx, id)
	if err != nil {
		return false, err
	}
	if *manifest == "" {
		*manifest = parts["manifest"]
	}
	if *tables == "" {
		*tables = parts["catalog"]
	}
	if h.Manifest && *manifest == "" {
		return false, fmt.Errorf("the manifest of %s is no longer kept (retention); name a newer version", id)
	}
	return *manifest == "" || *tables == "", nil
}

// onlyFilled reports whether an import was older than what was served, so that it filled gaps and replaced nothing.
func (s *storedState) onlyFilled(ctx context.Context, id string) (bool, error) {
	var report struct {
		Data struct {
			Attributes struct{ Issues []struct{ Code string } }
		}
	}
	if err := s.call(ctx, http.MethodGet, "/api/v1/dbt_imports/"+id+"/report", nil, &report); err != nil {
		return false, err
	}
	for _, issue := range report.Data.Attributes.Issues {
		if issue.Code == "older-artifact" || issue.Code == "target-moved" {
			return true, nil
		}
	}
	return false, nil
}

// artifacts are the addresses of the files of an import that are still kept, by name.
func (s *storedState) artifacts(ctx context.Context, id string) (map[string]string, error) {
	var list struct {
		Data []struct {
			Attributes struct {
				Name, Address string
				Available     bool
			}
		}
	}
	if err := s.call(ctx, http.MethodGet, "/api/v1/dbt_imports/"+id+"/artifacts", nil, &list); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, part := range list.Data {
		if part.Attributes.Available {
			out[part.Attributes.Name] = part.Attributes.Address
		}
	}
	return out, nil
}

func (s *storedState) content(ctx context.Context, address string) (io.ReadCloser, error) {
	res, err := s.open(ctx, http.MethodGet, address, "", nil)
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// pages goes through the elements of a list until each returns that no more are wanted.
func (s *storedState) pages(ctx context.Context, path string, query url.Values, each func(id string, attributes json.RawMessage) (more bool, err error)) error {
	for {
		var page struct {
			Data []struct {
				ID         string
				Attributes json.RawMessage
			}
			Links struct{ Next *string }
		}
		if err := s.call(ctx, http.MethodGet, path+"?"+query.Encode(), nil, &page); err != nil {
			return err
		}
		for _, element := range page.Data {
			if more, err := each(element.ID, element.Attributes); err != nil || !more {
				return err
			}
		}
		if page.Links.Next == nil {
			return nil
		}
		next, err := url.Parse(*page.Links.Next)
		if err != nil || next.Query().Get("cursor") == query.Get("cursor") {
			return errors.Join(err, fmt.Errorf("%s: its next page cannot be read", path))
		}
		query.Set("cursor", next.Query().Get("cursor"))
	}
}
