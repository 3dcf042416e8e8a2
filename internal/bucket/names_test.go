package bucket_test

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/bucket"
)

func TestNames(t *testing.T) {
	for _, test := range []struct {
		check     func(string) error
		good, bad []string
	}{
		{bucket.CheckRegion, []string{"eu-west-1", "auto", "us-gov-west-1", "europe-west3"}, []string{"", "x.evil/#", "EU-WEST-1", "eu--west", "eu-west-1@evil", strings.Repeat("a", 41)}},
		{bucket.CheckName, []string{"my-dbt-artifacts", "a.b.c", "abc_def"}, []string{"", "a.evil/", "s3://bucket", "b/path", "..", "a..b", "Ab", "-ab", "ab\n"}},
		{bucket.CheckContainer, []string{"dbt", "$web", "a-b-c"}, []string{"", "a--b", "A", "a/b", "..", "-ab"}},
		{bucket.CheckAccount, []string{"devstoreaccount1"}, []string{"", "a.evil", "ab", "A12", strings.Repeat("a", 25)}},
		{bucket.CheckRole, []string{"arn:aws:iam::123456789012:role/a/b-c", "arn:aws-us-gov:iam::123456789012:role/x"}, []string{"", "arn:aws:iam::1:role/x", "arn:aws:iam::123456789012:user/x", "arn:aws:iam::123456789012:role/x y"}},
	} {
		for _, text := range test.good {
			if err := test.check(text); err != nil {
				t.Error(err)
			}
		}
		for _, text := range test.bad {
			if test.check(text) == nil {
				t.Errorf("%q passes", text)
			}
		}
	}
}

func TestCleanPath(t *testing.T) {
	for in, want := range map[string]string{"": "", "/": "", "dbt": "dbt/", "/dbt/prod/": "dbt/prod/", " a b ": "a b/"} {
		if got, err := bucket.CleanPath(in); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"a\x00b", "a\nb", "\xff", strings.Repeat("a", 1025)} {
		if _, err := bucket.CleanPath(in); err == nil {
			t.Errorf("%q passes", in)
		}
	}
}
