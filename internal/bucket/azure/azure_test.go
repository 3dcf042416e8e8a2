package azure_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/bucket/azure"
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

func client(t *testing.T, connection, name string, policy outbound.Policy) bucket.Client {
	t.Helper()
	c, err := azure.ParseConnection(connection, func(string) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	b, err := azure.New(c, name, policy.Client(outbound.ClientOptions{Reply: 1 << 30}))
	if err != nil {
		t.Fatal(err)
	}
	return buckettest.Client(b)
}

func TestAzurite(t *testing.T) {
	server := buckettest.NewAzurite(t)
	local := outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	content := map[string]string{"manifest.json": "{}", "a/b c+d&é/x.json.gz": "\x1f\x8bnot inflated", "a/z.json": strings.Repeat("z", 70_000)}
	for k, v := range content {
		server.Put(k, []byte(v))
	}
	for name, connection := range map[string]string{"key": server.ConnectionString, "shared access": server.SharedAccess("rl")} {
		t.Run(name, func(t *testing.T) {
			c := client(t, connection, buckettest.Name, local)
			listed, err := buckettest.List(t, c, "")
			if err != nil || len(listed) != len(content) {
				t.Fatalf("%v %v", listed, err)
			}
			for _, o := range listed {
				if text, err := buckettest.Read(t, c, o); err != nil || text != content[o.Key] || o.Modified.IsZero() || o.ETag == "" {
					t.Errorf("%v: %d bytes %v", o, len(text), err)
				}
			}
			if below, err := buckettest.List(t, c, "a/"); err != nil || len(below) != 2 {
				t.Errorf("below a/: %v %v", below, err)
			}
		})
	}
	t.Run("replaced", func(t *testing.T) {
		c := client(t, server.ConnectionString, buckettest.Name, local)
		listed, err := buckettest.List(t, c, "manifest")
		if err != nil {
			t.Fatal(err)
		}
		server.Put("manifest.json", []byte("[]"))
		if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.Replaced {
			t.Errorf("replaced: %v", err)
		}
		server.Delete("manifest.json")
		if _, err := buckettest.Read(t, c, listed[0]); bucket.ReasonOf(err) != bucket.Replaced {
			t.Errorf("deleted: %v", err)
		}
	})
	for name, test := range map[string]struct {
		client bucket.Client
		want   bucket.Reason
	}{
		"key":        {client(t, strings.Replace(server.ConnectionString, "AccountKey=", "AccountKey=AAAA", 1), buckettest.Name, local), bucket.Denied}, // Azure itself: TestStatuses
		"container":  {client(t, server.ConnectionString, "nowhere", local), bucket.NoBucket},
		"permission": {client(t, server.SharedAccess("r"), buckettest.Name, local), bucket.Denied},
		"address":    {client(t, server.ConnectionString, buckettest.Name, outbound.Policy{}), bucket.EndpointNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := buckettest.List(t, test.client, "")
			if bucket.ReasonOf(err) != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "sig=") {
				t.Errorf("a secret: %v", err)
			}
		})
	}
}

// TestStatuses covers replies that Azurite does not give.
func TestStatuses(t *testing.T) {
	for _, test := range []struct {
		status int
		code   string
		want   bucket.Reason
	}{
		{403, "AuthenticationFailed", bucket.WrongSecret},
		{403, "AuthorizationFailure", bucket.Denied},
		{403, "KeyBasedAuthenticationNotPermitted", bucket.Denied},
		{404, "ContainerNotFound", bucket.NoBucket},
		{503, "ServerBusy", bucket.Unavailable},
		{500, "", bucket.Unavailable},
		{302, "", bucket.Unexpected},
	} {
		t.Run(test.code, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-ms-error-code", test.code)
				w.Header().Set("Location", "http://169.254.169.254/")
				w.WriteHeader(test.status)
			}))
			defer server.Close()
			local := outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
			_, err := buckettest.List(t, client(t, "AccountName=shop;AccountKey=AAAA;BlobEndpoint="+server.URL+"/shop", "dbt", local), "")
			if bucket.ReasonOf(err) != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
