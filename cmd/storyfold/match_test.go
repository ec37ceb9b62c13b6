package main

import "testing"

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"flood", "Flood in the harbour", true},
		{"FLOOD", "the flood, again", true},
		{"flood", "Floods in the harbour", false},
		{"flood", "floodlight", false},
		{"new york", "In New  York's harbour", false}, // York's is one word
		{"new york", "In New\nYork today", true},
		{"new york", "new: york", false},
		{"new york", "New York", true},
		{"straße", "Die STRASSE ist zu", true},
		{"café", "cafe\u0301", true},
		{"ёлка", "Новая ЁЛКА", true},
		{"ёлк", "ёлка", false},
		{"地震", "今日の地震について", true},
		{"น้ำท่วม", "เกิดน้ำท่วมหนัก", true},
		{"C++", "A talk on C++ today", true},
		{"a a b", "a a a b", true},
		{"flood", "", false},
		{"/flood(s|ed)?/", "it flooded", true},
		{"/flood(s|ed)?/", "It Flooded", false},
		{"/(?i)^harbour/", "Harbour closed", true},
	}
	for _, test := range tests {
		m, err := parseMatch(test.pattern)
		if err != nil {
			t.Errorf("parseMatch(%q): %v", test.pattern, err)
			continue
		}
		if got := m.MatchString(test.text); got != test.want {
			t.Errorf("parseMatch(%q).MatchString(%q) = %v, want %v", test.pattern, test.text, got, test.want)
		}
	}
}
