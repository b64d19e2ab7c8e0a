"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("actor_key", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("actor_key", "key", name=op.f("uq_answers_actor_key_key")),
    )
    op.create_index(op.f("ix_answers_at"), "answers", ["at"], unique=False)

    op.create_table(
        "users",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "workspaces",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "blobs",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("transparent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_blobs_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blobs")),
        sa.UniqueConstraint("workspace_id", "sha256", name=op.f("uq_blobs_workspace_id_sha256")),
    )
    op.create_table(
        "guest_passes",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_guest_passes_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_passes")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_guest_passes_secret_hash")),
    )
    op.create_index(op.f("ix_guest_passes_holder_id"), "guest_passes", ["holder_id"], unique=False)
    op.create_index(op.f("ix_guest_passes_workspace_id"), "guest_passes", ["workspace_id"], unique=False)

    op.create_table(
        "logs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_logs_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logs")),
    )
    op.create_index(op.f("ix_logs_workspace_id"), "logs", ["workspace_id"], unique=False)

    op.create_table(
        "memberships",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_memberships_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("workspace_id", "user_id", name=op.f("uq_memberships_workspace_id_user_id")),
    )
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    op.create_index(op.f("ix_memberships_workspace_id"), "memberships", ["workspace_id"], unique=False)

    op.create_table(
        "assets",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("scope_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name=op.f("fk_assets_scope_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_assets_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_index(op.f("ix_assets_scope_id"), "assets", ["scope_id"], unique=False)
    op.create_index(op.f("ix_assets_workspace_id"), "assets", ["workspace_id"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("launch", sa.Date(), nullable=False),
        sa.Column("buffer_days", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("calendar", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["memberships.id"], name=op.f("fk_campaigns_created_by")),
        sa.ForeignKeyConstraint(["id"], ["logs.id"], name=op.f("fk_campaigns_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_campaigns_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(op.f("ix_campaigns_workspace_id"), "campaigns", ["workspace_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("scope_id", sa.String(length=26), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name=op.f("fk_events_scope_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("scope_id", "seq", name=op.f("uq_events_scope_id_seq")),
    )
    op.create_index(op.f("ix_events_version_id"), "events", ["version_id"], unique=False)

    op.create_table(
        "guest_links",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("passcode_hash", sa.String(length=64), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("shut_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["logs.id"], name=op.f("fk_guest_links_campaign_id")),
        sa.ForeignKeyConstraint(["created_by"], ["memberships.id"], name=op.f("fk_guest_links_created_by")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_guest_links_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_links")),
        sa.UniqueConstraint("hash", name=op.f("uq_guest_links_hash")),
    )
    op.create_index(op.f("ix_guest_links_campaign_id"), "guest_links", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_guest_links_workspace_id"), "guest_links", ["workspace_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("invited_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("membership_id", sa.String(length=26), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["invited_by"], ["memberships.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_invitations_membership_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_invitations_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("hash", name=op.f("uq_invitations_hash")),
    )
    op.create_index(op.f("ix_invitations_workspace_id"), "invitations", ["workspace_id"], unique=False)

    op.create_table(
        "renditions",
        sa.Column("blob_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("longest_side", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_renditions_blob_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renditions")),
        sa.UniqueConstraint("blob_id", "name", name=op.f("uq_renditions_blob_id_name")),
    )
    op.create_index(op.f("ix_renditions_blob_id"), "renditions", ["blob_id"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("membership_id", sa.String(length=26), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_tokens_membership_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_index(op.f("ix_tokens_membership_id"), "tokens", ["membership_id"], unique=False)

    op.create_table(
        "calendars",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_calendars_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("campaign_id", "name", "revision", name=op.f("uq_calendars_campaign_id_name_revision")),
    )
    op.create_index(op.f("ix_calendars_campaign_id"), "calendars", ["campaign_id"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.String(length=26), nullable=False),
        sa.Column("handler", sa.String(length=64), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_deliveries_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("event_id", "handler", name=op.f("uq_deliveries_event_id_handler")),
    )
    op.create_index(op.f("ix_deliveries_done_at"), "deliveries", ["done_at"], unique=False)

    op.create_table(
        "steps",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sla_days", sa.Integer(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=True),
        sa.Column("rework_days", sa.Integer(), nullable=True),
        sa.Column("calendar", sa.String(length=200), nullable=True),
        sa.Column("of_id", sa.String(length=26), nullable=True),
        sa.Column("asset_id", sa.String(length=26), nullable=True),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("pinned_on", sa.Date(), nullable=True),
        sa.Column("remaining_days", sa.Integer(), nullable=True),
        sa.Column("group_name", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=200), nullable=True),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("can_slip", sa.Boolean(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=True),
        sa.Column("closes", sa.String(length=16), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_steps_asset_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_steps_campaign_id")),
        sa.ForeignKeyConstraint(["of_id"], ["steps.id"], name=op.f("fk_steps_of_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_steps_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steps")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_steps_campaign_id_key")),
    )
    op.create_index(op.f("ix_steps_asset_id"), "steps", ["asset_id"], unique=False)
    op.create_index(op.f("ix_steps_campaign_id"), "steps", ["campaign_id"], unique=False)

    op.create_table(
        "versions",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("asset_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.String(length=26), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("uploaded_by", sa.String(length=26), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_versions_asset_id")),
        sa.ForeignKeyConstraint(["blob_id"], ["blobs.id"], name=op.f("fk_versions_blob_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["memberships.id"], name=op.f("fk_versions_uploaded_by")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_versions_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("asset_id", "number", name=op.f("uq_versions_asset_id_number")),
    )
    op.create_index(op.f("ix_versions_blob_id"), "versions", ["blob_id"], unique=False)
    op.create_index(op.f("ix_versions_workspace_id"), "versions", ["workspace_id"], unique=False)

    op.create_table(
        "annotations",
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("author_key", sa.String(length=64), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_annotations_version_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_annotations_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
        sa.UniqueConstraint("workspace_id", "uuid", name=op.f("uq_annotations_workspace_id_uuid")),
    )
    op.create_index(op.f("ix_annotations_version_id"), "annotations", ["version_id"], unique=False)

    op.create_table(
        "closings",
        sa.Column("milestone_id", sa.String(length=26), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_closings_campaign_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["steps.id"], name=op.f("fk_closings_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closings")),
        sa.UniqueConstraint("milestone_id", "number", name=op.f("uq_closings_milestone_id_number")),
    )
    op.create_index(op.f("ix_closings_campaign_id"), "closings", ["campaign_id"], unique=False)

    op.create_table(
        "commitments",
        sa.Column("step_id", sa.String(length=26), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("finish", sa.Date(), nullable=False),
        sa.Column("slack_days", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_commitments_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitments")),
    )
    op.create_index(op.f("ix_commitments_step_id"), "commitments", ["step_id"], unique=False)

    op.create_table(
        "gates",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("milestone_id", sa.String(length=26), nullable=False),
        sa.Column("deliverable_id", sa.String(length=26), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_gates_campaign_id")),
        sa.ForeignKeyConstraint(["deliverable_id"], ["steps.id"], name=op.f("fk_gates_deliverable_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["steps.id"], name=op.f("fk_gates_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gates")),
        sa.UniqueConstraint("milestone_id", "deliverable_id", name=op.f("uq_gates_milestone_id_deliverable_id")),
    )
    op.create_index(op.f("ix_gates_campaign_id"), "gates", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_gates_deliverable_id"), "gates", ["deliverable_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("scope_id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=False),
        sa.Column("asset_id", sa.String(length=26), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.String(length=26), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_reviews_asset_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["memberships.id"], name=op.f("fk_reviews_opened_by")),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name=op.f("fk_reviews_scope_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_reviews_version_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_reviews_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_asset_id"), "reviews", ["asset_id"], unique=False)
    op.create_index(op.f("ix_reviews_scope_id"), "reviews", ["scope_id"], unique=False)
    op.create_index(op.f("ix_reviews_version_id"), "reviews", ["version_id"], unique=False)
    op.create_index(op.f("ix_reviews_workspace_id"), "reviews", ["workspace_id"], unique=False)

    op.create_table(
        "sights",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("holder_id", sa.String(length=26), nullable=False),
        sa.Column("asset_id", sa.String(length=26), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_sights_asset_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_sights_version_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_sights_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sights")),
        sa.UniqueConstraint(
            "holder_id", "asset_id", "version_id", name=op.f("uq_sights_holder_id_asset_id_version_id")
        ),
    )
    op.create_index(op.f("ix_sights_asset_id"), "sights", ["asset_id"], unique=False)
    op.create_index(op.f("ix_sights_holder_id"), "sights", ["holder_id"], unique=False)
    op.create_index(op.f("ix_sights_version_id"), "sights", ["version_id"], unique=False)

    op.create_table(
        "step_links",
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("source_id", sa.String(length=26), nullable=False),
        sa.Column("target_id", sa.String(length=26), nullable=False),
        sa.Column("type", sa.String(length=2), nullable=False),
        sa.Column("lag", sa.Integer(), nullable=False),
        sa.Column("lag_unit", sa.String(length=8), nullable=False),
        sa.Column("strength", sa.String(length=4), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_step_links_campaign_id")),
        sa.ForeignKeyConstraint(["source_id"], ["steps.id"], name=op.f("fk_step_links_source_id")),
        sa.ForeignKeyConstraint(["target_id"], ["steps.id"], name=op.f("fk_step_links_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_links")),
        sa.UniqueConstraint("source_id", "target_id", "type", name=op.f("uq_step_links_source_id_target_id_type")),
    )
    op.create_index(op.f("ix_step_links_campaign_id"), "step_links", ["campaign_id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("workspace_id", sa.String(length=26), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("scope_id", sa.String(length=26), nullable=False),
        sa.Column("asset_id", sa.String(length=26), nullable=True),
        sa.Column("deliverable_id", sa.String(length=26), nullable=True),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("upload_id", sa.String(length=1024), nullable=True),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.String(length=26), nullable=True),
        sa.Column("refused", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_tickets_asset_id")),
        sa.ForeignKeyConstraint(["by_id"], ["memberships.id"], name=op.f("fk_tickets_by_id")),
        sa.ForeignKeyConstraint(["scope_id"], ["logs.id"], name=op.f("fk_tickets_scope_id")),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_tickets_version_id")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_tickets_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_workspace_id"), "tickets", ["workspace_id"], unique=False)

    op.create_table(
        "waivers",
        sa.Column("step_id", sa.String(length=26), nullable=False),
        sa.Column("by_id", sa.String(length=26), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["memberships.id"], name=op.f("fk_waivers_by_id")),
        sa.ForeignKeyConstraint(["step_id"], ["steps.id"], name=op.f("fk_waivers_step_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waivers")),
    )
    op.create_index(op.f("ix_waivers_step_id"), "waivers", ["step_id"], unique=False)

    op.create_table(
        "clearings",
        sa.Column("gate_id", sa.String(length=26), nullable=False),
        sa.Column("campaign_id", sa.String(length=26), nullable=False),
        sa.Column("by_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_clearings_campaign_id")),
        sa.ForeignKeyConstraint(["gate_id"], ["gates.id"], name=op.f("fk_clearings_gate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearings")),
    )
    op.create_index(op.f("ix_clearings_campaign_id"), "clearings", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_clearings_gate_id"), "clearings", ["gate_id"], unique=False)
    op.create_index(
        "uq_clearings_standing",
        "clearings",
        ["gate_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "replies",
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("annotation_id", sa.String(length=26), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_key", sa.String(length=64), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["annotation_id"], ["annotations.id"], name=op.f("fk_replies_annotation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
        sa.UniqueConstraint("annotation_id", "uuid", name=op.f("uq_replies_annotation_id_uuid")),
    )
    op.create_index(op.f("ix_replies_annotation_id"), "replies", ["annotation_id"], unique=False)

    op.create_table(
        "seats",
        sa.Column("review_id", sa.String(length=26), nullable=False),
        sa.Column("holder", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("membership_id", sa.String(length=26), nullable=True),
        sa.Column("link_id", sa.String(length=26), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("accepted_by", sa.String(length=26), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["memberships.id"], name=op.f("fk_seats_accepted_by")),
        sa.ForeignKeyConstraint(["link_id"], ["guest_links.id"], name=op.f("fk_seats_link_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_seats_membership_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_seats_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("review_id", "holder", name=op.f("uq_seats_review_id_holder")),
    )
    op.create_index(op.f("ix_seats_holder"), "seats", ["holder"], unique=False)
    op.create_index(op.f("ix_seats_membership_id"), "seats", ["membership_id"], unique=False)

    op.create_table(
        "decisions",
        sa.Column("review_id", sa.String(length=26), nullable=False),
        sa.Column("seat_id", sa.String(length=26), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.String(length=26), nullable=True),
        sa.Column("by_key", sa.String(length=64), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["replaces_id"], ["decisions.id"], name=op.f("fk_decisions_replaces_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_decisions_review_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_decisions_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_decisions_replaces_id")),
    )
    op.create_index(op.f("ix_decisions_review_id"), "decisions", ["review_id"], unique=False)
    op.create_index(op.f("ix_decisions_seat_id"), "decisions", ["seat_id"], unique=False)
    _forbid_changing_events()


def _forbid_changing_events() -> None:
    """The log is append-only, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events "
                "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION events_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_append_only()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_decisions_seat_id"), table_name="decisions")
    op.drop_index(op.f("ix_decisions_review_id"), table_name="decisions")

    op.drop_table("decisions")
    op.drop_index(op.f("ix_seats_membership_id"), table_name="seats")
    op.drop_index(op.f("ix_seats_holder"), table_name="seats")

    op.drop_table("seats")
    op.drop_index(op.f("ix_replies_annotation_id"), table_name="replies")

    op.drop_table("replies")
    op.drop_index(
        "uq_clearings_standing",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
        table_name="clearings",
    )
    op.drop_index(op.f("ix_clearings_gate_id"), table_name="clearings")
    op.drop_index(op.f("ix_clearings_campaign_id"), table_name="clearings")

    op.drop_table("clearings")
    op.drop_index(op.f("ix_waivers_step_id"), table_name="waivers")

    op.drop_table("waivers")
    op.drop_index(op.f("ix_tickets_workspace_id"), table_name="tickets")

    op.drop_table("tickets")
    op.drop_index(op.f("ix_step_links_campaign_id"), table_name="step_links")

    op.drop_table("step_links")
    op.drop_index(op.f("ix_sights_version_id"), table_name="sights")
    op.drop_index(op.f("ix_sights_holder_id"), table_name="sights")
    op.drop_index(op.f("ix_sights_asset_id"), table_name="sights")

    op.drop_table("sights")
    op.drop_index(op.f("ix_reviews_workspace_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_version_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_scope_id"), table_name="reviews")
    op.drop_index(op.f("ix_reviews_asset_id"), table_name="reviews")

    op.drop_table("reviews")
    op.drop_index(op.f("ix_gates_deliverable_id"), table_name="gates")
    op.drop_index(op.f("ix_gates_campaign_id"), table_name="gates")

    op.drop_table("gates")
    op.drop_index(op.f("ix_commitments_step_id"), table_name="commitments")

    op.drop_table("commitments")
    op.drop_index(op.f("ix_closings_campaign_id"), table_name="closings")

    op.drop_table("closings")
    op.drop_index(op.f("ix_annotations_version_id"), table_name="annotations")

    op.drop_table("annotations")
    op.drop_index(op.f("ix_versions_workspace_id"), table_name="versions")
    op.drop_index(op.f("ix_versions_blob_id"), table_name="versions")

    op.drop_table("versions")
    op.drop_index(op.f("ix_steps_campaign_id"), table_name="steps")
    op.drop_index(op.f("ix_steps_asset_id"), table_name="steps")

    op.drop_table("steps")
    op.drop_index(op.f("ix_deliveries_done_at"), table_name="deliveries")

    op.drop_table("deliveries")
    op.drop_index(op.f("ix_calendars_campaign_id"), table_name="calendars")

    op.drop_table("calendars")
    op.drop_index(op.f("ix_tokens_membership_id"), table_name="tokens")

    op.drop_table("tokens")
    op.drop_index(op.f("ix_renditions_blob_id"), table_name="renditions")

    op.drop_table("renditions")
    op.drop_index(op.f("ix_invitations_workspace_id"), table_name="invitations")

    op.drop_table("invitations")
    op.drop_index(op.f("ix_guest_links_workspace_id"), table_name="guest_links")
    op.drop_index(op.f("ix_guest_links_campaign_id"), table_name="guest_links")

    op.drop_table("guest_links")
    op.drop_index(op.f("ix_events_version_id"), table_name="events")

    op.drop_table("events")
    op.drop_index(op.f("ix_campaigns_workspace_id"), table_name="campaigns")

    op.drop_table("campaigns")
    op.drop_index(op.f("ix_assets_workspace_id"), table_name="assets")
    op.drop_index(op.f("ix_assets_scope_id"), table_name="assets")

    op.drop_table("assets")
    op.drop_index(op.f("ix_memberships_workspace_id"), table_name="memberships")
    op.drop_index(op.f("ix_memberships_user_id"), table_name="memberships")

    op.drop_table("memberships")
    op.drop_index(op.f("ix_logs_workspace_id"), table_name="logs")

    op.drop_table("logs")
    op.drop_index(op.f("ix_guest_passes_workspace_id"), table_name="guest_passes")
    op.drop_index(op.f("ix_guest_passes_holder_id"), table_name="guest_passes")

    op.drop_table("guest_passes")
    op.drop_table("blobs")
    op.drop_table("workspaces")
    op.drop_table("users")
    op.drop_index(op.f("ix_answers_at"), table_name="answers")

    op.drop_table("answers")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION events_append_only()")
