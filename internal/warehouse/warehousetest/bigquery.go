package warehousetest

import (
	"crypto/rsa"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// BigQuery is a local server of BigQuery's REST API with one project and one service account.
type BigQuery struct {
	Host string
	Port int
	// Certificate is that of the server, in PEM form.
	Certificate string
	// ServiceAccount is the JSON of the account's key.
	ServiceAccount string
	// Queries are those that were executed.
	Queries []string
	// Canceled are the jobs that were canceled.
	Canceled []string

	execute Execute
	public  *rsa.PublicKey
	options BigQueryOptions

	mu   sync.Mutex
	jobs map[string]*kept
}

// BigQueryOptions are what the server has and how it answers.
type BigQueryOptions struct {
	Project  string
	Datasets []string // all in europe-west1
	// Rows bounds the rows and datasets of each page; 0 = all.
	Rows int
	// Pending counts the replies before a query has ended.
	Pending int
	// Intercept answers a request in place of the server, if it returns true.
	Intercept func(w http.ResponseWriter, r *http.Request) bool
	Now       func() time.Time
}

const (
	bigQueryAccount  = "catalog-reader@my-project.iam.gserviceaccount.com"
	bigQueryKeyID    = "0123456789abcdef"
	bigQueryLocation = "europe-west1"
)

// NewBigQuery starts a server, which ends with the test. Queries name the views of information schemas as dataset_VIEW
// where they are executed.
func NewBigQuery(t testing.TB, execute Execute, o BigQueryOptions) *BigQuery {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	key, private := Key(t)
	s := &BigQuery{execute: execute, public: &key.PublicKey, options: o, jobs: map[string]*kept{}, ServiceAccount: ServiceAccount(t, private, nil)}
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

// ServiceAccount is the JSON of a service account's key as Google makes it, with changes; nil leaves a field out.
func ServiceAccount(t testing.TB, private string, change map[string]any) string {
	t.Helper()
	fields := map[string]any{
		"type": "service_account", "project_id": "my-project", "private_key_id": bigQueryKeyID, "private_key": private,
		"client_email": bigQueryAccount, "client_id": "1234567890", "auth_uri": "https://accounts.google.com/o/oauth2/auth",
		"token_uri": "https://oauth2.googleapis.com/token", "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
		"client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/catalog-reader%40my-project.iam.gserviceaccount.com",
		"universe_domain":      "googleapis.com",
	}
	for name, value := range change {
		if fields[name] = value; value == nil {
			delete(fields, name)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (s *BigQuery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.options.Intercept != nil && s.options.Intercept(w, r) {
		return
	}
	if err := s.authorize(r); err != nil {
		s.fail(w, http.StatusUnauthorized, "authError", err.Error())
		return
	}
	below, ok := strings.CutPrefix(r.URL.Path, "/bigquery/v2/projects/"+s.options.Project+"/")
	what, id, _ := strings.Cut(below, "/")
	switch {
	case !ok:
		s.fail(w, http.StatusNotFound, "notFound", "Not found: Project")
	case r.Method == http.MethodGet && what == "datasets":
		s.datasets(w, r, id)
	case r.Method == http.MethodPost && below == "queries":
		s.query(w, r)
	case r.Method == http.MethodGet && what == "queries" && s.jobs[id] != nil && r.URL.Query().Get("location") == bigQueryLocation:
		s.page(w, id, r.URL.Query().Get("pageToken"))
	case r.Method == http.MethodPost && what == "jobs" && strings.HasSuffix(id, "/cancel"):
		s.Canceled = append(s.Canceled, strings.TrimSuffix(id, "/cancel"))
		answer(w, http.StatusOK, map[string]any{})
	default:
		s.fail(w, http.StatusNotFound, "notFound", "Not found")
	}
}

// authorize checks a token that the service account signed for this API.
func (s *BigQuery) authorize(r *http.Request) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return fmt.Errorf("headers %v", r.Header)
	}
	header, claims, err := verified(token, s.public)
	if err != nil {
		return err
	}
	from, to, now := claims["iat"].(float64), claims["exp"].(float64), float64(s.options.Now().Unix())
	switch {
	case header["kid"] != bigQueryKeyID || claims["iss"] != bigQueryAccount || claims["sub"] != bigQueryAccount:
		return fmt.Errorf("of %v by %v with %v", claims["sub"], claims["iss"], header["kid"])
	case claims["aud"] != "https://bigquery.googleapis.com/" || claims["scope"] != nil:
		return fmt.Errorf("for %v, %v", claims["aud"], claims["scope"])
	case now < from-60 || now > to || to-from > 3600:
		return fmt.Errorf("good from %f to %f", from, to)
	}
	return nil
}

func (s *BigQuery) fail(w http.ResponseWriter, status int, reason, message string) {
	answer(w, status, map[string]any{"error": map[string]any{"code": status, "message": message, "errors": []any{map[string]any{"reason": reason, "message": message}}}})
}

func (s *BigQuery) datasets(w http.ResponseWriter, r *http.Request, id string) {
	var all []map[string]any
	for _, d := range s.options.Datasets {
		one := map[string]any{"datasetReference": map[string]any{"datasetId": d, "projectId": s.options.Project}, "location": bigQueryLocation}
		if d == id {
			answer(w, http.StatusOK, one)
			return
		}
		all = append(all, one)
	}
	if id != "" {
		s.fail(w, http.StatusNotFound, "notFound", "Not found: Dataset "+id)
		return
	}
	from, to, next := s.window(len(all), r.URL.Query().Get("pageToken"))
	reply := map[string]any{"datasets": all[from:to]}
	if next != "" {
		reply["nextPageToken"] = next
	}
	answer(w, http.StatusOK, reply)
}

// window returns the range of a page and the token of the next one.
func (s *BigQuery) window(count int, token string) (from, to int, next string) {
	from, _ = strconv.Atoi(token)
	from = min(from, count)
	if to = from + s.options.Rows; s.options.Rows == 0 || to >= count {
		return from, count, ""
	}
	return from, to, strconv.Itoa(to)
}

var (
	schemaView = regexp.MustCompile("`([^`]+)`\\.`([^`]+)`\\.INFORMATION_SCHEMA\\.([A-Z_]+)")
	sizesView  = regexp.MustCompile("`([^`]+)`\\.`([^`]+)`\\.__TABLES__")
)

func (s *BigQuery) query(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Query        string `json:"query"`
		UseLegacySQL *bool  `json:"useLegacySql"`
		Location     string `json:"location"`
		TimeoutMs    int64  `json:"timeoutMs"`
		RequestID    string `json:"requestId"`
		MostBilled   string `json:"maximumBytesBilled"`
	}
	if err := json.UnmarshalRead(r.Body, &q, json.RejectUnknownMembers(true)); err != nil || q.UseLegacySQL == nil || *q.UseLegacySQL || q.RequestID == "" || q.MostBilled == "" || q.Location != bigQueryLocation {
		s.fail(w, http.StatusBadRequest, "invalid", fmt.Sprintf("%+v: %v", q, err))
		return
	}
	for _, view := range append(schemaView.FindAllStringSubmatch(q.Query, -1), sizesView.FindAllStringSubmatch(q.Query, -1)...) {
		if view[1] != s.options.Project || !strings.Contains(" "+strings.Join(s.options.Datasets, " ")+" ", " "+view[2]+" ") {
			s.fail(w, http.StatusForbidden, "accessDenied", "Access Denied: "+view[0])
			return
		}
	}
	s.Queries = append(s.Queries, q.Query)
	id := fmt.Sprintf("job_%d-%s", len(s.Queries), strings.ToLower(q.RequestID))
	text := sizesView.ReplaceAllString(schemaView.ReplaceAllString(q.Query, "${2}_${3}"), "${2}_SIZES")
	s.jobs[id] = &kept{s.execute(text, nil), s.options.Pending}
	s.page(w, id, "")
}

func (s *BigQuery) page(w http.ResponseWriter, id, token string) {
	k := s.jobs[id]
	reply := map[string]any{"jobReference": map[string]any{"projectId": s.options.Project, "jobId": id, "location": bigQueryLocation}, "jobComplete": k.pending == 0}
	if k.Code != "" {
		status := http.StatusBadRequest
		if k.Code == "accessDenied" {
			status = http.StatusForbidden
		}
		s.fail(w, status, k.Code, k.Message)
		return
	}
	if k.pending > 0 {
		k.pending--
		answer(w, http.StatusOK, reply)
		return
	}
	var fields, rows []map[string]any
	for _, c := range k.Columns {
		fields = append(fields, map[string]any{"name": c, "type": "STRING"})
	}
	from, to, next := s.window(len(k.Rows), token)
	for _, r := range k.Rows[from:to] {
		var values []map[string]any
		for _, v := range r {
			values = append(values, map[string]any{"v": v})
		}
		rows = append(rows, map[string]any{"f": values})
	}
	reply["schema"], reply["rows"], reply["totalRows"] = map[string]any{"fields": fields}, rows, strconv.Itoa(len(k.Rows))
	if next != "" {
		reply["pageToken"] = next
	}
	answer(w, http.StatusOK, reply)
}

// InformationSchema are the statements of DuckDB that make the views of a dataset's information schema as BigQuery
// documents them, as far as they are asked, with a few tables.
func InformationSchema(dataset string) []string {
	d := func(text string) string { return strings.ReplaceAll(text, "{}", dataset) }
	return []string{
		d(`CREATE TABLE {}_TABLES (table_name VARCHAR, table_type VARCHAR, ddl VARCHAR)`),
		d(`CREATE TABLE {}_VIEWS (table_name VARCHAR, view_definition VARCHAR, use_standard_sql VARCHAR)`),
		d(`CREATE TABLE {}_TABLE_OPTIONS (table_name VARCHAR, option_name VARCHAR, option_value VARCHAR)`),
		d(`CREATE TABLE {}_COLUMNS (table_name VARCHAR, column_name VARCHAR, ordinal_position BIGINT, data_type VARCHAR, is_nullable VARCHAR, column_default VARCHAR)`),
		d(`CREATE TABLE {}_COLUMN_FIELD_PATHS (table_name VARCHAR, column_name VARCHAR, field_path VARCHAR, data_type VARCHAR, description VARCHAR)`),
		d(`CREATE TABLE {}_TABLE_CONSTRAINTS (constraint_name VARCHAR, table_name VARCHAR, constraint_type VARCHAR)`),
		d(`CREATE TABLE {}_KEY_COLUMN_USAGE (constraint_name VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position BIGINT, position_in_unique_constraint BIGINT)`),
		d(`CREATE TABLE {}_CONSTRAINT_COLUMN_USAGE (constraint_name VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR)`),
		d(`CREATE TABLE {}_SIZES (table_id VARCHAR, row_count BIGINT, size_bytes BIGINT)`),
		d(`INSERT INTO {}_TABLES VALUES ('people', 'BASE TABLE', 'x'), ('orders', 'BASE TABLE', 'x'), ('spending', 'VIEW', 'x'), ('legacy', 'VIEW', 'x'),
			('daily', 'MATERIALIZED VIEW', 'CREATE MATERIALIZED VIEW {}.daily AS SELECT id FROM {}.orders'), ('files', 'EXTERNAL', 'x')`),
		d("INSERT INTO {}_VIEWS VALUES ('spending', 'SELECT p.name, o.amount FROM `my-project.{}.people` p JOIN `my-project.{}.orders` o ON o.person = p.id', 'YES'), ('legacy', 'SELECT a FROM [x.y]', 'NO')"),
		d(`INSERT INTO {}_TABLE_OPTIONS VALUES ('people', 'description', '"Every\"body\".\nAll."'), ('people', 'labels', '[]')`),
		d(`INSERT INTO {}_COLUMNS VALUES ('people', 'id', 1, 'INT64', 'NO', 'NULL'), ('people', 'name', 2, 'STRING', 'YES', '"x"'), ('people', 'home', 3, 'STRUCT<city STRING>', 'YES', 'NULL'),
			('people', '_PARTITIONTIME', NULL, 'TIMESTAMP', 'YES', NULL), ('orders', 'id', 1, 'INT64', 'NO', 'NULL'), ('orders', 'person', 2, 'INT64', 'YES', 'NULL'),
			('orders', 'amount', 3, 'NUMERIC(10, 2)', 'YES', 'NULL'), ('spending', 'name', 1, 'STRING', 'YES', 'NULL'), ('spending', 'amount', 2, 'NUMERIC', 'YES', 'NULL'),
			('legacy', 'a', 1, 'INT64', 'YES', 'NULL'), ('daily', 'id', 1, 'INT64', 'YES', 'NULL'), ('files', 'line', 1, 'STRING', 'YES', 'NULL')`),
		d(`INSERT INTO {}_COLUMN_FIELD_PATHS SELECT table_name, column_name, column_name, data_type, CASE WHEN column_name = 'amount' THEN 'What it cost.' END
			FROM {}_COLUMNS WHERE ordinal_position IS NOT NULL AND table_name <> 'files'`),
		d(`INSERT INTO {}_COLUMN_FIELD_PATHS VALUES ('people', 'home', 'home.city', 'STRING', 'Where.')`),
		d(`INSERT INTO {}_TABLE_CONSTRAINTS VALUES ('people.pk$', 'people', 'PRIMARY KEY'), ('orders.fk$1', 'orders', 'FOREIGN KEY')`),
		d(`INSERT INTO {}_KEY_COLUMN_USAGE VALUES ('people.pk$', 'people', 'id', 1, NULL), ('orders.fk$1', 'orders', 'person', 1, 1)`),
		d(`INSERT INTO {}_CONSTRAINT_COLUMN_USAGE VALUES ('people.pk$', '{}', 'people', 'id'), ('orders.fk$1', '{}', 'people', 'id')`),
		d(`INSERT INTO {}_SIZES VALUES ('people', 3, 300), ('orders', 7, 700), ('spending', 0, 0)`),
	}
}
