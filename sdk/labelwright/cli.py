"""The command `labelwright`."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import __version__, alone
from .client import Client, keep, sign_in
from .errors import Problem, Unreachable
from .quality import PARTS, as_csv
from .showing import any_terminal, bar, counting, following, say, table

REFUSED, WRONG = 1, 2
SHOWN = 20  # rows that are named one by one
EXIT_CODES = "exit codes: 0 all went well, 1 a part was refused or failed, 2 it was called wrongly, 130 stopped"
EXAMPLES = {
    "login": "labelwright login http://127.0.0.1:8080 --email me@example.org",
    "project": "labelwright project create 'Street scenes' --schema schema.json",
    "upload": "labelwright upload 'Street scenes' photos/ --recursive --resume",
    "import": "labelwright import 'Street scenes' instances.json --enter draft --class auto=3 --class junk=null",
    "predict": "labelwright predict push 'Street scenes' answers.json --model yolo:3",
    "export": "labelwright export 'Street scenes' yolo street.zip --images --dataset-version 12",
    "version": "labelwright version 'Street scenes' 'first delivery' --split train=0.8 --split val=0.2",
    "quality": "labelwright quality report 'Street scenes' --part agreement --part audits --csv",
    "job": "labelwright job watch 4711 --json",
    "inspect": "labelwright inspect coco.zip --to yolo --json",
    "convert": "labelwright convert coco.zip voc.zip --to voc --images --option origin=0",
    "formats": "labelwright formats --json",
}
ENTRIES = ["accepted", "review", "draft"]
MODES = ["append", "merge", "replace", "predictions", "gold", *ENTRIES]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    any_terminal()
    parser = _parser()
    asked = parser.parse_args(argv)
    if not hasattr(asked, "run"):
        parser.print_help()
        return WRONG
    try:
        code = int(asked.run(asked) or 0)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Problem as problem:
        say(f"labelwright: {problem.detail} [{problem.code}]")
        return REFUSED
    except (
        Unreachable,
        LookupError,
        OSError,
        ImportError,
        ValueError,
        TimeoutError,
    ) as error:
        named = getattr(error, "code", None)
        say(f"labelwright: {error}" + (f" [{named}]" if named else ""))
        return REFUSED if named or isinstance(error, Unreachable) or _broke(error) else WRONG
    except KeyboardInterrupt:
        say("labelwright: stopped")
        return 130


def _broke(error: Exception) -> bool:
    """Whether a disk or a line failed, and not a path was wrong."""
    paths = (FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError, PermissionError)
    return isinstance(error, OSError) and not isinstance(error, (*paths, ValueError))  # a wrong address is a ValueError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="labelwright",
        description="Label data with people, and prove that it is good.",
        epilog=f"labelwright COMMAND --help tells more.  {EXIT_CODES}",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--url", help="the server; else LABELWRIGHT_URL, else the kept login")
    parser.add_argument("--token", help="an API token; else LABELWRIGHT_TOKEN, else the kept login")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(
        name: str, run: Callable[[Any], Any], help: str, *arguments: tuple[tuple[str, ...], dict[str, Any]]
    ) -> None:
        made = commands.add_parser(
            name,
            help=help,
            description=help,
            epilog=f"example: {EXAMPLES[name]}\n{EXIT_CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for flags, more in arguments:
            made.add_argument(*flags, **more)
        made.set_defaults(run=run)

    project = (("project",), {"help": "its id or its name"})
    as_json = (("--json",), {"action": "store_true", "help": "as JSON"})
    option = (
        ("--option",),
        {"action": "append", "default": [], "metavar": "NAME=VALUE", "help": "of the format; may be repeated"},
    )
    command(
        "login",
        _login,
        "sign in and keep a token",
        (("server",), {"nargs": "?", "help": "its address"}),
        (("--email",), {}),
    )
    command(
        "project", _project, "list, show or make projects",
        (("action",), {"choices": ["list", "show", "create"]}), (("name",), {"nargs": "?"}),
        (("--organisation",), {"type": int}), (("--schema",), {"type": Path, "help": "a JSON file with the label schema"}), as_json,
    )  # fmt: skip
    command(
        "upload", _upload, "send pictures", project, (("paths",), {"nargs": "+"}),
        (("--recursive", "-r"), {"action": "store_true", "help": "folders with all that is below"}),
        (("--resume",), {"action": "store_true", "help": "leave out what an earlier run sent"}), as_json,
    )  # fmt: skip
    command(
        "import", _import, "bring in annotations", project, (("file",), {"type": Path}),
        (("--format",), {"default": "auto"}),
        (("--mode",), {"default": "append", "choices": MODES, "help": "what becomes of what stands on an image; an entry alone appends"}),
        (("--enter",), {"default": "accepted", "choices": ENTRIES, "help": "where the annotations enter"}),
        (("--source",), {"default": "", "help": "whose annotations these are; else import:<file name>"}),
        (("--class",), {"dest": "classes", "action": "append", "default": [], "metavar": "NAME=ID",
                        "help": "the project's class for one of the file's; null leaves it out; may be repeated"}),
        (("--dry-run",), {"action": "store_true", "help": "only say what it would do"}), as_json,
    )  # fmt: skip
    command(
        "predict", _predict, "send a model's answers, kept beside people's work", (("action",), {"choices": ["push"]}), project,
        (("file",), {"type": Path, "help": "a data set in any format, or JSON: [{image, class, box, score}]"}),
        (("--model",), {"required": True, "help": "its name and version, as yolo:3"}),
        (("--coco",), {"type": Path, "help": "the COCO file that names the ids of a COCO results list"}),
        (("--format",), {"default": "auto"}), as_json,
    )  # fmt: skip
    command(
        "export", _export, "fetch a data set", project, (("format",), {}), (("to",), {"type": Path}),
        (("--dataset-version",), {"type": int, "metavar": "ID"}), (("--images",), {"action": "store_true"}),
        (("--augment",), {"action": "append", "default": [], "metavar": "NAME=VALUE", "help": "copies=2 rotate=15 flip=horizontal …: augmented copies of the training items; may be repeated"}),
        option, as_json,
    )  # fmt: skip
    split = (
        ("--split",),
        {"action": "append", "default": [], "metavar": "NAME=SHARE", "help": "train=0.8; may be repeated"},
    )
    command(
        "version", _version, "freeze a dataset version, or list them without a name", project, (("name",), {"nargs": "?"}),
        split, (("--seed",), {"type": int}), as_json,
    )  # fmt: skip
    command(
        "quality",
        _quality,
        "progress, agreement, gold, audits, findings and statistics, each with interval and n",
        (("action",), {"choices": ["report"]}),
        project,
        (("--part",), {"action": "append", "choices": list(PARTS), "help": "only this one; may be repeated"}),
        (("--csv",), {"action": "store_true", "help": "as comma-separated rows"}),
        as_json,
    )
    command(
        "job",
        _job,
        "follow or cancel a job",
        (("action",), {"choices": ["watch", "show", "cancel"]}),
        (("id",), {"type": int}),
        as_json,
    )
    command(
        "inspect", alone.inspect, "what is in a data set, without a server", (("path",), {"type": Path}),
        (("--format",), {"default": "auto"}), (("--to",), {"help": "say what this format could not hold"}), as_json,
    )  # fmt: skip
    command(
        "convert", alone.convert, "one format as another, without a server", (("source",), {"type": Path}), (("out",), {"type": Path}),
        (("--to",), {"default": "", "help": "the format; else what OUT is called after, as voc.zip"}), (("--format",), {"default": "auto", "help": "of the source"}),
        (("--images",), {"action": "store_true", "help": "copy the pictures too"}),
        (("--overwrite",), {"action": "store_true", "help": "replace the zip that is there"}), option,
        (("--read-option",), {"action": "append", "default": [], "metavar": "NAME=VALUE"}), as_json,
    )  # fmt: skip
    command("formats", alone.formats, "the formats there are, without a server", as_json)
    return parser


def _client(asked: Any) -> Client:
    return Client(asked.url, asked.token)


def recipe(texts: Sequence[str]) -> dict[str, Any]:
    """What copies are asked for: as `pairs`, with lists where the server takes several (`flip=horizontal,vertical`)."""
    found = alone.pairs(texts)
    return {name: str(value).split(",") if name in ("flip", "splits") else value for name, value in found.items()}


def class_ids(texts: Sequence[str]) -> dict[str, int | None]:
    """`NAME=ID` as a mapping.

    Raises:
        ValueError: an id that is no whole number and not null.
    """
    found = alone.pairs(texts)
    for name, value in found.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ValueError(f"--class {name}={value}: expected the id of a class, or null")
    return found


def _login(asked: Any) -> int:
    url = asked.server or asked.url
    if not url:
        raise ValueError("name the server: labelwright login http://127.0.0.1:8080")
    if asked.token:
        token = asked.token
    else:
        email = asked.email or input("E-mail: ")
        token = sign_in(url, email, os.environ.get("LABELWRIGHT_PASSWORD") or getpass.getpass("Password: "))
    me = Client(url, token).me()
    say(f"Signed in as {me['email']}; kept in {keep(url, token)}", error=False)
    return 0


def _project(asked: Any) -> int:
    client = _client(asked)
    if asked.action == "list":
        rows = list(client.projects(**({"search": asked.name} if asked.name else {})))
        table(rows, ("id", "name", "state"), as_json=asked.json)
        return 0
    if not asked.name:
        raise ValueError(f"name the project: labelwright project {asked.action} NAME")
    if asked.action == "show":
        found = client.project(asked.name)
    else:
        schema = (
            json.loads(asked.schema.read_text(encoding="utf-8")) if asked.schema else None
        )  # before anything is made
        found = client.create_project(asked.name, organisation=asked.organisation)
        if schema is not None:
            found.set_schema(schema)
    document = found.document
    table([document], ("id", "name", "state", "web_url"), as_json=asked.json, one=True)
    return 0


def _upload(asked: Any) -> int:
    project = _client(asked).project(asked.project)
    with counting("files", quiet=asked.json) as count:
        report = project.upload(asked.paths, recursive=asked.recursive, resume=asked.resume, progress=count)
    document = {
        "uploaded": report.uploaded,
        "duplicates": report.duplicates,
        "left_out": report.left_out,
        "errors": report.errors,
    }
    table([document], ("uploaded", "duplicates", "left_out"), as_json=asked.json, one=True)
    for error in report.errors:
        say(f"  {error['name']}: {error['detail']} [{error['code']}]")
    return REFUSED if report.errors else 0


def _import(asked: Any) -> int:
    project = _client(asked).project(asked.project)
    chosen: dict[str, Any] = {"format": asked.format, "mode": asked.mode, "enter": asked.enter, "source": asked.source}
    chosen["classes"] = class_ids(asked.classes)
    with following(quiet=asked.json) as progress:
        if asked.dry_run:
            report = project.try_import(asked.file, **chosen, progress=progress)
        else:
            report = project.import_file(asked.file, **chosen, progress=progress).report or {}
    return _say_import(report, as_json=asked.json)


def _predict(asked: Any) -> int:
    project = _client(asked).project(asked.project)
    with following(quiet=asked.json) as progress:
        run = project.push_predictions(
            asked.file, model=asked.model, format=asked.format, coco=asked.coco, progress=progress
        )
    _say_import((run.report or {}) | ({"left_out": run.left_out} if asked.json else {}), as_json=asked.json)
    for row in run.left_out[:SHOWN]:
        say(f"  row {row['row']}: {row['detail']} [{row['code']}]")
    if run.left_out_count:
        say(f"labelwright: {run.left_out_count} rows were left out")
    return REFUSED if run.left_out_count else 0


def _say_import(report: dict[str, Any], *, as_json: bool) -> int:
    columns = ("format", "items", "assets", "changed", "unchanged", "regions")
    table([report], columns, as_json=as_json, one=True)
    for problem in report.get("problems", []):
        say(f"  {problem['count']} × {problem['detail']} [{problem['code']}]")
    return 0


def _export(asked: Any) -> int:
    project = _client(asked).project(asked.project)
    options = alone.pairs(asked.option) | ({"images": True} if asked.images else {})
    if asked.augment:
        options |= {"images": True, "augment": recipe(asked.augment)}
    with following(quiet=asked.json) as progress, bar("bytes", quiet=asked.json) as received:
        run = project.export(
            asked.format,
            to=asked.to,
            version=asked.dataset_version,
            options=options,
            progress=progress,
            received=received,
        )
    report = run.report or {}
    document = {
        "file": str(run.file),
        "digest": run.digest,
        "items": report.get("items"),
        "regions": report.get("regions"),
        "losses": report.get("losses", []),
    }
    table([document], ("file", "items", "regions", "digest"), as_json=asked.json, one=True)
    alone.say_losses(report.get("losses", []))
    return 0


def _version(asked: Any) -> int:
    project = _client(asked).project(asked.project)
    if asked.name is None:
        rows = [version.document for version in project.versions()]
    else:
        rows = [project.freeze(asked.name, splits=alone.pairs(asked.split) or None, seed=asked.seed).document]
    table(
        rows,
        ("id", "number", "name", "item_count", "region_count", "sha256"),
        as_json=asked.json,
        one=asked.name is not None,
    )
    return 0


def _quality(asked: Any) -> int:
    rows = _client(asked).project(asked.project).quality_report(asked.part)
    if asked.csv:
        print(as_csv(rows), end="")
    elif asked.json:
        table(rows, (), as_json=True)
    else:
        shown = [
            row | {"value": _said(row["value"]), "from": _said(row["low"]), "to": _said(row["high"])} for row in rows
        ]
        table(shown, ("part", "measure", "of", "value", "from", "to", "n", "reason"), as_json=False)
    return 0


def _said(value: Any) -> str:
    """A figure for people: three decimals where it is a share."""
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _job(asked: Any) -> int:
    client = _client(asked)
    if asked.action == "cancel":
        job = client.cancel(asked.id)
    elif asked.action == "show":
        job = client.job(asked.id)
    else:
        with following(quiet=asked.json) as progress:
            job = client.watch(asked.id, progress)
    table([job.document], ("id", "state", "done", "total", "message"), as_json=asked.json, one=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
