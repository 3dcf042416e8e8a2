// Package s3test gives tests a bucket: one in the test's own process, or one of a real server.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Name is the name of every bucket.
const Name = "artifacts"

// credentials of every server.
const (
	keyID  = "test"
	secret = "testsecret"
)

// Bucket is an empty bucket of a server.
type Bucket struct {
	Endpoint string // http://127.0.0.1:port
	Client   *s3.Client
}

// URL returns the address of the bucket, or of a part of it, as in the setting blob_url.
func (b Bucket) URL(prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=%s&region=us-east-1", Name, prefix, b.Endpoint)
}

// Environment are the variables by which a process finds the credentials, and no others.
func Environment() map[string]string {
	return map[string]string{
		"AWS_ACCESS_KEY_ID": keyID, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true",
	}
}

// New returns a bucket in the test's process. around, if given, is put around the server's handler.
func New(t testing.TB, around ...func(http.Handler) http.Handler) Bucket {
	t.Helper()
	handler := gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	for _, wrap := range around {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return create(t, server.URL)
}

// NewProcess returns a bucket of versitygw, a server with files below it. The test is skipped where there is none.
func NewProcess(t testing.TB) Bucket {
	t.Helper()
	program, err := versitygw(t.Context())
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	data, attributes := t.TempDir(), t.TempDir()
	arguments := []string{"--quiet", "--port", address, "posix", "--sidecar", attributes, data}
	server := exec.CommandContext(context.Background(), program, arguments...) //nolint:gosec // ours
	server.Env = append(os.Environ(), "ROOT_ACCESS_KEY_ID="+keyID, "ROOT_SECRET_ACCESS_KEY="+secret)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill() // it keeps nothing that matters
		_ = server.Wait()
	})
	for range 1000 {
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address)
		if err == nil {
			_ = conn.Close()
			return create(t, "http://"+address)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("versitygw does not answer")
	return Bucket{}
}

// versitygw finds the program in the path or where "go install" puts it.
func versitygw(ctx context.Context) (string, error) {
	if path, err := exec.LookPath("versitygw"); err == nil {
		return path, nil
	}
	root, err := exec.CommandContext(ctx, "go", "env", "GOPATH").Output()
	if err == nil {
		path := filepath.Join(strings.TrimSpace(string(root)), "bin", "versitygw")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
}

func create(t testing.TB, endpoint string) Bucket {
	t.Helper()
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint), UsePathStyle: true, Region: "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider(keyID, secret, ""),
	})
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(Name)}); err != nil {
		t.Fatal(err)
	}
	return Bucket{Endpoint: endpoint, Client: client}
}
