package dbt

// Exposure is what only an exposure has.
type Exposure struct {
	Type     string // "dashboard", "notebook", "analysis", "ml", "application" or another word
	URL      string // as written: not checked, not safe to link without checking
	Maturity string // "low", "medium", "high" or ""
}

func (d *decoder) exposure(f []member) *Exposure {
	e := &Exposure{}
	for _, m := range f {
		switch string(m.name) {
		case "type":
			e.Type = d.name("type", m.val)
		case "url":
			e.URL = d.text("url", m.val)
		case "maturity":
			e.Maturity = d.name("maturity", m.val)
		}
	}
	return e
}
