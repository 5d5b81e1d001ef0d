"""Settings: each comes from a flag, the environment, the config file or a default, in this order.

Every setting remembers where its value came from, so that `config show` can show it. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml`, `places.toml`, `topics.toml`,
`lang/` and `watchlists/` lie in it.

`keys` defines what the file may hold, `file` reads it, `mail` holds the settings of mail and
digests, `opinions` those of the second reader, and `settings` puts everything together.
"""

from sigtrack.config.mail import DigestSettings, MailSettings, smtp_password
from sigtrack.config.opinions import OpinionSettings
from sigtrack.config.settings import DESK, Setting, Settings, countries_in, load_settings
from sigtrack.config.template import TEMPLATE

__all__ = [
    "DESK",
    "TEMPLATE",
    "DigestSettings",
    "MailSettings",
    "OpinionSettings",
    "Setting",
    "Settings",
    "countries_in",
    "load_settings",
    "smtp_password",
]
