"""What an item of a file does to what stands on its image. Nothing is read or written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from msgspec.structs import replace

from apps.datasets.services.importing.tally import Effect
from domain.elements import Element, decode, element_id, encode, kind_of
from domain.elements.structs import Region, Track

Key = tuple[str, str]  # (kind, id)
Content = Mapping[Key, bytes]
Keyed = Sequence[tuple[Key, bytes]]


@dataclass(slots=True)
class Standing:
    """What an image has: its elements now, and for each id all that earlier imports brought under it."""

    now: Content = field(default_factory=dict)
    brought: Mapping[Key, frozenset[bytes]] = field(default_factory=dict)  # bare

    def __bool__(self) -> bool:
        return bool(self.now or self.brought)


@dataclass(slots=True)
class Plan:
    """The elements that will stand, and what that does. Where nothing changes, `elements` are those of now; null: the file's."""

    elements: dict[Key, bytes] | None
    effect: Effect

    @property
    def changes(self) -> bool:
        return bool(self.effect.added or self.effect.updated or self.effect.removed)


def key_of(element: Element) -> Key:
    return kind_of(element), element_id(element)


def bare(kind: str, raw: bytes) -> bytes:
    """The element without whom it is from, so that two files, or a file and its export, can be compared."""
    element = decode(kind, raw)
    if isinstance(element, Region):
        return encode(replace(element, source=None, changed=False))
    return encode(replace(element, source=None)) if isinstance(element, Track) else raw


def known(standing: Standing, key: Key, raw: bytes) -> bool:
    """Whether the element stands there, or came in before and was corrected or deleted by people since."""
    here, brought = standing.now.get(key), standing.brought.get(key)
    if here == raw:
        return True
    if here is None and not brought:
        return False
    plain = bare(key[0], raw)
    return plain in (brought or ()) or (here is not None and bare(key[0], here) == plain)


def merge(standing: Standing, elements: Keyed, *, source: str) -> Plan:
    """New ids are added, those of the same source that nobody touched are updated; people's work stays."""
    effect, after = Effect(), dict(standing.now)
    for given, raw in elements:
        key, raw = _own(standing, given, raw, source)
        here = standing.now.get(key)
        if known(standing, key, raw):
            effect.unchanged += 1
        elif here is None and key in standing.brought:
            effect.kept += 1  # people deleted it
        elif here is None:
            after[key] = raw
            effect.added += 1
        elif bare(key[0], here) in standing.brought.get(key, ()):
            after[key] = raw
            effect.updated += 1
        else:
            effect.kept += 1
    return Plan(after, effect)


def take_place(standing: Standing, elements: Keyed) -> Plan:
    """The file's elements, and no others. Those that say the same stay as they are."""
    effect, after = Effect(), dict[Key, bytes]()
    for key, raw in elements:
        here = standing.now.get(key)
        if here is None:
            effect.added += 1
        elif here == raw or bare(key[0], here) == bare(key[0], raw):
            effect.unchanged += 1
            raw = here
        else:
            effect.updated += 1
            effect.by_people += _of_people(standing, key, here)
        after[key] = raw
    for key, here in standing.now.items():
        if key not in after:
            effect.removed += 1
            effect.by_people += _of_people(standing, key, here)
    return Plan(after, effect)


def _of_people(standing: Standing, key: Key, raw: bytes) -> bool:
    return bare(key[0], raw) not in standing.brought.get(key, ())


def _own(standing: Standing, key: Key, raw: bytes, source: str) -> tuple[Key, bytes]:
    """The id that the element has here: another file may use the same one for another region."""
    kind, given = key
    here = standing.now.get(key)
    if kind != "region" or here is None or known(standing, key, raw):
        return key, raw
    other = decode(kind, here)
    if not isinstance(other, Region) or other.source in (None, source):
        return key, raw
    own = uuid5(UUID(given), source)
    return (kind, str(own)), encode(replace(decode(kind, raw), id=own))
