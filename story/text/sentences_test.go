package text_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"storyfold/story/text"
)

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		lang, in string
		want     string // sentences by "|", a heading in brackets
	}{
		{"en", "", ""},
		{"en", " \n\n\t", ""},
		{"en", "One. Two! Three? Four", "One.|Two!|Three?|[Four]"},
		{"en", "Gov. Dana Whitlock met Mr. Tate. He left.", "Gov. Dana Whitlock met Mr. Tate.|He left."},
		{"en", "The U.S. Coast Guard came. It left the U.S. The ship sank.", "The U.S. Coast Guard came.|It left the U.S.|The ship sank."},
		{"en", "Daniel K. Inouye spoke at 9 p.m. on Monday. J. R. Hale did not.", "Daniel K. Inouye spoke at 9 p.m. on Monday.|J. R. Hale did not."},
		{"en", "It cost 3.5 million. Arlen Line Inc. Chairman Bo Dahl paid.", "It cost 3.5 million.|Arlen Line Inc. Chairman Bo Dahl paid."},
		{"en", "Born on Jan. 4, she won. No. 5 lost. The answer is no. Nobody came.", "Born on Jan. 4, she won.|No. 5 lost.|The answer is no.|Nobody came."},
		{"en", "“Why?” he asked. “Because.” She left.", "“Why?” he asked.|“Because.”|She left."},
		{"en", "He left (at noon.) Then it rained ... and stopped... Nobody knew.", "He left (at noon.)|Then it rained ... and stopped...|Nobody knew."},
		{"en", "consequences. of its tests. Done.", "consequences. of its tests.|Done."},
		{"en", "First paragraph\n\nSecond one.", "[First paragraph]|Second one."},
		{"en", "First line.\nSecond line.", "First line.|Second line."},
		{"en", "The leaders\nmet on Monday.", "The leaders met on Monday."},
		{"en", "It ended. The state-run\nKorean agency said so.", "It ended.|The state-run Korean agency said so."},
		{"en", "A heading of the day\nThe text follows it.", "[A heading of the day]|The text follows it."},
		{"en", "They gave it to the\nArlen Line on Monday.", "They gave it to the Arlen Line on Monday."},
		{"de", "Am 3. Oktober kam Dr. Brack. Er ging bzw. lief.", "Am 3. Oktober kam Dr. Brack.|Er ging bzw. lief."},
		{"de", "„Ein Angebot ist das nicht.“ Die Stadtwerke schweigen.", "„Ein Angebot ist das nicht.“|Die Stadtwerke schweigen."},
		{"fr", "M. Kerbrat est venu. « C'est tout. » Il est parti.", "M. Kerbrat est venu.|« C'est tout. »|Il est parti."},
		{"ru", "В 2013 г. Ольга Стрешнева приехала в г. Зареченск. Она уехала.", "В 2013 г. Ольга Стрешнева приехала в г. Зареченск.|Она уехала."},
		{"ru", "Это стоило 86 млрд руб. Мэр А. Б. Ладогин молчит.", "Это стоило 86 млрд руб. Мэр А. Б. Ладогин молчит."},
		{"zh", "高铁通车了。最快多少？“一小时。”他说。", "高铁通车了。|最快多少？|“一小时。”|他说。"},
		{"ja", "知事は「守る。」と述べた。雨が降った。", "知事は「守る。」と述べた。|雨が降った。"},
		{"ko", "열차가 출발했다. 승객은 576명이었다.", "열차가 출발했다.|승객은 576명이었다."},
		{"hi", "ट्रेन चली। लोग खुश थे।", "ट्रेन चली।|लोग खुश थे।"},
		{"ar", "وصل القطار. هل تأخر؟ نعم.", "وصل القطار.|هل تأخر؟|نعم."},
		{"th", "รถไฟออกเดินทางแล้ว\nผู้โดยสารดีใจ", "[รถไฟออกเดินทางแล้ว]|[ผู้โดยสารดีใจ]"},
	} {
		var got []string
		for _, s := range text.Sentences(tt.in, tt.lang) {
			if s.Whole {
				got = append(got, s.Text)
			} else {
				got = append(got, "["+s.Text+"]")
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
			t.Errorf("Sentences(%q, %q) (-want +got):\n%s", tt.in, tt.lang, diff)
		}
	}
}

func TestSentencesWrapped(t *testing.T) {
	const in = `The ferry Kestrel left Port Arlen on Tuesday with 214 passengers and
Captain Orla Finch on the bridge. Three fishing boats came to help when
Arlen Line lost contact, and nobody on board of the ship was injured in
the end.`
	got := text.Sentences(in, "en")
	if len(got) != 2 || !got[0].Whole || !got[1].Whole {
		t.Errorf("Sentences(wrapped) = %v, want two whole ones", got)
	}
}

func TestSentencesParagraph(t *testing.T) {
	got := text.Sentences("One. Two.\n\n\n\nThree.\nFour.", "en")
	var paragraphs []int
	for _, s := range got {
		paragraphs = append(paragraphs, s.Paragraph)
	}
	if diff := cmp.Diff([]int{0, 0, 1, 2}, paragraphs); diff != "" {
		t.Errorf("paragraphs of %v (-want +got):\n%s", got, diff)
	}
}

// FuzzSentences checks that sentences hold all of a text but white space and
// control characters, in order, and never a line break.
func FuzzSentences(f *testing.F) {
	f.Add("Gov. Whitlock spoke.\n\n“Why?” he asked", "en")
	f.Add("高铁通车了。「守る。」と述べた。", "ja")
	f.Add("a.\xff b.\u2028C. D", "de")
	f.Fuzz(func(t *testing.T, s, lang string) {
		if !utf8.ValidString(s) {
			s = strings.ToValidUTF8(s, "")
		}
		var all strings.Builder
		last := -1
		for _, x := range text.Sentences(s, lang) {
			if x.Text == "" || strings.TrimSpace(x.Text) != x.Text || strings.ContainsAny(x.Text, "\n\r") {
				t.Errorf("Sentences(%q) has %q", s, x.Text)
			}
			if x.Paragraph < last || x.Paragraph > last+1 {
				t.Errorf("Sentences(%q): paragraph %d after %d", s, x.Paragraph, last)
			}
			last = x.Paragraph
			all.WriteString(x.Text)
		}
		if got, want := letters(all.String()), letters(s); got != want {
			t.Errorf("Sentences(%q) hold %q, want %q", s, got, want)
		}
	})
}

// letters returns s without white space and what is dropped with it.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
}
