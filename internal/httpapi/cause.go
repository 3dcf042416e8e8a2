package httpapi

import (
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// Cause is why a value changed.
type Cause struct {
	Kind string `json:"kind" doc:"import, crawl, edit, removal (one that a person confirmed), revert or openlineage (events of other programs)"`
	ID   string `json:"id" doc:"Of the import, sync or edit; for a removal, of the import that withheld it; for a revert, of the import that was reverted"`
}

// ActorRef is who made a change.
type ActorRef struct {
	Kind string  `json:"kind" doc:"key, user or system"`
	ID   *string `json:"id" doc:"Such as KEY-3; null where only the name was recorded"`
	Name string  `json:"name"`
}

func causeOf(c catalog.Cause) httpserver.Nullable[Cause] {
	if c.IsZero() {
		return httpserver.NullableOf[Cause](nil)
	}
	return httpserver.NullableOf(&Cause{Kind: string(c.Kind), ID: c.Label()})
}

func actorRefOf(a catalog.Actor) httpserver.Nullable[ActorRef] {
	if a.IsZero() {
		return httpserver.NullableOf[ActorRef](nil)
	}
	return httpserver.NullableOf(&ActorRef{Kind: string(a.Kind), ID: optional(a.ID), Name: a.Name})
}
