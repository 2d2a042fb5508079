"""Everything Apprise speaks: WeCom, DingTalk, Feishu, SMS gateways, e-mail, Bark, ntfy and many more."""

import hashlib
import logging
from urllib.parse import urlsplit

import apprise

from alerts.delivery.channel import TIMEOUT_S, Answer, Outcome
from alerts.delivery.keys import Keys
from alerts.delivery.message import Message
from alerts.delivery.settings import DeliverySettings
from alerts.delivery.target import ForbiddenTarget, addresses, outside_only

# Desktop pop-ups, the system's own log, a broker: not ways of reaching a person, and ways into this machine.
_REFUSED = frozenset(
    {"dbus", "qt", "glib", "gio", "gnome", "kde", "macosx", "windows", "syslog", "rsyslog", "growl", "gntp",
     "mqtt", "mqtts", "blink1", "file", "smpp", "smpps"}
)  # fmt: skip
_KINDS = {"high": apprise.NotifyType.FAILURE, "medium": apprise.NotifyType.WARNING}
# Apprise says in its log only why a service refused, and there it may name the address.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class Services:
    """One URL a service, as Apprise documents them."""

    lanes = 1  # a chat shows twice what comes twice

    def __init__(self, settings: DeliverySettings, keys: Keys) -> None:
        """Keeps what a service may not do: follow redirects, keep files."""
        self._allow_private = settings.allow_private_targets
        self._asset = apprise.AppriseAsset(
            app_id="nowalls",
            app_desc="nowalls",
            app_url="",
            http_redirects=False,
            async_mode=False,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
        )

    def service(self, address: str) -> str:
        """The kind of service, and which robot or account of it, without its key."""
        digest = hashlib.sha256(address.encode()).hexdigest()[:16]
        return f"{urlsplit(address).scheme.lower()}:{digest}"

    def send(self, address: str, message: Message) -> Answer:
        """Hand it to Apprise, which says no more than yes or no."""
        try:
            plugin = self._plugin(address)
        except ForbiddenTarget as error:
            return Answer(Outcome.REFUSED, str(error))
        except OSError as error:
            return Answer(Outcome.UNREACHABLE, type(error).__name__)
        plugin.socket_connect_timeout, plugin.socket_read_timeout = 4.0, TIMEOUT_S
        plugin.request_rate_per_sec = 0  # ours is kept in the database, for all workers
        body = f"{message.body}\n{message.url}" if message.url.startswith("http") else message.body
        kind = _KINDS.get(message.priority, apprise.NotifyType.INFO)
        if message.purpose == "closed":
            kind = apprise.NotifyType.SUCCESS
        try:
            with outside_only(self._allow_private):
                taken = plugin.notify(body=body, title=message.title, notify_type=kind)
        except ForbiddenTarget as error:
            return Answer(Outcome.REFUSED, str(error))
        return Answer(Outcome.SENT if taken else Outcome.UNREACHABLE, urlsplit(address).scheme)

    def _plugin(self, address: str) -> apprise.NotifyBase:
        if urlsplit(address).scheme.lower() in _REFUSED:
            raise ForbiddenTarget("a service that reaches nobody")
        plugin = apprise.Apprise.instantiate(address, asset=self._asset)
        if plugin is None:
            raise ForbiddenTarget("not an address that Apprise understands")
        for host in _hosts(plugin):
            addresses(host, 0, self._allow_private)
        if _reads(plugin):
            raise ForbiddenTarget("a file or a page of ours in a message")
        plugin.redirects, plugin.verify_certificate = False, True  # whatever the address says
        return plugin


def _reads(plugin: apprise.NotifyBase) -> bool:
    """Whether the address names something that this machine would open: the file or page of a template, a
    key for letters. Whoever may add an address would be sent files of the server, or pages of its network."""
    named = any(isinstance(one, apprise.AppriseAttachment) and len(one) for one in vars(plugin).values())
    keys = any(getattr(plugin, name, None) for name in ("pgp_key", "pgp_privkey", "use_wkd"))
    return named or keys


def _hosts(plugin: apprise.NotifyBase) -> set[str]:
    """Hosts that somebody typed in; most services have an address of their own."""
    smtp = getattr(plugin, "smtp_host", None)
    if smtp:
        return {str(smtp)}
    templates: tuple[str, ...] = tuple(plugin.templates or ())
    typed = any("{host}" in template for template in templates)
    return {str(plugin.host)} if typed and getattr(plugin, "host", None) else set()
