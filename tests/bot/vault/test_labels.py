"""Labels mean one patient all through a conversation, and tell nothing of who it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store import tables as t
from bot.store.database import Store
from bot.vault.keys import Keys
from bot.vault.labels import Labels, Name, next_label, words_of

KEYS = Keys(bytes(range(32)))
DAY = 86400.0


class Turned:
    """A clock that a test turns."""

    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def labels(clock: Turned) -> Labels:
    return Labels(Store.open(None, KEYS.database_key), KEYS, clock)


def patient(text: str) -> Name:
    return Name(text, "Patient")


async def one(labels: Labels, text: str, scope: str = "here", noun: str = "Patient") -> str:
    return (await labels.of(scope, [Name(text, noun)]))[0]


@pytest.mark.parametrize(
    "other",
    [
        "Grace Okafor", "grace okafor", "GRACE OKAFOR", "Mrs Okafor", "Okafor", "Okafor, Grace", "Okafor's", "Grace",
        "Mrs Grace Okafor's", "Grace Okafor’s",
    ],
)  # fmt: skip
async def test_one_patient_under_many_names(labels: Labels, other: str) -> None:
    first = await one(labels, "Grace Okafor")
    assert first == "Patient A"
    assert await one(labels, other) == first


async def test_a_surname_first_then_the_whole_name(labels: Labels) -> None:
    assert await one(labels, "Mr Okafor") == await one(labels, "Samuel Okafor") == "Patient A"


async def test_two_patients_of_one_surname_are_two(labels: Labels) -> None:
    assert await one(labels, "Grace Okafor") == "Patient A"
    assert await one(labels, "Samuel Okafor") == "Patient B"
    assert await one(labels, "Grace Okafor") == "Patient A"


async def test_two_patients_of_one_given_name_are_two(labels: Labels) -> None:
    assert await one(labels, "Grace Okafor") == "Patient A"
    assert await one(labels, "Grace Reid") == "Patient B"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Edna Thomas", "Thomas E", True), ("Thomas E", "Edna Thomas", True), ("Edna Thomas", "E. Thomas", True),
        ("E Thomas", "Edna Thomas", True), ("Ivy Barton", "Ivy B", True), ("Barton I", "I. Barton", True),
        ("Edna Thomas", "Thomas G", False), ("Thomas E", "Thomas Reid", False), ("Thomas E", "Samuel Thomas", False),
        ("Edna Thomas", "Edna", True), ("Edna", "Edna Thomas", True), ("Grace Mary Okafor", "Grace Okafor", True),
        ("Grace Okafor", "G O", False),
    ],
)  # fmt: skip
async def test_initials_go_with_the_name_that_they_can_be_of(
    labels: Labels, first: str, second: str, same: bool
) -> None:
    assert (await one(labels, first) == await one(labels, second)) is same


async def test_of_two_of_one_surname_the_initial_tells_which(labels: Labels) -> None:
    assert await labels.of("here", [patient(n) for n in ("Edna Thomas", "Graham Thomas", "Thomas G", "Thomas E")]) == [
        "Patient A", "Patient B", "Patient B", "Patient A"
    ]  # fmt: skip


async def test_an_initial_stands_for_the_first_who_bears_it_only(labels: Labels) -> None:
    names = [patient(n) for n in ("I. Barton", "Ivy Barton", "Ian Barton")]
    assert await labels.of("here", names) == ["Patient A", "Patient A", "Patient B"]


async def test_a_patient_and_a_relative_are_two(labels: Labels) -> None:
    both = await labels.of("here", [patient("Okafor"), Name("Okafor", "Relative")])
    assert both == ["Patient A", "Relative A"]


async def test_conversations_do_not_share_labels(labels: Labels) -> None:
    assert await one(labels, "Grace Okafor", "here") == "Patient A"
    assert await one(labels, "Samuel Reid", "there") == "Patient A"


async def test_labels_outlive_the_process() -> None:
    store = Store.open(None, KEYS.database_key)
    first = await Labels(store, KEYS).of("here", [patient("Grace Okafor"), patient("Samuel Reid")])
    again = await Labels(store, KEYS).of("here", [patient("Samuel Reid"), patient("Okafor")])
    assert again == first[::-1]


async def test_a_letter_is_free_again_only_after_a_week_unused(labels: Labels, clock: Turned) -> None:
    assert await one(labels, "Grace Okafor") == "Patient A"
    clock.now += 6.9 * DAY
    assert await one(labels, "Samuel Reid") == "Patient B"
    assert await one(labels, "Okafor") == "Patient A"
    clock.now += 6.9 * DAY
    assert await one(labels, "Okafor") == "Patient A"
    clock.now += 7.1 * DAY
    assert await one(labels, "Moira Kerr") == "Patient A"


async def test_nothing_kept_tells_a_name() -> None:
    store = Store.open(None, KEYS.database_key)
    await Labels(store, KEYS).of("here", [patient("Grace Okafor")])
    rows = repr(store.read_now(lambda c: c.execute(t.label.select()).all())).casefold()
    assert "patient a" in rows
    assert "okafor" not in rows
    assert "grace" not in rows


ONE = Store.open(None, KEYS.database_key)
NAMES = st.lists(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzéö", min_size=2, max_size=8).map(str.title),
    min_size=1,
    max_size=3,
).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=12))
async def test_the_same_words_always_have_the_same_label(names: list[str]) -> None:
    labels, scope = Labels(ONE, KEYS), repr(names)
    first = await labels.of(scope, [patient(n) for n in names])
    assert await labels.of(scope, [patient(n) for n in names]) == first
    whole = dict(zip(names, first, strict=True))
    assert [whole[n] for n in names] == first
    unrelated = [n for n in names if not any(n != m and set(words_of(n)) & set(words_of(m)) for m in names)]
    assert len({whole[n] for n in unrelated}) == len({tuple(words_of(n)) for n in unrelated})


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (0, "Patient A"),
        (1, "Patient B"),
        (26, "Patient AA"),
        (27, "Patient AB"),
        (26 + 26 * 26, "Patient AAA"),
    ],
)
def test_letters_go_on_after_z(used: int, expected: str) -> None:
    taken: set[str] = set()
    for _ in range(used):
        taken.add(next_label("Patient", taken))
    assert next_label("Patient", taken) == expected


def test_words_of_a_name() -> None:
    assert words_of("Dr O'Neill-Smith, Anne's") == ["anne", "o'neill-smith"]
    assert words_of("Mrs") == []
