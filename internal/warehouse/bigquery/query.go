package bigquery

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

const (
	// waitTime is how long the API waits for a query before it replies that it goes on.
	waitTime = 30 * time.Second
	// mostBilled ends a query that would read more than an information schema has, in bytes.
	mostBilled = "10737418240"
	// cancelTime is how long a query that nobody waits for any more is tried to be ended.
	cancelTime = 5 * time.Second
)

// queryRequest is the body of a request that executes a query.
type queryRequest struct {
	Query        string `json:"query"`
	UseLegacySQL bool   `json:"useLegacySql"`
	Location     string `json:"location,omitempty"`
	TimeoutMs    int64  `json:"timeoutMs"`
	RequestID    string `json:"requestId"` // one that is repeated is executed once
	MostBilled   string `json:"maximumBytesBilled"`
}

// queryReply is a page of a result, or how to ask for it.
type queryReply struct {
	Complete bool `json:"jobComplete"`
	Job      struct {
		ID       string `json:"jobId"`
		Location string `json:"location"`
	} `json:"jobReference"`
	Schema struct {
		Fields []struct {
			Name string `json:"name"`
		} `json:"fields"`
	} `json:"schema"`
	Rows []struct {
		Values []struct {
			Value *string `json:"v"`
		} `json:"f"`
	} `json:"rows"`
	PageToken string `json:"pageToken"`
}

// row is a row of a result.
type row struct {
	columns map[string]int
	values  []*string
}

// text returns a value; "" for NULL and for a column that there is not.
func (r row) text(name string) string {
	if n, ok := r.columns[name]; ok && n < len(r.values) && r.values[n] != nil {
		return *r.values[n]
	}
	return ""
}

func (r row) number(name string) *int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

// rows returns what a query results in, page by page.
func (p *Project) rows(ctx context.Context, query, location string) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		q := queryRequest{Query: query, Location: location, TimeoutMs: waitTime.Milliseconds(), RequestID: rand.Text(), MostBilled: mostBilled}
		var page queryReply
		err := p.send(ctx, http.MethodPost, "queries", nil, q, &page)
		job := page.Job
		columns := map[string]int{}
		for {
			if err == nil && (!page.Complete || page.PageToken != "") && !validJob(job.ID) {
				err = unexpected(errors.New("a query without an id"))
			}
			if err != nil {
				p.cancel(ctx, job.ID, job.Location)
				yield(row{}, err)
				return
			}
			for n, f := range page.Schema.Fields {
				columns[f.Name] = n
			}
			for _, r := range page.Rows {
				values := make([]*string, len(r.Values))
				for n, v := range r.Values {
					values[n] = v.Value
				}
				if !yield(row{columns, values}, nil) {
					return
				}
			}
			if page.Complete && page.PageToken == "" {
				return
			}
			page, err = p.next(ctx, job.ID, job.Location, page.PageToken)
		}
	}
}

// next asks for the next page, or whether the query has ended.
func (p *Project) next(ctx context.Context, job, location, token string) (page queryReply, err error) {
	query := url.Values{"timeoutMs": {strconv.FormatInt(waitTime.Milliseconds(), 10)}}
	if token != "" {
		query.Set("pageToken", token)
	}
	if location != "" {
		query.Set("location", location)
	}
	err = p.send(ctx, http.MethodGet, "queries/"+job, query, nil, &page)
	return page, err
}

// cancel ends a query that nobody waits for any more. That it may fail changes nothing.
func (p *Project) cancel(ctx context.Context, job, location string) {
	if ctx.Err() == nil || !validJob(job) {
		return
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTime)
	defer stop()
	query := url.Values{}
	if location != "" {
		query.Set("location", location)
	}
	_ = p.send(ctx, http.MethodPost, "jobs/"+job+"/cancel", query, nil, &struct{}{})
}

// validJob reports whether a text can be the id of a job, which becomes part of addresses.
func validJob(id string) bool {
	return id != "" && len(id) <= 1024 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// send makes a request below the project and reads its reply.
func (p *Project) send(ctx context.Context, method, below string, query url.Values, body, into any) error {
	token, err := p.bearer()
	if err != nil {
		return err
	}
	to := *p.base.JoinPath(strings.Split(below, "/")...)
	to.RawQuery = query.Encode()
	q := warehouse.Request{Method: method, URL: to.String(), Header: http.Header{
		"Authorization": {"Bearer " + token}, "Accept": {"application/json"}, "Content-Type": {"application/json"}, "User-Agent": {"thalweg/1"},
	}}
	if body != nil {
		if q.Body, err = json.Marshal(body); err != nil {
			return fmt.Errorf("query: %w", err)
		}
	}
	reply, err := p.rest.Do(ctx, q)
	switch {
	case err != nil:
		return err
	case reply.Status < 300:
		if err := json.Unmarshal(reply.Body, into); err != nil {
			return unexpected(err)
		}
		return nil
	}
	return p.refused(reply)
}

func unexpected(err error) error {
	return &warehouse.Error{Reason: warehouse.NotAWarehouse, Message: "a reply is not one of BigQuery's API; check the host", Err: err}
}
