"""Accepted options, what left a launch by them, and the plans that were accepted, frozen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("steps", sa.Column("slipped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "plan_decisions",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("option", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("slack_days_before", sa.Integer(), nullable=False),
        sa.Column("hard_slack_days_before", sa.Integer(), nullable=False),
        sa.Column("slack_days_after", sa.Integer(), nullable=False),
        sa.Column("hard_slack_days_after", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.String(length=26), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["memberships.id"], name=op.f("fk_plan_decisions_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_plan_decisions_campaign_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["memberships.id"], name=op.f("fk_plan_decisions_undone_by_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_plan_decisions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_decisions")),
    )
    op.create_index(op.f("ix_plan_decisions_campaign_id"), "plan_decisions", ["campaign_id"], unique=False)
    op.create_table(
        "baselines",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("occasion", sa.String(length=16), nullable=False),
        sa.Column("decision_id", sa.String(length=26), nullable=True),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launch", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("dates", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["memberships.id"], name=op.f("fk_baselines_by_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_baselines_campaign_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["plan_decisions.id"], name=op.f("fk_baselines_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baselines")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_baselines_campaign_id_number")),
    )
    _forbid_changing_baselines()


def _forbid_changing_baselines() -> None:
    """A baseline is what a plan was, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER baselines_no_{act.lower()} BEFORE {act} ON baselines "
                "BEGIN SELECT RAISE(ABORT, 'baselines are frozen'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION baselines_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'baselines are frozen'; END $$"
    )
    op.execute(
        "CREATE TRIGGER baselines_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON baselines "
        "FOR EACH STATEMENT EXECUTE FUNCTION baselines_frozen()"
    )


def downgrade() -> None:
    op.drop_table("baselines")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION baselines_frozen()")
    op.drop_index(op.f("ix_plan_decisions_campaign_id"), table_name="plan_decisions")
    op.drop_table("plan_decisions")
    op.drop_column("steps", "slipped_at")
