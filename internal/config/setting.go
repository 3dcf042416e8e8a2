package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Setting is a setting.
type Setting struct {
	Name   string // as in a file: "database_url", "limits.request"
	Help   string // one line
	Secret bool   // its value is never shown
	List   bool   // it takes several values, separated by commas

	write func(*Config, string) error
	read  func(*Config) string
}

// Variable is the environment variable of the setting: THALWEG_DATABASE_URL, THALWEG_LIMITS_REQUEST.
func (s Setting) Variable() string {
	return "THALWEG_" + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
}

// Flag is the command-line flag of the setting: --database-url, --limits-request.
func (s Setting) Flag() string {
	return "--" + strings.NewReplacer(".", "-", "_", "-").Replace(s.Name)
}

var settings = []Setting{
	text("listen", "address to serve on, host:port", func(c *Config) *string { return &c.Listen }),
	text("public_url", "address by which people reach the server, https://catalog.example.com; links and cookies go by it", func(c *Config) *string { return &c.PublicURL }),
	text("data", "folder of the store, the blobs and the socket", func(c *Config) *string { return &c.Data }),
	text("database_url", "PostgreSQL instead of SQLite, postgres://…", func(c *Config) *string { return &c.DatabaseURL }),
	text("database_read_url", "a standby of database_url that answers reads, postgres://…", func(c *Config) *string { return &c.DatabaseReadURL }),
	text("blob_url", "where artifacts are kept, file:///… or s3://bucket/prefix?endpoint=…&region=…", func(c *Config) *string { return &c.BlobURL }),
	choice("role", "parts of the server to run here", func(c *Config) *Role { return &c.Role }, RoleAll, RoleAPI, RoleWorker),
	secret(text("bootstrap_key", "administrator's key to create at the first start", func(c *Config) *string { return &c.BootstrapKey })),
	text("oidc_issuer", "provider of single sign-on by OpenID Connect, https://…; it needs public_url", func(c *Config) *string { return &c.OIDCIssuer }),
	text("oidc_client_id", "id of this server at the provider", func(c *Config) *string { return &c.OIDCClientID }),
	secret(text("oidc_client_secret", "secret of this server at the provider", func(c *Config) *string { return &c.OIDCSecret })),
	choice("oidc_role", "role of people who sign in at the provider and were not added; none refuses them", func(c *Config) *OIDCRole { return &c.OIDCRole }, OIDCNobody, OIDCViewer, OIDCEditor),
	list("hosts", "host names that the server answers to", func(c *Config) *[]string { return &c.Hosts }, parseHost, sameText),
	list("trusted_proxies", "networks whose X-Forwarded-For is trusted", func(c *Config) *[]netip.Prefix { return &c.TrustedProxies },
		parseNetwork, netip.Prefix.String),
	secret(text("secret_key", "master keys that encrypt stored credentials, newest first; else secret.key in the data folder", func(c *Config) *string { return &c.SecretKey })),
	list("outbound_allow", "networks beyond the public ones that webhooks and integrations may connect to", func(c *Config) *[]netip.Prefix { return &c.OutboundAllow },
		parseNetwork, netip.Prefix.String),
	choice("metrics", "who may read /metrics", func(c *Config) *MetricsAccess { return &c.Metrics }, MetricsKey, MetricsOpen),
	text("metrics_listen", "address to serve /metrics on without a key, host:port", func(c *Config) *string { return &c.MetricsListen }),
	choice("log_format", "how log lines are written", func(c *Config) *LogFormat { return &c.LogFormat }, LogText, LogJSON),
	level("log_level", "debug, info, warn or error", func(c *Config) *slog.Level { return &c.LogLevel }),
	duration("shutdown_delay", "how long requests are still accepted after a signal, while /readyz fails", func(c *Config) *time.Duration { return &c.ShutdownDelay }),
	duration("shutdown_grace", "how long running requests and imports may take to finish after that", func(c *Config) *time.Duration { return &c.ShutdownGrace }),
	size("cache_bytes", "memory for the lists and graphs of all schemas together", func(c *Config) *Size { return &c.CacheBytes }),
	text("retention.schedule", "when old data is deleted, a cron expression", func(c *Config) *string { return &c.Retention.Schedule }),
	text("retention.time_zone", "time zone of the schedule, such as Europe/Berlin", func(c *Config) *string { return &c.Retention.TimeZone }),
	number("retention.artifacts_last", "imports per project whose artifacts are kept", func(c *Config) *int { return &c.Retention.ArtifactsLast }),
	days("retention.artifacts_days", "days for which the artifacts of one import per day are kept too", func(c *Config) *int { return &c.Retention.ArtifactsDays }),
	duration("retention.uploads", "how long artifacts without an import are kept", func(c *Config) *time.Duration { return &c.Retention.Uploads }),
	days("retention.results_days", "days that run results are kept; 0: forever", func(c *Config) *int { return &c.Retention.ResultsDays }),
	days("retention.versions_days", "days that versions no longer served are kept; 0: forever", func(c *Config) *int { return &c.Retention.VersionsDays }),
	days("retention.jobs_days", "days that ended jobs are kept; 0: forever", func(c *Config) *int { return &c.Retention.JobsDays }),
	size("limits.request", "the body of a request", func(c *Config) *Size { return &c.Limits.Request }),
	size("limits.manifest", "a manifest, unpacked", func(c *Config) *Size { return &c.Limits.Manifest }),
	size("limits.artifact", "any other artifact, unpacked", func(c *Config) *Size { return &c.Limits.Artifact }),
	number("limits.unpack_ratio", "ratio of unpacked to packed size", func(c *Config) *int { return &c.Limits.UnpackRatio }),
	number("limits.parts", "parts of a multipart body", func(c *Config) *int { return &c.Limits.Parts }),
	number("limits.depth", "nesting of JSON", func(c *Config) *int { return &c.Limits.Depth }),
	size("limits.name", "one id or name", func(c *Config) *Size { return &c.Limits.Name }),
	size("limits.text", "one text; longer ones are cut", func(c *Config) *Size { return &c.Limits.Text }),
	size("limits.code", "one text that is kept whole, such as SQL; longer ones are cut", func(c *Config) *Size { return &c.Limits.Code }),
	size("limits.value", "one JSON value, such as a node, without blanks and what of its texts is cut", func(c *Config) *Size { return &c.Limits.Value }),
	number("limits.nodes", "nodes of one manifest", func(c *Config) *int { return &c.Limits.Nodes }),
	number("limits.columns", "columns of one node", func(c *Config) *int { return &c.Limits.Columns }),
	number("limits.query", "characters of a search text", func(c *Config) *int { return &c.Limits.Query }),
	size("limits.uri", "the address of a request", func(c *Config) *Size { return &c.Limits.URI }),
	size("limits.headers", "the headers of a request", func(c *Config) *Size { return &c.Limits.Headers }),
	number("limits.connections", "open connections of an address; health checks are answered beyond it", func(c *Config) *int { return &c.Limits.Connections }),
	size("limits.replies", "all replies that are in files of the data folder until their clients have taken them", func(c *Config) *Size { return &c.Limits.Replies }),
	orNone("limits.requests", "requests per key and minute, of each process; 0: any number", func(c *Config) *int { return &c.Limits.Requests }),
	orNone("limits.uploads", "uploads per key and minute, of each process; 0: any number", func(c *Config) *int { return &c.Limits.Uploads }),
	number("limits.auth_failures", "attempts with an invalid key or password per address, and per account, within 15 minutes", func(c *Config) *int { return &c.Limits.AuthFailures }),
}

// Settings returns every setting, in the order in which they are shown.
func Settings() []Setting { return slices.Clone(settings) }

func settingNamed(name string) (Setting, bool) {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return settings[i], true
}

func text(name, help string, field func(*Config) *string) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error { *field(c) = value; return nil },
		read:  func(c *Config) string { return *field(c) },
	}
}

func secret(s Setting) Setting {
	s.Secret = true
	return s
}

func choice[T ~string](name, help string, field func(*Config) *T, choices ...T) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error {
			if !slices.Contains(choices, T(value)) {
				return fmt.Errorf("want one of %v", choices)
			}
			*field(c) = T(value)
			return nil
		},
		read: func(c *Config) string { return string(*field(c)) },
	}
}

func number(name, help string, field func(*Config) *int) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error {
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return errors.New("want a number of at least 1")
			}
			*field(c) = n
			return nil
		},
		read: func(c *Config) string { return strconv.Itoa(*field(c)) },
	}
}

// orNone is a number for which 0 means that there is no limit.
func orNone(name, help string, field func(*Config) *int) Setting {
	s := number(name, help, field)
	s.write = func(c *Config, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return errors.New("want a number, 0 for no limit")
		}
		*field(c) = n
		return nil
	}
	return s
}

func days(name, help string, field func(*Config) *int) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error {
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || n > 100_000 {
				return errors.New("want a number of days")
			}
			*field(c) = n
			return nil
		},
		read: func(c *Config) string { return strconv.Itoa(*field(c)) },
	}
}

func size(name, help string, field func(*Config) *Size) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) (err error) {
			*field(c), err = ParseSize(value)
			return err
		},
		read: func(c *Config) string { return field(c).String() },
	}
}

func duration(name, help string, field func(*Config) *time.Duration) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error {
			d, err := time.ParseDuration(value)
			if err != nil || d < 0 {
				return errors.New(`want a duration such as "30s"`)
			}
			*field(c) = d
			return nil
		},
		read: func(c *Config) string { return field(c).String() },
	}
}

func level(name, help string, field func(*Config) *slog.Level) Setting {
	return Setting{
		Name: name, Help: help,
		write: func(c *Config, value string) error {
			if err := field(c).UnmarshalText([]byte(value)); err != nil {
				return errors.New("want debug, info, warn or error")
			}
			return nil
		},
		read: func(c *Config) string { return strings.ToLower(field(c).String()) },
	}
}
