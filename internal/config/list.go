package config

import (
	"errors"
	"net/netip"
	"strings"
)

// split splits a list at commas and drops empty elements.
func split(text string) []string {
	var out []string
	for element := range strings.SplitSeq(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			out = append(out, element)
		}
	}
	return out
}

// list is a setting with several values, separated by commas.
func list[T any](name, help string, field func(*Config) *[]T, parse func(string) (T, error), format func(T) string) Setting {
	return Setting{
		Name: name, Help: help, List: true,
		write: func(c *Config, value string) error {
			var values []T
			for _, element := range split(value) {
				v, err := parse(element)
				if err != nil {
					return err
				}
				values = append(values, v)
			}
			*field(c) = values
			return nil
		},
		read: func(c *Config) string {
			var texts []string
			for _, v := range *field(c) {
				texts = append(texts, format(v))
			}
			return strings.Join(texts, ",")
		},
	}
}

// parseHost parses a host name or address as in a Host header, without port.
func parseHost(text string) (string, error) {
	name := strings.ToLower(strings.TrimSuffix(strings.Trim(text, "[]"), "."))
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.String(), nil
	}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" {
		return "", errors.New("want host names without scheme and port, such as catalog.example.com")
	}
	return name, nil
}

func sameText(s string) string { return s }

// parseNetwork parses a network, or an address as a network of its own.
func parseNetwork(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errors.New("want networks such as 10.0.0.0/8")
	}
	return network.Masked(), nil
}
