package warehouse

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// CheckHost returns an error unless a text is the name or the address of one host. A path of a socket, a list of hosts
// and an address with a port are none.
func CheckHost(text string) error {
	if text == "" {
		return errors.New("it is missing")
	}
	if a, err := netip.ParseAddr(text); err == nil {
		if a.Zone() != "" {
			return fmt.Errorf("%.100q has a zone", text)
		}
		return nil
	}
	if len(text) > 253 {
		return errors.New("it is longer than a name of a host can be")
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(text, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, hostLetters) != "" || strings.HasPrefix(label, "-") {
			return fmt.Errorf("%.100q is not the name of a host", text)
		}
	}
	return nil
}

const hostLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// CheckDatabase returns an error unless a text is the name of a database: nothing that a client may take for a list of
// options.
func CheckDatabase(text string) error {
	if strings.ContainsAny(text, "=?/") {
		return fmt.Errorf("%.100q is not the name of a database; options cannot be set", text)
	}
	return checkName(text)
}

// CheckUser returns an error unless a text is the name of a user.
func CheckUser(text string) error { return checkName(text) }

func checkName(text string) error {
	switch {
	case text == "":
		return errors.New("it is missing")
	case len(text) > 255 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%.100q cannot be a name", text)
	}
	return nil
}

// CheckCertificate returns an error unless a text is certificates in PEM form.
func CheckCertificate(text string) error {
	rest := []byte(strings.TrimSpace(text))
	for len(rest) > 0 {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return errors.New("it is not a certificate in PEM form")
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return errors.New("it is not a certificate in PEM form")
		}
	}
	return nil
}

// CheckAccount returns an error unless a text is the identifier of an account, such as org-account or, with its region,
// xy12345.eu-central-1.
func CheckAccount(text string) error {
	if text == "" {
		return errors.New("it is missing")
	}
	if len(text) > 200 || strings.Trim(text, accountLetters) != "" {
		return notAnAccount(text)
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return notAnAccount(text)
		}
	}
	if strings.HasSuffix(strings.ToLower(text), ".snowflakecomputing.com") {
		return errors.New("it is only what comes before .snowflakecomputing.com")
	}
	return nil
}

func notAnAccount(text string) error {
	return fmt.Errorf("%.100q is not the identifier of an account, such as org-account", text)
}

const accountLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."

// CheckProject returns an error unless a text is the id of a project of Google Cloud. Old ones have a domain.
func CheckProject(text string) error {
	if text == "" {
		return errors.New("it is missing")
	}
	domain, name, old := strings.Cut(text, ":")
	if !old {
		domain, name = "", text
	}
	if len(name) < 6 || len(name) > 30 || strings.Trim(name, lowerLetters+digits+"-") != "" || !strings.Contains(lowerLetters, name[:1]) || strings.HasSuffix(name, "-") ||
		len(domain) > 100 || strings.Trim(domain, lowerLetters+digits+".-") != "" || old && domain == "" {
		return fmt.Errorf("%.100q is not the id of a project", text)
	}
	return nil
}

// CheckDataset returns an error unless a text is the id of a dataset of BigQuery.
func CheckDataset(text string) error {
	if text == "" {
		return errors.New("it is missing")
	}
	if len(text) > 1024 || strings.Trim(text, lowerLetters+strings.ToUpper(lowerLetters)+digits+"_") != "" {
		return fmt.Errorf("%.100q is not the id of a dataset", text)
	}
	return nil
}

const (
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	digits       = "0123456789"
)
