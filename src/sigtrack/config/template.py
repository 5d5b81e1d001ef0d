"""The config file that `sigtrack config init` writes: every setting, explained and switched off."""

TEMPLATE = """\
# sigtrack's settings. Every line is optional; what is commented out is the default.

# Where items and hits are kept. A path; ~ is your home folder. A team's is on a PostgreSQL server:
# "postgresql://user@host/name", with the password in ~/.pgpass.
# db = "{db}"

# The zone in which times are shown, for example "Asia/Seoul". The default is this machine's. It
# changes no hit: what a text means by "today" goes by the clock of its publisher.
# timezone = "Asia/Seoul"

# The window of `sigtrack report` when --since is not given: 7d, 24h, 2026-01-12, last-fetch, all.
# since = "7d"

# The countries that your desk watches: a story that names one of them weighs more in a report.
# desk = "KR, KP, JP, CN, TW"

# The languages that you read: below a headline in another one a report says what it is about.
# languages = "en"

# Sent to publishers with every request, so that they can reach you. A mail address or a page.
# contact = "desk@example.org"

# How mail leaves this machine: by a mail server, or without `host` by the sendmail of this
# machine. The password never stands here: put it into SIGTRACK_SMTP_PASSWORD, name a file that
# holds it (chmod 600) in SIGTRACK_SMTP_PASSWORD_FILE, or keep it in the keyring (service
# "sigtrack").
# [mail]
# from = "sigtrack <desk@example.org>"
# host = "smtp.example.org"
# port = 587
# security = "starttls"            # or "tls" (port 465); "none" on this machine only
# user = "desk"
# ca_file = "/etc/ssl/our-own-ca.pem"
# sendmail = "/usr/sbin/sendmail"

# A mail of what is new since the last one: sigtrack digest morning. As many as you like.
# [digest.morning]
# to = ["desk@example.org"]
# from = "Morning desk <desk@example.org>"
# watchlists = ["north-korea", "trilateral"]    # all of them, if left out
# priority = "normal"              # the least wanted: low, normal, high, urgent
# language = "en"                  # of the labels: en, ko, ja, zh
# when_empty = "never"             # or "weekly": one line that says that all is well
# limit = 30                       # stories in one mail
# thread = false                   # true: each mail answers the one before
# sure = false                     # true: only what an official publisher or two publishers tell
# page = false                     # true: attach the report of the same time as a page
# notify = ["ntfys://ntfy.example.org/desk"]    # chat services; pip install 'sigtrack[notify]'
"""
