"""The region index: hash-partitioned by project, so that a large project's rows lie together and a reindex is local."""

from django.db import migrations

PARTITIONS = 16

CREATE = """
CREATE TABLE annotations_regionindex (
    project_id bigint NOT NULL,
    revision_id bigint NOT NULL,
    ordinal integer NOT NULL,
    task_id bigint NOT NULL,
    element_id varchar(120) NOT NULL,
    class_id bigint NOT NULL,
    shape varchar(24) NOT NULL,
    x0 double precision, y0 double precision, x1 double precision, y1 double precision,
    area double precision NOT NULL,
    source varchar(120),
    score double precision,
    flags varchar(16)[] NOT NULL,
    maker_id bigint,
    editor_id bigint,
    PRIMARY KEY (project_id, revision_id, ordinal)
) PARTITION BY HASH (project_id);
CREATE INDEX annotations_regionindex_class ON annotations_regionindex (project_id, class_id, revision_id, ordinal);
CREATE INDEX annotations_regionindex_task ON annotations_regionindex (project_id, task_id);
"""

PART = "CREATE TABLE annotations_regionindex_{n} PARTITION OF annotations_regionindex FOR VALUES WITH (MODULUS {all}, REMAINDER {n});"


class Migration(migrations.Migration):
    dependencies = [("annotations", "0002_initial")]

    operations = [
        migrations.RunSQL(
            CREATE + "\n".join(PART.format(n=n, all=PARTITIONS) for n in range(PARTITIONS)),
            "DROP TABLE annotations_regionindex",
        )
    ]
