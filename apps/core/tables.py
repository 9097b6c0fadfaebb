"""The tables of an empty database, straight from the models.

Migrations build every state of the schema that ever was, model by model; on an empty database only the last one is wanted. A
test holds that both ways end with the same schema.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL
from django.db.migrations.recorder import MigrationRecorder


def is_empty() -> bool:
    """Whether the database has no table yet."""
    return not connection.introspection.table_names()


def make_tables() -> None:
    """Make all tables, run the SQL that migrations carry, and record every migration as applied, in one transaction."""
    recorder = MigrationRecorder(connection)
    loader = MigrationLoader(connection)
    with transaction.atomic():
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
        for key in sorted(loader.graph.nodes, key=lambda key: (key[1], key[0])):
            for operation in loader.graph.nodes[key].operations:  # type: ignore[union-attr]
                if isinstance(operation, RunSQL):
                    _run(operation)
        recorder.ensure_schema()
        recorder.migration_qs.bulk_create(
            recorder.Migration(app=app, name=name) for app, name in loader.disk_migrations
        )
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def _run(operation: RunSQL) -> None:
    with connection.cursor() as cursor:
        cursor.execute(str(operation.sql))
