//go:build linux

package packaging

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// guideBlocks returns the blocks of the operations guide in one language.
func guideBlocks(t *testing.T, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/guide/operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		t.Fatalf("the guide has no block of %s", language)
	}
	return out
}

const siteName = "catalog.example.com"

// site is a name with a certificate of its own, and a client that trusts it and finds it on a port of this machine.
type site struct {
	certificate, key string // files
	port             string
	client           *http.Client
}

func newSite(t *testing.T) site {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: siteName}, DNSNames: []string{siteName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := site{certificate: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem"), port: freePort(t)}
	trusted := x509.NewCertPool()
	for path, block := range map[string]*pem.Block{s.certificate: {Type: "CERTIFICATE", Bytes: der}, s.key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusted.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: pinned{transport, s.port}}
	return s
}

// pinned sends every request for the site to a port of this machine.
type pinned struct {
	*http.Transport
	port string
}

func (p pinned) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Host, r.URL.Host = siteName, "127.0.0.1:"+p.port
	t := p.Clone()
	t.TLSClientConfig.ServerName = siteName
	t.DisableKeepAlives = true
	return t.RoundTrip(r)
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// behind starts a server with the settings of the guide and returns it with its port.
func behind(t *testing.T) (server *process, port string) {
	t.Helper()
	port = freePort(t)
	config := filepath.Join(t.TempDir(), "thalweg.yaml")
	text := strings.NewReplacer("127.0.0.1:8080", "127.0.0.1:"+port, "127.0.0.1:9090", "127.0.0.1:0").Replace(guideBlocks(t, "yaml")[0])
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	server = start(t, bare(t), thalweg(t), "serve", "--config", config, "--data", shortFolder(t))
	server.await(t, `(serves) http://`)
	return server, port
}

// shortFolder is a data folder whose socket has a path that is short enough.
func shortFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "twg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "data")
}

// nginx and Caddy as the guide configures them: pages by TLS, a cookie that is for TLS alone, the client's own address
// in the log whatever it claims, an upload that is larger than what proxies allow by default.
func TestProxies(t *testing.T) {
	for name, proxy := range map[string]func(*testing.T, site, string){"nginx": startNginx, "Caddy": startCaddy} {
		t.Run(name, func(t *testing.T) {
			server, port := behind(t)
			s := newSite(t)
			proxy(t, s, port)
			s.await(t)
			s.signIn(t, server.await(t, `Make your account, within 24 hours: https://catalog.example.com/setup#([\w-]+)`))
			s.upload(t, server.await(t, `shown this once: (\S+)`))
			server.await(t, `path=/api/v1/dbt_imports status=202 .*(client=127\.0\.0\.1)`)
			if strings.Contains(server.log.String(), "203.0.113.9") {
				t.Errorf("an address that the client claims is in the log:\n%s", server.log)
			}
		})
	}
}

func startNginx(t *testing.T, s site, port string) {
	t.Helper()
	dir := scripted(t, "debian.sh", "nginx")
	work := t.TempDir()
	block := strings.NewReplacer("server 127.0.0.1:8080", "server 127.0.0.1:"+port, "listen 443", "listen 127.0.0.1:"+s.port,
		"/etc/ssl/catalog.example.com.pem", s.certificate, "/etc/ssl/catalog.example.com.key", s.key).Replace(guideBlocks(t, "nginx")[0])
	config := fmt.Sprintf("daemon off; pid %[1]s/pid; error_log stderr;\nevents {}\nhttp { access_log off; client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; "+
		"fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;\n%[2]s}\n", work, block)
	if os.Geteuid() == 0 {
		config = "user root;\n" + config // its workers own the folders of the test
	}
	path := filepath.Join(work, "nginx.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "usr/sbin/nginx")
	run(t, bare(t), program, "-t", "-q", "-c", path, "-p", work, "-e", "stderr")
	start(t, bare(t), program, "-c", path, "-p", work, "-e", "stderr")
}

func startCaddy(t *testing.T, s site, port string) {
	t.Helper()
	dir := scripted(t, "debian.sh", "caddy")
	work := t.TempDir()
	block := strings.NewReplacer(siteName+" {", "https://"+siteName+":"+s.port+" {\n\tbind 127.0.0.1\n\ttls "+s.certificate+" "+s.key,
		"127.0.0.1:8080", "127.0.0.1:"+port).Replace(guideBlocks(t, "caddyfile")[0])
	path := filepath.Join(work, "Caddyfile")
	if err := os.WriteFile(path, []byte("{\n\tadmin off\n\tauto_https disable_redirects\n}\n"+block), 0o600); err != nil {
		t.Fatal(err)
	}
	env := append(bare(t), "XDG_DATA_HOME="+work, "XDG_CONFIG_HOME="+work)
	program := filepath.Join(dir, "usr/bin/caddy")
	run(t, env, program, "validate", "--adapter", "caddyfile", "--config", path)
	start(t, env, program, "run", "--adapter", "caddyfile", "--config", path)
}

func (s site) await(t *testing.T) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		var reply *http.Response
		request, errRequest := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+siteName+"/readyz", http.NoBody)
		if errRequest != nil {
			t.Fatal(errRequest)
		}
		if reply, err = s.client.Do(request); err == nil {
			reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("the proxy does not answer: %v", err)
}

// send sends a request whose client claims to be somebody else, and returns the reply with its body read.
func (s site) send(t *testing.T, method, path string, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "https://"+siteName+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", "203.0.113.9")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	reply, err := s.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	reply.Body = io.NopCloser(bytes.NewReader(content))
	return reply
}

func (s site) signIn(t *testing.T, token string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"token": token, "name": "Ana", "email": "ana@example.com", "password": "correct horse battery staple"})
	if err != nil {
		t.Fatal(err)
	}
	reply := s.send(t, http.MethodPost, "/api/v1/setup", bytes.NewReader(body), "Content-Type", "application/json", "Origin", "https://"+siteName)
	defer reply.Body.Close()
	cookies := reply.Cookies()
	if reply.StatusCode != http.StatusCreated || len(cookies) == 0 || !cookies[0].Secure || !strings.HasPrefix(cookies[0].Name, "__Host-") {
		t.Errorf("setup through the proxy: %s, cookies %v", reply.Status, cookies)
	}
}

// upload sends a manifest with a description of 3 MB, three times what nginx allows by default.
func (s site) upload(t *testing.T, key string) {
	t.Helper()
	created := s.send(t, http.MethodPost, "/api/v1/schemas", strings.NewReader(`{"name": "Warehouse"}`), "Content-Type", "application/json", "Authorization", "Bearer "+key)
	defer created.Body.Close()
	if created.StatusCode != http.StatusCreated {
		t.Fatalf("schema: %s", created.Status)
	}
	manifest, err := os.ReadFile(filepath.Join(project(t), "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	padded := append(bytes.Repeat([]byte(" "), 3<<20), manifest...)
	var form bytes.Buffer
	const boundary = "between-the-parts"
	fmt.Fprintf(&form, "--%[1]s\r\nContent-Disposition: form-data; name=\"schema_id\"\r\n\r\nSCH-101\r\n"+
		"--%[1]s\r\nContent-Disposition: form-data; name=\"manifest\"; filename=\"manifest.json\"\r\n\r\n%[2]s\r\n--%[1]s--\r\n", boundary, padded)
	reply := s.send(t, http.MethodPost, "/api/v1/dbt_imports?wait=30", &form, "Content-Type", "multipart/form-data; boundary="+boundary, "Authorization", "Bearer "+key)
	defer reply.Body.Close()
	if content, err := io.ReadAll(reply.Body); err != nil || reply.StatusCode != http.StatusAccepted {
		t.Errorf("upload through the proxy: %s %.300s %v", reply.Status, content, err)
	}
}
