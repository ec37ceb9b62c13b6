package story

import "time"

// Icon is the small picture that stands for a source, as its server sent it.
type Icon struct {
	Key   string    `cbor:"1,keyasint"` // IconKey of Data
	Type  string    `cbor:"2,keyasint"` // media type of a picture made of pixels: "image/png"
	Data  []byte    `cbor:"3,keyasint"`
	Found time.Time `cbor:"4,keyasint"`
}

// IconKey names an icon by its bytes: the first 80 bits of their SHA-256 in lower-case base32
// (16 letters and digits).
func IconKey(data []byte) string { return hashID(string(data), 0) }
