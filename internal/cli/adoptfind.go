package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/adopt"
)

// labeledText is a text of the API, with who set it.
type labeledText struct {
	Value  *string `json:"value"`
	Origin *string `json:"origin"`
	Own    *string `json:"own"`
}

// adoptable is an asset or a column, as much of it as can be edited.
type adoptable struct {
	ID         string `json:"id"`
	Attributes struct {
		Name        string      `json:"name"`
		Description labeledText `json:"description"`
		Owners      []string    `json:"owners"`
		Tags        []string    `json:"tags"`
	} `json:"attributes"`
	path, etag string
}

// address writes a relation as SQL does. Quoted parts are exact; those that are not are folded by the server, by the
// rules of its warehouses. A part that cannot be without quotes has them always.
func address(parts []string, quoted bool) string {
	var out []string
	for _, part := range parts {
		if quoted || part == "" || strings.ContainsAny(part, ".\"`'[](){},; \t\r\n") {
			part = `"` + strings.ReplaceAll(part, `"`, `""`) + `"`
		}
		out = append(out, part)
	}
	return strings.Join(out, ".")
}

// find asks the server for the asset that the files mean: by its exact address, by the address as its warehouse folds
// it, and by the unique_id of dbt. The error is a problem if it has none.
func (a *adopter) find(ctx context.Context, asset *adopt.Asset) (*adoptable, error) {
	parts := asset.Relation
	if a.IgnoreDatabase && len(parts) > 2 {
		parts = parts[len(parts)-2:]
	}
	var first error
	try := func(path string, query url.Values) (*adoptable, error) {
		query.Set("schema_id", a.schema)
		doc, err := a.read(ctx, path+"?"+query.Encode())
		if p, ok := errors.AsType[*problem](err); ok && first == nil || ok && p.Status == http.StatusConflict {
			first = err
		}
		return doc, err
	}
	for _, quoted := range []bool{true, false} {
		if len(parts) < 2 || len(parts) > 3 {
			break
		}
		doc, err := try("/api/v1/assets/by-relation", url.Values{"relation": {address(parts, quoted)}})
		if err == nil || !isMissing(err) {
			return doc, err
		}
	}
	if asset.UniqueID != "" {
		doc, err := try("/api/v1/assets/by-unique-id", url.Values{"unique_id": {asset.UniqueID}})
		if err == nil || !isMissing(err) {
			return doc, err
		}
	}
	if first == nil {
		first = &problem{Status: http.StatusNotFound, Detail: fmt.Sprintf("%q is not the address of a table", asset.Name)}
	}
	return nil, first
}

// isMissing reports whether a server has nothing of a name, which may be none that it could have.
func isMissing(err error) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && (p.Status == http.StatusNotFound || p.Code == "invalid-parameter")
}

// read reads an asset or a column, with its ETag.
func (a *adopter) read(ctx context.Context, path string) (*adoptable, error) {
	return a.exchange(ctx, http.MethodGet, path, "", nil, nil)
}

// patch edits an asset or a column if it is what was read.
func (a *adopter) patch(ctx context.Context, doc *adoptable, body map[string]any) (*adoptable, []shownFieldWarning, error) {
	var warnings []shownFieldWarning
	after, err := a.exchange(ctx, http.MethodPatch, doc.path, doc.etag, body, &warnings)
	return after, warnings, err
}

// shownFieldWarning is a warning about one field.
type shownFieldWarning struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// exchange sends a request and returns the document of the reply. A server that asks for patience gets it.
func (a *adopter) exchange(ctx context.Context, method, path, ifMatch string, in map[string]any, warnings *[]shownFieldWarning) (*adoptable, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, fmt.Errorf("request: %w", err)
		}
	}
	var doc *adoptable
	return doc, a.patiently(ctx, func() (err error) {
		doc, err = a.once(ctx, method, path, ifMatch, body, warnings)
		return err
	})
}

// patiently sends a request again, later, if the server asks for that.
func (a *adopter) patiently(ctx context.Context, send func() error) error {
	for attempt := 0; ; attempt++ {
		err := send()
		p, ok := errors.AsType[*problem](err)
		if !ok || attempt == 10 || p.Status != http.StatusTooManyRequests && p.Status != http.StatusServiceUnavailable {
			return err
		}
		seconds, _ := strconv.Atoi(p.retryAfter) // without it, one
		pause := time.NewTimer(time.Duration(min(max(seconds, 1), 60)) * time.Second)
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

func (a *adopter) once(ctx context.Context, method, path, ifMatch string, body []byte, warnings *[]shownFieldWarning) (*adoptable, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if ifMatch != "" {
		req.Header.Set("If-Match", ifMatch)
	}
	res, err := a.do(req, path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	reply, err := readReply(res, path)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Data adoptable `json:"data"`
		Meta struct {
			Warnings []shownFieldWarning `json:"warnings"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(reply, &doc); err != nil {
		return nil, fmt.Errorf("reply of %s: %w", path, err)
	}
	doc.Data.path, doc.Data.etag = path, res.Header.Get("ETag")
	if warnings != nil {
		*warnings = doc.Meta.Warnings
	}
	return &doc.Data, nil
}

// adoptedEdit is an edit of an asset, as its history has it.
type adoptedEdit struct {
	Property  string   `json:"property"`
	Column    *string  `json:"column"`
	Added     []string `json:"added"`
	Removed   []string `json:"removed"`
	Withdrawn bool     `json:"withdrawn"`
}

// history reads the edits of an asset, newest first.
func (a *adopter) history(ctx context.Context, id string) ([]adoptedEdit, error) {
	var out []adoptedEdit
	type resource struct {
		Attributes adoptedEdit `json:"attributes"`
	}
	err := eachPage(ctx, a, "/api/v1/assets/"+url.PathEscape(id)+"/edits?limit=200", func(e resource) {
		out = append(out, e.Attributes)
	})
	return out, err
}

// columnsOf reads the columns of an asset, by their names.
func (a *adopter) columnsOf(ctx context.Context, id string) (map[string]*adoptable, error) {
	out := map[string]*adoptable{}
	err := eachPage(ctx, a, "/api/v1/assets/"+url.PathEscape(id)+"/columns?limit=2000", func(c adoptable) {
		c.path = columnPath(id, c.Attributes.Name)
		out[c.Attributes.Name] = &c
	})
	return out, err
}

func columnPath(id, name string) string {
	return "/api/v1/assets/" + url.PathEscape(id) + "/columns/" + url.PathEscape(name)
}

// eachPage calls do with every element of a list.
func eachPage[T any](ctx context.Context, a *adopter, path string, do func(T)) error {
	for path != "" {
		var page struct {
			Data  []T `json:"data"`
			Links struct {
				Next *string `json:"next"`
			} `json:"links"`
		}
		if err := a.patiently(ctx, func() error { return a.call(ctx, http.MethodGet, path, nil, &page) }); err != nil {
			return err
		}
		for _, element := range page.Data {
			do(element)
		}
		if page.Links.Next == nil {
			return nil
		}
		next, err := url.Parse(*page.Links.Next)
		if err != nil {
			return fmt.Errorf("reply of %s: %w", path, err)
		}
		path = next.RequestURI()
	}
	return nil
}
