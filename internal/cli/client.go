package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// client speaks the public API: with a server by its address, or with a data
// folder by the socket in it.
type client struct {
	base string
	key  string
	http *http.Client
}

func newRemote(server, key string) *client {
	return &client{base: strings.TrimSuffix(server, "/"), key: key, http: &http.Client{}}
}

// newSocket returns a client of the server behind a socket; the file's mode 0600 is
// the credential.
func newSocket(path string) *client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &client{base: "http://localhost", http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// alive reports whether a server answers.
func (c *client) alive(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return c.call(ctx, http.MethodGet, "/livez", nil, nil) == nil
}

// problem is an error reply.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`

	retryAfter string
}

func (p *problem) Error() string {
	return fmt.Sprintf("%s (%d %s)", p.Detail, p.Status, p.Code)
}

// remedy is what to do about a refusal, where the reply cannot know how the command was called.
func (p *problem) remedy() string {
	switch {
	case p.Status == http.StatusUnauthorized:
		return "; check --key (THALWEG_KEY)"
	case p.Code == "insufficient-scope":
		return "; thalweg keys create --scope makes one"
	}
	return ""
}

// call sends a JSON request and reads a JSON reply into out.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	kind := ""
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("request: %w", err)
		}
		body, kind = bytes.NewReader(b), "application/json"
	}
	return c.send(ctx, method, path, kind, body, out)
}

func (c *client) send(ctx context.Context, method, path, kind string, body io.Reader, out any) error {
	res, err := c.open(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	reply, err := readReply(res, path)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(reply, out); err != nil {
		return fmt.Errorf("reply of %s: %w", path, err)
	}
	return nil
}

// open sends a request and returns its reply, whose body the caller closes. The error is a problem if it is one.
func (c *client) open(ctx context.Context, method, path, kind string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	return c.do(req, path)
}

// do sends a request with the key of the client.
func (c *client) do(req *http.Request, path string) (*http.Response, error) {
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("server %s: %w", c.base, err)
	}
	if res.StatusCode < 400 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // read to its end below
	reply, err := readReply(res, path)
	if err != nil {
		return nil, err
	}
	p := &problem{Status: res.StatusCode, Detail: strings.TrimSpace(string(reply)), Code: "unknown", retryAfter: res.Header.Get("Retry-After")}
	_ = json.Unmarshal(reply, p) // a reply that is not a problem document is printed unchanged
	return nil, p
}

func readReply(res *http.Response, path string) ([]byte, error) {
	reply, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("reply of %s: %w", path, err)
	}
	return reply, nil
}

// file is one part of an upload.
type file struct{ field, path string }

// upload streams fields and files as one multipart request.
func (c *client) upload(ctx context.Context, path string, fields url.Values, files []file, out any) error {
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() { w.CloseWithError(writeForm(form, fields, files)) }()
	err := c.send(ctx, http.MethodPost, path, form.FormDataContentType(), r, out)
	return errors.Join(err, r.Close())
}

func writeForm(form *multipart.Writer, fields url.Values, files []file) error {
	for name, values := range fields {
		for _, v := range values {
			if err := form.WriteField(name, v); err != nil {
				return err
			}
		}
	}
	for _, f := range files {
		if err := writeFile(form, f); err != nil {
			return err
		}
	}
	return form.Close()
}

func writeFile(form *multipart.Writer, f file) error {
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	part, err := form.CreateFormFile(f.field, f.field+".json")
	if err != nil {
		return err
	}
	_, err = io.Copy(part, in)
	return err
}
