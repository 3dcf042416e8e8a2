package s3_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob/s3/s3test"
	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
	"github.com/thalweg-data/thalweg/internal/bucket/s3"
	"github.com/thalweg-data/thalweg/internal/outbound"
)

// The same against a server that is not made for tests: pages, pinned generations and the reasons of refusals.
func TestRealServer(t *testing.T) {
	server := s3test.NewProcess(t)
	environment := s3test.Environment()
	key, secret := environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]
	o := s3.Options{
		Name: s3test.Name, Region: "us-east-1", Endpoint: server.Endpoint, Credentials: static(key, secret),
		HTTP: loopback().Client(outbound.ClientOptions{Reply: 1 << 30}),
	}
	put := func(key, content string) {
		t.Helper()
		if _, err := server.Client.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: aws.String(s3test.Name), Key: &key, Body: strings.NewReader(content)}); err != nil {
			t.Fatal(err)
		}
	}
	content := map[string]string{"prod/manifest.json": "{}", "prod/a b+c d&é/x.json.gz": "\x1f\x8bnot inflated", "prod/z.json": strings.Repeat("z", 70_000), "other.json": "x"}
	for k, v := range content {
		put(k, v)
	}
	const more = 1100 // than a page has
	for n := range more {
		put(fmt.Sprintf("prod/runs/%05d/run_results.json", n), "{}")
	}
	c := buckettest.Client(s3.New(o))
	got := keys(t, c, "prod/")
	if len(got) != more+3 {
		t.Fatalf("%d objects", len(got))
	}
	for _, o := range got[:3] {
		if text, err := buckettest.Read(t, c, o); err != nil || content[o.Key] != "" && text != content[o.Key] {
			t.Errorf("%v: %.40q %v", o, text, err)
		}
	}
	for _, o := range got {
		if o.Key == "prod/z.json" {
			put(o.Key, "another")
			if _, err := buckettest.Read(t, c, o); bucket.ReasonOf(err) != bucket.Replaced {
				t.Errorf("a replaced object: %v", err)
			}
		}
	}
	for want, change := range map[bucket.Reason]func(*s3.Options){
		bucket.WrongKey:    func(o *s3.Options) { o.Credentials = static("AKIDOTHER", secret) },
		bucket.WrongSecret: func(o *s3.Options) { o.Credentials = static(key, "canary-other") },
		bucket.NoBucket:    func(o *s3.Options) { o.Name = "nowhere" },
	} {
		other := o
		change(&other)
		if _, err := s3.New(other).Page(t.Context(), "", ""); bucket.ReasonOf(err) != want || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
