package cli

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const exports = "../adopt/testdata/"

// adoptingFolder is a data folder with the example project.
func adoptingFolder(t *testing.T) string {
	t.Helper()
	data := shortDir(t)
	ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data)
	ok(t, "import", "--wait", "--data", data, "--manifest", artifacts+"manifest.json.gz", "--catalog", artifacts+"catalog.json.gz")
	return data
}

// contains fails unless the text has every line.
func contains(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}

// edit sends a PATCH to the server of a folder.
func edit(t *testing.T, data, path, body string) {
	t.Helper()
	c := &target{}
	c.Data = data
	err := c.with(t.Context(), &output{stderr: os.Stderr}, func(cl *client) error {
		return cl.call(t.Context(), "PATCH", path, json.RawMessage(body), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A dry run changes nothing, a run does what it announced, and another one has nothing to do.
func TestAdoptDataHub(t *testing.T) {
	data := adoptingFolder(t)
	args := []string{"adopt", "datahub", exports + "datahub.json", "--data", data}
	dry := ok(t, append(args, "--dry-run")...)
	if again := ok(t, append(args, "--dry-run")...); again != dry {
		t.Errorf("a dry run changed something:\n%s\n%s", dry, again)
	}
	done := ok(t, args...)
	announced := strings.NewReplacer("2 skipped, 8 would-set", "8 set, 2 skipped", "would-set", "set", "Nothing was changed.\n", "").Replace(dry)
	if announced != done {
		t.Errorf("announced\n%s\ndone\n%s", announced, done)
	}
	contains(t, done,
		"set\tTBL-21\tshop.landing.payments\tdescription\tPayments, as the provider reports them.",
		"set\tTBL-21\tshop.landing.payments\towners\tAna Ruiz, finance",
		"set\tTBL-21\tshop.landing.payments\ttags\tmoney",
		"set\tTBL-21\tshop.landing.payments.id\ttags\tFinance.Payment",
		"set\tTBL-31\tSHOP.MARTS.FCT_ORDERS\ttags\tGold",
		"removed\t\tshop.erp.gone\tit is deleted in the other catalog",
		"assets: 4 of 6 found in SCH-101, 1 missing, 1 removed there",
		"columns: 2 of 3 found")
	for _, part := range []string{"tags\tpriced", "did you mean model.shop.fct_orders?", "missing\tTBL-21\tshop.landing.payments.nope", "skipped\tTBL-21\tshop.landing.payments.id\tterms\t7b7d", "not about tables: 1 corpuser, 1 tag, 2 unreadable"} {
		if !strings.Contains(done, part) {
			t.Errorf("no %q in\n%s", part, done)
		}
	}
	if shown := ok(t, "show", "landing.payments", "--data", data); !strings.Contains(shown, "Ana Ruiz") || !strings.Contains(shown, "Number of the payment.") {
		t.Errorf("show printed %s", shown)
	}
	if again := ok(t, args...); strings.Contains(again, "set\t") || !strings.Contains(again, "\nvalues: 2 skipped, 8 unchanged\n") {
		t.Errorf("the second run printed\n%s", again)
	}
}

// What people wrote, removed or withdrew stays, unless it is to be overwritten.
func TestAdoptKeepsWhatPeopleDid(t *testing.T) {
	data := adoptingFolder(t)
	edit(t, data, "/api/v1/assets/TBL-21", `{"description":"Ana's own text.","tags":["money","x"]}`)
	edit(t, data, "/api/v1/assets/TBL-21", `{"tags":["x"]}`)
	edit(t, data, "/api/v1/assets/TBL-21/columns/id", `{"description":"mine"}`)
	edit(t, data, "/api/v1/assets/TBL-21/columns/id", `{"description":null}`)
	edit(t, data, "/api/v1/assets/TBL-31", `{"tags":["marts"]}`) // without daily, which dbt has
	args := []string{"adopt", "datahub", exports + "datahub.json", "--data", data}
	out := ok(t, args...)
	contains(t, out,
		"kept\tTBL-21\tshop.landing.payments\tdescription\tPayments, as the provider reports them.\ta person wrote another text",
		"kept\tTBL-21\tshop.landing.payments\ttags\tmoney\tpeople removed them",
		"kept\tTBL-21\tshop.landing.payments.id\tdescription\tNumber of the payment.\ta person withdrew a text",
		"kept\tTBL-31\tSHOP.MARTS.FCT_ORDERS\ttags\tdaily\tpeople removed them",
		"set\tTBL-31\tSHOP.MARTS.FCT_ORDERS\ttags\tGold")
	if again := ok(t, args...); strings.Contains(again, "set\t") {
		t.Errorf("the second run printed\n%s", again)
	}
	out = ok(t, append(args, "--overwrite")...)
	contains(t, out,
		"set\tTBL-21\tshop.landing.payments\tdescription\tPayments, as the provider reports them.",
		"set\tTBL-21\tshop.landing.payments\ttags\tmoney",
		"set\tTBL-21\tshop.landing.payments.id\tdescription\tNumber of the payment.",
		"set\tTBL-31\tSHOP.MARTS.FCT_ORDERS\ttags\tdaily")
	if again := ok(t, append(args, "--overwrite")...); strings.Contains(again, "set\t") {
		t.Errorf("the second run printed\n%s", again)
	}
}

func TestAdoptOpenMetadata(t *testing.T) {
	data := adoptingFolder(t)
	args := []string{"adopt", "openmetadata", exports + "openmetadata.json", "--data", data}
	var summary struct {
		Summary struct {
			Tables int            `json:"tables"`
			Found  int            `json:"tables_found"`
			Values map[string]int `json:"values"`
			DryRun bool           `json:"dry_run"`
		} `json:"summary"`
	}
	out := ok(t, append(args, "--json", "--dry-run")...)
	for line := range strings.Lines(out) {
		if err := json.Unmarshal([]byte(line), &summary); err != nil {
			t.Errorf("%v in %s", err, line)
		}
	}
	if s := summary.Summary; s.Tables != 4 || s.Found != 2 || s.Values["would-set"] == 0 || !s.DryRun {
		t.Errorf("%+v", s)
	}
	out = ok(t, append(args, "--only", "owners,terms")...)
	contains(t, out, "set\tTBL-21\tprod.shop.landing.payments\ttags\tBusiness.Payment", "set\tTBL-21\tprod.shop.landing.payments\towners\tFinance")
	if strings.Contains(out, "description") || strings.Contains(out, "PII") {
		t.Errorf("more than owners and terms:\n%s", out)
	}
	out = ok(t, args...)
	contains(t, out, "kept\tTBL-22\tprod.default.landing.refunds\tdescription\tRefunds.\tthere is a text of dbt:shop",
		"set\tTBL-21\tprod.shop.landing.payments\ttags\tPII.Sensitive")
}

// A dbt docs site of the same project has nothing new. Where edits do not become effective, the reply is passed on.
func TestAdoptDBTDocs(t *testing.T) {
	data := adoptingFolder(t)
	args := []string{"adopt", "dbt-docs", artifacts + "manifest.json.gz", artifacts + "catalog.json.gz", "--data", data}
	if out := ok(t, args...); strings.Contains(out, "set\t") || !strings.Contains(out, " unchanged\n") {
		t.Errorf("adopt printed\n%s", out)
	}
	out := ok(t, "adopt", "openmetadata", exports+"openmetadata.json", "--data", data, "--overwrite")
	if !strings.Contains(out, "hidden\tTBL-22\tprod.default.landing.refunds\tdescription\tRefunds.\tThe edit is stored but readers see the text of dbt:shop") {
		t.Errorf("adopt printed\n%s", out)
	}
	if again := ok(t, "adopt", "openmetadata", exports+"openmetadata.json", "--data", data, "--overwrite"); strings.Contains(again, "hidden\t") {
		t.Errorf("the second run printed\n%s", again)
	}
}

// One value that the server refuses does not cost the others, and the exit code says so.
func TestAdoptWhatIsRefused(t *testing.T) {
	data, path := adoptingFolder(t), filepath.Join(t.TempDir(), "x.json")
	write := func(description string) {
		b, err := json.Marshal(map[string]any{"fullyQualifiedName": "p.shop.landing.payments", "columns": []any{}, "description": description, "tags": []any{map[string]string{"tagFQN": "a"}}})
		if err == nil {
			err = os.WriteFile(path, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Repeat("x", 2<<20))
	code, out, errs := run(t, "adopt", "openmetadata", path, "--data", data)
	if code != Failed || !strings.Contains(out, "set\tTBL-21\tp.shop.landing.payments\ttags\ta\n") || !strings.Contains(out, "refused\tTBL-21") || !strings.Contains(errs, "1 values were refused") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

func TestAdoptFaults(t *testing.T) {
	data, dir := adoptingFolder(t), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	elsewhere := file("elsewhere.json", `{"fullyQualifiedName":"p.other.landing.payments","columns":[],"description":"Elsewhere."}`)
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no file":         {[]string{"datahub"}, Usage, "file"},
		"no such file":    {[]string{"datahub", "/does/not/exist"}, Usage, "exist"},
		"a folder":        {[]string{"datahub", dir}, Usage, "directory"},
		"standard input":  {[]string{"datahub", "-"}, Usage, "want files"},
		"no kind":         {[]string{"amundsen", elsewhere}, Usage, "amundsen"},
		"unknown value":   {[]string{"datahub", elsewhere, "--only", "lineage"}, Usage, "lineage"},
		"no such schema":  {[]string{"openmetadata", elsewhere, "--schema", "SCH-999"}, Failed, "SCH-999"},
		"another kind":    {[]string{"datahub", elsewhere}, Failed, "describe no table"},
		"broken":          {[]string{"datahub", file("broken.json", `[{"a":`)}, Failed, "broken.json: the file is truncated"},
		"no manifest":     {[]string{"dbt-docs", elsewhere}, Failed, "elsewhere.json"},
		"another address": {[]string{"openmetadata", elsewhere}, Failed, "--ignore-database"},
	} {
		code, _, errs := run(t, append(append([]string{"adopt"}, c.args...), "--data", data)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit code %d, %s", name, code, errs)
		}
	}
	out := ok(t, "adopt", "openmetadata", elsewhere, "--ignore-database", "--data", data)
	contains(t, out, "set\tTBL-21\tp.other.landing.payments\tdescription\tElsewhere.")
}

// between is a server in front of that of a folder, which may answer itself or do something first.
func between(t *testing.T, data string, first func(cl *client, w http.ResponseWriter, r *http.Request) bool, do func(address string)) {
	t.Helper()
	c := &target{}
	c.Data = data
	err := c.with(t.Context(), &output{stderr: os.Stderr}, func(cl *client) error {
		proxy := &httputil.ReverseProxy{Transport: cl.http.Transport, Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", "localhost", "localhost"
		}}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !first(cl, w, r) {
				proxy.ServeHTTP(w, r)
			}
		}))
		defer s.Close()
		do(s.URL)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a person writes between reading and editing is not overwritten.
func TestAdoptWhileSomebodyEdits(t *testing.T) {
	data, edited := adoptingFolder(t), false
	edit := func(cl *client, _ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch && r.URL.Path == "/api/v1/assets/TBL-21" && !edited {
			edited = true
			if err := cl.call(r.Context(), http.MethodPatch, r.URL.Path, map[string]string{"description": "Just written."}, nil); err != nil {
				t.Error(err)
			}
		}
		return false
	}
	between(t, data, edit, func(address string) {
		out := ok(t, "adopt", "datahub", exports+"datahub.json", "--server", address, "--schema", "SCH-101")
		contains(t, out,
			"kept\tTBL-21\tshop.landing.payments\tdescription\tPayments, as the provider reports them.\ta person wrote another text",
			"set\tTBL-21\tshop.landing.payments\ttags\tmoney")
	})
	if shown := ok(t, "show", "TBL-21", "--data", data); !edited || !strings.Contains(shown, "Just written.") {
		t.Errorf("show printed %s", shown)
	}
}

// A server that asks for patience gets it. One that fails ends the run, and the next run does the rest.
func TestAdoptGoesOn(t *testing.T) {
	data := adoptingFolder(t)
	patches, waits := 0, 0
	broken := func(_ *client, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		if waits == 0 {
			waits++
			w.Header().Set("Retry-After", "1")
			http.Error(w, "slowly", http.StatusTooManyRequests)
			return true
		}
		if patches++; patches == 3 {
			http.Error(w, "broken", http.StatusInternalServerError)
			return true
		}
		return false
	}
	between(t, data, broken, func(address string) {
		code, _, errs := run(t, "adopt", "datahub", exports+"datahub.json", "--server", address, "--schema", "SCH-101")
		if code != Failed || !strings.Contains(errs, "broken") || !strings.Contains(errs, "2 edits were made; run it again to continue") {
			t.Errorf("exit code %d, %s", code, errs)
		}
		contains(t, ok(t, "adopt", "datahub", exports+"datahub.json", "--server", address, "--schema", "SCH-101"), "values: 3 set, 2 skipped, 5 unchanged")
	})
	if waits != 1 {
		t.Errorf("%d waits", waits)
	}
}
