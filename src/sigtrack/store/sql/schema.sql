-- What the database holds, step by step. `store.sql.database` reads this file.
--
-- Every step leads from one schema version (PRAGMA user_version) to the next. A new file takes all
-- steps, so that a migrated database equals a fresh one. Never edit a published step: append one.
--
-- Times are microseconds since 1970 UTC. `items.latest` is the number of the latest revision, NULL
-- for a tombstone. `revisions.moment` is `StoredItem.moment`, which never changes for a revision,
-- so windows are ranges of an index. `hits` says that a signal was ever seen in an item and gives
-- it its number; `sightings` says in which revisions and where, and is rewritten when watchlists
-- change. `marks` is how far a watchlist in one wording (fingerprint) has read the revisions; those
-- up to `older` it has read in an earlier wording only. The kinds of readings have marks as well
-- (":visits", ":wording", ":phrases"). The readings are in `visits_read`, `wording_read` and
-- `phrases_read`, with no row for a revision that tells nothing of the kind. The mark ":stories"
-- names the encoder with which stories were formed; `vectors` is what an encoder made of a title, a
-- signed byte for each number. `tellings` is what stories compare of recent revisions, read by the
-- rules `reader`. `feeds.address` is the key of the address at which the rest of the row was
-- learned.
--
-- `feeds.document` is the hash of the last document and of how it was read; "" = read it again.
--
-- `mails` is the outbox: the bytes as they are sent; `deliveries` has their recipients and the
-- success. A digest has told all hits up to its look except those in `unseen`: an edit by the
-- publisher had hidden them when the window passed them, and they are told if they come back. Hits
-- that a report did not show are in `unseen` as well, under the reader's name behind a colon.
--
-- `origins` is what a document said of itself when it first gave a file its feed id.
--
-- `words` is the search index of texts, by their numbers. `bylines` is that of authors and
-- categories, by the numbers of revisions, and has no row for a revision without either.
-- `categories` is a JSON list. `revisions.offset` is the UTC offset that the publisher wrote, in
-- minutes; 0 for UTC or none. `zones` are the publishers' time zones from the catalogue; where
-- there is one, it decides.
--
-- `full_texts` is what the linked page of a revision said when it was asked, once or several times:
-- `text` is "" if it gave none, and `due_at` is when to ask again (NULL: never). `matched` becomes
-- 1 when watchlists that had read the revision before have read its text.
--
-- `statements` is the archive of the user, which pruning leaves alone; `day` is ISO 8601 text.
--
-- `opinions` is what a second reader says of texts: `question` is the fingerprint of what was
-- asked, `prompt` the version of the words around it. They go with their text.
--
-- `item_marks` are the reader's marks: kind "done", "star" or "note" (`note` is "" for other
-- kinds). A mark belongs to an item and never to a story, because stories may be formed again at
-- any time.

-- step: first
CREATE TABLE feeds (
    feed TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    etag TEXT NOT NULL,
    last_modified TEXT NOT NULL,
    full_at INTEGER,
    first_asked_at INTEGER,
    asked_at INTEGER,
    answered_at INTEGER,
    changed_at INTEGER,
    due_at INTEGER,
    failures INTEGER NOT NULL,
    failing_since INTEGER,
    reason TEXT NOT NULL,
    told INTEGER NOT NULL,
    paused TEXT
) WITHOUT ROWID;

CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    began INTEGER NOT NULL,
    finished INTEGER,
    after_hit INTEGER NOT NULL,
    after_revision INTEGER NOT NULL
);

CREATE TABLE looks (
    reader TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    hit INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE items (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    feed TEXT NOT NULL,
    uid TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    latest INTEGER
);

CREATE INDEX items_by_id ON items (id);

CREATE TABLE handles (
    handle INTEGER NOT NULL,
    item INTEGER NOT NULL REFERENCES items,
    PRIMARY KEY (handle, item)
) WITHOUT ROWID;

CREATE INDEX handles_by_item ON handles (item);

CREATE TABLE texts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    text TEXT NOT NULL
);

CREATE INDEX texts_by_digest ON texts (digest);

CREATE VIRTUAL TABLE words USING fts5 (
    title, body, content='', tokenize='unicode61 remove_diacritics 2'
);

CREATE TABLE revisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES items,
    revision INTEGER NOT NULL,
    revised_at INTEGER,
    moment INTEGER NOT NULL,
    published INTEGER,
    language TEXT,
    url TEXT NOT NULL,
    imported INTEGER NOT NULL,
    named INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    text INTEGER NOT NULL REFERENCES texts,
    UNIQUE (item, revision)
);

CREATE INDEX revisions_by_moment ON revisions (moment);

CREATE INDEX revisions_by_text ON revisions (text);

CREATE TABLE marks (
    watchlist TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    upto INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE hits (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    item INTEGER NOT NULL REFERENCES items,
    watchlist TEXT NOT NULL,
    signal TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    UNIQUE (item, watchlist, signal)
);

CREATE TABLE sightings (
    revision INTEGER NOT NULL REFERENCES revisions,
    hit INTEGER NOT NULL REFERENCES hits,
    moment INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    score INTEGER NOT NULL,
    spans TEXT NOT NULL,
    UNIQUE (revision, hit)
);

CREATE INDEX sightings_by_moment ON sightings (moment);

CREATE INDEX sightings_by_hit ON sightings (hit);

-- step: outbox
CREATE TABLE mails (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    sender TEXT NOT NULL,
    body BLOB NOT NULL
);

CREATE INDEX mails_by_digest ON mails (digest);

CREATE TABLE deliveries (
    mail INTEGER NOT NULL REFERENCES mails ON DELETE CASCADE,
    recipient TEXT NOT NULL,
    by_hand INTEGER NOT NULL,
    state TEXT NOT NULL,
    tried_at INTEGER,
    refused_since INTEGER,
    reason TEXT NOT NULL,
    told INTEGER NOT NULL,
    PRIMARY KEY (mail, recipient)
) WITHOUT ROWID;

CREATE INDEX deliveries_waiting ON deliveries (mail) WHERE state = 'waiting';

CREATE TABLE unseen (
    digest TEXT NOT NULL,
    hit INTEGER NOT NULL REFERENCES hits ON DELETE CASCADE,
    PRIMARY KEY (digest, hit)
) WITHOUT ROWID;

CREATE INDEX unseen_by_hit ON unseen (hit);

-- step: stories
ALTER TABLE items ADD COLUMN story TEXT;

CREATE INDEX items_by_story ON items (story);

-- step: looks
-- Earlier looks count as having seen the revisions that existed at their time.
ALTER TABLE looks ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

UPDATE looks SET revision = (
    SELECT coalesce(max(r.number), 0)
    FROM revisions r JOIN items i ON i.number = r.item
    WHERE coalesce(r.revised_at, i.first_seen) <= looks.at
);

-- step: statements
CREATE TABLE statements (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    format TEXT NOT NULL,
    level TEXT NOT NULL,
    day TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    language TEXT,
    text TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    added_at INTEGER NOT NULL
);

CREATE INDEX statements_by_day ON statements (format, day);

-- step: names
CREATE TABLE aliases (
    id TEXT NOT NULL,
    item INTEGER NOT NULL REFERENCES items,
    PRIMARY KEY (id, item)
) WITHOUT ROWID;

CREATE INDEX aliases_by_item ON aliases (item);

CREATE TABLE misnamed (feed TEXT PRIMARY KEY) WITHOUT ROWID;

INSERT INTO misnamed SELECT DISTINCT feed FROM items;

CREATE TABLE origins (
    feed TEXT PRIMARY KEY,
    itself TEXT NOT NULL,
    site TEXT NOT NULL,
    title TEXT NOT NULL
) WITHOUT ROWID;

-- step: addresses
-- The address of earlier states is unknown: "".
ALTER TABLE feeds ADD COLUMN address TEXT NOT NULL DEFAULT '';

-- step: bylines
ALTER TABLE revisions ADD COLUMN author TEXT NOT NULL DEFAULT '';

ALTER TABLE revisions ADD COLUMN categories TEXT NOT NULL DEFAULT '[]';

CREATE VIRTUAL TABLE bylines USING fts5 (
    author, category, content='', tokenize='unicode61 remove_diacritics 2'
);

-- step: clocks
-- The offset of earlier items is unknown: 0.
ALTER TABLE revisions ADD COLUMN offset INTEGER NOT NULL DEFAULT 0;

CREATE TABLE zones (feed TEXT PRIMARY KEY, zone TEXT NOT NULL) WITHOUT ROWID;

-- step: readings
-- Stored revisions count as unread: the next run reads them.
CREATE TABLE readings (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    visits TEXT NOT NULL
);

ALTER TABLE marks ADD COLUMN older INTEGER NOT NULL DEFAULT 0;

-- step: item marks
-- `revisions_edited` finds silent edits: few revisions have a predecessor.
CREATE TABLE item_marks (
    item INTEGER NOT NULL REFERENCES items,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (item, kind, note)
) WITHOUT ROWID;

CREATE INDEX revisions_edited ON revisions (revised_at) WHERE revised_at IS NOT NULL;

-- step: kinds
-- The next run reads the wording of stored revisions.
ALTER TABLE readings RENAME TO visits_read;

ALTER TABLE visits_read RENAME COLUMN visits TO content;

CREATE TABLE wording_read (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    content TEXT NOT NULL
);

CREATE TABLE phrases_read (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    content BLOB NOT NULL
);

-- step: parties
-- Earlier readings lack the governments beside a formula, so they are read again.
DELETE FROM wording_read;

DELETE FROM marks WHERE watchlist = ':wording';

-- step: vectors
CREATE TABLE vectors (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    model TEXT NOT NULL,
    content BLOB NOT NULL
);

-- step: tellings
CREATE TABLE tellings (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    reader TEXT NOT NULL,
    content TEXT NOT NULL
);

-- step: rhythms
-- What earlier answers asked for is learned anew, within a day.
ALTER TABLE feeds ADD COLUMN gap INTEGER NOT NULL DEFAULT 0;

ALTER TABLE feeds ADD COLUMN quiet TEXT NOT NULL DEFAULT '';

-- step: views
-- What people and other programs read (Datasette, a spreadsheet); nothing here reads it. `search`
-- numbers the row of `words`. Spans and visits are JSON arrays, whose places `rows` explains; the
-- first span of a hit may be a list of files, and then has no offset. A later step that changes a
-- table below drops the views that read it, and makes them anew.
CREATE VIEW items_readable AS
SELECT i.id, strftime('%Y-%m-%dT%H:%M:%SZ', r.moment / 1000000, 'unixepoch') AS time,
    i.feed AS source, r.language,
    t.title, t.summary, r.url AS link, r.author, r.revision, i.story,
    (SELECT group_concat(DISTINCT h.watchlist) FROM sightings s JOIN hits h ON h.number = s.hit
        WHERE s.revision = r.number) AS watchlists,
    strftime('%Y-%m-%dT%H:%M:%SZ', i.first_seen / 1000000, 'unixepoch') AS first_seen,
    t.number AS search
FROM items i JOIN revisions r ON r.number = i.latest JOIN texts t ON t.number = r.text;

CREATE VIEW hits_readable AS
SELECT h.number AS hit, strftime('%Y-%m-%dT%H:%M:%SZ', s.moment / 1000000, 'unixepoch') AS time,
    strftime('%Y-%m-%d', s.moment / 1000000, 'unixepoch', '-6 days', 'weekday 1') AS week,
    h.watchlist, h.signal,
    CASE s.priority WHEN 1 THEN 'low' WHEN 2 THEN 'normal' WHEN 3 THEN 'high' ELSE 'urgent' END
        AS priority,
    s.score, i.feed AS source, r.language, t.title,
    (SELECT group_concat(DISTINCT substr(
            CASE json_extract(one.value, '$[0]')
                WHEN 'title' THEN t.title WHEN 'summary' THEN t.summary
                WHEN 'text' THEN t.text WHEN 'author' THEN r.author END,
            json_extract(one.value, '$[1]') + 1,
            json_extract(one.value, '$[2]') - json_extract(one.value, '$[1]')))
        FROM json_each(s.spans) one WHERE json_type(one.value, '$[1]') = 'integer') AS words,
    r.url AS link, i.id AS item, i.story, t.number AS search
FROM sightings s JOIN hits h ON h.number = s.hit JOIN revisions r ON r.number = s.revision
    JOIN items i ON i.latest = r.number JOIN texts t ON t.number = r.text;

CREATE VIEW stories_readable AS
SELECT i.story, coalesce(max(of_lead.title), min(t.title)) AS title, count(*) AS items,
    count(DISTINCT i.feed) AS sources, group_concat(DISTINCT i.feed) AS told_by,
    strftime('%Y-%m-%dT%H:%M:%SZ', min(r.moment) / 1000000, 'unixepoch') AS first,
    strftime('%Y-%m-%dT%H:%M:%SZ', max(r.moment) / 1000000, 'unixepoch') AS last,
    max(h.watchlists) AS watchlists
FROM items i JOIN revisions r ON r.number = i.latest JOIN texts t ON t.number = r.text
    LEFT JOIN (SELECT x.id, z.title FROM items x JOIN revisions y ON y.number = x.latest
        JOIN texts z ON z.number = y.text) of_lead ON of_lead.id = i.story
    LEFT JOIN (SELECT j.story, group_concat(DISTINCT k.watchlist) AS watchlists
        FROM sightings s JOIN hits k ON k.number = s.hit JOIN items j ON j.latest = s.revision
        GROUP BY j.story) h ON h.story = i.story
WHERE i.story IS NOT NULL
GROUP BY i.story;

CREATE VIEW visits_readable AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', r.moment / 1000000, 'unixepoch') AS time, i.feed AS source,
    (SELECT group_concat(json_extract(who.value, '$[1]'))
        FROM json_each(one.value, '$[8]') who) AS visitors,
    (SELECT group_concat(DISTINCT json_extract(who.value, '$[0]'))
        FROM json_each(one.value, '$[8]') who) AS visitor_countries,
    json_extract(one.value, '$[0]') AS host_country, json_extract(one.value, '$[2]') AS place,
    json_extract(one.value, '$[1]') AS phase, json_extract(one.value, '$[4]') AS first_day,
    json_extract(one.value, '$[5]') AS last_day, json_extract(one.value, '$[6]') AS level,
    t.title, r.url AS link, i.id AS item, t.number AS search
FROM visits_read v JOIN revisions r ON r.number = v.revision
    JOIN items i ON i.latest = r.number JOIN texts t ON t.number = r.text,
    json_each(v.content) one;

-- step: documents
ALTER TABLE feeds ADD COLUMN document TEXT NOT NULL DEFAULT '';

-- step: opinions
CREATE TABLE opinions (
    text INTEGER NOT NULL REFERENCES texts ON DELETE CASCADE,
    question TEXT NOT NULL,
    prompt INTEGER NOT NULL,
    model TEXT NOT NULL,
    stance TEXT NOT NULL,
    quote TEXT NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (text, question, prompt, model)
) WITHOUT ROWID;

-- step: full texts
CREATE TABLE full_texts (
    revision INTEGER PRIMARY KEY REFERENCES revisions,
    url TEXT NOT NULL,
    at INTEGER NOT NULL,
    text TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    tries INTEGER NOT NULL,
    due_at INTEGER,
    reason TEXT NOT NULL,
    matched INTEGER NOT NULL
);

CREATE INDEX full_texts_by_url ON full_texts (url);

CREATE INDEX full_texts_unmatched ON full_texts (revision) WHERE matched = 0;

DROP VIEW hits_readable;

CREATE VIEW hits_readable AS
SELECT h.number AS hit, strftime('%Y-%m-%dT%H:%M:%SZ', s.moment / 1000000, 'unixepoch') AS time,
    strftime('%Y-%m-%d', s.moment / 1000000, 'unixepoch', '-6 days', 'weekday 1') AS week,
    h.watchlist, h.signal,
    CASE s.priority WHEN 1 THEN 'low' WHEN 2 THEN 'normal' WHEN 3 THEN 'high' ELSE 'urgent' END
        AS priority,
    s.score, i.feed AS source, r.language, t.title,
    (SELECT group_concat(DISTINCT substr(
            CASE json_extract(one.value, '$[0]')
                WHEN 'title' THEN t.title WHEN 'summary' THEN t.summary WHEN 'text' THEN t.text
                WHEN 'full_text' THEN f.text WHEN 'author' THEN r.author END,
            json_extract(one.value, '$[1]') + 1,
            json_extract(one.value, '$[2]') - json_extract(one.value, '$[1]')))
        FROM json_each(s.spans) one WHERE json_type(one.value, '$[1]') = 'integer') AS words,
    r.url AS link, i.id AS item, i.story, t.number AS search
FROM sightings s JOIN hits h ON h.number = s.hit JOIN revisions r ON r.number = s.revision
    JOIN items i ON i.latest = r.number JOIN texts t ON t.number = r.text
    LEFT JOIN full_texts f ON f.revision = r.number;

-- step: kept names
-- Items are stored under the names that publishers gave them, and keep them.
DROP TABLE aliases;

DROP TABLE misnamed;
