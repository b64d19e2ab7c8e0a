"""The three stories of the demo: a launch waiting for one answer, an approval gone stale, a film in preparation."""

from storage.workspaces import Role
from webapp.demo import pictures
from webapp.demo.people import Team
from webapp.demo.telling import Story


def perfume(team: Team) -> Story:
    """The concept is approved; the key visual's second version waits for the client, and holds everything after it."""
    return Story(team, "product-launch", "Parfum Lumière", founded=27, spare_days=4, tell=_perfume)


def autumn(team: Team) -> Story:
    """The editorial line is approved; the calendar was too, until a newer version made that approval stale."""
    return Story(team, "social-campaign", "Série d’automne", founded=15, spare_days=3, tell=_autumn)


def film(team: Team) -> Story:
    """The script is approved; of two who must agree on the storyboard one has answered."""
    return Story(team, "video-spot", "Harbour Gin film", founded=24, spare_days=3, tell=_film)


def _perfume(story: Story) -> None:
    story.work("brief", 26, 24)
    story.work("positioning", 23, 19)
    first = story.upload("concept", "concept-lumiere-v1.jpg", pictures.concept(1), 13)
    review = story.ask(first, 13)
    story.note(first, "La direction « aurore » nous parle, pas le bleu.", _box(0.06, 0.25, 0.4, 0.55), 12, "10:40")
    story.decide(review, "changes_requested", 12, "10:55", note="Gardez l’aurore, abandonnez le bleu.")
    second = story.upload("concept", "concept-lumiere-v2.jpg", pictures.concept(2), 9)
    story.decide(story.ask(second, 9), "approved", 7, note="C’est la bonne direction.")
    story.work("media-plan", 5)
    _key_visual(story)


def _key_visual(story: Story) -> None:
    first = story.upload("key-visual", "visuel-cle-v1.jpg", pictures.key_visual(1), 4)
    review = story.ask(first, 4)
    smaller = story.note(first, "Logo plus petit, il écrase le flacon.", _box(0.2, 0.05, 0.6, 0.14), 3, "09:50")
    light = story.note(first, "La lumière pourrait venir d’ici.", {"type": "arrow", "x1": 0.82, "y1": 0.3, "x2": 0.6, "y2": 0.45}, 3, "09:54")
    story.note(
        first, "Attention au fond perdu : 5 mm demandés par l’imprimeur.", {"type": "pin", "x": 0.04, "y": 0.97}, 3, "11:30",
        by=Role.MARKETER, internal=True,
    )
    story.decide(review, "changes_requested", 3, "10:02", note="Presque : le logo et la lumière.")
    story.reply(smaller, "Réduit d’un tiers dans la version 2.", 2, "15:10", done=True)
    story.reply(light, "Repris, la source est à droite maintenant.", 2, "15:14", done=True)
    second = story.upload("key-visual", "visuel-cle-v2.jpg", pictures.key_visual(2), 2, "15:30")
    story.share(second, 2)
    story.ask(second, 1, due=2)


def _autumn(story: Story) -> None:
    story.work("brief", 14, 13)
    line = story.upload("line", "ligne-editoriale.png", pictures.moodboard(), 11)
    story.decide(story.ask(line, 11, rule="all"), "approved", 10)
    story.work("creators", 9)
    calendar = story.upload("calendar", "calendrier-v1.png", pictures.calendar(1), 8)
    story.decide(story.ask(calendar, 8), "approved", 7, note="Parfait pour nous.")
    story.work("preparation", 6, 4)
    newer = story.upload("calendar", "calendrier-v2.png", pictures.calendar(2), 2)
    story.note(
        newer, "J’ai décalé le post du vendredi : à faire relire.", _box(0.72, 0.42, 0.13, 0.17), 2, "12:00",
        by=Role.CREATIVE, internal=True,
    )
    story.work("shooting", 2, 1)


def _film(story: Story) -> None:
    story.work("brief", 23, 22)
    first = story.upload("script", "harbour-script-v1.png", pictures.script(1), 17)
    review = story.ask(first, 17)
    story.note(first, "Can she speak first here?", _box(0.1, 0.42, 0.8, 0.1), 16, "11:00")
    story.decide(review, "changes_requested", 16, "11:20", note="Lovely. She should speak first.")
    second = story.upload("script", "harbour-script-v2.png", pictures.script(2), 14)
    story.decide(story.ask(second, 14), "approved", 12, note="Yes.")
    story.work("casting", 10, 5)
    story.work("locations", 10, 4)
    board = story.upload("storyboard", "harbour-storyboard.jpg", pictures.storyboard(), 4)
    review = story.ask(board, 3, of=(Role.OWNER, Role.CLIENT), rule="all", due=1)
    story.note(board, "Permit for the pier is only until noon.", {"type": "pin", "x": 0.5, "y": 0.28}, 3, "15:00", by=Role.MARKETER, internal=True)
    story.decide(review, "approved", 2, by=Role.OWNER)


def _box(x: float, y: float, width: float, height: float) -> dict:
    return {"type": "box", "x": x, "y": y, "width": width, "height": height}
