package s3

import (
	"encoding/json"
	"fmt"
	"strings"
)

type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid       string `json:",omitempty"`
	Effect    string
	Principal map[string]string `json:",omitempty"`
	Action    any               // a string or a list
	Resource  any               `json:",omitempty"`
	Condition map[string]any    `json:",omitempty"`
}

// PermissionPolicy returns the policy, as indented JSON, with which credentials can read what is below a prefix of a
// bucket and nothing else.
func PermissionPolicy(region, bucket, prefix string) (string, error) {
	return indented(reads(region, bucket, prefix))
}

// TrustPolicy returns the policy, as indented JSON, by which a role lets an account assume it for one External ID.
func TrustPolicy(region, account, externalID string) (string, error) {
	return indented(policy{Version: "2012-10-17", Statement: []statement{{
		Effect: "Allow", Principal: map[string]string{"AWS": "arn:" + partition(region) + ":iam::" + account + ":root"}, Action: "sts:AssumeRole",
		Condition: map[string]any{"StringEquals": map[string]string{"sts:ExternalId": externalID}},
	}}})
}

func reads(region, bucket, prefix string) policy {
	prefix = verbatim.Replace(prefix)
	arn := "arn:" + partition(region) + ":s3:::" + bucket
	list := statement{Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: arn}
	if prefix != "" {
		list.Condition = map[string]any{"StringLike": map[string]string{"s3:prefix": prefix + "*"}}
	}
	read := statement{Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: arn + "/" + prefix + "*"}
	return policy{Version: "2012-10-17", Statement: []statement{list, read}}
}

// sessionPolicy is PermissionPolicy in the short form that the token service takes.
func sessionPolicy(r Role) (string, error) {
	text, err := json.Marshal(reads(r.Region, r.Bucket, r.Prefix))
	if err != nil {
		return "", fmt.Errorf("policy: %w", err)
	}
	return string(text), nil
}

// verbatim writes what policies take for a pattern or a variable so that it means itself.
var verbatim = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}") //nolint:gochecknoglobals // constant

// partition returns the part of AWS that a region is in.
func partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func indented(p policy) (string, error) {
	text, err := json.MarshalIndent(p, "", "    ")
	if err != nil {
		return "", fmt.Errorf("policy: %w", err)
	}
	return string(text), nil
}
