package warehousetest

import (
	"compress/gzip"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// Snowflake is a local server of Snowflake's SQL REST API with one account and one user.
type Snowflake struct {
	Host string
	Port int
	// Certificate is that of the server, in PEM form.
	Certificate string
	// Statements counts those that were executed.
	Statements int
	// Canceled are the handles of those that were canceled.
	Canceled []string
	// Each lists what the requests of statements named, one line each.
	Each []string

	t       testing.TB
	execute Execute
	public  *rsa.PublicKey
	options SnowflakeOptions

	mu      sync.Mutex
	results map[string]*kept
	ids     map[string]string // handle by request
}

// SnowflakeOptions are what the server demands and how it answers.
type SnowflakeOptions struct {
	Account, User string // as Snowflake stores them, without the region
	// Rows bounds the rows of each part of a result; 0 = all.
	Rows int
	// Pending counts the replies before a statement has ended.
	Pending int
	// Intercept answers a request in place of the server, if it returns true.
	Intercept func(w http.ResponseWriter, r *http.Request) bool
	Now       func() time.Time
}

type kept struct {
	Result
	pending int
}

// NewSnowflake starts a server, which ends with the test.
func NewSnowflake(t testing.TB, public *rsa.PublicKey, execute Execute, o SnowflakeOptions) *Snowflake {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Snowflake{t: t, execute: execute, public: public, options: o, results: map[string]*kept{}, ids: map[string]string{}}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	host, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s.Host, s.Certificate = host, certificate(server)
	if s.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	return s
}

const statementsPath = "/api/v2/statements"

func (s *Snowflake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.Intercept != nil && s.options.Intercept(w, r) {
		return
	}
	if err := s.authorize(r); err != nil {
		answer(w, http.StatusUnauthorized, map[string]any{"code": "390144", "message": "JWT token is invalid. " + err.Error()})
		return
	}
	handle, below := strings.CutPrefix(r.URL.Path, statementsPath+"/")
	switch {
	case r.URL.Path == statementsPath && r.Method == http.MethodPost:
		s.submit(w, r)
	case below && r.Method == http.MethodPost && strings.HasSuffix(handle, "/cancel"):
		s.Canceled = append(s.Canceled, strings.TrimSuffix(handle, "/cancel"))
		answer(w, http.StatusOK, map[string]any{"code": "000604", "sqlState": "57014", "message": "SQL execution canceled"})
	case below && r.Method == http.MethodGet && s.results[handle] != nil:
		part, err := strconv.Atoi(r.URL.Query().Get("partition"))
		if r.URL.Query().Has("partition") && err != nil {
			answer(w, http.StatusBadRequest, map[string]any{"code": "391902", "message": "partition"})
			return
		}
		s.reply(w, handle, part)
	default:
		http.NotFound(w, r)
	}
}

// authorize checks the token and the headers that the API demands.
func (s *Snowflake) authorize(r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || r.Header.Get("X-Snowflake-Authorization-Token-Type") != "KEYPAIR_JWT" || r.Header.Get("User-Agent") == "" || r.Header.Get("Accept") != "application/json" {
		return fmt.Errorf("headers %v", r.Header)
	}
	_, claims, err := verified(token, s.public)
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(s.public)
	if err != nil {
		return err
	}
	print := sha256.Sum256(public)
	subject := s.options.Account + "." + s.options.User
	from, to := claims["iat"].(float64), claims["exp"].(float64)
	now := float64(s.options.Now().Unix())
	switch {
	case claims["sub"] != subject || claims["iss"] != subject+".SHA256:"+base64.StdEncoding.EncodeToString(print[:]):
		return fmt.Errorf("of %v by %v", claims["sub"], claims["iss"])
	case now < from-60 || now > to || to-from > 3600:
		return fmt.Errorf("good from %f to %f", from, to)
	}
	return nil
}

func (s *Snowflake) submit(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Statement  string            `json:"statement"`
		Timeout    int               `json:"timeout"`
		Warehouse  string            `json:"warehouse"`
		Role       string            `json:"role"`
		Parameters map[string]string `json:"parameters"`
		Bindings   map[string]struct {
			Type  string `json:"type"`
			Value string `json:"value"`
		} `json:"bindings"`
	}
	id := r.URL.Query().Get("requestId")
	if err := json.UnmarshalRead(r.Body, &q, json.RejectUnknownMembers(true)); err != nil || q.Timeout == 0 || len(id) != 36 {
		answer(w, http.StatusBadRequest, map[string]any{"code": "390142", "message": fmt.Sprint("request ", id, ": ", err)})
		return
	}
	handle, again := s.ids[id]
	if !again {
		var args []string
		for n := range len(q.Bindings) {
			b := q.Bindings[strconv.Itoa(n+1)]
			if b.Type != "TEXT" {
				answer(w, http.StatusBadRequest, map[string]any{"code": "391911", "message": "binding"})
				return
			}
			args = append(args, b.Value)
		}
		s.Statements++
		s.Each = append(s.Each, fmt.Sprintf("%s as %s on %s %v", q.Statement, q.Role, q.Warehouse, args))
		handle = fmt.Sprintf("01b2c3d4-0000-%04x-0000-00000000beef", s.Statements)
		s.ids[id] = handle
		s.results[handle] = &kept{s.execute(q.Statement, args), s.options.Pending}
	}
	s.reply(w, handle, 0)
}

// reply sends a part of a result. Only the first one has a description, and only the others are compressed.
func (s *Snowflake) reply(w http.ResponseWriter, handle string, part int) {
	k := s.results[handle]
	if k.pending > 0 {
		k.pending--
		answer(w, http.StatusAccepted, map[string]any{
			"code": "333334", "message": "Asynchronous execution in progress.", "statementHandle": handle, "statementStatusUrl": "https://elsewhere.example.com/",
		})
		return
	}
	if k.Code != "" {
		answer(w, http.StatusUnprocessableEntity, map[string]any{"code": k.Code, "sqlState": k.SQLState, "message": k.Message, "statementHandle": handle})
		return
	}
	size := s.options.Rows
	if size == 0 {
		size = max(len(k.Rows), 1)
	}
	parts := max((len(k.Rows)+size-1)/size, 1)
	if part >= parts {
		answer(w, http.StatusBadRequest, map[string]any{"code": "391914", "message": "partition"})
		return
	}
	data := k.Rows[min(part*size, len(k.Rows)):min((part+1)*size, len(k.Rows))]
	if data == nil {
		data = [][]*string{}
	}
	if part > 0 {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_ = json.MarshalWrite(z, map[string]any{"data": data})
		_ = z.Close()
		return
	}
	var columns, info []map[string]any
	for _, c := range k.Columns {
		columns = append(columns, map[string]any{"name": c, "type": "text", "nullable": true})
	}
	for n := range parts {
		info = append(info, map[string]any{"rowCount": min((n+1)*size, len(k.Rows)) - n*size, "uncompressedSize": 1})
	}
	answer(w, http.StatusOK, map[string]any{
		"code": "090001", "message": "Statement executed successfully.", "sqlState": "00000", "statementHandle": handle, "createdOn": s.options.Now().UnixMilli(),
		"resultSetMetaData": map[string]any{"numRows": len(k.Rows), "format": "jsonv2", "rowType": columns, "partitionInfo": info}, "data": data,
	})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.MarshalWrite(w, body)
}
