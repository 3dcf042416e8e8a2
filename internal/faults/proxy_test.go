//go:build linux

package faults

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// proxy stands between a server and PostgreSQL, reads the messages that pass,
// and cuts the connection at the COMMIT of one transaction.
type proxy struct {
	tb     testing.TB
	target string
	listen net.Listener

	mu    sync.Mutex
	watch string // SQL that tells the transaction; "" = let everything pass
	late  bool   // cut after the COMMIT was carried out, its reply unheard
	stay  bool   // the cut takes the whole link down
	cuts  int
	conns map[net.Conn]bool
	down  bool // refuse everything
}

// newProxy listens before the database of a place and gives the place as seen
// through it.
func newProxy(tb testing.TB, p place) (*proxy, place) {
	tb.Helper()
	address, err := url.Parse(p.dsn)
	if err != nil {
		tb.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	x := &proxy{tb: tb, target: address.Host, listen: l, conns: map[net.Conn]bool{}}
	go x.accept()
	tb.Cleanup(func() { _ = l.Close(); x.drop() })
	address.Host = l.Addr().String()
	p.dsn = address.String()
	return x, p
}

// cutAt cuts the connection whose transaction says sql when it commits, once:
// before the database hears of it, or late, when it has committed.
func (x *proxy) cutAt(sql string, late bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.watch, x.late, x.cuts = sql, late, 0
}

// cut counts the cuts that were made.
func (x *proxy) cut() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.cuts
}

// downAt takes the whole link down at that COMMIT, until up.
func (x *proxy) downAt(sql string) {
	x.cutAt(sql, false)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.stay = true
}

func (x *proxy) up() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.down, x.stay = false, false
}

// drop ends all connections.
func (x *proxy) drop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.dropLocked()
}

func (x *proxy) dropLocked() {
	for c := range x.conns {
		_ = c.Close()
	}
	clear(x.conns)
}

func (x *proxy) accept() {
	for {
		from, err := x.listen.Accept()
		if err != nil {
			return
		}
		x.mu.Lock()
		down := x.down
		x.mu.Unlock()
		to, err := net.Dial("tcp", x.target)
		if down || err != nil {
			_ = from.Close()
			continue
		}
		x.mu.Lock()
		x.conns[from], x.conns[to] = true, true
		x.mu.Unlock()
		go x.session(from, to)
	}
}

// session passes messages on until either side ends.
func (x *proxy) session(from, to net.Conn) {
	s := &session{proxy: x, from: from, to: to, texts: map[string]string{}}
	go func() {
		_, _ = io.Copy(s, to) // replies
		_ = from.Close()
	}()
	s.requests()
	_ = from.Close()
	_ = to.Close()
}

// session is one connection through the proxy.
type session struct {
	*proxy
	from, to net.Conn
	texts    map[string]string // prepared statements
	marked   bool              // this transaction is the one

	mu      sync.Mutex
	swallow bool // the next reply is not passed on; the connection then ends
}

// Write passes a reply on, or is the end where it shall not be heard.
func (s *session) Write(reply []byte) (int, error) {
	s.mu.Lock()
	swallow := s.swallow
	s.mu.Unlock()
	if swallow {
		return 0, io.ErrClosedPipe
	}
	return s.from.Write(reply)
}

// requests passes messages of the client on. The first has no letter.
func (s *session) requests() {
	r := bufio.NewReaderSize(s.from, 1<<16)
	for first := true; ; first = false {
		head := make([]byte, 5)
		if first {
			head = head[1:]
		}
		if _, err := io.ReadFull(r, head); err != nil {
			return
		}
		size := binary.BigEndian.Uint32(head[len(head)-4:])
		message := append(head, make([]byte, size-4)...)
		if _, err := io.ReadFull(r, message[len(head):]); err != nil {
			return
		}
		if !first && !s.pass(message) {
			return
		}
		if _, err := s.to.Write(message); err != nil {
			return
		}
	}
}

// pass looks at a message; false cuts the connection before it.
func (s *session) pass(message []byte) bool {
	sql := s.sqlOf(message)
	x := s.proxy
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.watch == "" || sql == "" {
		return true
	}
	s.marked = s.marked || strings.Contains(sql, x.watch)
	if !s.marked || !strings.HasPrefix(sql, "commit") {
		return true
	}
	x.watch = ""
	x.cuts++
	if x.stay {
		x.down = true
		x.dropLocked()
	}
	if !x.late {
		return false
	}
	s.mu.Lock()
	s.swallow = true
	s.mu.Unlock()
	return true
}

// sqlOf gives the statement that a message carries out: a simple query, or the
// text of the prepared one that is bound.
func (s *session) sqlOf(message []byte) string {
	body := message[5:]
	switch message[0] {
	case 'Q':
		return text(body)
	case 'P':
		name := text(body)
		s.texts[name] = text(body[len(name)+1:])
	case 'B':
		portal := text(body)
		return s.texts[text(body[len(portal)+1:])]
	}
	return ""
}
