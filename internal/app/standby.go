package app

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/thalweg-data/thalweg/internal/readmodel"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/store/postgres"
)

// openStores opens the store, and a standby of it where the settings name one.
func (a *App) openStores(ctx context.Context) (err error) {
	if a.Config.DatabaseReadURL == "" {
		a.Store, err = openStore(ctx, a.Config, a.now)
		return err
	}
	a.standby, err = postgres.OpenWithStandby(ctx, a.Config.DatabaseURL, a.Config.DatabaseReadURL, postgres.Options{}, a.noteRead)
	if err == nil {
		a.Store = a.standby.Store
	}
	return err
}

func (a *App) closeStores() error {
	if a.standby != nil {
		return a.standby.Close()
	}
	return a.Store.Close()
}

// reads returns what versions are read from.
func (a *App) reads() readmodel.Store {
	if a.standby != nil {
		return a.standby
	}
	return a.Store
}

// noteRead counts a read of a version, and logs when the standby goes and comes back.
func (a *App) noteRead(how store.StandbyRead, err error) {
	a.Metrics.StandbyRead(string(how))
	away := how == store.StandbyAway
	if a.unheard.Swap(away) == away {
		return
	}
	if away {
		a.log.Warn("the standby does not answer; the database does meanwhile", slog.String("error", err.Error()))
	} else {
		a.log.Info("the standby answers again")
	}
}

// standbyAnswers fails while the standby is away.
func (a *App) standbyAnswers(ctx context.Context) error {
	if err := a.standby.PingStandby(ctx); err != nil {
		return fmt.Errorf("standby: %w", err)
	}
	return nil
}
