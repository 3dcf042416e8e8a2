// Package config reads the server's settings: flags take precedence over the environment, the environment over a
// file, a file over defaults. It validates names, forms and ranges; it opens nothing but the file.
package config

import (
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Config has all settings. Load and Default return one.
type Config struct {
	Listen          string         // host:port to serve on
	PublicURL       string         // address by which people reach the server, https://catalog.example.com; empty: http:// and Listen
	Data            string         // folder of the SQLite store, the blobs and the server's socket
	DatabaseURL     string         // postgres://…; empty: SQLite in Data
	DatabaseReadURL string         // postgres://… of a standby that answers reads; empty: none
	BlobURL         string         // file:///… or s3://…; empty: a folder in Data
	Role            Role           // which parts of the server run in this process
	Hosts           []string       // host names that the server answers to; empty on a bind beyond loopback: all
	TrustedProxies  []netip.Prefix // networks whose X-Forwarded-For is trusted
	Metrics         MetricsAccess  // who may read /metrics
	MetricsListen   string         // host:port to serve /metrics on without a key; empty: none
	SecretKey       string         // master keys that encrypt credentials; empty: those of a file in Data
	OutboundAllow   []netip.Prefix // networks beyond the public ones that webhooks and integrations may connect to
	OIDCIssuer      string         // https://… of a provider of single sign-on; empty: none
	OIDCClientID    string
	OIDCSecret      string
	OIDCRole        OIDCRole      // of people who sign in there and were not added
	BootstrapKey    string        // administrator's key to create at the first start; empty: a random one
	LogFormat       LogFormat     // how log lines are written
	LogLevel        slog.Level    // what is logged
	ShutdownDelay   time.Duration // how long requests are still accepted after a signal
	ShutdownGrace   time.Duration // how long running requests and imports may take to finish after that
	CacheBytes      Size          // memory for the cached states of all schemas
	Limits          Limits        // limits of requests and artifacts
	Retention       Retention     // what is kept for how long

	origin map[string]string // setting name → where its value came from; absent: default
}

// OIDCRole is the role of people who sign in at the provider and were not added.
type OIDCRole string

// The roles of such people. With OIDCNobody they are refused.
const (
	OIDCNobody OIDCRole = "none"
	OIDCViewer OIDCRole = "viewer"
	OIDCEditor OIDCRole = "editor"
)

// Role is the set of parts of the server that run in a process.
type Role string

// Roles. All except RoleAll need a database that several processes can share.
const (
	RoleAll    Role = "all"
	RoleAPI    Role = "api"
	RoleWorker Role = "worker"
)

// MetricsAccess is who may read /metrics.
type MetricsAccess string

// Who may read /metrics on the address of the API.
const (
	MetricsKey  MetricsAccess = "key"  // keys with read:metrics
	MetricsOpen MetricsAccess = "open" // everybody
)

// LogFormat is how log lines are written.
type LogFormat string

// Log formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Limits are the limits of a request or artifact. Sizes are in bytes.
type Limits struct {
	Request     Size // one request's body
	Manifest    Size // a manifest, unpacked
	Artifact    Size // any other artifact, unpacked
	UnpackRatio int  // unpacked : packed
	Parts       int  // of a multipart body
	Depth       int  // of JSON
	Name        Size // one id or name
	Text        Size // one text; longer ones are cut
	Code        Size // one text that is kept whole, such as SQL; longer ones are cut
	Value       Size // one JSON value
	Nodes       int  // of one manifest
	Columns     int  // of one node
	Query       int  // characters of a search
	URI         Size // a request's address
	Headers     Size // a request's headers
	Connections int  // open at a time, of each address that is served
	Replies     Size // that wait in files for their clients, together

	Requests     int // per key and minute; 0: any number
	Uploads      int // per key and minute; 0: any number
	AuthFailures int // attempts with an invalid key per address within 15 minutes
}

// Retention is what is kept for how long. 0 days keep everything.
type Retention struct {
	Schedule      string        // cron expression of the job that deletes the rest
	TimeZone      string        // of the schedule; empty: UTC
	ArtifactsLast int           // the number of imports per project whose artifacts are kept, by kind
	ArtifactsDays int           // and the number of days for which those of one import per day are kept
	Uploads       time.Duration // artifacts that no import refers to
	ResultsDays   int           // run results
	VersionsDays  int           // versions of a schema that are no longer served
	JobsDays      int           // jobs that have ended
}

// Default returns the default settings.
func Default() Config {
	return Config{
		Listen:        "127.0.0.1:8080",
		Data:          "./thalweg-data",
		Role:          RoleAll,
		Metrics:       MetricsKey,
		OIDCRole:      OIDCNobody,
		LogFormat:     LogText,
		LogLevel:      slog.LevelInfo,
		ShutdownGrace: 30 * time.Second,
		CacheBytes:    256 << 20,
		Retention: Retention{
			Schedule: "17 3 * * *", ArtifactsLast: 10, ArtifactsDays: 30, Uploads: 24 * time.Hour, ResultsDays: 400, JobsDays: 30,
		},
		Limits: Limits{
			Request:     2 << 30,
			Manifest:    1 << 30,
			Artifact:    256 << 20,
			UnpackRatio: 200,
			Parts:       16,
			Depth:       128,
			Name:        4 << 10,
			Text:        256 << 10,
			Code:        1 << 20,
			Value:       4 << 20,
			Nodes:       1_000_000,
			Columns:     20_000,
			Query:       512,
			URI:         8 << 10,
			Headers:     64 << 10,
			Connections: 1024,
			Replies:     1 << 30,

			AuthFailures: 10,
		},
	}
}

// Inputs are where settings come from, apart from the defaults.
type Inputs struct {
	// File is the path of a settings file; empty: none.
	File string
	// Lookup reads an environment variable, as os.LookupEnv does. A variable that is set but empty counts as not set.
	Lookup func(name string) (string, bool)
	// Flags are the flags that the user gave, by setting name ("database_url").
	Flags map[string]string
}

// Load reads and validates the settings. An error names the setting, its origin and a valid form.
func Load(in Inputs) (Config, error) {
	c := Default()
	c.origin = map[string]string{}
	if in.File != "" {
		if err := c.readFile(in.File); err != nil {
			return Config{}, err
		}
	}
	for _, s := range settings {
		if value, ok := in.Lookup(s.Variable()); ok && value != "" {
			if err := c.set(s, value, s.Variable()); err != nil {
				return Config{}, err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Flags)) {
		s, ok := settingNamed(name)
		if !ok {
			return Config{}, fmt.Errorf("flag for unknown setting %q", name)
		}
		if err := c.set(s, in.Flags[name], s.Flag()); err != nil {
			return Config{}, err
		}
	}
	return c, c.Validate()
}

func (c *Config) readFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("settings file: %w", err)
	}
	entries, err := parse(text)
	if err != nil {
		return fmt.Errorf("settings file %s: %w", path, err)
	}
	for _, e := range entries {
		if err := c.setFromFile(e, fmt.Sprintf("%s:%d", path, e.number)); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) setFromFile(e entry, origin string) error {
	s, ok := settingNamed(e.name)
	switch {
	case !ok && nearest(e.name) != "":
		return fmt.Errorf("%s: unknown setting %q; did you mean %q?", origin, e.name, nearest(e.name))
	case !ok:
		return fmt.Errorf("%s: unknown setting %q; `thalweg config show` lists all settings", origin, e.name)
	case e.list && !s.List:
		return fmt.Errorf("%s: %s takes one value, not a list", origin, e.name)
	}
	return c.set(s, strings.Join(e.values, ","), origin)
}

func (c *Config) set(s Setting, value, origin string) error {
	if err := s.write(c, value); err != nil {
		if s.Secret {
			return fmt.Errorf("%s: %s is not valid", origin, s.Name) // the value stays out of logs
		}
		return fmt.Errorf("%s: %s %q: %w", origin, s.Name, value, err)
	}
	c.origin[s.Name] = origin
	return nil
}

// Line is a setting as `config show` prints it.
type Line struct {
	Name   string
	Value  string // secrets are hidden
	Origin string // "default", a variable, a flag, or file:line
}

// Redacted returns all settings in their order, without secrets.
func (c Config) Redacted() []Line {
	lines := make([]Line, 0, len(settings))
	for _, s := range settings {
		line := Line{Name: s.Name, Value: s.read(&c), Origin: "default"}
		if origin, ok := c.origin[s.Name]; ok {
			line.Origin = origin
		}
		switch {
		case s.Secret && line.Value != "":
			line.Value = "(hidden)"
		case strings.Contains(line.Value, "://"):
			line.Value = redactedURL(line.Value)
		}
		lines = append(lines, line)
	}
	return lines
}

// redactedURL hides the password and every parameter whose name suggests a secret.
func redactedURL(text string) string {
	address, err := url.Parse(text)
	if err != nil {
		return "(hidden: not an address)"
	}
	query := address.Query()
	for name := range query {
		if lower := strings.ToLower(name); strings.Contains(lower, "pass") || strings.Contains(lower, "secret") || strings.Contains(lower, "key") {
			query.Set(name, "xxxxx")
		}
	}
	address.RawQuery = query.Encode()
	return address.Redacted()
}
