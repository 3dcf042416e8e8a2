package snowflake

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
	// statementTime ends a statement at the server.
	statementTime = 5 * time.Minute
	// longestPause is the longest pause between two questions whether a statement has ended.
	longestPause = 5 * time.Second
	// maxPartitions bounds the parts of a result that a server may announce.
	maxPartitions = 100_000
)

// statement is the body of a request that executes a statement.
type statement struct {
	Statement  string             `json:"statement"`
	Timeout    int                `json:"timeout"`
	Warehouse  string             `json:"warehouse,omitempty"`
	Role       string             `json:"role,omitempty"`
	Bindings   map[string]binding `json:"bindings,omitempty"`
	Parameters map[string]string  `json:"parameters"`
}

type binding struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// result is the reply to a statement: with a part of its rows once it has ended, else with how to ask again.
type result struct {
	Code     string      `json:"code"`
	Message  string      `json:"message"`
	SQLState string      `json:"sqlState"`
	Handle   string      `json:"statementHandle"`
	Data     [][]*string `json:"data"`
	MetaData struct {
		RowType []struct {
			Name string `json:"name"`
		} `json:"rowType"`
		Partitions []struct{} `json:"partitionInfo"`
	} `json:"resultSetMetaData"`
}

// row is a row of a result.
type row struct {
	columns map[string]int // by name in capitals
	values  []*string
}

// text returns a value; "" for NULL and for a column that the server does not have.
func (r row) text(name string) string {
	if v := r.value(name); v != nil {
		return *v
	}
	return ""
}

func (r row) value(name string) *string {
	if n, ok := r.columns[name]; ok && n < len(r.values) {
		return r.values[n]
	}
	return nil
}

// number returns a value; nil for NULL and for what is none.
func (r row) number(name string) *int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}

// rows returns what a statement results in, part by part.
func (a *Account) rows(ctx context.Context, text string, args ...string) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		first, err := a.execute(ctx, text, args)
		if err != nil {
			yield(row{}, err)
			return
		}
		columns := map[string]int{}
		for n, c := range first.MetaData.RowType {
			columns[strings.ToUpper(c.Name)] = n
		}
		part, count := first.Data, len(first.MetaData.Partitions)
		for n := 1; ; n++ {
			for _, values := range part {
				if !yield(row{columns, values}, nil) {
					return
				}
			}
			if n >= count {
				return
			}
			if part, err = a.partition(ctx, first.Handle, n); err != nil {
				yield(row{}, err)
				return
			}
		}
	}
}

// execute executes a statement and waits for its end.
func (a *Account) execute(ctx context.Context, text string, args []string) (result, error) {
	s := statement{
		Statement: text, Timeout: int(statementTime.Seconds()), Warehouse: foldIf(a.options.Warehouse), Role: foldIf(a.options.Role),
		Parameters: map[string]string{"query_tag": "thalweg"},
	}
	for n, value := range args {
		if s.Bindings == nil {
			s.Bindings = map[string]binding{}
		}
		s.Bindings[strconv.Itoa(n+1)] = binding{"TEXT", value}
	}
	body, err := json.Marshal(s)
	if err != nil {
		return result{}, fmt.Errorf("statement: %w", err)
	}
	// A request that is repeated with this id is executed once.
	r, pending, err := a.send(ctx, http.MethodPost, "", url.Values{"requestId": {requestID()}}, body)
	pause := a.options.Pause
	if pause == 0 {
		pause = time.Second
	}
	for ; err == nil && pending; pause = min(2*pause, longestPause) {
		handle := r.Handle
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			a.cancel(ctx, handle)
			return result{}, ctx.Err()
		case <-wait.C:
		}
		if r, pending, err = a.send(ctx, http.MethodGet, handle, nil, nil); ctx.Err() != nil {
			a.cancel(ctx, handle)
		}
		if r.Handle == "" {
			r.Handle = handle
		}
	}
	if err == nil && len(r.MetaData.Partitions) > maxPartitions {
		err = unexpected(errors.New("a result of too many parts"))
	}
	return r, err
}

func foldIf(name string) string {
	if name == "" {
		return ""
	}
	return fold(name)
}

// cancelTime is how long a statement that nobody waits for any more is tried to be ended.
const cancelTime = 5 * time.Second

// cancel ends a statement at the server, so that it costs nothing more. That it may fail changes nothing: the server
// ends it by its own timeout.
func (a *Account) cancel(ctx context.Context, handle string) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelTime)
	defer stop()
	_, _, _ = a.send(ctx, http.MethodPost, handle+"/cancel", nil, nil)
}

// partition returns a part of a result but the first.
func (a *Account) partition(ctx context.Context, handle string, n int) ([][]*string, error) {
	r, pending, err := a.send(ctx, http.MethodGet, handle, url.Values{"partition": {strconv.Itoa(n)}}, nil)
	if err == nil && pending {
		err = unexpected(errors.New("a part of a result is pending"))
	}
	return r.Data, err
}

// send makes a request below the statements. pending: the statement has not ended.
func (a *Account) send(ctx context.Context, method, below string, query url.Values, body []byte) (r result, pending bool, err error) {
	token, err := a.bearer()
	if err != nil {
		return r, false, err
	}
	to := a.base
	if below != "" {
		to = *to.JoinPath(strings.Split(below, "/")...)
	}
	to.RawQuery = query.Encode()
	reply, err := a.rest.Do(ctx, warehouse.Request{Method: method, URL: to.String(), Body: body, Header: http.Header{
		"Authorization":                        {"Bearer " + token},
		"X-Snowflake-Authorization-Token-Type": {"KEYPAIR_JWT"},
		"Content-Type":                         {"application/json"},
		"Accept":                               {"application/json"},
		"User-Agent":                           {"thalweg/1"},
	}})
	if err != nil {
		return r, false, err
	}
	read := json.Unmarshal(reply.Body, &r)
	switch {
	case reply.Status == http.StatusOK && read == nil:
		return r, false, nil
	case reply.Status == http.StatusAccepted && read == nil && handlePattern(r.Handle):
		return r, true, nil
	case reply.Status < 300:
		return r, false, unexpected(read)
	}
	return r, false, a.refused(reply.Status, r)
}

// handlePattern reports whether a text can be the handle of a statement, which becomes part of addresses.
func handlePattern(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "0123456789abcdefABCDEF-") == ""
}

func unexpected(err error) error {
	return &warehouse.Error{Reason: warehouse.NotAWarehouse, Message: "a reply is not one of Snowflake's SQL API; check account and host", Err: err}
}

// requestID returns a random UUID.
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
