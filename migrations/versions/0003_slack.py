"""Each day of slack lost or won gets an entry. Campaigns that are there are opened by the worker, at what they have then."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "slack_books",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_slack_books_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_slack_books")),
    )
    op.create_table(
        "slack_entries",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.String(length=26), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("step_id", sa.String(length=26), nullable=True),
        sa.Column("event_id", sa.String(length=26), nullable=True),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("delta_days", sa.Integer(), nullable=False),
        sa.Column("slack_days", sa.Integer(), nullable=False),
        sa.Column("hard_slack_days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_slack_entries_campaign_id")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_slack_entries_event_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["steps.id"], name=op.f("fk_slack_entries_milestone_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_slack_entries_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_entries")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_slack_entries_campaign_id_number")),
    )


def downgrade() -> None:
    op.drop_table("slack_entries")
    op.drop_table("slack_books")
