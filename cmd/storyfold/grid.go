package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// grid is a table whose first column names something and whose last one holds
// sentences. On a terminal it is drawn no wider than that.
type grid struct {
	header  []string
	numbers []int // columns of numbers, from 0
	wide    int   // columns of the last column where there is no limit; 0: as many as it takes
	rows    [][]string
}

const (
	leastText   = 20 // of it, beside the others
	leastName   = 12 // of the first column
	leastBorder = 30 // of the last column, beside the others in borders
)

// add appends a row; cells that are missing are empty.
func (g *grid) add(cells ...any) {
	row := make([]string, len(g.header))
	for i, c := range cells {
		row[i] = fmt.Sprint(c)
	}
	g.rows = append(g.rows, row)
}

// draw writes the table, fitted to width columns; 0: to as many as it takes. Where the last
// column does not fit beside the others, what it says stands below the table.
func (g *grid) draw(w io.Writer, width int) error {
	last := len(g.header) - 1
	name, others := 0, 0 // widths of the first column, and of those between first and last
	for i, title := range g.header[:last] {
		most := text.StringWidthWithoutEscSequences(title)
		for _, row := range g.rows {
			most = max(most, text.StringWidthWithoutEscSequences(row[i]))
		}
		if i == 0 {
			name = most
		} else {
			others += most
		}
	}
	t, below := table.NewWriter(), 0
	t.SetStyle(table.StyleLight)
	room := g.wide
	if width > 0 {
		if room = width - name - others - 3*len(g.header) - 1; room < leastBorder {
			t.Style().Options = table.Options{SeparateHeader: true}
			room = width - name - others - 2*len(g.header)
		}
		if room < leastText {
			below = 1
			name = max(min(name, width-others-2*last), leastName)
		}
	}
	shown := len(g.header) - below
	columns := []table.ColumnConfig{
		{Number: 1, WidthMax: name, WidthMaxEnforcer: text.WrapSoft},
		{Number: last + 1, WidthMax: room, WidthMaxEnforcer: text.WrapSoft},
	}
	for _, n := range g.numbers {
		columns = append(columns, table.ColumnConfig{Number: n + 1, Align: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	t.AppendHeader(tableRow(g.header[:shown]))
	for _, row := range g.rows {
		t.AppendRow(tableRow(row[:shown]))
	}
	out := t.Render() + "\n"
	for _, row := range g.rows {
		if below > 0 && row[last] != "" {
			out += "\n" + text.WrapSoft(row[0]+": "+row[last], width) + "\n"
		}
	}
	_, err := io.WriteString(w, trimRight(out))
	return err
}

func tableRow(cells []string) table.Row {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	return row
}

// trimRight takes the spaces off the ends of lines.
func trimRight(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// widthOf returns how many columns the terminal w has; 0: it is none.
func widthOf(w io.Writer) int {
	if out, ok := w.(*output); ok {
		w = out.w
	}
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
}
