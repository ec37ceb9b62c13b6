package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// unknownKey says that path is unknown, and what was probably meant.
func unknownKey(path string) string {
	key, table := last(path), bare(parent(path))
	text := fmt.Sprintf("unknown key %q", key)
	if table != "" {
		text = fmt.Sprintf("%s in %s", text, header(table))
	}
	known := schemaKeys(table)
	if near := nearest(key, known); near != "" {
		return fmt.Sprintf("%s; did you mean %q?", text, near)
	}
	for _, other := range []string{"", "fetch", "group", "retention", "access", "websub", "source", "feed", "mute"} {
		keys := schemaKeys(other)
		near := nearest(key, keys)
		switch {
		case other == table:
		case slices.Contains(keys, key) && other == "":
			return text + "; it belongs above the first [table]"
		case slices.Contains(keys, key):
			return fmt.Sprintf("%s; it belongs under %s", text, header(other))
		case near != "" && other != "":
			return fmt.Sprintf("%s; did you mean %q, under %s?", text, near, header(other))
		}
	}
	return text
}

// header returns the name of a table as it is written in a config.
func header(table string) string {
	if t, ok := schemaType(table); ok && t.Kind() == reflect.Slice {
		return "[[" + table + "]]"
	}
	return "[" + table + "]"
}

// schemaType returns the Go type of the key at path, and whether there is such a key.
func schemaType(path string) (reflect.Type, bool) {
	t := reflect.TypeFor[document]()
	for rest := path; rest != ""; {
		var step string
		step, rest, _ = strings.Cut(rest, ".")
		name, index, _ := strings.Cut(step, "[")
		switch t.Kind() {
		case reflect.Slice: // a key of [[name]] asked for without its number
			t = t.Elem()
		case reflect.Map:
			return t.Elem(), rest == ""
		}
		if t.Kind() != reflect.Struct {
			return nil, false
		}
		f, ok := fieldOf(t, name)
		if !ok {
			return nil, false
		}
		if t = f.Type; t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if index != "" {
			t = t.Elem()
		}
	}
	return t, true
}

// isTables reports whether t is written as [[name]].
func isTables(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("toml") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// schemaKeys returns the keys of a table, "" for the top, in the order of the type.
func schemaKeys(table string) []string {
	t, ok := schemaType(table)
	if !ok {
		return nil
	}
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("toml"))
	}
	return keys
}

// fits reports whether a value of kind k can be decoded into t.
func fits(t reflect.Type, k unstable.Kind) bool {
	switch t.Kind() {
	case reflect.String:
		return k == unstable.String
	case reflect.Bool:
		return k == unstable.Bool
	case reflect.Int:
		return k == unstable.Integer
	case reflect.Float64:
		return k == unstable.Float || k == unstable.Integer
	case reflect.Slice:
		return k == unstable.Array
	}
	return k == unstable.InlineTable
}

// typeName names the values that fit t.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return `a string in "quotes"`
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return `a list of strings, ["…", "…"]`
		}
		return "a list of tables"
	}
	return "a table"
}

var kindNames = map[unstable.Kind]string{
	unstable.String: "a string", unstable.Bool: "true or false", unstable.Integer: "a whole number",
	unstable.Float: "a number with a fraction", unstable.Array: "a list", unstable.InlineTable: "a table",
}

// kindName names a value of kind k.
func kindName(k unstable.Kind) string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return "a date or time"
}

// step, join, parent, last and bare work on paths such as "source[2].headers.Accept".

var stepSigns = strings.NewReplacer(".", "\u2024", "[", "\uff3b", "]", "\uff3d")

// step returns a key as a step of a path: the signs that paths are made of are
// replaced by look-alikes, which only a quoted key can hold.
func step(key []byte) string {
	if len(key) == 0 {
		return `""`
	}
	return stepSigns.Replace(string(key))
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func parent(path string) string {
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return ""
}

func last(path string) string {
	key := path[strings.LastIndexByte(path, '.')+1:]
	return strings.TrimSuffix(key, index(key))
}

// index returns the "[2]" at the end of a path's last step, or "".
func index(key string) string {
	if i := strings.LastIndexByte(key, '['); i >= 0 && strings.HasSuffix(key, "]") {
		return key[i:]
	}
	return ""
}

// bare returns path without the numbers of its tables: "source.headers".
func bare(path string) string {
	steps := strings.Split(path, ".")
	for i, s := range steps {
		steps[i] = strings.TrimSuffix(s, index(s))
	}
	return strings.Join(steps, ".")
}
