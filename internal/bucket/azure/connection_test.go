package azure

import (
	"errors"
	"strings"
	"testing"
)

var errRefused = errors.New("refused")

func TestParseConnection(t *testing.T) {
	const key = "Y2FuYXJ5LWFjY291bnQta2V5"
	allowed := func(address string) error {
		if strings.HasPrefix(address, "http://127.0.0.1:") {
			return nil
		}
		return errRefused
	}
	for text, want := range map[string]string{
		"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=" + key + ";EndpointSuffix=core.windows.net":                    "https://shop.blob.core.windows.net",
		"AccountName=shop;AccountKey=" + key + ";QueueEndpoint=https://evil.example/":                                               "https://shop.blob.core.windows.net",
		"BlobEndpoint=https://shop.blob.core.usgovcloudapi.net/;SharedAccessSignature=sv=2020&sig=canary":                           "https://shop.blob.core.usgovcloudapi.net/",
		"AccountName=devstoreaccount1;AccountKey=" + key + ";BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;":                 "http://127.0.0.1:10000/devstoreaccount1",
		"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=" + key + ";BlobEndpoint=http://127.0.0.1:10000/dev": "http://127.0.0.1:10000/dev",
	} {
		c, err := ParseConnection(text, allowed)
		if err != nil || c.endpoint.String() != want {
			t.Errorf("%s: %v %v", text, c, err)
		}
	}
	for _, text := range []string{
		"", "hello", "UseDevelopmentStorage=true",
		"AccountName=shop;AccountKey=" + key + ";BlobEndpoint=https://evil.example",
		"AccountName=shop;AccountKey=" + key + ";BlobEndpoint=https://other.blob.core.windows.net",
		"AccountName=shop;AccountKey=" + key + ";BlobEndpoint=https://shop.blob.core.windows.net.evil.example",
		"AccountName=shop;AccountKey=" + key + ";BlobEndpoint=https://shop.blob.core.windows.net:8443",
		"AccountName=shop;AccountKey=" + key + ";BlobEndpoint=file:///etc/passwd",
		"AccountName=shop;AccountKey=" + key + ";EndpointSuffix=evil.example",
		"AccountName=a.evil/;AccountKey=" + key,
		"DefaultEndpointsProtocol=http;AccountName=shop;AccountKey=" + key,
		"AccountName=shop", "AccountName=shop;AccountKey=%%%canary",
		"AccountName=shop;AccountKey=" + key + ";AccountKey=" + key,
		"AccountName=shop;AccountKey=" + key + ";SharedAccessSignature=sig=x",
		"AccountName=shop;SharedAccessSignature=nothing",
	} {
		c, err := ParseConnection(text, allowed)
		if err == nil {
			t.Errorf("%q passes: %v", text, c.endpoint)
		} else if strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "canary") {
			t.Errorf("a secret: %v", err)
		}
	}
}
