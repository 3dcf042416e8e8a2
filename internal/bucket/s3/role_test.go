package s3_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/bucket/buckettest"
	"github.com/thalweg-data/thalweg/internal/bucket/s3"
)

const arn = "arn:aws:iam::123456789012:role/reader"

func operator(t *testing.T, sts *buckettest.STS) *s3.Operator {
	t.Helper()
	o, err := s3.NewOperator(t.Context(), s3.OperatorOptions{Credentials: static("AKIDSERVER", "canary-server"), Region: "us-east-1", Endpoint: sts.URL})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func role() s3.Role {
	return s3.Role{ARN: arn, ExternalID: "x-1", Region: buckettest.Region, Bucket: buckettest.Name, Prefix: "dbt/"}
}

func TestRoleReadsBucket(t *testing.T) {
	sts, server := buckettest.NewSTS(t), buckettest.NewS3(t)
	sts.Trust(arn, "x-1")
	server.Put("dbt/manifest.json", []byte("{}"))
	op := operator(t, sts)
	if account, _, err := op.Account(t.Context()); err != nil || account != buckettest.Account {
		t.Errorf("account %q %v", account, err)
	}
	o := options(server)
	var err error
	if o.Credentials, err = op.Credentials(role()); err != nil {
		t.Fatal(err)
	}
	c := buckettest.Client(s3.New(o))
	sts.Calls()
	for range 3 {
		if got := keys(t, c, "dbt/"); len(got) != 1 {
			t.Fatal(got)
		}
	}
	calls := sts.Calls()
	if len(calls) != 1 || calls[0].Get("ExternalId") != "x-1" || !json.Valid([]byte(calls[0].Get("Policy"))) || !strings.Contains(calls[0].Get("Policy"), `"s3:prefix":"dbt/*"`) {
		t.Errorf("calls %v", calls)
	}
	// A session that ends in the middle of work is renewed once.
	server.Inject("expired", answers(1, "GET", 400, "ExpiredToken"))
	if got := keys(t, c, "dbt/"); len(got) != 1 || len(sts.Calls()) != 1 {
		t.Error("not renewed")
	}
	server.Inject("always expired", answers(-1, "GET", 400, "ExpiredToken"))
	if _, err := s3.New(o).Page(t.Context(), "", ""); bucket.ReasonOf(err) != bucket.Expired || len(sts.Calls()) != 1 {
		t.Errorf("%v", err)
	}
}

func TestRoleRefused(t *testing.T) {
	sts, server := buckettest.NewSTS(t), buckettest.NewS3(t)
	sts.Trust(arn, "of another customer")
	o := options(server)
	var err error
	if o.Credentials, err = operator(t, sts).Credentials(role()); err != nil {
		t.Fatal(err)
	}
	_, err = s3.New(o).Page(t.Context(), "", "")
	if bucket.ReasonOf(err) != bucket.RoleDenied || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
	for _, r := range server.Requests() {
		t.Errorf("the bucket was asked: %s", r)
	}
}

func TestExternalIDIsEnforced(t *testing.T) {
	sts := buckettest.NewSTS(t)
	op := operator(t, sts)
	sts.Trust(arn, "x-1")
	if err := op.CheckExternalID(t.Context(), role()); err != nil {
		t.Errorf("enforced: %v", err)
	}
	sts.Trust(arn, "")
	if err := op.CheckExternalID(t.Context(), role()); bucket.ReasonOf(err) != bucket.ExternalIDNotEnforced {
		t.Errorf("open: %v", err)
	}
}

func TestNoServerCredentials(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	op, err := s3.NewOperator(t.Context(), s3.OperatorOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := op.Account(t.Context()); bucket.ReasonOf(err) != bucket.NoCredentials {
		t.Errorf("%v", err)
	}
}

func TestPolicies(t *testing.T) {
	permission, err := s3.PermissionPolicy("eu-west-1", "my-bucket", "a*/")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"arn:aws:s3:::my-bucket"`, `"arn:aws:s3:::my-bucket/a${*}/*"`, `"s3:GetObject"`, `"s3:ListBucket"`, `"a${*}/*"`} {
		if !strings.Contains(permission, want) {
			t.Errorf("no %s in %s", want, permission)
		}
	}
	trust, err := s3.TrustPolicy("us-gov-west-1", buckettest.Account, "x-1")
	if err != nil || !strings.Contains(trust, `"arn:aws-us-gov:iam::`+buckettest.Account+`:root"`) || !strings.Contains(trust, `"sts:ExternalId": "x-1"`) {
		t.Errorf("%s %v", trust, err)
	}
	for _, text := range []string{permission, trust} {
		if !json.Valid([]byte(text)) || strings.Contains(text, "Put") || strings.Contains(text, "Delete") {
			t.Errorf("%s", text)
		}
	}
}
