"""Notes get numbers, colours, priorities, mentions and a history."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("annotations", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("annotations", sa.Column("colour", sa.String(length=8), nullable=False, server_default="blue"))
    op.add_column("annotations", sa.Column("priority", sa.String(length=8), nullable=True))
    op.add_column("annotations", sa.Column("resolved_by_name", sa.String(length=200), nullable=True))
    for table in ("annotations", "replies"):
        op.add_column(table, sa.Column("mentions", sa.Text(), nullable=False, server_default="{}"))
        op.add_column(table, sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))

    op.create_table(
        "numberings",
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_numberings_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numberings")),
        sa.UniqueConstraint("version_id", "audience", name=op.f("uq_numberings_version_id_audience")),
    )
    op.create_table(
        "revisions",
        sa.Column("annotation_id", sa.String(length=26), nullable=False),
        sa.Column("reply_id", sa.String(length=26), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("by_key", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_revisions_annotation_id")),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name=op.f("fk_revisions_reply_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
    )
    op.create_index(op.f("ix_revisions_annotation_id"), "revisions", ["annotation_id"], unique=False)
    _number()
    _name_who_ticked_off()
    op.create_index(op.f("ix_annotations_version_id_audience_number"), "annotations", ["version_id", "audience", "number"], unique=True)


def _number() -> None:
    """Each version's notes in the order they were made; ids sort by age."""
    op.execute("""
        UPDATE annotations SET number = placed.place
        FROM (SELECT id, row_number() OVER (PARTITION BY version_id, audience ORDER BY created_at, id) AS place FROM annotations) AS placed
        WHERE placed.id = annotations.id
    """)
    op.execute("""
        INSERT INTO numberings (id, version_id, audience, last)
        SELECT max(id), version_id, audience, count(*) FROM annotations GROUP BY version_id, audience
    """)


def _name_who_ticked_off() -> None:
    op.execute("""
        UPDATE annotations SET resolved_by_name = (
            SELECT users.name FROM memberships JOIN users ON users.id = memberships.user_id WHERE 'member:' || memberships.id = resolved_by)
        WHERE resolved_by LIKE 'member:%'
    """)
    op.execute("""
        UPDATE annotations SET resolved_by_name = (SELECT name FROM guest_passes WHERE 'guest:' || guest_passes.id = resolved_by)
        WHERE resolved_by LIKE 'guest:%'
    """)


def downgrade() -> None:
    op.drop_index(op.f("ix_annotations_version_id_audience_number"), table_name="annotations")
    op.drop_index(op.f("ix_revisions_annotation_id"), table_name="revisions")
    op.drop_table("revisions")
    op.drop_table("numberings")
    for table in ("annotations", "replies"):
        for column in ("mentions", "edited_at", "deleted_at"):
            op.drop_column(table, column)
    for column in ("number", "colour", "priority", "resolved_by_name"):
        op.drop_column("annotations", column)
