package feedgen

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"storyfold/story"
)

// Mutes keeps what readers mute on pages. *store.DB provides it.
type Mutes interface {
	Mutes() ([]story.Mute, error)
	SetMutes([]story.Mute) error
}

// muteDays are the times that a page offers, in days.
var muteDays = []int{1, 3, 7, 30}

// muteForm is the part of a story's page that mutes it.
type muteForm struct {
	Action string
	Days   []int
	Until  stamp // when it is muted already
}

// mutedRow is a muted story in the list of them.
type mutedRow struct {
	Number              int
	Title, Action, Href string
	Until               stamp
}

// registerMute adds the action of the forms.
func (h *Handler) registerMute(mux *http.ServeMux) {
	if h.options.Mutes == nil {
		return
	}
	h.registerAction(mux, "/stories/{id}/mute", action{ask: h.askMute, do: h.doMute})
}

// muteForm returns what lets r mute s, and a mark that differs where it does;
// nil and "" if r may not.
func (h *Handler) muteForm(r *http.Request, s *Shown) (*muteForm, string) {
	if h.options.Mutes == nil || !h.trusted(r) {
		return nil, ""
	}
	v := h.viewOf(r)
	f := &muteForm{Action: rootPath(v.config) + mutePath(s.ID), Days: muteDays}
	for _, m := range v.settings.muted {
		if (Mute{Story: m.Story}).silences(s) && v.now.Before(m.Until) {
			f.Until = newStamp(m.Until, v.settings.zone, s.Updated())
		}
	}
	return f, " mute " + f.Until.ISO
}

func mutePath(id story.ID) string { return "/stories/" + string(id) + "/mute" }

// mutedRows lists the stories that are muted on pages.
func (v *view) mutedRows() (rows []mutedRow) {
	for _, m := range v.settings.muted {
		if !v.now.Before(m.Until) {
			continue
		}
		title := cleanLine(m.Title, maxHeadline)
		if title == "" {
			title = "A story without a headline"
		}
		rows = append(rows, mutedRow{
			Number: len(rows) + 1, Title: title, Action: rootPath(v.config) + mutePath(m.Story),
			Href: rootPath(v.config) + "/stories/" + string(m.Story), Until: newStamp(m.Until, v.settings.zone, v.now),
		})
	}
	return rows
}

// askMute is the question of a signed link.
func (h *Handler) askMute(r *http.Request) (question, error) {
	s, err := h.viewOf(r).story(story.ID(r.PathValue("id")))
	if err != nil {
		return question{}, err
	}
	days, err := parseDays(r.FormValue("days"))
	if err != nil {
		return question{}, err
	}
	return question{
		Heading: "Mute this story?", Button: "Mute it for " + count(days, "day", "days"), Back: "/stories/" + string(s.ID),
		Text: "“" + headline(s) + "” stays out of feeds, searches and the front page, whatever else comes to it.",
	}, nil
}

// muteLink returns the link by which an entry of f mutes s for a week; "" if its
// entries have none. The page behind it asks; who may mute is looked after there.
func (v *view) muteLink(f *Feed, s *Shown) string {
	if v.h.options.Mutes == nil || !f.acts {
		return ""
	}
	return v.actionLink(s, mutePath(s.ID), url.Values{"days": {"7"}})
}

// parseDays reads one of muteDays.
func parseDays(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || !slices.Contains(muteDays, n) {
		return 0, fmt.Errorf("%w: the form does not say for how long", errForm)
	}
	return n, nil
}

// doMute mutes the story, or with do=undo lets it be heard again.
func (h *Handler) doMute(r *http.Request) (string, error) {
	id, undo := story.ID(r.PathValue("id")), r.FormValue("do") == "undo"
	var entry story.Mute
	if !undo {
		v := h.viewOf(r)
		s, err := v.story(id)
		if err != nil {
			return "", err
		}
		days, err := parseDays(r.FormValue("days"))
		if err != nil {
			return "", err
		}
		id = s.ID
		entry = story.Mute{Story: id, Title: headline(s), Until: v.now.AddDate(0, 0, days).UTC().Truncate(time.Second)}
	}
	err := h.changeMutes(func(list []story.Mute) []story.Mute {
		list = slices.DeleteFunc(list, func(m story.Mute) bool {
			return m.Story == id || !h.options.Now().Before(m.Until) || undo && h.isNow(m.Story, id)
		})
		if !undo {
			list = append(list, entry)
		}
		return list
	})
	if r.FormValue("from") == "feeds" {
		return "/feeds#muted", err
	}
	return "/stories/" + string(id), err
}

// isNow reports whether the story muted as old is what is now at id.
func (h *Handler) isNow(old, id story.ID) bool {
	s, err := h.options.Stories.Story(old)
	return err == nil && s.ID == id
}

// changeMutes stores what change makes of the mutes, and puts it in force.
func (h *Handler) changeMutes(change func([]story.Mute) []story.Mute) error {
	h.setting.Lock()
	defer h.setting.Unlock()
	list, err := h.options.Mutes.Mutes()
	if err != nil {
		return err
	}
	if err := h.options.Mutes.SetMutes(change(list)); err != nil {
		return err
	}
	h.apply()
	return nil
}
