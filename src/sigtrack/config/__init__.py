"""Where things are and how the user wants them: flag, environment, file, default, in this order.

Every setting remembers where its value came from, so that `config show` can tell. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml`, `places.toml`, `topics.toml`,
`lang/` and `watchlists/` lie beside it.
`keys` says what the file may hold, `file` reads it, `mail` is what it says of digests, `settings`
puts it all together.
"""

from sigtrack.config.mail import DigestSettings, MailSettings, smtp_password
from sigtrack.config.settings import DESK, Setting, Settings, countries_in, load_settings
from sigtrack.config.template import TEMPLATE

__all__ = [
    "DESK",
    "TEMPLATE",
    "DigestSettings",
    "MailSettings",
    "Setting",
    "Settings",
    "countries_in",
    "load_settings",
    "smtp_password",
]
