package ast

// Inspect calls visit for n and, where visit returns true, for everything below
// it, in the order of the text as far as the tree keeps it. Nodes visited are
// statements, queries, query bodies, WITH members, members of FROM and
// expressions; the small structs between them (SelectItem, OrderItem, ...) are
// passed through.
func Inspect(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	Children(n, func(child Node) { Inspect(child, visit) })
}

// Children calls visit for each node directly below n.
func Children(n Node, visit func(Node)) {
	c := children{visit}
	switch n := n.(type) {
	case *Script:
		c.statements(n.Statements)
	case *Query:
		c.query(n)
	case *CTE:
		if n.Query != nil {
			visit(n.Query)
		}
		c.expr(n.Value)
	case *PipeOp:
		c.pipe(n)
	case Statement:
		c.statement(n)
	case QueryBody:
		c.body(n)
	case TableExpr:
		c.table(n)
	case Expr:
		c.value(n)
	}
}

// children visits what lies below a node.
type children struct{ visit func(Node) }

func (c children) expr(e Expr) {
	if e != nil {
		c.visit(e)
	}
}

func (c children) exprs(list []Expr) {
	for _, e := range list {
		c.expr(e)
	}
}

func (c children) items(list []SelectItem) {
	for i := range list {
		c.expr(list[i].Expr)
	}
}

func (c children) orders(list []OrderItem) {
	for i := range list {
		c.expr(list[i].Expr)
	}
}

func (c children) args(list []Arg) {
	for i := range list {
		c.expr(list[i].Expr)
	}
}

func (c children) columns(list []*ColumnRef) {
	for _, ref := range list {
		c.visit(ref)
	}
}

func (c children) defs(list []ColumnDef) {
	for i := range list {
		c.expr(list[i].Path)
		c.expr(list[i].Default)
		c.defs(list[i].Nested)
	}
}

func (c children) tables(list []TableExpr) {
	for _, t := range list {
		c.tableExpr(t)
	}
}

func (c children) tableExpr(t TableExpr) {
	if t != nil {
		c.visit(t)
	}
}

func (c children) subquery(q *Query) {
	if q != nil {
		c.visit(q)
	}
}

func (c children) statements(list []Statement) {
	for _, s := range list {
		c.visit(s)
	}
}

func (c children) assignments(list []Assignment) {
	for i := range list {
		c.columns(list[i].Columns)
		c.expr(list[i].Value)
	}
}

func (c children) with(w *With) {
	if w == nil {
		return
	}
	for _, cte := range w.CTEs {
		c.visit(cte)
	}
}

func (c children) group(g *GroupBy) {
	if g != nil {
		c.items(g.Items)
	}
}

func (c children) window(w *Window) {
	if w == nil {
		return
	}
	c.exprs(w.PartitionBy)
	c.orders(w.OrderBy)
	c.exprs(w.Frame)
	c.items(w.Measures)
}

func (c children) query(q *Query) {
	c.with(q.With)
	if q.Body != nil {
		c.visit(q.Body)
	}
	c.orders(q.OrderBy)
	c.exprs(q.Limits)
	c.exprs(q.LimitBy)
	for _, op := range q.Pipes {
		c.visit(op)
	}
}

func (c children) arms(list []SetArm) {
	for i := range list {
		if list[i].Right != nil {
			c.visit(list[i].Right)
		}
	}
}

func (c children) pipe(p *PipeOp) {
	c.with(p.With)
	c.items(p.Items)
	c.group(p.GroupBy)
	c.expr(p.Condition)
	c.orders(p.OrderBy)
	c.exprs(p.Limits)
	c.arms(p.Arms)
	c.tableExpr(p.Table)
}

func (c children) body(n QueryBody) {
	switch n := n.(type) {
	case *Select:
		c.selection(n)
	case *SetOperation:
		if n.First != nil {
			c.visit(n.First)
		}
		c.arms(n.Arms)
	case *Values:
		for _, row := range n.Rows {
			c.exprs(row)
		}
	case *TableRef:
		c.expr(n.AsOf)
	}
}

func (c children) selection(n *Select) {
	c.exprs(n.DistinctOn)
	c.expr(n.Top)
	c.items(n.Items)
	c.exprs(n.IntoVariables)
	c.tables(n.From)
	c.expr(n.Prewhere)
	c.expr(n.Where)
	if n.Connect != nil {
		c.expr(n.Connect.StartWith)
		c.expr(n.Connect.Condition)
	}
	c.group(n.GroupBy)
	if n.Model != nil {
		c.items(n.Model.Columns)
		c.exprs(n.Model.Rules)
	}
	c.expr(n.Having)
	for i := range n.Windows {
		c.window(n.Windows[i].Window)
	}
	c.expr(n.Qualify)
	c.orders(n.SortBy)
}

func (c children) table(n TableExpr) {
	switch n := n.(type) {
	case *TableRef:
		c.expr(n.AsOf)
	case *Derived:
		c.subquery(n.Query)
	case *TableFunction:
		for _, call := range n.Calls {
			c.visit(call)
		}
		c.defs(n.Columns)
	case *Join:
		c.tableExpr(n.Left)
		c.tableExpr(n.Right)
		c.expr(n.Match)
		c.expr(n.On)
	case *ArrayJoin:
		c.items(n.Items)
	case *Pivot:
		c.tableExpr(n.Input)
		c.items(n.Aggregates)
		for i := range n.For {
			c.exprs(n.For[i].Columns)
			c.items(n.For[i].Values)
			c.subquery(n.For[i].Query)
		}
		c.group(n.GroupBy)
		c.expr(n.Default)
	case *Unpivot:
		c.tableExpr(n.Input)
		for i := range n.Columns {
			c.exprs(n.Columns[i].Columns)
			c.expr(n.Columns[i].Label)
		}
	case *MatchRecognize:
		c.tableExpr(n.Input)
		c.items(n.PartitionBy)
		c.orders(n.OrderBy)
		c.items(n.Measures)
		c.exprs(n.Define)
	case *BadTable:
		c.tableExpr(n.Input)
		c.exprs(n.Children)
	}
}

func (c children) value(n Expr) {
	switch n := n.(type) {
	case *Star:
		c.star(n)
	case *Interval:
		c.expr(n.Value)
	case *Unary:
		c.expr(n.Operand)
	case *Binary:
		c.exprs(n.Operands)
	case *Like:
		c.expr(n.Operand)
		c.expr(n.Pattern)
		c.expr(n.Escape)
	case *Between:
		c.expr(n.Operand)
		c.expr(n.Low)
		c.expr(n.High)
	case *In:
		c.expr(n.Operand)
		c.exprs(n.List)
		c.subquery(n.Query)
		c.expr(n.Set)
	case *Quantified:
		c.exprs(n.List)
		c.subquery(n.Query)
	case *Subquery:
		c.subquery(n.Query)
	case *Case:
		c.expr(n.Operand)
		for i := range n.Whens {
			c.expr(n.Whens[i].Condition)
			c.expr(n.Whens[i].Result)
		}
		c.expr(n.Else)
	case *Cast:
		c.expr(n.Operand)
		c.expr(n.Format)
	case *Call:
		c.call(n)
	case *Lambda:
		c.expr(n.Body)
	case *Collection:
		c.args(n.Members)
	case *Access:
		c.expr(n.Operand)
		for i := range n.Steps {
			c.exprs(n.Steps[i].Index)
		}
	case *BadExpr:
		c.exprs(n.Children)
	}
}

func (c children) star(n *Star) {
	c.expr(n.Qualifier)
	for i := range n.Modifiers {
		m := &n.Modifiers[i]
		c.columns(m.Columns)
		c.items(m.Items)
		c.expr(m.Pattern)
		c.expr(m.Function)
	}
	c.expr(n.Argument)
}

func (c children) call(n *Call) {
	c.expr(n.Receiver)
	c.exprs(n.Params)
	c.args(n.Args)
	c.subquery(n.Query)
	c.expr(n.Having)
	c.expr(n.Where)
	c.orders(n.OrderBy)
	c.expr(n.Limit)
	c.expr(n.Filter)
	c.window(n.Over)
}

func (c children) statement(n Statement) {
	switch n := n.(type) {
	case *QueryStatement:
		c.subquery(n.Query)
	case *Create:
		c.defs(n.Columns)
		c.subquery(n.Query)
		c.statements(n.Body)
	case *Insert:
		c.insert(n)
	case *MultiInsert:
		for i := range n.Branches {
			c.expr(n.Branches[i].Condition)
			if n.Branches[i].Insert != nil {
				c.visit(n.Branches[i].Insert)
			}
			c.exprs(n.Branches[i].Values)
		}
		c.subquery(n.Query)
	case *Update:
		c.with(n.With)
		c.tableExpr(n.Target)
		c.assignments(n.Set)
		c.tables(n.From)
		c.expr(n.Where)
		c.items(n.Returning)
	case *Delete:
		c.with(n.With)
		c.tableExpr(n.Target)
		c.tables(n.From)
		c.expr(n.Where)
		c.items(n.Returning)
	case *Merge:
		c.merge(n)
	case *Block:
		c.exprs(n.Exprs)
		c.statements(n.Statements)
	case *SetVariable:
		c.exprs(n.Values)
		c.subquery(n.Query)
	case *BadStatement:
		for _, q := range n.Children {
			c.visit(q)
		}
	}
}

func (c children) insert(n *Insert) {
	c.with(n.With)
	c.assignments(n.Partition)
	c.subquery(n.Query)
	c.assignments(n.Set)
	c.assignments(n.OnConflict)
	c.expr(n.Where)
	c.items(n.Returning)
}

func (c children) merge(n *Merge) {
	c.with(n.With)
	if n.Target != nil {
		c.visit(n.Target)
	}
	c.tableExpr(n.Using)
	c.expr(n.On)
	for i := range n.Whens {
		w := &n.Whens[i]
		c.expr(w.Condition)
		c.assignments(w.Set)
		c.columns(w.Columns)
		c.exprs(w.Values)
		c.expr(w.Where)
		c.expr(w.DeleteWhere)
	}
	c.items(n.Returning)
}
