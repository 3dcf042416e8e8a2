package config

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// BlobAddress is where artifacts are kept: in a folder, or in a bucket under a prefix.
type BlobAddress struct {
	Folder string

	Bucket    string // "": a folder
	Prefix    string
	Endpoint  string // https://host; "": Amazon's
	Region    string // "": that of the environment
	PathStyle bool   // the bucket is part of the path of requests, not of their host
}

// bucketName is what all stores allow. Others would end up as parts of addresses.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// ParseBlobAddress returns the parts of the setting blob_url; the zero value if it is not set.
func ParseBlobAddress(text string) (BlobAddress, error) {
	if text == "" {
		return BlobAddress{}, nil
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		return BlobAddress{}, errors.New("blob_url: credentials do not belong in it: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a file or role that programs for S3 know")
	case err == nil && u.Scheme == "file" && u.Host == "" && u.Path != "":
		return BlobAddress{Folder: u.Path}, nil
	case err == nil && u.Scheme == "s3":
		return bucketAddress(u)
	}
	return BlobAddress{}, errors.New("blob_url: want file:///folder or s3://bucket/prefix?endpoint=https://host&region=name")
}

func bucketAddress(u *url.URL) (BlobAddress, error) {
	a := BlobAddress{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if !bucketName.MatchString(a.Bucket) {
		return a, errors.New("blob_url: want the name of a bucket after s3://, such as s3://artifacts/thalweg")
	}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return a, errors.New("blob_url: want parameters such as ?endpoint=https://host&region=name")
	}
	a.Endpoint, a.Region = values.Get("endpoint"), values.Get("region")
	a.PathStyle = a.Endpoint != "" // stores of one's own rarely have a host name per bucket
	switch style := values.Get("path_style"); style {
	case "":
	case "true", "false":
		a.PathStyle = style == "true"
	default:
		return a, errors.New("blob_url: path_style: want true or false")
	}
	for name := range values {
		if name != "endpoint" && name != "region" && name != "path_style" {
			return a, errors.New("blob_url: want no parameters but endpoint, region and path_style")
		}
	}
	return a, validEndpoint(a.Endpoint)
}

func validEndpoint(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") != "" {
		return errors.New("blob_url: endpoint: want https://host or https://host:port")
	}
	return nil
}
