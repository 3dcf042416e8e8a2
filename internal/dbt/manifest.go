package dbt

import (
	"context"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// ManifestSink takes what is read from a manifest, from one goroutine and in the order of the file, which is
// arbitrary: parent_map may come before the nodes. What it returns ends the reading. An id that is repeated
// within a section arrives again and the later one replaces the earlier. When the reading ends with an error,
// everything that the sink received must be discarded.
type ManifestSink interface {
	// Node takes a node that is new or changed. The sink owns it, unless
	// ManifestOptions.Index is set: then it is valid only until Node returns.
	Node(n *Node) error
	// Unchanged takes a node whose hash ManifestOptions.IsUnchanged recognizes,
	// undecoded.
	Unchanged(section, uniqueID string, h Hash) error
	// Parents takes one entry of parent_map; parents are distinct and may be empty.
	Parents(child string, parents []string) error
}

// ManifestOptions control ReadManifest. The zero value reads everything but the texts of macros and docs.
type ManifestOptions struct {
	Limits   Limits
	Decoders int // goroutines that decode; 0 means two, or one on a single core
	// IsUnchanged reports whether the node with that hash was read before, so that it need not be decoded. It is
	// called from several goroutines. Disabled nodes are never asked about.
	IsUnchanged func(uniqueID string, h Hash) bool
	Texts       bool // read the texts of macros and docs, which are then part of the hashes
	// Index leaves the decoding of new and changed nodes to a [NodeDecoder]: they
	// arrive with what identifies them, DependsOn and Range alone.
	Index bool
}

// Range is where a value is in the unpacked text of a file.
type Range struct {
	Offset int64
	Length int64
	Sound  bool // it needs no repair
}

// nodeSections are the sections of a manifest whose entries are nodes.
var nodeSections = map[string]bool{
	"nodes": true, "sources": true, "exposures": true, "metrics": true, "semantic_models": true,
	"saved_queries": true, "unit_tests": true, "functions": true, "groups": true, "macros": true, "docs": true,
}

// manifestEvent is one thing for a ManifestSink.
type manifestEvent struct {
	node    *Node
	section string // of an unchanged node
	id      string // of an unchanged node, or child
	hash    Hash
	parents []string

	resourceType, pkg string // of an unchanged node
}

// ReadManifest reads a manifest of any version from r. An error caused by the file is an *[Error].
func ReadManifest(ctx context.Context, r io.Reader, opt ManifestOptions, sink ManifestSink) (Head, []Issue, error) {
	s, err := newSplitter(r, Manifest, opt.Limits)
	if err != nil {
		return Head{}, nil, err
	}
	m := &manifestReader{shapeReader: shapeReader{splitter: s}, opt: opt, sink: sink, head: s.newDecoder()}
	p := &pipeline[manifestEvent]{
		decoders: opt.Decoders, split: m.split, decode: m.decode, deliver: m.deliver, decoder: s.newDecoder, issues: &m.decoded,
	}
	if err := p.run(ctx); err != nil {
		return m.header.Head, nil, err
	}
	if err := m.header.finish(Manifest, m.kind(), s); err != nil {
		return m.header.Head, nil, err
	}
	return m.header.Head, s.allIssues(m.head, &m.decoded), nil
}

// manifestReader holds the state of one ReadManifest. splitter, header.metadata and head belong to the
// goroutine that splits; decoded and the counting of packages to the one that delivers.
type manifestReader struct {
	shapeReader
	opt     ManifestOptions
	sink    ManifestSink
	header  header
	head    *decoder
	decoded issues
	indexed sync.Pool // of nodes that the sink is done with
}

func (s *splitter) newDecoder() *decoder { return &decoder{limits: s.limits, part: s.part} }

// allIssues joins the issues of the top level and those of the values.
func (s *splitter) allIssues(head *decoder, decoded *issues) []Issue {
	s.issues.add(head.issues...)
	s.issues.add(decoded.all()...)
	return s.issues.all()
}

// split sends each entry of the sections that matter on to the decoders.
func (m *manifestReader) split(ctx context.Context, emit func(e entry, text form) error) error {
	return m.walk(ctx, func(section string, kind jsontext.Kind) error {
		switch {
		case section == "metadata":
			return m.metadata(&m.header, m.head, Manifest)
		case section == "generated_at":
			v, err := m.value()
			m.header.generatedAt(v)
			return err
		case nodeSections[section] || section == "parent_map" || section == "disabled" && kind == jsontext.KindBeginObject:
			return m.forDecoders(ctx, '{', m.leftOut(section), func(e entry, text form, raw value) error {
				if section != "parent_map" {
					if err := m.count(); err != nil {
						return err
					}
				}
				if section == "nodes" || section == "sources" {
					if err := m.lookAtEntry(raw, e.checked); err != nil {
						return err
					}
				}
				return emit(e, text)
			})
		case section == "results":
			return m.lookAtResults(ctx)
		case section == "disabled":
			return m.forDecoders(ctx, '[', nil, func(e entry, text form, _ value) error {
				if err := m.count(); err != nil {
					return err
				}
				return emit(e, text)
			})
		}
		return m.skip()
	})
}

// leftOut returns which members of the entries of a section are left out; nil for disabled, whose entries may be
// lists of nodes.
func (m *manifestReader) leftOut(section string) func(name []byte) bool {
	switch {
	case section == "disabled":
		return nil
	case m.opt.Texts:
		return volatile
	}
	return withoutText(section)
}

// metadata reads the metadata section and refuses at once what it shows to be another kind.
func (s *splitter) metadata(h *header, d *decoder, want Kind) error {
	v, err := s.value()
	if err != nil {
		return err
	}
	d.begin(entry{section: "metadata"})
	v = d.enter(v, allMembers)
	if h.metadata(d, v); d.err != nil {
		return d.err
	}
	return h.early(want, s)
}

// decode runs in a decoder's goroutine.
func (m *manifestReader) decode(d *decoder, e entry, emit func(manifestEvent)) {
	switch e.section {
	case "parent_map":
		emit(manifestEvent{id: e.id, parents: d.names("", d.enterEntry(m.leftOut(e.section)))})
	case "disabled":
		if raw := value(d.given.buf); d.isJSON(raw) {
			m.decodeDisabled(d, e, raw, emit)
		}
	default:
		m.decodeNode(d, e, emit)
	}
}

func (m *manifestReader) decodeNode(d *decoder, e entry, emit func(manifestEvent)) {
	section, id := e.section, idOf(e.section, e.id)
	v, ok := d.object(m.leftOut(section))
	if !ok {
		return
	}
	h := d.entered.hash()
	if m.opt.IsUnchanged != nil && m.opt.IsUnchanged(id, h) {
		resourceType, pkg := typeAndPackage(v)
		emit(manifestEvent{section: section, id: id, hash: h, resourceType: resourceType, pkg: pkg})
		return
	}
	if m.opt.Index {
		n := m.newIndexed()
		d.indexed(n, section, id, h)
		n.Range = Range{e.at, e.length, e.checked}
		emit(manifestEvent{node: n})
		return
	}
	emit(manifestEvent{node: d.node(section, id, h)})
}

// newIndexed returns a node for the index. The sink does not keep them.
func (m *manifestReader) newIndexed() *Node {
	if n, ok := m.indexed.Get().(*Node); ok {
		return n
	}
	return &Node{}
}

// typeAndPackage reads what names the project before manifest v10, and stops once it has both.
func typeAndPackage(v value) (resourceType, pkg string) {
	found := 0
	for name, m := range v.members {
		switch string(name) {
		case "resource_type":
			resourceType, found = m.str(), found+1
		case "package_name":
			pkg, found = m.str(), found+1
		}
		if found == 2 {
			break
		}
	}
	return resourceType, pkg
}

// decodeDisabled reads the nodes that are switched off: up to v3 a list of nodes, later a map from ids to
// lists of nodes, because an id can be disabled more than once.
func (m *manifestReader) decodeDisabled(d *decoder, e entry, raw value, emit func(manifestEvent)) {
	one := func(id string, v value) {
		if id == "" {
			id = v.get("unique_id").str()
		}
		d.section, d.id, d.about = e.section, id, id
		switch {
		case v.kind() != '{':
			d.note(IssueNodeType, "", "an entry is not an object and was left out", remedyRewrite)
			return
		case id == "":
			d.note(IssueUniqueIDMissing, itoa(int64(e.index)), "a disabled node without unique_id was left out", remedyRewrite)
			return
		case len(id) > m.limits.Name:
			d.fail(limitError("name", "a unique_id is longer than "+byteText(int64(m.limits.Name)), ""), pointer(e.section))
			return
		}
		d.enter(v, volatile)
		var n *Node
		if m.opt.Index {
			n = m.newIndexed()
			d.indexed(n, e.section, id, d.entered.hash())
		} else {
			n = d.node(e.section, id, d.entered.hash())
		}
		n.Disabled = true
		emit(manifestEvent{node: n})
	}
	if raw.kind() == '[' {
		for v := range raw.elements {
			one(e.id, v)
		}
		return
	}
	one(e.id, raw)
}

// deliver runs in the caller's goroutine.
func (m *manifestReader) deliver(e manifestEvent) error {
	switch {
	case e.node != nil:
		if e.node.Section == "nodes" {
			m.header.countPackage(e.node.ResourceType, e.node.Package)
		}
		err := m.sink.Node(e.node)
		if m.opt.Index {
			m.indexed.Put(e.node)
		}
		return err
	case e.section != "":
		if e.section == "nodes" {
			m.header.countPackage(e.resourceType, e.pkg)
		}
		return m.sink.Unchanged(e.section, e.id, e.hash)
	}
	return m.sink.Parents(e.id, e.parents)
}
