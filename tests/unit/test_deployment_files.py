"""The compose file, the image and nginx say what they have to."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from config.serve import ROLES

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
NGINX = (PROJECT / "deploy" / "nginx" / "labelwright.conf").read_text()


def test_the_compose_file_has_every_part_of_an_installation():
    assert set(COMPOSE["services"]) == {"prepare", "web", "worker", "beat", "postgres", "redis", "minio", "nginx"}


def test_every_process_of_ours_starts_a_role_that_exists():
    own = {name: service["command"] for name, service in COMPOSE["services"].items() if "build" in service}
    assert own == {name: ["python", "-m", "config.serve", name] for name in ROLES}


def test_only_nginx_is_reachable_from_outside():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["nginx"]


def test_no_password_or_key_has_a_value_in_the_compose_file():
    environment = COMPOSE["services"]["web"]["environment"]
    for name in ("LABELWRIGHT_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"):
        assert re.fullmatch(r"\$\{\w+:\?.+\}", environment[name])
    assert ":${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]


def test_files_that_the_compose_file_and_the_image_name_exist():
    assert (PROJECT / COMPOSE["services"]["web"]["build"]["dockerfile"]).exists()
    mounted = [volume.split(":")[0] for volume in COMPOSE["services"]["nginx"]["volumes"]]
    assert (PROJECT / mounted[0]).exists()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (PROJECT / "deploy" / "Dockerfile").read_text(), re.M)
    for name in " ".join(copied).split():
        assert (PROJECT / name).exists(), name


def test_a_location_with_a_slash_at_its_end_has_an_alias_with_one():
    locations = re.findall(r"location (?:= )?(\S+) \{([^}]*)\}", NGINX)
    aliased = [(path, match[1]) for path, body in locations if (match := re.search(r"alias (\S+);", body))]
    assert aliased
    for path, alias in aliased:
        assert path.endswith("/"), path
        assert alias.endswith("/"), alias


def test_media_behind_nginx_cannot_be_asked_for_from_outside():
    body = re.search(r"location /_media/ \{([^}]*)\}", NGINX)
    assert body is not None
    assert "internal;" in body[1]
    assert "sandbox" in body[1]
