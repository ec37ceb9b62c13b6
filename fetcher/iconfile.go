package fetcher

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// Limits of an icon. Browsers unpack it: what is small in bytes must not be large in pixels.
const (
	maxIcon     = 64 << 10 // bytes
	minIconSide = 8        // pixels; less is a counter of visits
	maxIconSide = 1024     // pixels
	maxIconForm = 2        // times that it may be wider than high, or higher than wide
)

// iconType returns the media type of an icon by its content, whatever its server calls it.
// It is an error if data is no PNG, GIF, JPEG, WebP or ICO, or of another size and
// form than icons have. No pixel is unpacked.
func iconType(data []byte) (string, error) {
	read, kind := iconHead, "image/x-icon"
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		read, kind = sizeBy(png.DecodeConfig), "image/png"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		read, kind = sizeBy(gif.DecodeConfig), "image/gif"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		read, kind = sizeBy(jpeg.DecodeConfig), "image/jpeg"
	case len(data) > 16 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		read, kind = webPHead, "image/webp"
	case !bytes.HasPrefix(data, []byte("\x00\x00\x01\x00")):
		return "", fmt.Errorf("it is no picture of a kind that icons are of")
	}
	width, height, err := read(data)
	switch {
	case err != nil:
		return "", fmt.Errorf("it is a broken picture: %w", err)
	case min(width, height) < minIconSide || max(width, height) > maxIconSide:
		return "", fmt.Errorf("it has %d × %d pixels, which icons do not have", width, height)
	case max(width, height) > maxIconForm*min(width, height):
		return "", fmt.Errorf("its %d × %d pixels are no square", width, height)
	}
	return kind, nil
}

// sizeBy returns what a decoder of the standard library reads of the head of a picture.
func sizeBy(decode func(io.Reader) (image.Config, error)) func([]byte) (int, int, error) {
	return func(data []byte) (int, int, error) {
		c, err := decode(bytes.NewReader(data))
		return c.Width, c.Height, err
	}
}

var errShort = errors.New("it breaks off")

// webPHead returns the width and height of a WebP picture.
func webPHead(data []byte) (width, height int, err error) {
	chunk := data[12:] // behind RIFF, size, WEBP; the chunk's contents begin 8 bytes on
	if len(chunk) < 8+10 {
		return 0, 0, errShort
	}
	body := chunk[8:]
	switch string(chunk[:4]) {
	case "VP8X":
		return 1 + int(body[4]) + int(body[5])<<8 + int(body[6])<<16, 1 + int(body[7]) + int(body[8])<<8 + int(body[9])<<16, nil
	case "VP8L":
		bits := binary.LittleEndian.Uint32(body[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff), nil
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(body[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(body[8:]) & 0x3fff), nil
	}
	return 0, 0, fmt.Errorf("WebP with a chunk %q", chunk[:4])
}

// iconHead returns the width and height of the largest picture in an ICO file.
func iconHead(data []byte) (width, height int, err error) {
	const entry = 16
	if len(data) < 6 {
		return 0, 0, errShort
	}
	n := int(binary.LittleEndian.Uint16(data[4:]))
	if n == 0 || n > 64 || len(data) < 6+n*entry {
		return 0, 0, errShort
	}
	for i := range n {
		e := data[6+i*entry:]
		size, at := uint64(binary.LittleEndian.Uint32(e[8:])), uint64(binary.LittleEndian.Uint32(e[12:]))
		if at+size > uint64(len(data)) || size < 40 {
			return 0, 0, errShort
		}
		w, h, err := iconPicture(data[at : at+size])
		if err != nil {
			return 0, 0, err
		}
		width, height = max(width, w), max(height, h)
	}
	return width, height, nil
}

// iconPicture returns the width and height of one picture of an ICO file: a PNG, or
// a bitmap of twice the height, the lower half of which says what is seen.
func iconPicture(data []byte) (width, height int, err error) {
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		c, err := png.DecodeConfig(bytes.NewReader(data))
		return c.Width, c.Height, err
	}
	w, h := int32(binary.LittleEndian.Uint32(data[4:])), int32(binary.LittleEndian.Uint32(data[8:]))
	if w <= 0 || h <= 0 {
		return 0, 0, fmt.Errorf("a bitmap of %d × %d pixels", w, h)
	}
	return int(w), int(h / 2), nil
}
