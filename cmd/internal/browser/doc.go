// Package browser holds tests that look at storyfold's pages in a browser:
// Debian's chromium, without a screen, at the widths of a phone and of a desk,
// in light and dark, with axe-core's rules of accessibility.
//
// They need more than Go and say what is missing where they are skipped:
//
//	STORYFOLD_AXE          the file axe.min.js of the npm package axe-core 4
//	STORYFOLD_SCREENSHOTS  a folder for screenshots; without it none are taken
package browser
