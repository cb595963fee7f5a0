"""Whether an account is staff: what every directory says, together with what the platform says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.interface import ConnectorError, DirectoryAnswer, Member, StaffDirectory, Standing

_FIRST: Final[tuple[Standing, ...]] = ("staff", "could_not_tell", "guest", "partner", "leaver", "unknown")
"""Whose word counts first. One directory's "left" or "unknown" says nothing of another that is silent."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An account with its standing, `by` what it was matched and, unless staff, `why` in plain words."""

    user: str
    standing: Standing
    name: str = ""
    by: str = ""
    role: str = ""
    why: str = ""
    employer: str = ""
    department: str = ""
    person: str = ""
    """The directory's own id of the person, or their address there."""


async def check(
    member: Member, directories: Sequence[StaffDirectory], picked: DirectoryAnswer | None = None
) -> Checked:
    """The account's standing. Never raises: what cannot be asked is "could_not_tell".

    `picked` is what the directory says of the person whom a reviewer matched the account to, and counts
    before anything that the directories would say of the account.

    A guest account, or one of another organisation, is no staff account even when its address stands in
    the directory: the address is only as good as whoever gave it to the account.
    """
    answer = picked or await _asked(member, directories)
    standing, why = answer.standing, answer.why
    if standing != "leaver" and (member.is_external or member.is_guest):
        standing = "partner" if member.is_external else "guest"
        why = f"the platform calls the account {'external' if member.is_external else 'a guest'}"
    person = answer.person
    name = (person.name if person else "") or member.name or member.display_name
    if person is None:
        return Checked(member.user, standing, name, answer.by, why=why)
    known_by = person.id or person.email
    return Checked(
        member.user, standing, name, answer.by, person.role, why, person.employer, person.department, known_by
    )


async def _asked(member: Member, directories: Sequence[StaffDirectory]) -> DirectoryAnswer:
    answers = [await _one(member, d) for d in directories]
    if not answers:
        return DirectoryAnswer("could_not_tell", why="no staff directory is set up")
    return min(answers, key=lambda answer: _FIRST.index(answer.standing))


async def _one(member: Member, directory: StaffDirectory) -> DirectoryAnswer:
    try:
        return await directory.standing(member)
    except ConnectorError:
        return DirectoryAnswer("could_not_tell", why=f"the {directory.name} could not be asked")
