package bigquery

import (
	"context"
	"net/http"
	"net/url"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// dataset is one as the API lists it.
type dataset struct {
	Reference struct {
		ID string `json:"datasetId"`
	} `json:"datasetReference"`
	Location string `json:"location"`
}

// Schemas implements warehouse.Warehouse. The list is not complete: BigQuery hides what the account may not see.
func (p *Project) Schemas(ctx context.Context) (list warehouse.Listing, err error) {
	add := func(d dataset) {
		if warehouse.CheckDataset(d.Reference.ID) == nil {
			p.places[d.Reference.ID] = d.Location
			list.Schemas = append(list.Schemas, warehouse.Schema{Database: p.options.Project, Name: d.Reference.ID})
		}
	}
	if p.options.Dataset != "" {
		var d dataset
		if err = p.send(ctx, http.MethodGet, "datasets/"+p.options.Dataset, nil, nil, &d); err == nil {
			add(d)
		}
		return list, err
	}
	for query := (url.Values{"maxResults": {"1000"}}); ; {
		var page struct {
			Datasets []dataset `json:"datasets"`
			Next     string    `json:"nextPageToken"`
		}
		if err := p.send(ctx, http.MethodGet, "datasets", query, nil, &page); err != nil {
			return list, err
		}
		for _, d := range page.Datasets {
			add(d)
		}
		if page.Next == "" {
			return list, nil
		}
		query.Set("pageToken", page.Next)
	}
}
