package cli

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/thalweg-data/thalweg/internal/config"
)

// ManCmd prints the manual page that packages install.
type ManCmd struct{}

// Run prints it.
func (ManCmd) Run(parsed *kong.Context, out *output) error {
	return out.line("%s", strings.TrimSuffix(manual(parsed.Model), "\n"))
}

// manual is thalweg(1), made of the definitions of the commands and settings. It has no date: the same program prints
// the same page.
func manual(model *kong.Application) string {
	p := &page{}
	p.printf(".TH THALWEG 1 \"\" \"Thalweg\" \"Thalweg\"\n.SH NAME\nthalweg \\- %s\n", roff(strings.TrimSuffix(model.Help, ".")))
	p.printf(".SH SYNOPSIS\n.B thalweg\n.I COMMAND\n[\\fIFLAGS\\fR]\n.SH COMMANDS\n")
	for _, leaf := range model.Leaves(true) {
		p.command(leaf)
	}
	p.printf(".SH ENVIRONMENT\nThe variables of settings take precedence over the file that \\fBTHALWEG_CONFIG\\fR or \\fB\\-\\-config\\fR names, flags over variables.\n")
	for _, s := range config.Settings() {
		p.term(s.Variable(), s.Help+".")
	}
	for _, v := range [][2]string{
		{"THALWEG_SERVER", "address of the server that commands ask."},
		{"THALWEG_KEY", "their key."},
		{"THALWEG_CONFIG", "settings file, YAML or JSON."},
	} {
		p.term(v[0], v[1])
	}
	p.printf(".SH EXIT STATUS\n")
	p.term("0", "success.")
	p.term("1", "failure.")
	p.term("2", "usage error.")
	return p.String()
}

// page is a manual page as it is written.
type page struct{ strings.Builder }

func (p *page) printf(format string, args ...any) { fmt.Fprintf(&p.Builder, format, args...) }

// term adds a definition.
func (p *page) term(name, text string) { p.printf(".TP\n.B %s\n%s\n", roff(name), roff(text)) }

// command adds a command with its arguments, flags and example.
func (p *page) command(n *kong.Node) {
	p.printf(".SS %s\n%s\n", roff(n.Summary()), roff(n.Help))
	if n.Detail != "" {
		text, example, found := strings.Cut(n.Detail, "Example:\n")
		if text = strings.TrimSpace(text); text != "" {
			p.printf(".PP\n%s\n", roff(text))
		}
		if found {
			p.printf(".PP\n.nf\n%s\n.fi\n", roff(strings.TrimRight(example, "\n")))
		}
	}
	for _, arg := range n.Positional {
		p.term(arg.Summary(), arg.Help)
	}
	for _, group := range n.AllFlags(true) {
		for _, flag := range group {
			if flag.Name != "help" {
				p.term(flag.String(), flag.Help)
			}
		}
	}
}

// roff escapes a text: a line must not begin with a request, a dash is one that can be copied, and the page is ASCII,
// which every reader takes.
func roff(text string) string {
	var out strings.Builder
	start := true
	for _, r := range text {
		switch {
		case start && (r == '.' || r == '\''):
			out.WriteString(`\&` + string(r))
		case r == '\\':
			out.WriteString(`\e`)
		case r == '-':
			out.WriteString(`\-`)
		case r == '…':
			out.WriteString("...")
		case r > unicode.MaxASCII:
			fmt.Fprintf(&out, `\[u%04X]`, r)
		default:
			out.WriteRune(r)
		}
		start = r == '\n'
	}
	return out.String()
}
