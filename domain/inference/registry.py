"""All adapters, and which one a file is for."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from . import adapters
from .base import Adapter, Spec, UnfitModel
from .signature import Signature


def _discover() -> dict[str, Adapter]:
    found: dict[str, Adapter] = {}
    for module in sorted(one.name for one in iter_modules(adapters.__path__)):
        own = f"{adapters.__name__}.{module}"
        for value in vars(import_module(own)).values():
            if isinstance(value, type) and issubclass(value, Adapter) and value.name and value.__module__ == own:
                found[value.name] = value()
    return found


ADAPTERS: dict[str, Adapter] = _discover()


def adapter_named(name: str) -> Adapter:
    """Raises UnfitModel: no such adapter (any more)."""
    found = ADAPTERS.get(name)
    if found is None:
        raise UnfitModel(f"There is no adapter {name[:40]!r}.", "unknown_adapter")
    return found


def recognise(signature: Signature, labels: list[str] | None = None, *, role: str = "model") -> tuple[Adapter, Spec]:
    """The adapter of a file's tensors. Each family is recognised by what no other has, so their order does not matter.

    Raises:
        UnfitModel: none or several know it, or the one that does found a fault.
    """
    known = [
        (adapter, spec)
        for adapter in ADAPTERS.values()
        if adapter.role == role and (spec := adapter.recognise(signature, list(labels or []))) is not None
    ]
    if len(known) == 1:
        return known[0]
    told = "no adapter knows" if not known else f"{' and '.join(one.name for one, _ in known)} both know"
    raise UnfitModel(f"Its tensors are such as {told}: {signature.said()}", "unknown_signature")
