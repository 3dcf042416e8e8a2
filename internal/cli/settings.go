package cli

import (
	"log/slog"
	"os"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/config"
	"github.com/thalweg-data/thalweg/internal/observe"
)

// settings are the flags that every command on a data folder takes. A flag
// takes precedence over the environment, the environment over the file.
type settings struct {
	Config      string `type:"existingfile" env:"THALWEG_CONFIG" help:"Settings file, YAML or JSON."`
	Data        string `help:"Folder of the store, the artifacts and the socket." placeholder:"DIR"`
	DatabaseURL string `name:"database-url" help:"postgres://… instead of SQLite in the data folder." placeholder:"URL"`
	BlobURL     string `name:"blob-url" help:"file:///… or s3://bucket/prefix instead of a folder in the data folder." placeholder:"URL"`
}

// load reads the settings of a command; more has names and values of its own
// flags.
func (s *settings) load(more ...string) (config.Config, error) {
	flags := map[string]string{}
	for i := 0; i+1 < len(more); i += 2 {
		flags[more[i]] = more[i+1]
	}
	for name, value := range map[string]string{"data": s.Data, "database_url": s.DatabaseURL, "blob_url": s.BlobURL} {
		if value != "" {
			flags[name] = value
		}
	}
	for name, value := range flags {
		if value == "" {
			delete(flags, name)
		}
	}
	return config.Load(config.Inputs{File: s.Config, Lookup: os.LookupEnv, Flags: flags})
}

// logger writes only what went wrong: a command's result is not a log.
func (s *settings) logger(out *output, cfg config.Config) *slog.Logger {
	return observe.NewLogger(out.stderr, cfg.LogFormat == config.LogJSON, max(cfg.LogLevel, slog.LevelWarn), access.Redact)
}
