"""The config file that `sigtrack config init` writes: every setting, explained and switched off."""

TEMPLATE = """\
# sigtrack's settings. Every line is optional; what is commented out is the default.

# The database of items and hits. A path; ~ is your home folder. A team's database is on a
# PostgreSQL server: "postgresql://user@host/name", with the password in ~/.pgpass.
# db = "{db}"

# The time zone of all times shown, for example "Asia/Seoul". The default is this machine's zone.
# It does not change hits: "today" in a text means the day of its publisher.
# timezone = "Asia/Seoul"

# The window of `sigtrack report` when --since is not given: 7d, 24h, 2026-01-12, last-fetch, all.
# since = "7d"

# The countries that your desk watches: a story that names one of them weighs more in a report.
# desk = "KR, KP, JP, CN, TW"

# The language of report, its page and digests: en, ko, ja, zh (simplified). The default is that of
# your locale (LC_ALL, LC_MESSAGES, LANG), which cron seldom knows. Errors and help are in English.
# interface = "en"

# The languages that you read. Below headlines in others, a report says what they are about.
# languages = "en"

# Your mail address or page, sent with every request, so that publishers can contact you.
# contact = "desk@example.org"

# "hits": `sigtrack fetch` also reads the pages that items with a hit link to, as robots.txt allows,
# and matches their texts; pip install 'sigtrack[fulltext]'
# full_text = "off"

# How mail is sent: by a mail server or, without `host`, by sendmail on this machine. Do not write
# the password here: put it into SIGTRACK_SMTP_PASSWORD, or into a file (chmod 600) named in
# SIGTRACK_SMTP_PASSWORD_FILE, or into the keyring (service "sigtrack").
# [mail]
# from = "sigtrack <desk@example.org>"
# host = "smtp.example.org"
# port = 587
# security = "starttls"            # or "tls" (port 465); "none" on this machine only
# user = "desk"
# ca_file = "/etc/ssl/our-own-ca.pem"
# sendmail = "/usr/sbin/sendmail"

# A mail with what is new since the last one: sigtrack digest morning. You can have several.
# [digest.morning]
# to = ["desk@example.org"]
# from = "Morning desk <desk@example.org>"
# watchlists = ["north-korea", "trilateral"]    # all of them, if left out
# priority = "normal"              # the lowest to include: low, normal, high, urgent
# language = "en"                  # of the mail: en, ko, ja, zh; the default is `interface`
# when_empty = "never"             # or "weekly": a short mail that says that all is well
# limit = 30                       # stories in one mail
# thread = false                   # true: each mail is a reply to the previous one
# sure = false                     # true: only stories of an official or of two publishers
# page = false                     # true: attach the report of the same time as a page
# unsubscribe = ["https://example.org/leave?who={{address}}", "mailto:desk@example.org"]
# notify = ["ntfys://ntfy.example.org/desk"]    # chat services; pip install 'sigtrack[notify]'

# A second reader of hits: a language model that "sigtrack opinions" asks, on this machine or behind
# an address that speaks as OpenAI's chat completions do. The key is in a variable or in a file.
# [opinions]
# url = "http://127.0.0.1:8080/v1"
# model = "its-name"
# key_env = "OPENAI_API_KEY"        # or key_file = "~/.config/sigtrack/key" (chmod 600)
# timeout = 60                     # seconds for one answer
# at_most = 50                     # hits that one run asks about
# send_text_to = "api.example.org"    # the host of url, if it is not this machine: texts go there
"""
