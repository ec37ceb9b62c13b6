package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// position is a place in a document, both counted from 1; columns count bytes.
type position struct{ line, column int }

// problem is one thing that is wrong with a config, and where.
type problem struct {
	at   position
	text string
}

// positions knows where every key of a config stands, and what is wrong with
// the keys: unknown ones, ones of the wrong type.
type positions struct {
	parser     unstable.Parser
	at         map[string]position // by path: "fetch.interval", "source[2]", "source[2].name", "feed[0].include[1]"
	count      map[string]int      // of [[name]], by path
	problems   []problem
	ignored    map[string]bool // tables that were refused as a whole
	incomplete bool            // the document could not be decoded to its end
}

// scan walks data and notes where its keys are and what is wrong with them. A
// syntax error ends the walk, and is the last problem.
func scan(data []byte) *positions {
	p := &positions{at: map[string]position{}, count: map[string]int{}, ignored: map[string]bool{}}
	p.parser.Reset(data)
	prefix := ""
	for p.parser.NextExpression() {
		e := p.parser.Expression()
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			prefix = p.table(e)
		case unstable.KeyValue:
			p.keyValue(prefix, e)
		}
	}
	if err := p.parser.Error(); err != nil {
		p.syntax(err)
	}
	return p
}

// syntax notes a syntax error.
func (p *positions) syntax(err error) {
	var e *unstable.ParserError
	if !errors.As(err, &e) {
		p.problems = append(p.problems, problem{position{1, 1}, err.Error()})
		return
	}
	at := end(p.parser.Data())
	if len(e.Highlight) > 0 {
		at = p.where(p.parser.Range(e.Highlight))
	}
	p.problems = append(p.problems, problem{at, e.Message})
}

// end returns the place behind the last byte of data.
func end(data []byte) position {
	before := string(data)
	return position{strings.Count(before, "\n") + 1, len(before) - strings.LastIndexByte(before, '\n')}
}

func (p *positions) where(r unstable.Range) position {
	s := p.parser.Shape(r).Start
	return position{s.Line, s.Column}
}

// table notes a [table] or [[table]] header and returns its path.
func (p *positions) table(e *unstable.Node) string {
	path, at := "", position{}
	for it := e.Key(); it.Next(); {
		path = p.newest(path)
		path, at = join(path, step(it.Node().Data)), p.where(it.Node().Raw)
		if !p.known(path, at) {
			return path
		}
	}
	t, _ := schemaType(path)
	name := bare(path)
	isList := isTables(t)
	isTable := t.Kind() == reflect.Struct || t.Kind() == reflect.Map
	if e.Kind == unstable.ArrayTable && isList {
		path = fmt.Sprintf("%s[%d]", path, p.count[path])
		p.count[bare(path)]++
		p.at[path] = at
		return path
	}
	p.at[path] = at
	switch {
	case e.Kind == unstable.Table && isTable:
		return path
	case isList:
		p.misshapen(path, at, fmt.Sprintf("%s is a list of tables: write [[%s]]", name, name))
	case isTable:
		p.misshapen(path, at, fmt.Sprintf("%s is one table: write [%s]", name, name))
	default:
		p.misshapen(path, at, fmt.Sprintf("%s takes %s, not a table", name, typeName(t)))
	}
	return path
}

// newest returns the path of the table that a sub-table of path belongs to.
func (p *positions) newest(path string) string {
	if n := p.count[path]; n > 0 {
		return fmt.Sprintf("%s[%d]", path, n-1)
	}
	return path
}

// keyValue notes a key and looks at its value.
func (p *positions) keyValue(prefix string, e *unstable.Node) {
	path, at := prefix, position{}
	for it := e.Key(); it.Next(); {
		path, at = join(path, step(it.Node().Data)), p.where(it.Node().Raw)
		if !p.known(path, at) {
			return
		}
		if t, _ := schemaType(path); isTables(t) && !it.IsLast() {
			p.misshapen(path, at, fmt.Sprintf("%s is a list of tables: write [[%s]]", path, path))
			return
		}
	}
	p.at[path] = at
	p.value(path, at, e.Value())
}

// value checks the type of the value at path and walks into it. Where a value
// has no place of its own, at is the place of its key.
func (p *positions) value(path string, at position, v *unstable.Node) {
	t, _ := schemaType(path)
	if !fits(t, v.Kind) {
		if v.Raw.Length > 0 {
			at = p.where(v.Raw)
		}
		p.problems = append(p.problems, problem{at, fmt.Sprintf("%s takes %s, not %s", last(path), typeName(t), kindName(v.Kind))})
		return
	}
	switch v.Kind {
	case unstable.InlineTable:
		for it := v.Children(); it.Next(); {
			p.keyValue(path, it.Node())
		}
	case unstable.Array:
		i := 0
		for it := v.Children(); it.Next(); i++ {
			if it.Node().Kind == unstable.Comment {
				i--
				continue
			}
			element, at := fmt.Sprintf("%s[%d]", path, i), at
			if it.Node().Raw.Length > 0 {
				at = p.where(it.Node().Raw)
			}
			p.at[element] = at
			p.value(element, at, it.Node())
		}
	}
}

// known reports whether path is a key of the config, and notes if it is not.
func (p *positions) known(path string, at position) bool {
	for table := path; table != ""; table = parent(table) {
		if p.ignored[table] {
			return false
		}
	}
	if _, ok := schemaType(path); ok {
		return true
	}
	p.refuse(path, at, unknownKey(path))
	return false
}

// misshapen notes that what is at path cannot be decoded, whatever the decoder makes of it.
func (p *positions) misshapen(path string, at position, text string) {
	p.incomplete = true
	p.refuse(path, at, text)
}

// refuse notes a problem with path and ignores everything below it.
func (p *positions) refuse(path string, at position, text string) {
	p.ignored[path] = true
	p.problems = append(p.problems, problem{at, text})
}

// find returns the place of the key at path, else of the nearest table around
// it, else the start of the file.
func (p *positions) find(path string) position {
	for path != "" {
		if at, ok := p.at[path]; ok {
			return at
		}
		if i := index(path); i != "" {
			path = strings.TrimSuffix(path, i)
			continue
		}
		path = parent(path)
	}
	return position{1, 1}
}

// sorted returns the problems by their place.
func sorted(problems []problem) []problem {
	slices.SortStableFunc(problems, func(a, b problem) int {
		if a.at.line != b.at.line {
			return a.at.line - b.at.line
		}
		return a.at.column - b.at.column
	})
	return problems
}
