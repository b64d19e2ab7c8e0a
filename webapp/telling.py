"""What an act did to the plan, said to whoever did it, if they may see the plan."""

from flask_babel import gettext as _

from planning.steps import Step
from storage.db import db


def told_unblocked(milestone_ids: list[str], actor) -> str:
    """« Print-ready has passed. »; nothing for those who see no plan."""
    if not milestone_ids:
        return ""
    rows = db.session.scalars(Step.visible_to(actor).where(Step.id.in_(milestone_ids)).order_by(Step.position))
    return " ".join(_("%(milestone)s has passed.", milestone=row.name) for row in rows)
