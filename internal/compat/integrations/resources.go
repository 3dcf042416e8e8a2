package integrations

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/syncing"
)

// integration is an integration as this API shows it. Credentials are never shown; what this product does not have is
// constant.
type integration struct {
	ID          string         `json:"id"`
	CreatedAt   string         `json:"created_at"`
	UpdatedAt   string         `json:"updated_at"`
	Name        string         `json:"name"`
	Type        string         `json:"type"`
	Credentials map[string]any `json:"credentials"`
	WorkspaceID string         `json:"workspace_id"`
	SSHTunnel   *string        `json:"ssh_tunnel"`

	ExecuteAccess bool           `json:"execute_access"`
	Hour          *int           `json:"scheduled_extractions_hour"`
	Frequency     *string        `json:"scheduled_extractions_frequency"`
	NextRun       *string        `json:"scheduled_extractions_next_run"`
	LastRun       *string        `json:"scheduled_extractions_last_run"`
	Properties    map[string]any `json:"properties"`
	PreviewUsers  []string       `json:"preview_access_users"`
	PreviewRoles  []string       `json:"preview_access_roles"`
	PreviewGroups []string       `json:"preview_access_groups"`
	Teams         []string       `json:"teams"`
}

func shown(p access.Principal, i store.Integration, last store.Sync) integration {
	out := integration{
		ID: i.UUID, CreatedAt: timeText(i.CreatedAt), UpdatedAt: timeText(i.UpdatedAt), Name: i.Name, Type: i.Kind, Credentials: map[string]any{},
		WorkspaceID: strconv.FormatInt(p.WS, 10), Properties: map[string]any{"schema_id": i.Schema.String(), "enabled": i.Enabled},
		PreviewUsers: []string{}, PreviewRoles: []string{}, PreviewGroups: []string{}, Teams: []string{},
	}
	if fields := strings.Fields(i.Cron); len(fields) == 5 {
		daily := "daily"
		if hour, err := strconv.Atoi(fields[1]); err == nil {
			out.Hour, out.Frequency = &hour, &daily
		}
	}
	if !i.NextAt.IsZero() {
		next := timeText(i.NextAt)
		out.NextRun = &next
	}
	if !last.CreatedAt.IsZero() {
		at := timeText(last.CreatedAt)
		out.LastRun = &at
	}
	return out
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// page is a page of the list, numbered from 1.
type page struct {
	Links struct {
		Next     *string `json:"next"`
		Previous *string `json:"previous"`
	} `json:"links"`
	Meta struct {
		Page         int  `json:"page"`
		NextPage     *int `json:"next_page"`
		PreviousPage *int `json:"previous_page"`
	} `json:"meta"`
	Count          int            `json:"count"`
	TotalPages     int            `json:"total_pages"`
	ResourceTotals map[string]int `json:"resource_totals"`
	Results        []integration  `json:"results"`
}

// pageSize is how many integrations a page has.
const pageSize = 50

// list returns integrations by pages.
func (a *API) list(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	number := 1
	if text := r.URL.Query().Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 1_000_000 {
			httpserver.WriteProblem(w, r, httpserver.InvalidParameter("page", "a number from 1"))
			return
		}
		number = n
	}
	all, err := a.all(r.Context(), p, store.IntegrationFilter{Kind: kindOf(r.URL.Query().Get("type")), Only: p.Schemas})
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	out := pageOf(r.URL, number, len(all))
	first := min((number-1)*pageSize, len(all))
	rows := all[first:min(first+pageSize, len(all))]
	last, err := a.Store.LastSyncs(r.Context(), p.WS, numbers(rows))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	for _, i := range rows {
		out.Results = append(out.Results, shown(p, i, last[i.ID]))
	}
	httpserver.WriteJSON(w, http.StatusOK, out)
}

// kindOf returns the kind of integration that a word of this API means.
func kindOf(word string) string {
	switch word {
	case "dbt", "dbt-core":
		return syncing.KindDBTCore
	}
	return word
}

// all returns the integrations of a workspace, whose number is small: they are made by hand.
func (a *API) all(ctx context.Context, p access.Principal, f store.IntegrationFilter) ([]store.Integration, error) {
	var all []store.Integration
	for at := (store.Page{Limit: store.MaxLimit}); ; {
		rows, err := a.Store.Integrations(ctx, p.WS, f, at)
		if err != nil {
			return nil, err
		}
		all = append(all, rows.Rows...)
		if at.After = rows.Next; at.After == "" {
			return all, nil
		}
	}
}

func numbers(rows []store.Integration) []int64 {
	out := make([]int64, len(rows))
	for n, i := range rows {
		out[n] = i.ID
	}
	return out
}

func pageOf(u *url.URL, number, count int) page {
	out := page{Count: count, TotalPages: max(1, (count+pageSize-1)/pageSize), ResourceTotals: map[string]int{"integration": count}, Results: []integration{}}
	out.Meta.Page = number
	link := func(n int) (*string, *int) {
		query := u.Query()
		query.Set("page", strconv.Itoa(n))
		text := u.Path + "?" + query.Encode()
		return &text, &n
	}
	if number < out.TotalPages {
		out.Links.Next, out.Meta.NextPage = link(number + 1)
	}
	if number > 1 {
		out.Links.Previous, out.Meta.PreviousPage = link(number - 1)
	}
	return out
}

// request is what a client may set of an integration.
type request struct {
	Name        *string        `json:"name"`
	Type        string         `json:"type"`
	Credentials map[string]any `json:"credentials"`
	Unknown     map[string]any `json:",unknown"`
}

// maxBody is the longest body of a request, in bytes.
const maxBody = 256 << 10

func readRequest(r *http.Request) (request, error) {
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return request{}, fmt.Errorf("body: %w", err)
	}
	if len(text) > maxBody {
		return request{}, httpserver.NewProblem(httpserver.CodeBodyTooLarge, "The body is larger than %d bytes.", maxBody)
	}
	var q request
	if len(text) == 0 { // nothing is filled in
		return q, nil
	}
	if err := json.Unmarshal(text, &q); err != nil {
		return q, httpserver.NewProblem(httpserver.CodeMalformedJSON, `The body must be a JSON object such as {"name":"dbt Core","type":"dbt_core","credentials":{}}.`)
	}
	return q, nil
}

// change returns what a request sets.
func (q request) change() (syncing.Change, error) {
	c := syncing.Change{Name: q.Name}
	if len(q.Credentials) == 0 {
		return c, nil
	}
	var s syncing.Settings
	c.Settings, c.Secrets = &s, map[string]string{}
	for name, value := range q.Credentials {
		text, ok := value.(string)
		if number, isNumber := value.(float64); isNumber { // ports are sent as either
			text, ok = strconv.FormatFloat(number, 'f', -1, 64), true
		}
		if !ok && value != nil {
			return c, httpserver.NewProblem(httpserver.CodeInvalidField, "credentials.%.40s must be a string.", name).About("credentials", "a string")
		}
		if !s.Set(name, text) && !setSecret(c.Secrets, name, text) {
			return c, httpserver.NewProblem(httpserver.CodeUnknownField, "credentials.%.40s is not known.", name).About("credentials", "unknown")
		}
	}
	return c, nil
}

func setSecret(secrets map[string]string, name, value string) bool {
	for _, field := range syncing.SecretFields() {
		if name == field {
			secrets[name] = value
			return true
		}
	}
	return false
}

// create makes an integration. Without credentials it waits for uploads.
func (a *API) create(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.add(r, p)
	if err != nil {
		httpserver.WriteProblem(w, r, problem(err))
		return
	}
	w.Header().Set("Location", "/api/v1"+collection+"/"+i.UUID)
	httpserver.WriteJSON(w, http.StatusCreated, shown(p, i, store.Sync{}))
}

func (a *API) add(r *http.Request, p access.Principal) (store.Integration, error) {
	q, err := readRequest(r)
	if err != nil {
		return store.Integration{}, err
	}
	if len(p.Schemas) > 0 {
		return store.Integration{}, httpserver.NewProblem(httpserver.CodeForbidden, "A key that is limited to schemas cannot make integrations.")
	}
	n := syncing.New{Kind: kindOf(q.Type)}
	if n.Kind == "" {
		n.Kind = syncing.KindDBTCore
	}
	if n.Change, err = q.change(); err != nil {
		return store.Integration{}, err
	}
	if n.Name == nil {
		name := "dbt Core"
		n.Name = &name
	}
	return a.Registry.Add(r.Context(), p.WS, n, p.By())
}

func (a *API) get(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	a.show(w, r, p, i)
}

// show writes an integration with its last sync.
func (a *API) show(w http.ResponseWriter, r *http.Request, p access.Principal, i store.Integration) {
	last, err := a.Store.LastSyncs(r.Context(), p.WS, []int64{i.ID})
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	httpserver.WriteJSON(w, http.StatusOK, shown(p, i, last[i.ID]))
}

func (a *API) update(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	q, err := readRequest(r)
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	c, err := q.change()
	var check func(store.Integration) error
	if err == nil {
		check, err = a.unchanged(r, p, i.ID)
	}
	if err == nil {
		i, err = a.Registry.Set(r.Context(), p.WS, i.UUID, c, check, p.By())
	}
	if err != nil {
		httpserver.WriteProblem(w, r, httpserver.Missing(problem(err), "id", i.UUID))
		return
	}
	a.show(w, r, p, i)
}

// remove deletes an integration. It cannot ask: what the integration brought is kept, flagged as removed.
func (a *API) remove(w http.ResponseWriter, r *http.Request) {
	p, _ := access.From(r.Context())
	i, err := a.find(r.Context(), p, "id", r.PathValue("id"))
	var check func(store.Integration) error
	if err == nil {
		check, err = a.unchanged(r, p, i.ID)
	}
	if err == nil {
		err = httpserver.Missing(a.Registry.Delete(r.Context(), p.WS, i.UUID, syncing.FlagAssets, check, p.By()), "id", i.UUID)
	}
	if err != nil {
		httpserver.WriteProblem(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
