package httpserver

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// reserved is how many connections beyond the limit are accepted for health checks.
	reserved = 32
	// reservedFor is how long such a connection may last.
	reservedFor = 5 * time.Second
)

// Connections limits the open connections of a server.
//
// Where the limit is reached, a new connection takes the place of the one that has waited longest for a request: it is
// idle, or its request does not arrive. If requests are being served on all of them, health checks are still answered,
// on a few connections more; other requests on those get 503.
type Connections struct {
	limit int

	mu      sync.Mutex
	open    int        // without those of the reserve
	waiting *list.List // connections on which no request is being served, the longest waiting first
	reserve *list.List // connections beyond the limit, the oldest first
}

// NewConnections returns Connections with a limit of at least 1.
func NewConnections(limit int) *Connections {
	return &Connections{limit: max(limit, 1), waiting: list.New(), reserve: list.New()}
}

// Limit makes a server accept no more connections than the limit. It returns the listener to serve on.
func (c *Connections) Limit(server *http.Server, l net.Listener) net.Listener {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		if limited, ok := conn.(*limitedConn); ok && state == http.StateIdle {
			limited.wait()
		}
	}
	return &limitedListener{Listener: l, in: c}
}

type limitedListener struct {
	net.Listener
	in *Connections
}

// Accept implements [net.Listener].
func (l *limitedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.in.add(conn), nil
}

// limitedConn is a connection that counts.
type limitedConn struct {
	net.Conn
	in       *Connections
	reserved bool
	timer    *time.Timer // closes a reserved one

	// Guarded by in.mu.
	place  *list.Element // in waiting or reserve; nil while a request is being served
	closed bool
}

type connKey struct{}

// connOf returns the connection of a request, nil if connections are not limited.
func connOf(ctx context.Context) *limitedConn {
	conn, _ := ctx.Value(connKey{}).(*limitedConn)
	return conn
}

// add counts a connection and closes the one that has to make room for it.
func (c *Connections) add(conn net.Conn) *limitedConn {
	added, surplus := &limitedConn{Conn: conn, in: c}, (*limitedConn)(nil)
	c.mu.Lock()
	switch {
	case c.open < c.limit:
	case c.waiting.Len() > 0:
		surplus = c.waiting.Front().Value.(*limitedConn)
	default:
		added.reserved = true
		if c.reserve.Len() == reserved {
			surplus = c.reserve.Front().Value.(*limitedConn)
		}
	}
	c.remove(surplus)
	added.place = c.listOf(added).PushBack(added)
	if added.reserved {
		added.timer = time.AfterFunc(reservedFor, func() { _ = added.Close() }) // nobody is left to be told
	} else {
		c.open++
	}
	c.mu.Unlock()
	if surplus != nil {
		_ = surplus.Conn.Close() // as above
	}
	return added
}

// remove takes a connection out of the count, if it is there. The lock is held.
func (c *Connections) remove(conn *limitedConn) {
	if conn == nil || conn.closed {
		return
	}
	conn.closed = true
	if conn.place != nil {
		c.listOf(conn).Remove(conn.place)
	}
	if conn.reserved {
		conn.timer.Stop()
	} else {
		c.open--
	}
}

// listOf returns the list that a connection is in while it waits.
func (c *Connections) listOf(conn *limitedConn) *list.List {
	if conn.reserved {
		return c.reserve
	}
	return c.waiting
}

// beyondLimit reports whether a connection is there for health checks only.
func (n *limitedConn) beyondLimit() bool { return n != nil && n.reserved }

// serve notes that a request is being served, until the connection waits for the next one.
func (n *limitedConn) serve() {
	if n == nil || n.reserved {
		return
	}
	n.in.mu.Lock()
	defer n.in.mu.Unlock()
	if n.place != nil {
		n.in.waiting.Remove(n.place)
		n.place = nil
	}
}

// wait notes that the connection waits for a request.
func (n *limitedConn) wait() {
	n.in.mu.Lock()
	defer n.in.mu.Unlock()
	if !n.reserved && !n.closed && n.place == nil {
		n.place = n.in.waiting.PushBack(n)
	}
}

// Close implements [net.Conn].
func (n *limitedConn) Close() error {
	n.in.mu.Lock()
	n.in.remove(n)
	n.in.mu.Unlock()
	return n.Conn.Close()
}

// CloseWrite lets net/http end a reply without a reset of the connection.
func (n *limitedConn) CloseWrite() error {
	if c, ok := n.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
