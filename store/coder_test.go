package store

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"storyfold/story"
)

// fieldsTrip fails the test unless v becomes itself by way of a record of its fields.
func fieldsTrip[T any](t *testing.T, v *T, fields func(*coder, *T)) {
	t.Helper()
	for _, compress := range []int{0, maxRecord} {
		b, err := encodeFields(v, fields, compress)
		if err != nil {
			t.Fatalf("encodeFields(%+v) = %v", v, err)
		}
		var got T
		if err := decodeFields(b, &got, fields); err != nil {
			t.Fatalf("decodeFields(encodeFields(%+v)) = %v", v, err)
		}
		if !cmp.Equal(&got, v) {
			t.Errorf("decodeFields(encodeFields) differs: %s", cmp.Diff(v, &got))
		}
	}
}

// fill sets every field of v, and of what is in it, to something that is not zero.
func fill(v reflect.Value, n int64) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]story.Former]() { // formers have records of their own
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n+1)
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			v.Set(reflect.ValueOf(start.Add(time.Duration(n) * time.Hour)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n+int64(i)+1)
		}
	case reflect.String:
		v.SetString("word " + string(rune('a'+n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(n) / 8)
	case reflect.Int, reflect.Int64:
		v.SetInt(1000 * n)
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(uint64(n%5 + 1))
	default:
		panic(v.Kind().String())
	}
}

// Every field of the types comes back, and a reader of plain CBOR with the keys of
// the types' tags reads the same: no field is forgotten when one is added.
func TestAllFieldsAreStored(t *testing.T) {
	allFields(t, storyFields)
	allFields(t, memberFields)
	allFields(t, revisionFields)
	allFields(t, toldFields)
}

func allFields[T any](t *testing.T, fields func(*coder, *T)) {
	t.Helper()
	v := new(T)
	fill(reflect.ValueOf(v).Elem(), 1)
	if s, ok := any(v).(*story.Story); ok {
		s.Version = 0 // not stored
	}
	fieldsTrip(t, v, fields)
	b, err := encodeFields(v, fields, minCompressed)
	if err != nil {
		t.Fatal(err)
	}
	plain := new(T)
	if err := decode(b, plain); err != nil || !cmp.Equal(plain, v) {
		t.Errorf("as plain CBOR: %v\n%s", err, cmp.Diff(v, plain))
	}
	fieldsTrip(t, new(T), fields)
}

func TestHeaderFields(t *testing.T) {
	h := header{
		count: 3, sum: 1 << 63, revisions: 2, updated: start.Add(5), first: 7, newest: start,
		formers: []formerName{{start, "s1"}, {start, "s2"}}, changed: 9,
	}
	b, err := encodeFields(&h, headerFields, minCompressed)
	var got header
	if err = errors.Join(err, decodeFields(b, &got, headerFields)); err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("a header becomes %+v, %v, want %+v", got, err, h)
	}
}

// A reader passes over the fields of a later version, whatever they hold.
func TestFieldsThatAreNotKnown(t *testing.T) {
	type later struct {
		Seq    uint64            `cbor:"1,keyasint"`
		Title  string            `cbor:"3,keyasint"`
		Lists  [][]string        `cbor:"4,keyasint"`
		Source string            `cbor:"5,keyasint"`
		Map    map[string]int    `cbor:"17,keyasint"`
		Bytes  []byte            `cbor:"18,keyasint"`
		Nested []story.Enclosure `cbor:"30,keyasint"`
		Time   time.Time         `cbor:"300,keyasint"`
	}
	plain, err := toCBOR.Marshal(&later{7, "Ferry", [][]string{{"a"}, {"b", "c"}}, "valley", map[string]int{"x": -1, "y": 1 << 40},
		[]byte("zz"), []story.Enclosure{{URL: "u"}}, start})
	if err != nil {
		t.Fatal(err)
	}
	// A map of indefinite length around the same fields: three bytes begin the one of a known length.
	plain = append(append([]byte{cborMap}, plain[1:]...), cborEnd)
	b, err := pack(plain)
	if err != nil {
		t.Fatal(err)
	}
	var got story.Member
	mine := func(c *coder, m *story.Member) {
		uintField(c, 1, &m.Seq)
		textField(c, 3, &m.Title)
		textField(c, 5, &m.Source)
	}
	if err := decodeFields(b, &got, mine); err != nil || got.Seq != 7 || got.Title != "Ferry" || got.Source != "valley" {
		t.Errorf("decodeFields = %+v, %v", got, err)
	}
}

func TestDifference(t *testing.T) {
	for _, lists := range [][2][]uint64{
		{nil, {1, 2}}, {{1, 2}, {1, 2, 5}}, {{1, 2, 5}, {1, 5}}, {{2, 4, 6}, {1, 2, 3, 6, 9}}, {{1}, {2}}, {{3}, {3}}, {{5, 6}, {1, 2, 6}},
	} {
		before, after := lists[0], lists[1]
		var r revised
		r.Articles, r.gone = difference(before, after)
		if got := r.after(slices.Clone(before)); !slices.Equal(got, after) {
			t.Errorf("from %d to %d: came %d, gone %d, which gives %d", before, after, r.Articles, r.gone, got)
		}
	}
}

// Reading a member takes few allocations: its texts share the memory of the record.
func TestReadingAMemberIsCheap(t *testing.T) {
	a := article(1)
	m := story.MemberOf(&a)
	m.Why = story.Reason{Rule: "join", Score: 0.5, Terms: []story.Term{{Text: "ferry", Weight: 0.5}, {Text: "harbour", Weight: 0.2}}}
	b, err := encodeFields(&m, memberFields, compressStory)
	if err != nil {
		t.Fatal(err)
	}
	allocs := testing.AllocsPerRun(100, func() {
		var got story.Member
		if err := decodeFields(b, &got, memberFields); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 5 { // the member, its record, its categories, its terms
		t.Errorf("reading a member takes %v allocations, want 5 at most", allocs)
	}
}
