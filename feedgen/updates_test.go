package feedgen

import (
	"testing"
	"time"
)

func TestParseUpdates(t *testing.T) {
	for _, good := range []string{"silent", "bump", "reissue", "digest@00:00", "digest@07:30", "digest@23:59"} {
		if u, err := ParseUpdates(good); err != nil || string(u) != good {
			t.Errorf("ParseUpdates(%q) = %q, %v", good, u, err)
		}
	}
	for _, bad := range []string{"", "Bump", "digest", "digest@", "digest@7:00", "digest@07:60", "digest@24:00", "digest@07:00:00", "digest@-1:00", "reissue "} {
		if u, err := ParseUpdates(bad); err == nil {
			t.Errorf("ParseUpdates(%q) = %q, want an error", bad, u)
		}
	}
	if u := Digest(7, 5); u != "digest@07:05" {
		t.Errorf("Digest(7, 5) = %q", u)
	}
}

// A digest comes out at the first minute of the day at which the clock shows its
// time, or a later one: what a look at the clock in each minute would find.
func TestDigestTimes(t *testing.T) {
	days := []struct {
		zone string
		day  date
	}{
		{"Europe/Rome", date{2026, 3, 29}}, // 2:00 becomes 3:00
		{"Europe/Rome", date{2026, 10, 25}},
		{"America/Sao_Paulo", date{2018, 11, 4}},   // midnight becomes 1:00
		{"Australia/Lord_Howe", date{2026, 10, 4}}, // half an hour
		{"Australia/Lord_Howe", date{2026, 4, 5}},
		{"Pacific/Apia", date{2011, 12, 30}}, // the day that was skipped
		{"Asia/Kathmandu", date{2026, 3, 14}},
		{"UTC", date{2026, 3, 14}},
	}
	for _, tt := range days {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Skipf("no time zones on this system: %v", err)
		}
		start := time.Date(tt.day.year, tt.day.month, tt.day.day, 0, 0, 0, 0, time.UTC).Add(-30 * time.Hour)
		for minute := 0; minute < 24*60; minute += 10 {
			table := timetable{minute / 60, minute % 60, zone}
			want, wall := start, tt.day.wall(table.hour, table.minute)
			for !sameDayOrLater(want.In(zone), tt.day) || wallOf(want.In(zone)) < wall {
				want = want.Add(time.Minute)
			}
			if got := table.at(tt.day); !got.Equal(want) {
				t.Errorf("%s, %s at %02d:%02d = %v, want %v", tt.zone, tt.day, table.hour, table.minute, got, want.In(zone))
			}
		}
	}
}

func sameDayOrLater(t time.Time, d date) bool { return wallOf(t) >= d.wall(0, 0) }

// Every moment belongs to one digest, the first that comes out at or after it.
func TestDigestOfMoment(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Skipf("no time zones on this system: %v", err)
	}
	table := timetable{2, 30, zone}
	for moment := time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC); moment.Before(time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)); moment = moment.Add(7 * time.Minute) {
		d := table.of(moment)
		if table.at(d).Before(moment) || !table.at(d.add(-1)).Before(moment) {
			t.Errorf("%v is in the digest of %s, from %v to %v", moment, d, table.at(d.add(-1)), table.at(d))
		}
	}
	day := date{2026, 3, 14}
	for late, want := range map[time.Duration]date{-time.Second: day.add(-1), settle - 1: day.add(-1), settle: day, 23 * time.Hour: day} {
		if got := table.due(table.at(day).Add(late)); got != want {
			t.Errorf("%v after its time the last digest is that of %s, want %s", late, got, want)
		}
	}
}
