// Package bigquery reads the structure of datasets of BigQuery from their information schemas, by its REST API.
//
// It signs in with the key of a service account. The API takes the token that the key signs, so no other host is asked
// for one.
package bigquery

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Platform is the name of BigQuery's adapter in dbt.
const Platform = "bigquery"

// Options name a project and how it is reached.
type Options struct {
	Project        string
	Dataset        string // the only one that is read; "" = all
	ServiceAccount string // JSON of its key

	// Host and Port are set where the API is not at its usual address.
	Host string
	Port int

	Client *http.Client
	// Replies bounds what is read over the connection, in bytes.
	Replies int64
	Now     func() time.Time
	// Pause is the first pause before something is asked again; 0 = one second.
	Pause time.Duration
}

const usualHost = "bigquery.googleapis.com"

// Project is a connection to a project.
type Project struct {
	rest    warehouse.REST
	options Options
	account warehouse.ServiceAccount
	base    url.URL
	places  map[string]string // location by dataset

	token   string
	renewal time.Time // when the token is made again
}

// Open reads the key. The first request shows whether it is of use.
func Open(o Options) (*Project, error) {
	account, err := warehouse.ReadServiceAccount(o.ServiceAccount)
	if err != nil {
		return nil, &warehouse.Error{Reason: warehouse.WrongLogin, Message: "the key of the service account: " + err.Error()}
	}
	host := o.Host
	if host == "" {
		host = usualHost
	}
	if o.Port != 0 && o.Port != 443 {
		host += ":" + strconv.Itoa(o.Port)
	}
	return &Project{
		rest:    warehouse.REST{Client: o.Client, Left: o.Replies, Pause: o.Pause},
		options: o, account: account, base: url.URL{Scheme: "https", Host: host, Path: "/bigquery/v2/projects/" + o.Project}, places: map[string]string{},
	}, nil
}

// Platform implements warehouse.Warehouse.
func (p *Project) Platform() string { return Platform }

// Version implements warehouse.Warehouse.
func (p *Project) Version() string { return "BigQuery" }

// Close implements warehouse.Warehouse. Connections that are not used close by themselves.
func (p *Project) Close(context.Context) error { return nil }

// tokenTime is how long a token is good for, and tokenRest what is left of it when it is made again.
const (
	tokenTime = 30 * time.Minute
	tokenRest = 10 * time.Minute
)

// bearer returns a token of the service account for this API alone.
func (p *Project) bearer() (string, error) {
	now := p.options.Now()
	if p.token != "" && now.Before(p.renewal) {
		return p.token, nil
	}
	var err error
	p.token, err = warehouse.Sign(p.account.Key, p.account.KeyID, map[string]any{
		"iss": p.account.Email, "sub": p.account.Email, "aud": "https://" + usualHost + "/", "iat": now.Unix(), "exp": now.Add(tokenTime).Unix(),
	})
	p.renewal = now.Add(tokenTime - tokenRest)
	return p.token, err
}
