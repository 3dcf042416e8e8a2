package cli

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/thalweg-data/thalweg/internal/app"
)

// CompletionCmd prints the script by which a shell completes command lines.
type CompletionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"bash, zsh, fish or powershell."`
}

// Help gives an example.
func (CompletionCmd) Help() string {
	return `The script asks thalweg itself what may follow: commands, flags, their values, and for show, impact and search names from the server, if one answers at once.

Example:
  source <(thalweg completion bash)
  thalweg completion fish > ~/.config/fish/completions/thalweg.fish`
}

// completeCommand is what the scripts call, with the words of the command line up to the cursor.
const completeCommand = "__complete"

func completionScript(shell string) string {
	switch shell {
	case "zsh":
		return `#compdef thalweg
_thalweg() {
  local -a names
  names=("${(@f)$(thalweg __complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  [[ -n "$names" ]] && compadd -a names || _files
}
if [[ "${funcstack[1]}" == _thalweg ]]; then # a file of fpath, on its first use
  _thalweg "$@"
else
  compdef _thalweg thalweg
fi`
	case "fish":
		return `complete -c thalweg -a '(thalweg __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'`
	case "powershell":
		return `Register-ArgumentCompleter -Native -CommandName thalweg -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '""' }
  thalweg __complete @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}`
	}
	return `_thalweg() {
  local IFS=$'\n'
  COMPREPLY=($(thalweg __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _thalweg thalweg`
}

// Run prints the script.
func (c *CompletionCmd) Run(out *output) error { return out.line("%s", completionScript(c.Shell)) }

// printCompletions answers the script of a shell.
func printCompletions(ctx context.Context, model *kong.Application, words []string, out *output) int {
	for _, word := range complete(ctx, model, words) {
		if err := out.line("%s", word); err != nil {
			return Failed
		}
	}
	return OK
}

// complete returns what may be in place of the last of the words.
func complete(ctx context.Context, model *kong.Application, words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	word := strings.Trim(words[len(words)-1], `"`)
	node, value, given := walked(model.Node, words[:len(words)-1])
	var out []string
	switch {
	case value != nil:
		out = value.EnumSlice()
	case strings.HasPrefix(word, "-"):
		for _, group := range node.AllFlags(true) {
			for _, flag := range group {
				out = append(out, "--"+flag.Name)
			}
		}
	case len(node.Children) > 0:
		for _, child := range node.Children {
			if !child.Hidden {
				out = append(out, child.Name)
			}
		}
	case len(node.Positional) > 0 && node.Positional[0].Enum != "":
		out = node.Positional[0].EnumSlice()
	case slices.Contains([]string{"show", "impact", "search"}, node.Name):
		out = namesOf(ctx, word, given)
	}
	out = slices.DeleteFunc(out, func(s string) bool { return !strings.HasPrefix(s, word) })
	slices.Sort(out)
	return slices.Compact(out)
}

// walked returns the command that words lead to, the flag whose value comes next, and the values of flags.
func walked(node *kong.Node, words []string) (*kong.Node, *kong.Value, map[string]string) {
	given := map[string]string{}
	for i := 0; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		if !isFlag {
			at := slices.IndexFunc(node.Children, func(n *kong.Node) bool { return n.Name == words[i] })
			if at >= 0 {
				node = node.Children[at]
			}
			continue
		}
		name, value, inline := strings.Cut(name, "=")
		flag := flagNamed(node, name)
		switch {
		case flag == nil || flag.IsBool():
		case inline:
			given[name] = value
		case i+1 == len(words):
			return node, flag.Value, given
		default:
			i++
			given[name] = words[i]
		}
	}
	return node, nil, given
}

func flagNamed(node *kong.Node, name string) *kong.Flag {
	for _, group := range node.AllFlags(false) {
		for _, flag := range group {
			if flag.Name == name {
				return flag
			}
		}
	}
	return nil
}

// completeWithin is how long a server may take for names.
const completeWithin = time.Second

// namesOf asks the server that the command line or the environment names, else the one that serves the data folder. No
// folder is opened for it, and a server that does not answer at once is not waited for.
func namesOf(ctx context.Context, word string, given map[string]string) []string {
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	t := target{Server: given["server"], Key: given["key"]}
	t.Data = given["data"]
	if t.Key == "" {
		t.Key = os.Getenv("THALWEG_KEY")
	}
	cl := newRemote(t.server(), t.Key)
	if t.server() == "" {
		cfg, err := t.load()
		if err != nil {
			return nil
		}
		cl = newSocket(app.SocketPath(cfg.Data))
	}
	query := url.Values{"q": {word}, "limit": {"50"}}
	if schema := given["schema"]; schema != "" {
		query.Set("schema_id", schema)
	}
	var reply searchReply
	if word == "" || cl.call(ctx, http.MethodGet, "/api/v1/search?"+query.Encode(), nil, &reply) != nil {
		return nil
	}
	var names []string
	for _, hit := range reply.Data {
		names = append(names, printable(hit.Asset.Attributes.Name))
	}
	return names
}
