package store

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"
)

// coder writes and reads the CBOR of the records that every commit and every
// page touches, without reflection. A function of fields.go names the fields of a
// type in ascending order of their keys, and serves both ways. A map is of
// indefinite length; what is zero is left out; a key that is not known is passed
// over. A time is a whole number of seconds since 1970, or a list of such a
// number and nanoseconds. Strings that are read share the memory of the record.
type coder struct {
	out     []byte // what was written
	written int    // fields of the map at hand

	reading bool
	in      string // what is left to read
	next    uint64 // reading: the key of the field that comes next, noKey at the end of a map
	broken  bool   // reading: it cannot be what was written
}

// The first bytes of CBOR values, and the major types in their three highest bits.
const (
	cborMap   = 0xbf // of indefinite length
	cborEnd   = 0xff
	cborTrue  = 0xf5
	cborNil   = 0xf6
	cborFloat = 0xfb // of 8 bytes

	majorUint     = 0
	majorNegative = 1
	majorBytes    = 2
	majorText     = 3
	majorList     = 4
	majorMap      = 5
	majorTag      = 6
)

// noKey stands for the end of a map.
const noKey = math.MaxUint64

// maxNesting bounds how deep a value that is passed over may nest.
const maxNesting = 16

// encodeFields returns v as a record, compressed from so many bytes on.
func encodeFields[T any](v *T, fields func(*coder, *T), compress int) ([]byte, error) {
	return encodeWith(func(c *coder) { wrapped(c, v, fields) }, compress)
}

// encodeWith returns what write writes as a record, compressed from so many bytes on.
func encodeWith(write func(*coder), compress int) ([]byte, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	s.parts = coder{out: s.parts.out[:0]}
	write(&s.parts)
	return packFrom(s.parts.out, compress)
}

// decodeFields reads the record b into v, which keeps nothing of b.
func decodeFields[T any](b []byte, v *T, fields func(*coder, *T)) error {
	s := scratches.Get().(*scratch)
	defer s.free()
	plain, err := s.unpack(b)
	if err != nil {
		return err
	}
	c := coder{reading: true, in: string(plain)}
	wrapped(&c, v, fields)
	if c.broken || len(c.in) > 0 {
		return fmt.Errorf("%w: a record that does not follow its format", ErrDamaged)
	}
	return nil
}

// wrapped writes or reads a map with the fields of v.
func wrapped[T any](c *coder, v *T, fields func(*coder, *T)) {
	if !c.reading {
		c.out = append(c.out, cborMap)
		fields(c, v)
		c.out = append(c.out, cborEnd)
		return
	}
	outer := c.next
	if c.byte() != cborMap {
		c.fail()
	}
	c.key()
	fields(c, v)
	for c.next != noKey {
		c.skip(0)
		c.key()
	}
	c.next = outer
}

// fail ends the reading: all that follows is zero.
func (c *coder) fail() { c.in, c.next, c.broken = "", noKey, true }

// byte reads a byte; 0 after the end.
func (c *coder) byte() byte {
	if len(c.in) == 0 {
		c.fail()
		return 0
	}
	b := c.in[0]
	c.in = c.in[1:]
	return b
}

// key reads the key of the next field, or the end of the map.
func (c *coder) key() {
	if len(c.in) > 0 && c.in[0] == cborEnd {
		c.in, c.next = c.in[1:], noKey
		return
	}
	if major, n := c.head(); major == majorUint && n != noKey && !c.broken {
		c.next = n
	} else {
		c.fail()
	}
}

// head reads the start of a value: its major type, and the number in it.
func (c *coder) head() (major byte, n uint64) {
	b := c.byte()
	major, small := b>>5, b&31
	if small < 24 {
		return major, uint64(small)
	}
	size := 1 << (small - 24)
	if small > 27 || len(c.in) < size {
		c.fail()
		return major, 0
	}
	for i := range size {
		n = n<<8 | uint64(c.in[i])
	}
	c.in = c.in[size:]
	return major, n
}

// putHead writes the start of a value.
func (c *coder) putHead(major byte, n uint64) {
	major <<= 5
	switch {
	case n < 24:
		c.out = append(c.out, major|byte(n))
	case n <= math.MaxUint8:
		c.out = append(c.out, major|24, byte(n))
	case n <= math.MaxUint16:
		c.out = binary.BigEndian.AppendUint16(append(c.out, major|25), uint16(n))
	case n <= math.MaxUint32:
		c.out = binary.BigEndian.AppendUint32(append(c.out, major|26), uint32(n))
	default:
		c.out = binary.BigEndian.AppendUint64(append(c.out, major|27), n)
	}
}

// take reads n bytes.
func (c *coder) take(n uint64) string {
	if n > uint64(len(c.in)) {
		c.fail()
		return ""
	}
	s := c.in[:n]
	c.in = c.in[n:]
	return s
}

// skip passes over a value.
func (c *coder) skip(depth int) {
	if depth > maxNesting || len(c.in) == 0 {
		c.fail()
		return
	}
	if c.in[0] == cborMap {
		c.in = c.in[1:]
		for len(c.in) > 0 && c.in[0] != cborEnd {
			c.skip(depth + 1)
			c.skip(depth + 1)
		}
		c.byte()
		return
	}
	major, n := c.head()
	switch major {
	case majorBytes, majorText:
		c.take(n)
	case majorMap:
		n = min(2*n, noKey/2)
		fallthrough
	case majorList:
		for ; n > 0 && !c.broken; n-- {
			c.skip(depth + 1)
		}
	case majorTag:
		c.skip(depth + 1)
	}
}

// field tells whether a field is to be written, or is there to be read.
func (c *coder) field(key uint64, zero bool) bool {
	if !c.reading {
		if !zero {
			c.putHead(majorUint, key)
			c.written++
		}
		return !zero
	}
	for c.next < key {
		c.skip(0)
		c.key()
	}
	return c.next == key
}

// uintField writes or reads a number.
func uintField(c *coder, key uint64, v *uint64) {
	if !c.field(key, *v == 0) {
		return
	}
	if !c.reading {
		c.putHead(majorUint, *v)
		return
	}
	*v = c.number()
	c.key()
}

// number reads a number that is not negative.
func (c *coder) number() uint64 {
	major, n := c.head()
	if major != majorUint {
		c.fail()
		return 0
	}
	return n
}

// intField writes or reads a number that may be negative.
func intField[T ~int | ~int64 | ~uint8](c *coder, key uint64, v *T) {
	if !c.field(key, *v == 0) {
		return
	}
	if !c.reading {
		c.putInt(int64(*v))
		return
	}
	*v = T(c.int())
	c.key()
}

func (c *coder) putInt(n int64) {
	if n < 0 {
		c.putHead(majorNegative, uint64(-(n + 1)))
		return
	}
	c.putHead(majorUint, uint64(n))
}

func (c *coder) int() int64 {
	major, n := c.head()
	if major > majorNegative || n > math.MaxInt64 {
		c.fail()
		return 0
	}
	if major == majorNegative {
		return -int64(n) - 1
	}
	return int64(n)
}

// textField writes or reads a text.
func textField[T ~string](c *coder, key uint64, v *T) {
	if !c.field(key, *v == "") {
		return
	}
	if !c.reading {
		c.putText(string(*v))
		return
	}
	*v = T(c.text())
	c.key()
}

func (c *coder) putText(s string) {
	c.putHead(majorText, uint64(len(s)))
	c.out = append(c.out, s...)
}

func (c *coder) text() string {
	major, n := c.head()
	if major != majorText {
		c.fail()
		return ""
	}
	return c.take(n)
}

// bytesField writes or reads bytes.
func bytesField(c *coder, key uint64, v *[]byte) {
	if !c.field(key, len(*v) == 0) {
		return
	}
	if !c.reading {
		c.putHead(majorBytes, uint64(len(*v)))
		c.out = append(c.out, *v...)
		return
	}
	major, n := c.head()
	if major != majorBytes {
		c.fail()
	}
	*v = []byte(c.take(n))
	c.key()
}

// boolField writes or reads a truth; what is there is true.
func boolField(c *coder, key uint64, v *bool) {
	if !c.field(key, !*v) {
		return
	}
	if !c.reading {
		c.out = append(c.out, cborTrue)
		return
	}
	*v = c.byte() == cborTrue
	c.key()
}

// floatField writes or reads a fraction.
func floatField(c *coder, key uint64, v *float64) {
	if !c.field(key, *v == 0) {
		return
	}
	if !c.reading {
		c.putFloat(*v)
		return
	}
	if c.byte() != cborFloat {
		c.fail()
	}
	if b := c.take(8); len(b) == 8 {
		*v = math.Float64frombits(binary.BigEndian.Uint64([]byte(b)))
	}
	c.key()
}

func (c *coder) putFloat(f float64) {
	c.out = binary.BigEndian.AppendUint64(append(c.out, cborFloat), math.Float64bits(f))
}

// timeField writes or reads a time, as cleanTime gives it.
func timeField(c *coder, key uint64, v *time.Time) {
	if !c.reading {
		t := cleanTime(*v)
		if !c.field(key, t.IsZero()) {
			return
		}
		if t.Nanosecond() == 0 {
			c.putInt(t.Unix())
			return
		}
		c.putHead(majorList, 2)
		c.putInt(t.Unix())
		c.putInt(int64(t.Nanosecond()))
		return
	}
	if !c.field(key, false) {
		return
	}
	var sec, nsec int64
	if len(c.in) > 0 && c.in[0]>>5 == majorList {
		if c.count() != 2 {
			c.fail()
		}
		sec, nsec = c.int(), c.int()
	} else {
		sec = c.int()
	}
	*v = time.Unix(sec, nsec).UTC()
	c.key()
}

// count reads the length of a list. Each member has a byte at least.
func (c *coder) count() int {
	major, n := c.head()
	if major != majorList || n > uint64(len(c.in)) {
		c.fail()
		return 0
	}
	return int(n)
}

// textsField writes or reads a list of texts.
func textsField(c *coder, key uint64, v *[]string) {
	if !c.field(key, len(*v) == 0) {
		return
	}
	if !c.reading {
		c.putHead(majorList, uint64(len(*v)))
		for _, s := range *v {
			c.putText(s)
		}
		return
	}
	n := c.count()
	*v = make([]string, 0, n)
	for range n {
		*v = append(*v, c.text())
	}
	c.key()
}

// uintsField writes or reads a list of numbers.
func uintsField(c *coder, key uint64, v *[]uint64) {
	if !c.field(key, len(*v) == 0) {
		return
	}
	if !c.reading {
		c.putHead(majorList, uint64(len(*v)))
		for _, n := range *v {
			c.putHead(majorUint, n)
		}
		return
	}
	n := c.count()
	*v = make([]uint64, 0, n)
	for range n {
		*v = append(*v, c.number())
	}
	c.key()
}

// listField writes or reads a list of records.
func listField[T any](c *coder, key uint64, v *[]T, fields func(*coder, *T)) {
	if !c.field(key, len(*v) == 0) {
		return
	}
	if !c.reading {
		c.putHead(majorList, uint64(len(*v)))
		for i := range *v {
			wrapped(c, &(*v)[i], fields)
		}
		return
	}
	n := c.count()
	*v = make([]T, min(n, 1024))
	for i := range n {
		if i == len(*v) {
			*v = append(*v, *new(T))
		}
		wrapped(c, &(*v)[i], fields)
	}
	c.key()
}

// recordField writes or reads a record within another one. An empty one is left out.
func recordField[T any](c *coder, key uint64, v *T, fields func(*coder, *T)) {
	if c.reading {
		if c.field(key, false) {
			wrapped(c, v, fields)
			c.key()
		}
		return
	}
	start := len(c.out)
	c.putHead(majorUint, key)
	empty := len(c.out) + 2
	if wrapped(c, v, fields); len(c.out) == empty {
		c.out = c.out[:start]
	}
}

// pointerField writes or reads a record that may be missing.
func pointerField[T any](c *coder, key uint64, v **T, fields func(*coder, *T)) {
	if !c.field(key, *v == nil) {
		return
	}
	if !c.reading {
		wrapped(c, *v, fields)
		return
	}
	*v = new(T)
	wrapped(c, *v, fields)
	c.key()
}
