"""The staff directories that the settings name, in the order in which their word counts."""

from bot.settings.sections import Settings
from connectors.directories.csv import CsvDirectory
from connectors.directories.synced import SyncedDirectory
from connectors.interface import StaffDirectory


def staff_directories(settings: Settings) -> tuple[StaffDirectory, ...]:
    """Those that are set up; none of them is asked anything yet."""
    made = {"entra": _entra, "ldap": _ldap, "csv": _csv}
    found = (made[name](settings) for name in settings.directory.order)
    return tuple(directory for directory in found if directory is not None)


def _entra(settings: Settings) -> StaffDirectory | None:
    e = settings.entra
    if e is None:
        return None
    from connectors.directories.entra import EntraSource  # MSAL takes its time; only those who need it wait
    from connectors.microsoft.graph import Graph
    from connectors.microsoft.tokens import App, Tokens

    app = App(e.client_id, e.secret, e.key_file, e.certificate_file, e.authority, e.ca_file)
    source = EntraSource(Graph(Tokens(app), e.graph_url, e.ca_file), e.tenant)
    return SyncedDirectory("Entra ID", source.fetch, e.max_age_hours)


def _ldap(settings: Settings) -> StaffDirectory | None:
    s = settings.ldap
    if s is None:
        return None
    from connectors.directories.ldap import LdapSettings, LdapSource

    source = LdapSource(
        LdapSettings(s.url, s.base, s.user, s.password, s.filter, s.group, s.start_tls, s.ca_file, s.columns)
    )
    return SyncedDirectory("LDAP directory", source.fetch, s.max_age_hours)


def _csv(settings: Settings) -> StaffDirectory | None:
    d = settings.directory
    if not d.csv:
        return None
    return CsvDirectory(d.csv, max_age_hours=d.max_age_hours or None, columns=d.columns or None)
