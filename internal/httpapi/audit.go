package httpapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/store"
)

// AuditEntry is a line of the audit log.
type AuditEntry struct {
	At        string                        `json:"at" format:"date-time"`
	Action    string                        `json:"action" doc:"Such as key.created, schema.updated or sign_in"`
	Subject   *string                       `json:"subject" doc:"What it was done to, such as KEY-3 or SCH-101"`
	ActorRef  httpserver.Nullable[ActorRef] `json:"actor_ref" doc:"Who did it; null if unknown"`
	Key       *string                       `json:"key" doc:"The key that was used; null without one"`
	Address   *string                       `json:"address" doc:"Of the client; null for commands on the data folder"`
	RequestID *string                       `json:"request_id" doc:"Of the request, as in the server's log"`
	Details   httpserver.JSON               `json:"details" doc:"What was set, before and after; never a secret"`
}

type auditInput struct {
	httpserver.PageParams
	Action  string `query:"action" maxLength:"64" doc:"One action, such as key.created"`
	Subject string `query:"subject" maxLength:"64" doc:"What it was done to, such as KEY-3"`
	Actor   string `query:"actor" maxLength:"64" doc:"Id of who did it, such as KEY-3 or USR-2"`
	From    string `query:"from" maxLength:"64" doc:"RFC 3339 time; entries from then on"`
	To      string `query:"to" maxLength:"64" doc:"RFC 3339 time; entries before it"`
}

func (a *API) registerAudit(s *httpserver.Server) {
	httpserver.Register(s, httpserver.Operation{
		Method: http.MethodGet, Path: "/api/v1/audit", Scope: access.ReadAudit, ID: "list-audit", Tag: "people",
		Summary: "Read the audit log",
		Description: "Sign-ins, keys, people, schemas and their policies, removals and reverts, newest first. Entries are only added, and kept forever. " +
			"A sign-in is the first request with a key from an address since the server started; an address with too many invalid keys is a refused one. Both are added within a minute. " +
			"A key that is limited to schemas does not read it.",
	}, a.listAudit)
}

func (a *API) listAudit(ctx context.Context, p access.Principal, in *auditInput) (*httpserver.Body[httpserver.List[AuditEntry]], error) {
	if len(p.Schemas) > 0 { // it is the whole workspace's
		return nil, catalog.ErrForbidden
	}
	filter, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := a.cursors.Page(ctx, p.WS, in.PageParams)
	if err != nil {
		return nil, err
	}
	rows, err := a.store.Audit(ctx, p.WS, filter, page)
	if err != nil {
		return nil, httpserver.StaleCursor(err, page)
	}
	out := httpserver.ListOf[AuditEntry](ctx, a.cursors, p.WS, in.Limit, rows.Next, rows.Total)
	for _, e := range rows.Rows {
		out.Data = append(out.Data, auditResource(e))
	}
	return httpserver.Reply(out), nil
}

func (in *auditInput) filter() (store.AuditFilter, error) {
	f := store.AuditFilter{Action: in.Action, Subject: in.Subject, Actor: in.Actor}
	var err error
	if f.From, err = timeParam("from", in.From); err == nil {
		f.To, err = timeParam("to", in.To)
	}
	return f, err
}

// timeParam parses an optional time.
func timeParam(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	// An unescaped plus sign in the address is read as a space.
	at, err := time.Parse(time.RFC3339Nano, strings.Replace(text, " ", "+", 1))
	if err != nil {
		return at, httpserver.InvalidParameter(name, "want a time such as 2026-01-10T18:00:00Z")
	}
	return at, nil
}

func auditResource(e store.AuditEntry) httpserver.Resource[AuditEntry] {
	details := httpserver.JSON(e.Details)
	if details == nil {
		details = httpserver.JSON{}
	}
	return httpserver.Resource[AuditEntry]{ID: catalog.FormatID(catalog.PrefixAudit, e.ID), Type: "audit_entry", Attributes: AuditEntry{
		At: timeOrEmpty(e.At), Action: e.Action, Subject: optional(e.Subject), ActorRef: actorRefOf(e.By.Actor), Key: optional(e.By.Key),
		Address: optional(e.By.Address), RequestID: optional(e.By.Request), Details: details,
	}}
}
