package apitest

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/warehouse/warehousetest"
)

// blocks returns the blocks of code of a language of a page of the guide.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/guide/" + page)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, after := range strings.Split(string(text), "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(after, "```")
		out = append(out, block)
	}
	return out
}

// statements are those of the first block of SQL of a page.
func statements(t *testing.T, page string) []string {
	t.Helper()
	all := blocks(t, page, "sql")
	if len(all) == 0 {
		t.Fatalf("%s has no grants", page)
	}
	var out []string
	for s := range strings.SplitSeq(all[0], ";") {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// grammars are the forms of statements that the grants of a page may have, as the vendor documents them. None of them
// gives rows of a table.
var grammars = map[string][]string{
	"redshift.md": {
		`CREATE USER \w+ PASSWORD '[^']+'`,
		`GRANT USAGE ON SCHEMA \w+(, \w+)* TO \w+`,
		`GRANT SELECT ON svv_table_info TO \w+`,
	},
	"snowflake.md": {
		`CREATE ROLE \w+`,
		`CREATE USER \w+ TYPE = SERVICE DEFAULT_ROLE = \w+ RSA_PUBLIC_KEY = '[^']+'`,
		`GRANT ROLE \w+ TO USER \w+`,
		`GRANT USAGE ON (WAREHOUSE|DATABASE) \w+ TO ROLE \w+`,
		`GRANT USAGE ON (ALL|FUTURE) SCHEMAS IN DATABASE \w+ TO ROLE \w+`,
		`GRANT REFERENCES ON (ALL|FUTURE) (TABLES|VIEWS) IN DATABASE \w+ TO ROLE \w+`,
	},
}

func TestGrantsOfTheGuides(t *testing.T) {
	for page, forms := range grammars {
		used := map[string]bool{}
		for _, s := range statements(t, page) {
			found := false
			for _, form := range forms {
				if regexp.MustCompile("^" + form + "$").MatchString(s) {
					found, used[form] = true, true
				}
			}
			if !found {
				t.Errorf("%s: %q has none of the documented forms", page, s)
			}
		}
		if len(used) != len(forms) {
			t.Errorf("%s: only %v", page, used)
		}
	}
}

// The request of a page is one that the API takes, with a key that is one.
func (s *Server) guideRequest(t *testing.T, admin, page string, change ...string) Reply {
	t.Helper()
	for _, block := range blocks(t, page, "sh") {
		if _, body, ok := strings.Cut(block, "-d '"); ok {
			return s.Send(t, "POST", "/api/v1/integrations", admin, strings.NewReplacer(change...).Replace(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(body), "'"))))
		}
	}
	t.Fatalf("%s has no request", page)
	return Reply{}
}

func TestRequestsOfTheGuides(t *testing.T) {
	s := Start(t, Options{OutboundAllow: local, NoWorker: true})
	admin := s.Key(t, access.AdminWorkspace)
	if r := s.guideRequest(t, admin, "redshift.md", "shop.abc123.eu-central-1.redshift.amazonaws.com", "127.0.0.1"); r.Status != 201 || r.At(t, "data.attributes.kind") != "redshift" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	_, private := warehousetest.Key(t)
	account, err := json.Marshal(warehousetest.ServiceAccount(t, private, nil))
	if err != nil {
		t.Fatal(err)
	}
	if r := s.guideRequest(t, admin, "bigquery.md", `"the text of key.json"`, string(account)); r.Status != 201 || r.At(t, "data.attributes.kind") != "bigquery" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := s.guideRequest(t, admin, "snowflake.md", "the text of catalog_reader.p8", pemInJSON(t)); r.Status != 201 || r.At(t, "data.attributes.credentials.database") != "shop" {
		t.Errorf("%d %s", r.Status, r.Body)
	}
}

// pemInJSON is a private key as a text in JSON.
func pemInJSON(t *testing.T) string {
	t.Helper()
	_, key := warehousetest.Key(t)
	return strings.ReplaceAll(key, "\n", `\n`)
}

// The commands for BigQuery give the roles of metadata and of queries, and no other.
func TestRolesOfTheGuide(t *testing.T) {
	script := strings.ReplaceAll(blocks(t, "bigquery.md", "sh")[0], "\\\n", "")
	forms := []string{
		`gcloud iam service-accounts create [a-z-]+ --project [a-z-]+`,
		`gcloud projects add-iam-policy-binding [a-z-]+ --role roles/bigquery\.(metadataViewer|jobUser) --member serviceAccount:[a-z@.-]+`,
		`gcloud iam service-accounts keys create key\.json --iam-account [a-z@.-]+`,
	}
	lines := strings.Split(strings.TrimSpace(script), "\n")
	for _, line := range lines {
		line = strings.Join(strings.Fields(line), " ")
		if !regexp.MustCompile("^(" + strings.Join(forms, "|") + ")$").MatchString(line) {
			t.Errorf("%q has none of the documented forms", line)
		}
	}
	if len(lines) != 4 {
		t.Errorf("%d commands", len(lines))
	}
}
