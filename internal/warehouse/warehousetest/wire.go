package warehousetest

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// Wire is a server of PostgreSQL's protocol that answers queries with what was recorded.
type Wire struct {
	Host string
	Port uint16

	mu       sync.Mutex
	recorded map[string]Result // by how queries begin
	queries  []string
}

// NewWire starts a server, which ends with the test. A Result with a code is an error of that SQLSTATE.
func NewWire(t testing.TB, recorded map[string]Result) *Wire {
	t.Helper()
	var from net.ListenConfig
	l, err := from.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{Host: host, Port: uint16(n), recorded: recorded}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				_ = w.serve(conn) // a client that goes away is none of the test's failures
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	return w
}

// Queries are those that were made.
func (w *Wire) Queries() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.queries...)
}

func (w *Wire) serve(conn net.Conn) error {
	b := pgproto3.NewBackend(conn, conn)
	for {
		first, err := b.ReceiveStartupMessage()
		if err != nil {
			return err
		}
		if _, ok := first.(*pgproto3.SSLRequest); !ok {
			break
		}
		if _, err := conn.Write([]byte("N")); err != nil {
			return err
		}
	}
	b.Send(&pgproto3.AuthenticationOk{})
	b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	query, failed := "", false
	for {
		if err := b.Flush(); err != nil {
			return err
		}
		message, err := b.Receive()
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *pgproto3.Query:
			w.note(m.String)
			for range strings.Split(m.String, ";") {
				b.Send(&pgproto3.CommandComplete{CommandTag: []byte("SET")})
			}
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'T'})
		case *pgproto3.Parse:
			query, failed = m.Query, false
			w.note(query)
			b.Send(&pgproto3.ParseComplete{})
		case *pgproto3.Bind:
			b.Send(&pgproto3.BindComplete{})
		case *pgproto3.Describe:
			r := w.answer(query)
			if failed = r.Code != ""; failed {
				b.Send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: r.Code, Message: r.Message})
				continue
			}
			d := &pgproto3.RowDescription{}
			for _, c := range r.Columns {
				d.Fields = append(d.Fields, pgproto3.FieldDescription{Name: []byte(c), DataTypeOID: 25, DataTypeSize: -1, TypeModifier: -1})
			}
			b.Send(d)
		case *pgproto3.Execute:
			if !failed {
				sendRows(b, w.answer(query).Rows)
			}
		case *pgproto3.Sync:
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'T'})
		case *pgproto3.Terminate:
			return nil
		}
	}
}

func sendRows(b *pgproto3.Backend, rows [][]*string) {
	for _, row := range rows {
		d := &pgproto3.DataRow{Values: make([][]byte, len(row))}
		for n, v := range row {
			if v != nil {
				d.Values[n] = []byte(*v)
			}
		}
		b.Send(d)
	}
	b.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT " + strconv.Itoa(len(rows)))})
}

func (w *Wire) note(query string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queries = append(w.queries, query)
}

func (w *Wire) answer(query string) (r Result) {
	longest := -1
	for beginning, recorded := range w.recorded {
		if strings.HasPrefix(query, beginning) && len(beginning) > longest {
			longest, r = len(beginning), recorded
		}
	}
	return r
}

// Recorded is a result of texts; "-" is NULL.
func Recorded(columns string, rows ...[]string) Result {
	r := Result{Columns: strings.Fields(columns)}
	for _, row := range rows {
		var values []*string
		for _, v := range row {
			value := &v
			if v == "-" {
				value = nil
			}
			values = append(values, value)
		}
		r.Rows = append(r.Rows, values)
	}
	return r
}

// RedshiftReplies are what a database of Redshift replies that has two schemas, recorded by its documentation: keys,
// views of each kind, an external schema.
func RedshiftReplies() map[string]Result {
	return map[string]Result{
		"SELECT current_database(), version()": Recorded("current_database version",
			[]string{"shop", "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.77467"}),
		"SELECT n.nspname": Recorded("nspname has_schema_privilege", []string{"raw", "t"}, []string{"hidden", "f"}),
		"SELECT c.relname, c.relkind": Recorded("relname relkind description pg_get_viewdef reltuples",
			[]string{"people", "r", "Everybody.", "-", "120"}, []string{"orders", "r", "-", "-", "0"}, []string{"spending", "v", "-", "SELECT p.name, o.amount FROM raw.people p JOIN raw.orders o ON o.person = p.id;", "0"},
			[]string{"late", "v", "-", "SELECT people.name FROM raw.people WITH NO SCHEMA BINDING;", "0"},
			[]string{"daily", "v", "-", "create materialized view raw.daily as select id from raw.orders;", "0"}),
		"SELECT c.relname, a.attname": Recorded("relname attname attnum format_type attnotnull pg_get_expr description",
			[]string{"daily", "id", "1", "integer", "f", "-", "-"},
			[]string{"orders", "id", "1", "bigint", "t", `"identity"(101, 0, '1,1'::text)`, "-"}, []string{"orders", "person", "2", "integer", "f", "-", "-"},
			[]string{"orders", "amount", "3", "numeric(10,2)", "f", "0", "What it cost."},
			[]string{"people", "id", "1", "integer", "t", "-", "-"}, []string{"people", "name", "2", "character varying(20)", "f", "-", "-"},
			[]string{"spending", "name", "1", "character varying(20)", "f", "-", "-"}, []string{"spending", "amount", "2", "numeric(10,2)", "f", "-", "-"}),
		"SELECT c.relname, k.conname": Recorded("relname conname pg_get_constraintdef",
			[]string{"orders", "orders_person_fkey", "FOREIGN KEY (person) REFERENCES raw.people(id)"}, []string{"people", "people_pkey", "PRIMARY KEY (id)"}),
		"SELECT view_name":  Recorded("view_name col_name col_num col_type", []string{"late", "name", "1", "character varying(20)"}),
		"SELECT tablename":  Recorded("tablename columnname columnnum external_type", []string{"clicks", "at", "1", "timestamp"}, []string{"clicks", "url", "2", "varchar(2000)"}),
		`SELECT "table"`:    Recorded("table size tbl_rows", []string{"orders", "12", "4711"}),
		"SELECT pg_catalog": {},
	}
}
