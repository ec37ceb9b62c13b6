package fetcher

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
)

// markdown renders raw HTML too: what comes out is only read as text.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough),
	goldmark.WithRendererOptions(html.WithUnsafe()))

// maxMarkdown bounds, in bytes, what is read as Markdown; a longer document is read as plain text.
const maxMarkdown = 512 << 10

// parseMarkdown reads an article from Markdown, with front matter or without.
// Without a title there, it is the first heading, if nothing stands before it.
func parseMarkdown(doc string) (*piece, error) {
	p := &piece{}
	fence, block, body := splitFrontMatter(doc)
	if fence != "" {
		if err := parseFrontMatter(p, fence, block); err != nil {
			return nil, err
		}
	}
	if len(body) > maxMarkdown || tangled(body) {
		rest, err := parseText(body)
		if err != nil {
			return nil, err
		}
		if p.Title == "" {
			p.Title = rest.Title
		}
		p.Text, p.Credits = rest.Text, rest.Credits
		return p, nil
	}
	src := []byte(body)
	root := markdown.Parser().Parse(text.NewReader(src))
	if h := titleHeading(root); h != nil {
		var b bytes.Buffer
		for c := h.FirstChild(); c != nil; c = c.NextSibling() {
			if err := markdown.Renderer().Render(&b, src, c); err != nil {
				return nil, err
			}
		}
		heading := htmlText("<p>" + b.String() + "</p>")
		if p.Title == "" {
			p.Title = strings.ReplaceAll(heading, "\n\n", " ")
		}
		if sameTitle(heading, p.Title) {
			root.RemoveChild(root, h)
		}
	}
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, src, root); err != nil {
		return nil, err
	}
	p.finish(splitParagraphs(htmlText("<div>" + b.String() + "</div>")))
	return p, nil
}

// titleHeading returns the first heading of the first level, or a heading of
// another level if the document begins with it; nil if there is none.
func titleHeading(root ast.Node) ast.Node {
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && (h.Level == 1 || n == root.FirstChild()) {
			return h
		}
	}
	return nil
}

// tangled reports whether body holds what costs a Markdown parser much more than
// its length: deep quotes and lists, and more brackets and marks than any article has.
func tangled(body string) bool {
	const (
		deepest  = 100  // columns of quote and list marks before a line's text
		maxMarks = 5000 // that may open or close something
	)
	marks := 0
	for ln := range strings.SplitSeq(body, "\n") {
		if len(ln)-len(strings.TrimLeft(ln, " \t>-+*0123456789.)")) > deepest {
			return true
		}
	}
	for i := range len(body) {
		switch body[i] {
		case '[', ']', '*', '_', '<', '`', '~', '|', '>', '!':
			marks++
		}
	}
	return marks > maxMarks
}

func splitParagraphs(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n\n")
}
