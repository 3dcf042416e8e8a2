package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
	"github.com/thalweg-data/thalweg/internal/bucket/s3"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

func loopback() outbound.Policy {
	return outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
}

func options(s *buckettest.S3) s3.Options {
	return s3.Options{
		Name: buckettest.Name, Region: buckettest.Region, Endpoint: s.URL,
		Credentials: credentials.NewStaticCredentialsProvider(buckettest.AccessKeyID, buckettest.SecretAccessKey, ""),
		HTTP:        loopback().Client(outbound.ClientOptions{Reply: 1 << 30}),
	}
}

func keys(t *testing.T, c bucket.Client, prefix string) []bucket.Object {
	t.Helper()
	out, err := buckettest.List(t, c, prefix)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestListAndRead(t *testing.T) {
	server := buckettest.NewS3(t)
	c := buckettest.Client(s3.New(options(server)))
	content := map[string]string{"manifest.json": "{}", "a/b c+d&é/x.json.gz": "\x1f\x8bnot inflated", "a/z.json": strings.Repeat("z", 70_000), "b.json": ""}
	for k, v := range content {
		server.Put(k, []byte(v))
	}
	got := keys(t, c, "")
	if len(got) != len(content) || !slices.IsSortedFunc(got, func(a, b bucket.Object) int { return strings.Compare(a.Key, b.Key) }) {
		t.Fatalf("listed %v", got)
	}
	for _, o := range got {
		text, err := buckettest.Read(t, c, o)
		if err != nil || text != content[o.Key] || o.Size != int64(len(text)) || o.Modified.IsZero() || o.ETag == "" {
			t.Errorf("%v: %q %v", o, text, err)
		}
	}
	if below := keys(t, c, "a/"); len(below) != 2 {
		t.Errorf("below a/: %v", below)
	}
}

func TestManyPages(t *testing.T) {
	server := buckettest.NewS3(t)
	c := buckettest.Client(s3.New(options(server)))
	for i := range 2500 {
		server.Put(fmt.Sprintf("k/%05d", i), []byte("x"))
	}
	server.Requests()
	if got := keys(t, c, "k/"); len(got) != 2500 || got[2499].Key != "k/02499" {
		t.Fatalf("%d keys", len(got))
	}
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestRefusals(t *testing.T) {
	server := buckettest.NewS3(t)
	server.Put("manifest.json", []byte("{}"))
	for name, test := range map[string]struct {
		change func(*s3.Options)
		want   bucket.Reason
	}{
		"key id":   {func(o *s3.Options) { o.Credentials = static("AKIDOTHER", buckettest.SecretAccessKey) }, bucket.WrongKey},
		"secret":   {func(o *s3.Options) { o.Credentials = static(buckettest.AccessKeyID, "canary-other") }, bucket.WrongSecret},
		"bucket":   {func(o *s3.Options) { o.Name = "nowhere" }, bucket.NoBucket},
		"region":   {func(o *s3.Options) { o.Region = "us-east-1" }, bucket.WrongRegion},
		"endpoint": {func(o *s3.Options) { o.HTTP = outbound.Policy{}.Client(outbound.ClientOptions{Reply: 1 << 20}) }, bucket.EndpointNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(server)
			test.change(&o)
			_, err := s3.New(o).Page(t.Context(), "", "")
			if bucket.ReasonOf(err) != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "Signature=") {
				t.Errorf("a secret: %v", err)
			}
		})
	}
}

func static(id, secret string) credentials.StaticCredentialsProvider {
	return credentials.NewStaticCredentialsProvider(id, secret, "")
}

// answers returns a fault that refuses the first n requests whose method and path begin with what.
func answers(n int, what string, status int, code string) buckettest.Fault {
	left := n
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
		if left == 0 || !strings.HasPrefix(r.Method+" "+r.URL.Path, what) {
			return false
		}
		left--
		buckettest.Refuse(w, status, code)
		return true
	}
}

func TestStatuses(t *testing.T) {
	for _, test := range []struct {
		status int
		code   string
		want   bucket.Reason
	}{
		{403, "RequestTimeTooSkewed", bucket.ClockSkew},
		{403, "AccessDenied", bucket.Denied},
		{400, "ExpiredToken", bucket.Expired},
		{301, "PermanentRedirect", bucket.WrongRegion},
		{302, "", bucket.WrongRegion},
		{404, "NoSuchBucket", bucket.NoBucket},
		{418, "", bucket.Unexpected},
		{503, "SlowDown", bucket.Unavailable},
		{500, "", bucket.Unavailable},
	} {
		t.Run(test.code, func(t *testing.T) {
			server := buckettest.NewS3(t)
			server.Inject(test.code, answers(1, "GET", test.status, test.code))
			_, err := s3.New(options(server)).Page(t.Context(), "", "")
			if bucket.ReasonOf(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestRetries(t *testing.T) {
	server := buckettest.NewS3(t)
	server.Put("manifest.json", []byte("{}"))
	c := buckettest.Client(s3.New(options(server)))
	server.Inject("SlowDown", answers(5, "GET", 503, "SlowDown"))
	listed := keys(t, c, "")
	server.Inject("500", answers(5, "GET /artifacts/manifest.json", 500, "InternalError"))
	if text, err := buckettest.Read(t, c, listed[0]); err != nil || text != "{}" {
		t.Errorf("%q %v", text, err)
	}
	server.Inject("always 500", answers(-1, "GET", 500, "InternalError"))
	if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestBodyCut(t *testing.T) {
	server := buckettest.NewS3(t)
	server.Put("manifest.json", bytes.Repeat([]byte("m"), 1000))
	c := buckettest.Client(s3.New(options(server)))
	listed := keys(t, c, "")
	cuts := 2
	server.Inject("cut", func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
		if cuts == 0 {
			return false
		}
		cuts--
		w.Header().Set("Content-Length", "1000")
		w.Header().Set("Etag", listed[0].ETag)
		_, _ = w.Write(bytes.Repeat([]byte("m"), 600))
		return true
	})
	if text, err := buckettest.Read(t, c, listed[0]); err != nil || len(text) != 1000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

func TestReplaced(t *testing.T) {
	server := buckettest.NewS3(t)
	server.Put("manifest.json", []byte(`{"a":1}`))
	c := buckettest.Client(s3.New(options(server)))
	listed := keys(t, c, "")
	server.Put("manifest.json", []byte(`{"a":2}`))
	if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.Replaced {
		t.Errorf("another content: %v", err)
	}
	server.Delete("manifest.json")
	if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.Replaced {
		t.Errorf("deleted: %v", err)
	}
}

func TestBounds(t *testing.T) {
	server := buckettest.NewS3(t)
	server.Put("manifest.json", bytes.Repeat([]byte("m"), 2<<20))
	c := buckettest.Client(s3.New(options(server)))
	listed := keys(t, c, "")
	server.Requests()
	if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.TooLarge || len(server.Requests()) > 0 {
		t.Errorf("a large object: %v", err)
	}
	c.Limits.Keys = 0
	for _, err := range c.Objects(t.Context(), "") {
		if bucket.ReasonOf(err) != bucket.TooMany {
			t.Errorf("too many: %v", err)
		}
	}
}

// TestListingDoesNotEnd covers stores that send the same token again, new tokens without end, or earlier keys.
func TestListingDoesNotEnd(t *testing.T) {
	for name, token := range map[string]func(n int) string{
		"same token": func(int) string { return "again" },
		"new tokens": func(n int) string { return fmt.Sprint(n) },
	} {
		t.Run(name, func(t *testing.T) {
			server := buckettest.NewS3(t)
			n := 0
			server.Inject(name, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) bool {
				n++
				fmt.Fprintf(w, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>%s</NextContinuationToken></ListBucketResult>`, token(n))
				return true
			})
			var last error
			for _, err := range buckettest.Client(s3.New(options(server))).Objects(t.Context(), "") {
				last = err
			}
			if bucket.ReasonOf(last) != bucket.Looping || n > 20 {
				t.Errorf("%v after %d pages", last, n)
			}
		})
	}
}

func TestCanceled(t *testing.T) {
	server := buckettest.NewS3(t)
	ctx, cancel := context.WithCancel(t.Context())
	server.Inject("cancel", func(http.ResponseWriter, *http.Request, http.Handler) bool { cancel(); return true })
	_, err := s3.New(options(server)).Page(ctx, "", "")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
