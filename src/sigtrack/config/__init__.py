"""Settings: each comes from a flag, the environment, the config file or a default, in this order.

Every setting remembers where its value came from, so that `config show` can show it. The folder of
the config file is the config folder: `feeds.toml`, `actors.toml`, `places.toml`, `topics.toml`,
`lang/` and `watchlists/` lie in it.

`file` defines what the file may hold and reads it, and `settings` puts everything together.
"""

from sigtrack.config.settings import (
    DESK,
    DigestSettings,
    MailSettings,
    OpinionSettings,
    Setting,
    Settings,
    countries_in,
    load_settings,
    smtp_password,
)

__all__ = [
    "DESK",
    "DigestSettings",
    "MailSettings",
    "OpinionSettings",
    "Setting",
    "Settings",
    "countries_in",
    "load_settings",
    "smtp_password",
]
