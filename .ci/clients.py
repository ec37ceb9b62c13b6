"""Compares what feed readers show with what storyfold serves.

    clients.py WORK URL ROUND      0: all agree; 1: a line for each that does not

WORK/served.json is the feed as JSON; WORK/seen.json gathers every id that was
ever served, for an entry that a reader keeps after its story became part of
another one must lead there.
"""
import collections
import json
import os
import sqlite3
import sys
import time
import urllib.request

import feedparser

work, url, number = sys.argv[1:]
failed = False


def no(text):
    global failed
    failed = True
    print(f"FAILED round {number}: {text}")


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def leads(story):
    """Where the page of a story that is no longer served leads."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Unfollowed)
    try:
        return opener.open(f"{url}/stories/{story}", timeout=5).status
    except urllib.error.HTTPError as e:
        return e.code


def compare(reader, rows, live=False, retitled=True):
    """Compares rows of (id, title), as the reader shows them, with what is served.

    live: the reader forgets what left the feed; retitled: it takes over a headline that changed."""
    counts = collections.Counter(i for i, _ in rows)
    for i, n in counts.items():
        if n > 1:
            no(f"{reader} shows {n} entries for {seen.get(i, {}).get('title', i)!r}")
    for i in served.keys() - counts.keys():
        no(f"{reader} does not show {served[i]['title']!r}")
    for i in counts.keys() - served.keys():
        if live or i not in seen:
            no(f"{reader} shows {i}, which is not served")
        elif (code := leads(seen[i]["story"])) != 301:
            no(f"{reader} still shows {seen[i]['title']!r}, whose page answers {code}")
        else:
            merged.add(i)
    for i, title in rows:
        if retitled and i in served and " ".join(title.split()) != served[i]["title"]:
            no(f"{reader} shows the headline {title!r} for {served[i]['title']!r}")
    shown.append(f"{reader} {len(rows)}")


def newsboat(form):
    with sqlite3.connect(f"{work}/newsboat-{form}/cache.db") as db:
        return db.execute("select guid, title from rss_item where deleted = 0").fetchall()


def sfeed(form):
    with open(f"{work}/sfeed/feeds/{form}", encoding="utf-8") as f:
        return [(fields[5], fields[1]) for fields in (line.rstrip("\n").split("\t") for line in f)]


def liferea(path, form):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as db:
        return db.execute(
            "select i.source_id, i.title from items i join subscription s on s.node_id = i.node_id "
            "where s.source = ? and i.parent_item_id = 0", (f"{url}/feed.{form}",)).fetchall()


def wait_for_liferea(path):
    """Liferea reads in the background: gives it time to see the round."""
    rows = {}
    for _ in range(50):
        try:
            rows = {form: liferea(path, form) for form in ("rss", "atom")}
        except sqlite3.Error as e:
            rows = {"rss": [], "atom": [], "error": str(e)}
        if all(served.keys() <= {i for i, _ in rows[form]} for form in ("rss", "atom")):
            break
        time.sleep(0.2)
    return rows


with open(f"{work}/served.json", encoding="utf-8") as f:
    items = json.load(f)["items"]
served = {i["id"]: {"title": i["title"], "story": i["_storyfold"]["story"]} for i in items}
if len(served) != len(items):
    no("the feed has an id twice")
seen = {}
if os.path.exists(f"{work}/seen.json"):
    with open(f"{work}/seen.json", encoding="utf-8") as f:
        seen = json.load(f)
stories = {s["story"]: i for i, s in seen.items()}
for i, s in served.items():
    if stories.get(s["story"], i) != i:
        no(f"the id of {s['title']!r} changed")
seen.update(served)
with open(f"{work}/seen.json", "w", encoding="utf-8") as f:
    json.dump(seen, f)
articles = sum(len(i["_storyfold"]["articles"]) for i in items)

shown, merged = [], set()
for form, version in (("rss", "rss20"), ("atom", "atom10")):
    feed = feedparser.parse(f"{url}/feed.{form}")
    if feed.bozo or feed.version != version:
        no(f"feedparser on /feed.{form}: bozo {feed.bozo}, version {feed.version!r}, {feed.get('bozo_exception')}")
    compare(f"feedparser/{form}", [(e.id, e.title) for e in feed.entries], live=True)
    compare(f"newsboat/{form}", newsboat(form))
    compare(f"sfeed/{form}", sfeed(form))
for path, query in (("feeds/each", ""), ("feeds/days", ""), ("feeds/mine", "?key=only+%26+mine"), ("search", "?q=ferry"), ("feed", "?limit=3")):
    for form, version in (("rss", "rss20"), ("atom", "atom10")):
        feed = feedparser.parse(f"{url}/{path}.{form}{query}")
        ids = [e.id for e in feed.entries]
        if feed.bozo or feed.version != version or len(set(ids)) != len(ids) or not ids and path != "feeds/days":
            no(f"feedparser on /{path}.{form}: {len(ids)} entries, bozo {feed.bozo}, version {feed.version!r}, {feed.get('bozo_exception')}")
database = f"{work}/home/.local/share/liferea/liferea.db"
if os.path.exists(f"{work}/with-liferea"):
    for form, rows in wait_for_liferea(database).items():
        if form == "error":
            no(f"liferea's database: {rows}")
        else:
            compare(f"liferea/{form}", rows, retitled=False)  # keeps an entry as it read it first
if not failed:
    print(f"ok     round {number}: {articles} articles, {len(served)} stories; shown by {', '.join(shown)}"
          + (f"; {len(merged)} from before a merge lead to the story that they are part of" if merged else ""))
sys.exit(failed)
