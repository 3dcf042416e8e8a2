package bucket

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Names that users give become parts of addresses and signatures, so each has a grammar.
var (
	regionName    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	bucketName    = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{1,220})[a-z0-9]$`)
	containerName = regexp.MustCompile(`^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$`)
	accountName   = regexp.MustCompile(`^[a-z0-9]{3,24}$`)
	roleARN       = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,576}$`)
)

// CheckRegion returns an error if text is not the name of a region, such as eu-west-1.
func CheckRegion(text string) error {
	return matches(regionName, 40, text, "a region such as eu-west-1")
}

// CheckName returns an error if text is not the name of a bucket.
func CheckName(text string) error {
	if strings.Contains(text, "..") {
		return fmt.Errorf("%.80q is not the name of a bucket: it has two dots in a row", text)
	}
	return matches(bucketName, 222, text, "the name of a bucket, such as my-dbt-artifacts, without s3:// and without a path")
}

// CheckContainer returns an error if text is not the name of a container of Azure Blob Storage.
func CheckContainer(text string) error {
	return matches(containerName, 63, text, "the name of a container: 3 to 63 lower-case letters, digits and single hyphens")
}

// CheckAccount returns an error if text is not the name of a storage account of Azure.
func CheckAccount(text string) error {
	return matches(accountName, 24, text, "the name of a storage account: 3 to 24 lower-case letters and digits")
}

// CheckRole returns an error if text is not the ARN of a role.
func CheckRole(text string) error {
	return matches(roleARN, 640, text, "the ARN of a role, such as arn:aws:iam::123456789012:role/thalweg")
}

func matches(grammar *regexp.Regexp, longest int, text, want string) error {
	if len(text) > longest || !grammar.MatchString(text) {
		return fmt.Errorf("%.80q is not %s", text, want)
	}
	return nil
}

// maxPath is how many bytes keys may have in S3.
const maxPath = 1024

// CleanPath returns the prefix of the keys below a search path, "" for the whole bucket, else with a slash at its end.
func CleanPath(path string) (prefix string, err error) {
	path = strings.Trim(strings.TrimSpace(path), "/")
	switch {
	case path == "":
		return "", nil
	case len(path) > maxPath || !utf8.ValidString(path) || strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", fmt.Errorf("the search path has more than %d bytes, or characters that keys should not have", maxPath)
	}
	return path + "/", nil
}
