package config

import (
	"strings"
	"testing"
)

func TestBlobAddress(t *testing.T) {
	for text, want := range map[string]BlobAddress{
		"":                         {},
		"file:///srv/artifacts":    {Folder: "/srv/artifacts"},
		"s3://artifacts":           {Bucket: "artifacts"},
		"s3://artifacts/a/b/":      {Bucket: "artifacts", Prefix: "a/b"},
		"s3://a-b.c?region=eu-1":   {Bucket: "a-b.c", Region: "eu-1"},
		"s3://abc?path_style=true": {Bucket: "abc", PathStyle: true},
		"s3://abc/p?endpoint=http://127.0.0.1:9000&region=x":          {Bucket: "abc", Prefix: "p", Endpoint: "http://127.0.0.1:9000", Region: "x", PathStyle: true},
		"s3://abc?endpoint=https%3A%2F%2Fs3.example&path_style=false": {Bucket: "abc", Endpoint: "https://s3.example"},
	} {
		if got, err := ParseBlobAddress(text); got != want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	for text, part := range map[string]string{
		"artifacts":                           "file:///folder",
		"gs://artifacts":                      "s3://bucket",
		"file://host/folder":                  "file:///folder",
		"s3://":                               "name of a bucket",
		"s3://UPPER":                          "name of a bucket",
		"s3://a.evil%2Fx":                     "file:///folder",
		"s3://key:secret@abc":                 "credentials do not belong",
		"s3://abc?secret_access_key=hush":     "no parameters but",
		"s3://abc?path_style=1":               "path_style",
		"s3://abc?endpoint=ftp://host":        "endpoint",
		"s3://abc?endpoint=https://k:s@host":  "endpoint",
		"s3://abc?endpoint=https://host/path": "endpoint",
	} {
		_, err := ParseBlobAddress(text)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want an error with %q", text, err, part)
		}
		if err != nil && (strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "key:secret")) {
			t.Errorf("%s: its secret is in %v", text, err)
		}
	}
}
