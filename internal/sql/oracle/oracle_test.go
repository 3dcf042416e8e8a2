package oracle

import "strings"

// base is a column of a table: the number of the table and of the column.
type base struct{ table, column int }

// origin is what a column is made of. partners are the other sides of USING and
// NATURAL columns: PostgreSQL takes one side, the engine lists both.
type origin struct{ from, partners map[base]bool }

func newOrigin() origin { return origin{from: map[base]bool{}, partners: map[base]bool{}} }

// add unites and tells whether anything was new.
func (o origin) add(other origin) bool {
	before := len(o.from) + len(o.partners)
	for b := range other.from {
		o.from[b] = true
	}
	for b := range other.partners {
		o.partners[b] = true
	}
	return len(o.from)+len(o.partners) > before
}

// query is a query of the tree within those around it.
type query struct {
	*node
	outer *query
	// recursive is the CTE that this query is the body of.
	ctes map[string]*query
}

type columnKey struct {
	q      *node
	column int
}

// oracle reads column lineage off a tree. Recursive members make it go round until
// nothing is new.
type oracle struct {
	queries map[*node]*query
	columns map[columnKey]origin
	visited map[columnKey]bool
	// rows is what decides which rows there are.
	rows        origin
	rowsVisited map[*node]bool
	grown       bool
	tableWidth  func(table int) int
}

// output is one column of a view.
type output struct {
	name string
	origin
}

// lineageOf gives the outputs of a query and what decides its rows.
func lineageOf(tree *node, tableWidth func(int) int) (outputs []output, rows origin) {
	o := &oracle{queries: map[*node]*query{}, columns: map[columnKey]origin{}, rows: newOrigin(), tableWidth: tableWidth}
	root := o.query(tree, nil)
	for o.grown = true; o.grown; {
		o.grown = false
		o.visited, o.rowsVisited = map[columnKey]bool{}, map[*node]bool{}
		outputs = outputs[:0]
		for _, t := range tree.nodes("targetList") {
			if t.text("resjunk") == "true" {
				continue
			}
			outputs = append(outputs, output{name: t.text("resname"), origin: o.column(root, t.number("resno"))})
		}
		o.rowsOf(root)
	}
	return outputs, o.rows
}

func (o *oracle) query(n *node, outer *query) *query {
	if q, ok := o.queries[n]; ok {
		return q
	}
	q := &query{node: n, outer: outer, ctes: map[string]*query{}}
	o.queries[n] = q
	for _, c := range n.nodes("cteList") {
		q.ctes[c.text("ctename")] = o.query(c.child("ctequery"), q)
	}
	return q
}

// column is output column number resno of a query.
func (o *oracle) column(q *query, resno int) origin {
	key := columnKey{q.node, resno}
	known, ok := o.columns[key]
	if !ok {
		known = newOrigin()
		o.columns[key] = known
	}
	if o.visited[key] {
		return known
	}
	o.visited[key] = true
	made := newOrigin()
	if op := q.child("setOperations"); op != nil {
		o.setColumn(made, q, op, resno)
	} else {
		for _, t := range q.nodes("targetList") {
			if t.number("resno") == resno {
				o.value(made, t.child("expr"), q)
			}
		}
	}
	o.addPartners(made, q)
	o.grown = known.add(made) || o.grown
	return known
}

// setColumn unites a column of all branches.
func (o *oracle) setColumn(into origin, q *query, op *node, resno int) {
	switch op.name {
	case "RANGETBLREF":
		into.add(o.tableColumn(q, op.number("rtindex"), resno))
	case "SETOPERATIONSTMT":
		o.setColumn(into, q, op.child("larg"), resno)
		o.setColumn(into, q, op.child("rarg"), resno)
	}
}

// tableColumn is a column of a member of FROM; 0 means its whole row.
func (o *oracle) tableColumn(q *query, index, column int) origin {
	made := newOrigin()
	rte := q.nodes("rtable")[index-1]
	if column < 0 {
		return made
	}
	switch rte.number("rtekind") {
	case 0: // a table
		table := rte.number("relid")
		if column > 0 {
			made.from[base{table, column}] = true
			return made
		}
		for i := range o.tableWidth(table) {
			made.from[base{table, i + 1}] = true
		}
	case 1: // a subquery
		o.queryColumn(made, o.query(rte.child("subquery"), q), column)
	case 2: // a join
		aliases := rte.list("joinaliasvars")
		for i, v := range aliases {
			if c, ok := v.(*node); ok && (column == 0 || column == i+1) {
				o.value(made, c, q)
			}
		}
	case 3: // functions
		o.functionColumn(made, q, rte, column)
	case 4: // XMLTABLE
		o.value(made, rte.child("tablefunc"), q)
	case 5: // VALUES
		for _, row := range rte.list("values_lists") {
			for i, v := range row.([]any) {
				if c, ok := v.(*node); ok && (column == 0 || column == i+1) {
					o.value(made, c, q)
				}
			}
		}
	case 6: // a CTE
		if cte := findCTE(q, rte); cte != nil {
			o.queryColumn(made, cte, column)
		}
	}
	return made
}

func (o *oracle) queryColumn(into origin, q *query, column int) {
	if column > 0 {
		into.add(o.column(q, column))
		return
	}
	for _, t := range q.nodes("targetList") {
		if t.text("resjunk") != "true" {
			into.add(o.column(q, t.number("resno")))
		}
	}
}

// findCTE finds the member of WITH that a member of FROM reads.
func findCTE(q *query, rte *node) *query {
	for range rte.number("ctelevelsup") {
		q = q.outer
	}
	return q.ctes[rte.text("ctename")]
}

// functionColumn is a column of ROWS FROM (f(), g()): each function has its share.
func (o *oracle) functionColumn(into origin, q *query, rte *node, column int) {
	first := 1
	for _, f := range rte.nodes("functions") {
		count := f.number("funccolcount")
		if column == 0 || column >= first && column < first+count {
			o.value(into, f.child("funcexpr"), q)
		}
		first += count
	}
	if column >= first { // WITH ORDINALITY: the place among all rows
		all := newOrigin()
		for _, f := range rte.nodes("functions") {
			o.value(all, f.child("funcexpr"), q)
		}
		for b := range all.from {
			into.partners[b] = true
		}
	}
}

// value adds what an expression is made of.
func (o *oracle) value(into origin, v any, q *query) {
	switch v := v.(type) {
	case []any:
		for _, c := range v {
			o.value(into, c, q)
		}
	case *node:
		if v != nil {
			o.nodeValue(into, v, q)
		}
	}
}

func (o *oracle) nodeValue(into origin, n *node, q *query) {
	switch n.name {
	case "VAR":
		at := q
		for range n.number("varlevelsup") {
			at = at.outer
		}
		into.add(o.tableColumn(at, n.number("varno"), n.number("varattno")))
		return
	case "SUBLINK":
		o.value(into, n.fields["testexpr"], q)
		sub := o.query(n.child("subselect"), q)
		o.rowsOf(sub)
		if n.text("subLinkType") != "0" { // EXISTS looks at rows only
			o.queryColumn(into, sub, 0)
		}
		return
	case "WINDOWFUNC":
		for _, w := range q.nodes("windowClause") {
			if w.number("winref") == n.number("winref") {
				o.sortKeys(into, w.nodes("partitionClause"), q)
				o.sortKeys(into, w.nodes("orderClause"), q)
			}
		}
	}
	for _, field := range n.order {
		o.value(into, n.fields[field], q)
	}
}

// sortKeys adds the expressions that GROUP BY, ORDER BY and the like refer to.
func (o *oracle) sortKeys(into origin, list []*node, q *query) {
	for _, s := range list {
		for _, t := range q.nodes("targetList") {
			if t.number("ressortgroupref") == s.number("tleSortGroupRef") {
				o.value(into, t.child("expr"), q)
			}
		}
	}
}

// rowsOf adds what decides the rows of a query and of those in its FROM.
func (o *oracle) rowsOf(q *query) {
	if o.rowsVisited[q.node] {
		return
	}
	o.rowsVisited[q.node] = true
	made := newOrigin()
	o.conditions(made, q.child("jointree"), q)
	o.value(made, q.fields["havingQual"], q)
	for _, clause := range []string{"groupClause", "distinctClause", "sortClause"} {
		if op := q.child("setOperations"); op != nil {
			for _, s := range q.nodes(clause) {
				for _, t := range q.nodes("targetList") {
					if t.number("ressortgroupref") == s.number("tleSortGroupRef") {
						o.setColumn(made, q, op, t.number("resno"))
					}
				}
			}
			continue
		}
		o.sortKeys(made, q.nodes(clause), q)
	}
	o.compared(made, q, q.child("setOperations"))
	for _, rte := range q.nodes("rtable") {
		switch rte.number("rtekind") {
		case 1:
			o.rowsOf(o.query(rte.child("subquery"), q))
		case 6:
			if cte := findCTE(q, rte); cte != nil {
				o.rowsOf(cte)
			}
		}
	}
	o.addPartners(made, q)
	o.grown = o.rows.add(made) || o.grown
}

// conditions walks the joins.
func (o *oracle) conditions(into origin, n *node, q *query) {
	if n == nil {
		return
	}
	o.value(into, n.fields["quals"], q)
	for _, member := range n.nodes("fromlist") {
		o.conditions(into, member, q)
	}
	o.conditions(into, n.child("larg"), q)
	o.conditions(into, n.child("rarg"), q)
}

// compared adds the columns that UNION, EXCEPT and INTERSECT compare.
func (o *oracle) compared(into origin, q *query, op *node) {
	if op == nil || op.name != "SETOPERATIONSTMT" {
		return
	}
	if op.text("all") != "true" || op.text("op") != "1" {
		for i := range op.list("colTypes") {
			if i > 0 { // the first member is the letter of the list's kind
				o.setColumn(into, q, op, i)
			}
		}
	}
	o.compared(into, q, op.child("larg"))
	o.compared(into, q, op.child("rarg"))
}

// addPartners notes the other sides of merged columns.
func (o *oracle) addPartners(into origin, q *query) {
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		if n.name == "JOINEXPR" {
			rte := q.nodes("rtable")[n.number("rtindex")-1]
			left, right := rte.numbers("joinleftcols"), rte.numbers("joinrightcols")
			for i := range rte.number("joinmergedcols") {
				if i >= len(left) || i >= len(right) {
					break
				}
				pair := newOrigin()
				pair.add(o.tableColumn(q, memberIndex(n.child("larg")), left[i]))
				pair.add(o.tableColumn(q, memberIndex(n.child("rarg")), right[i]))
				if meets(into, pair) {
					for b := range pair.from {
						into.partners[b] = true
					}
					for b := range pair.partners {
						into.partners[b] = true
					}
				}
			}
		}
		for _, member := range n.nodes("fromlist") {
			walk(member)
		}
		walk(n.child("larg"))
		walk(n.child("rarg"))
	}
	walk(q.child("jointree"))
}

func memberIndex(n *node) int { return n.number("rtindex") }

func meets(o, pair origin) bool {
	for b := range pair.from {
		if o.from[b] || o.partners[b] {
			return true
		}
	}
	return false
}

// queryOf finds the query in the action of a view's rule.
func queryOf(tree any) *node {
	list, _ := tree.([]any)
	for _, v := range list {
		if n, ok := v.(*node); ok && strings.EqualFold(n.name, "query") {
			return n
		}
	}
	return nil
}
