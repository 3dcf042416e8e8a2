package httpserver

import (
	"net"
	"net/netip"
	"testing"
)

// peerConn is a connection from an address.
type peerConn struct {
	net.Conn
	peer   string
	closed bool
}

func (c *peerConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.peer), 4711))
}
func (c *peerConn) Close() error { c.closed = true; return nil }

// One address cannot hold every place: beyond its share its own silent connections go, or it gets health checks only.
func TestShareOfAnAddress(t *testing.T) {
	c := NewConnections(8, nil)
	var all []*limitedConn
	dial := func(peer string) (*limitedConn, *peerConn) {
		conn := &peerConn{peer: peer}
		added := c.add(conn)
		all = append(all, added)
		return added, conn
	}
	_, idle := dial("192.0.2.2")
	var first *limitedConn
	for i := range 4 {
		conn, _ := dial("192.0.2.1")
		conn.serve(netip.Addr{})
		if conn.reserved {
			t.Errorf("connection %d of its share is for health checks only", i+1)
		}
		if first == nil {
			first = conn
		}
	}
	if conn, _ := dial("192.0.2.1"); !conn.beyondLimit() || idle.closed {
		t.Errorf("beyond the share: reserved %v, another's closed %v", conn.beyondLimit(), idle.closed)
	}
	if conn, _ := dial("192.0.2.2"); conn.beyondLimit() {
		t.Error("another address has no place")
	}
	first.wait()
	if conn, _ := dial("192.0.2.1"); conn.beyondLimit() || !first.Conn.(*peerConn).closed || idle.closed {
		t.Error("its own silent connection does not make room")
	}
	for _, conn := range all {
		_ = conn.Close()
	}
	if len(c.of) != 0 || c.open != 0 {
		t.Errorf("%v and %d of closed connections", c.of, c.open)
	}
}

// The connections of a trusted proxy count for its clients, while they serve them.
func TestShareOfAClientOfAProxy(t *testing.T) {
	proxy := netip.MustParsePrefix("10.0.0.1/32")
	c := NewConnections(8, []netip.Prefix{proxy})
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	var conns []*limitedConn
	for i := range 8 {
		conn := c.add(&peerConn{peer: proxy.Addr().String()})
		if conn.beyondLimit() {
			t.Fatalf("connection %d of the proxy is for health checks only", i+1)
		}
		conns = append(conns, conn)
	}
	for i, conn := range conns[:5] {
		if conn.serve(one) != (i < 4) {
			t.Errorf("request %d of one client: %v", i+1, i >= 4)
		}
	}
	if !conns[5].serve(other) {
		t.Error("a request of another client is refused")
	}
	conns[0].wait()
	if !conns[6].serve(one) {
		t.Error("a request after another has ended is refused")
	}
	for _, conn := range conns {
		_ = conn.Close()
	}
	if len(c.of) != 0 || c.open != 0 {
		t.Errorf("%v and %d of closed connections", c.of, c.open)
	}
}
