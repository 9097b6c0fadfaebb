"""What regions are searched by: attributes and aspect, and the index of the order by area."""

from django.db import migrations

COLUMNS = """
ALTER TABLE annotations_regionindex
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN aspect double precision GENERATED ALWAYS AS (CASE WHEN y1 > y0 THEN (x1 - x0) / (y1 - y0) END) STORED;
CREATE INDEX annotations_regionindex_area ON annotations_regionindex (project_id, area, revision_id, ordinal);
CREATE INDEX annotations_regionindex_score ON annotations_regionindex (project_id, score, revision_id, ordinal)
    WHERE score IS NOT NULL;
"""

# Attributes of what was indexed before, out of the chunks themselves.
FILL = """
WITH element AS (
    SELECT r.project_id, r.id AS revision_id, part.value -> 'element' AS body
    FROM annotations_revision r
    CROSS JOIN LATERAL unnest(r.chunks) AS named (sha256)
    JOIN annotations_chunk c ON c.sha256 = named.sha256
    CROSS JOIN LATERAL jsonb_array_elements(convert_from(c.body, 'UTF8')::jsonb) AS part
    WHERE part.value ->> 'kind' = 'region' AND part.value -> 'element' -> 'attributes' <> '{}'::jsonb
      AND EXISTS (SELECT 1 FROM annotations_regionindex i WHERE i.project_id = r.project_id AND i.revision_id = r.id)
)
UPDATE annotations_regionindex i SET attributes = element.body -> 'attributes'
FROM element
WHERE i.project_id = element.project_id AND i.revision_id = element.revision_id AND i.element_id = element.body ->> 'id';
"""

BACK = """
ALTER TABLE annotations_regionindex DROP COLUMN attributes, DROP COLUMN aspect;
DROP INDEX annotations_regionindex_area;
DROP INDEX annotations_regionindex_score;
"""


class Migration(migrations.Migration):
    dependencies = [("annotations", "0007_project_knowledge")]

    operations = [migrations.RunSQL(COLUMNS + FILL, BACK)]
