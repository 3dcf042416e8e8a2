package svg

import (
	"strings"
	"testing"

	"github.com/thalweg-data/thalweg/internal/graph/layout"
)

func TestSVG(t *testing.T) {
	t.Parallel()
	p := Picture{Title: "A <b> & \"c\"", Cards: []Card{{Kind: "model", Title: "a</text><script>", Left: "+1 up", Focus: true}, {Title: "+2 more", Stack: true, Dashed: true}}}
	boxes := []layout.Box{p.Cards[0].Box(), p.Cards[1].Box()}
	var err error
	p.Drawing, err = layout.Layered(boxes, []layout.Edge{{From: 0, To: 1}, {From: 1, To: 0}, {From: 1, To: 1}}, layout.Gaps{Lane: 46, Row: 14, Margin: 24})
	if err != nil {
		t.Fatal(err)
	}
	p.Strokes = []Stroke{{Dashed: true}, {Width: 2.5}, {}}
	drawn := string(p.SVG())
	for _, part := range []string{"<title>A &lt;b&gt; &amp; &#34;c&#34;</title>", "a&lt;/text&gt;&lt;script&gt;", `stroke-dasharray="4 3"`, `stroke-width="2.5"`, "+1 up", accent} {
		if !strings.Contains(drawn, part) {
			t.Errorf("no %s in %s", part, drawn)
		}
	}
	if strings.Contains(drawn, "<script") || strings.Contains(drawn, "style") || strings.Contains(drawn, "href") {
		t.Errorf("%s", drawn)
	}
}

func TestFitted(t *testing.T) {
	t.Parallel()
	const name = "int_order_lines_priced_by_channel_and_store"
	cut := fitted(name, titleSize, 120)
	head, tail, found := strings.Cut(cut, "…")
	if !found || !strings.HasPrefix(name, head) || !strings.HasSuffix(name, tail) || len(head) > len(tail) || width(cut, titleSize) > 120 {
		t.Errorf("%q", cut)
	}
	if same := fitted("orders", titleSize, 120); same != "orders" {
		t.Errorf("%q", same)
	}
	if none := fitted("orders", titleSize, 1); none != "…" {
		t.Errorf("%q", none)
	}
}

func TestBox(t *testing.T) {
	t.Parallel()
	short, long := Card{Kind: "model", Title: "a"}.Box(), Card{Kind: "model", Title: strings.Repeat("long_", 40), Right: "1 of 2 down"}.Box()
	if short.Width != narrowest || short.Height != headTall || long.Width != widest || long.Height != headTall+footTall {
		t.Errorf("%+v, %+v", short, long)
	}
}

func TestShown(t *testing.T) {
	t.Parallel()
	if got := shown("a\u202eb\x00\n"); got != "a�b��" {
		t.Errorf("%q", got)
	}
	if got := []rune(shown(strings.Repeat("é", 3*longest))); len(got) != longest+1 {
		t.Errorf("%d characters", len(got))
	}
}
