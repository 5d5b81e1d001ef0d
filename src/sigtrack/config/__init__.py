"""Settings: each comes from a flag, the environment, the config file or a default, in this order.

Every setting remembers where its value came from, so that `config show` can show it. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml`, `places.toml`, `topics.toml`,
`lang/` and `watchlists/` lie in it.

`file` defines what the file may hold and reads it, `services` holds the settings of mail, digests
and the second reader, and `settings` puts everything together.
"""

from sigtrack.config.file import TEMPLATE
from sigtrack.config.services import DigestSettings, MailSettings, OpinionSettings, smtp_password
from sigtrack.config.settings import DESK, Setting, Settings, countries_in, load_settings

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
