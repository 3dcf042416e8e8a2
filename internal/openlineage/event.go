package openlineage

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Event is an event that another program sends: of a run, a job or a dataset. Fields that are not used are not read.
type Event struct {
	EventType string       `json:"eventType"`
	EventTime string       `json:"eventTime"`
	Producer  string       `json:"producer"`
	Run       *EventRun    `json:"run"`
	Job       *EventJob    `json:"job"`
	Dataset   *jsonIgnored `json:"dataset"`
	Inputs    []EventData  `json:"inputs"`
	Outputs   []EventData  `json:"outputs"`

	at time.Time
}

// EventRun is the run of an event.
type EventRun struct {
	RunID string `json:"runId"`
}

// EventJob is the job of an event.
type EventJob struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Facets    struct {
		JobType struct {
			Integration string `json:"integration"`
			JobType     string `json:"jobType"`
		} `json:"jobType"`
	} `json:"facets"`
}

// EventData is a dataset that a job reads or writes.
type EventData struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Facets    struct {
		Schema *struct {
			Fields []EventField `json:"fields"`
		} `json:"schema"`
		Symlinks *struct {
			Identifiers []EventName `json:"identifiers"`
		} `json:"symlinks"`
		ColumnLineage *EventLineage `json:"columnLineage"`
	} `json:"facets"`
}

// EventName is another name of a dataset.
type EventName struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Type      string `json:"type"`
}

// EventField is a column.
type EventField struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description string `json:"description"`
}

// EventLineage is the facet columnLineage.
type EventLineage struct {
	Fields  map[string]EventColumn `json:"fields"`
	Dataset []EventInput           `json:"dataset"`
}

// EventColumn lists what a column is made of.
type EventColumn struct {
	InputFields []EventInput `json:"inputFields"`
	// Type is that of all of them, in events before version 1-1-0 of the facet.
	Type string `json:"transformationType"`
}

// EventInput is a column of another dataset.
type EventInput struct {
	Namespace       string                `json:"namespace"`
	Name            string                `json:"name"`
	Field           string                `json:"field"`
	Transformations []EventTransformation `json:"transformations"`
}

// EventTransformation is how an input is used.
type EventTransformation struct {
	Type    string `json:"type"`
	Subtype string `json:"subtype"`
	Masking bool   `json:"masking"`
}

// jsonIgnored is a value of which it only matters that it is there.
type jsonIgnored struct{}

// UnmarshalJSON implements the decoder's interface.
func (*jsonIgnored) UnmarshalJSON([]byte) error { return nil }

// Bounds of an event.
const (
	maxEventData  = 1000    // inputs, outputs
	maxEventName  = 1 << 10 // bytes of a name
	maxEventField = 10_000  // columns of a dataset
	// maxAhead is how far the clock of a program may be ahead.
	maxAhead = 24 * time.Hour
)

// ParseEvent reads an event; its errors are catalog.ErrInvalid. A field of another type than that of the standard makes
// it invalid, one that the standard does not have is not looked at.
func ParseEvent(body []byte, now time.Time) (*Event, error) {
	e := &Event{}
	if err := json.Unmarshal(body, e); err != nil {
		return nil, fmt.Errorf("the event cannot be read: %w: %w", err, catalog.ErrInvalid)
	}
	if err := e.check(now); err != nil {
		return nil, fmt.Errorf("%w: %w", err, catalog.ErrInvalid)
	}
	return e, nil
}

func (e *Event) check(now time.Time) (err error) {
	if e.at, err = time.Parse(time.RFC3339Nano, e.EventTime); err != nil {
		// Some producers leave out the zone.
		if e.at, err = time.Parse("2006-01-02T15:04:05.999999999", e.EventTime); err != nil {
			return fmt.Errorf("eventTime %.40q is not a time", e.EventTime)
		}
	}
	e.at = e.at.UTC().Truncate(time.Microsecond)
	switch {
	case e.at.Year() < 1970:
		return fmt.Errorf("eventTime %.40q is before 1970", e.EventTime)
	case e.at.After(now.Add(maxAhead)):
		return fmt.Errorf("eventTime %.40q is in the future", e.EventTime)
	case e.Job == nil:
		if e.Dataset == nil {
			return fmt.Errorf("an event needs a job or a dataset")
		}
		return nil
	case !isName(e.Job.Namespace) || !isName(e.Job.Name):
		return fmt.Errorf("job.namespace and job.name are required, of at most %d bytes", maxEventName)
	case e.Run != nil && !isName(e.Run.RunID):
		return fmt.Errorf("run.runId is required")
	case e.Run != nil && !isType(e.EventType):
		return fmt.Errorf("eventType %.40q: want START, RUNNING, COMPLETE, ABORT, FAIL or OTHER", e.EventType)
	case len(e.Inputs) > maxEventData || len(e.Outputs) > maxEventData:
		return fmt.Errorf("an event has at most %d inputs and %d outputs", maxEventData, maxEventData)
	}
	for _, list := range [][]EventData{e.Inputs, e.Outputs} {
		for i := range list {
			if err := list[i].check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *EventData) check() error {
	if !isName(d.Namespace) || !isName(d.Name) {
		return fmt.Errorf("a dataset needs a namespace and a name of at most %d bytes", maxEventName)
	}
	n := 0
	if d.Facets.Schema != nil {
		n = len(d.Facets.Schema.Fields)
	}
	if l := d.Facets.ColumnLineage; l != nil {
		n = max(n, len(l.Fields), len(l.Dataset))
	}
	if n > maxEventField {
		return fmt.Errorf("dataset %.100q has more than %d fields", d.Name, maxEventField)
	}
	return nil
}

// isName reports whether a text can be the name of something.
func isName(s string) bool {
	return s != "" && len(s) <= maxEventName && strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, unicode.IsControl)
}

func isType(s string) bool { return runStates[strings.ToUpper(s)] > 0 }

// IsOurs reports whether Thalweg itself made the event: what it has is in the catalog already.
func (e *Event) IsOurs() bool {
	return e.Producer == Producer || strings.HasPrefix(e.Producer, Producer+"/")
}
