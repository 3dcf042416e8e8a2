package integrations

import (
	"context"
	"net/http"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
)

// failing is the list of tables with failing tests.
type failing struct {
	Count   int            `json:"count"`
	Results []failingTable `json:"results"`
}

// failingTable is a table of which a test failed when it ran last. A test whose table is unknown has an entry of its
// own.
type failingTable struct {
	ID    string        `json:"id"`
	Title string        `json:"title"`
	Tests []failingTest `json:"tests"`
}

type failingTest struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	UniqueID string `json:"unique_id"`
	Column   string `json:"column"`
	Status   string `json:"status"`
	Message  string `json:"message"`
}

// maxFailing is how many failing tests of a class are read.
const maxFailing = 1000

// failingTests returns the tables of an integration's schema with tests that failed or could not run.
func (a *API) failingTests(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	out, err := a.failing(r.Context(), p, i.Schema)
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	httpserver.WriteJSON(w, http.StatusOK, out)
}

func (a *API) failing(ctx context.Context, p access.Principal, schema catalog.SchemaID) (failing, error) {
	out := failing{Results: []failingTable{}}
	view, err := a.Model.View(ctx, p, schema)
	if err != nil {
		return out, err
	}
	at := map[string]int{} // by id
	for _, class := range []string{"fail", "error"} {
		tests, err := view.Tests(ctx, readmodel.TestFilter{Class: class}, store.Page{Limit: maxFailing})
		if err != nil {
			return out, err
		}
		for _, t := range tests.Rows {
			id, title := t.ID.String(), t.Body.Name
			if t.Table != nil {
				id, title = t.Table.Label(), t.Table.Name
			}
			n, there := at[id]
			if !there {
				n, at[id] = len(out.Results), len(out.Results)
				out.Results = append(out.Results, failingTable{ID: id, Title: title})
			}
			out.Results[n].Tests = append(out.Results[n].Tests, failingTestOf(t))
		}
	}
	out.Count = len(out.Results)
	return out, nil
}

func failingTestOf(t readmodel.Test) failingTest {
	out := failingTest{ID: t.ID.String(), Name: t.Body.Name, UniqueID: t.UniqueID, Column: t.Body.Column}
	if t.Latest != nil {
		out.Status, out.Message = t.Latest.Status, t.Latest.Message
	}
	return out
}
