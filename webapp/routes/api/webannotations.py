"""Annotations as W3C Web Annotations, for other tools to read.

Source: Web Annotation Data Model (selectors, motivations), Web Annotation Protocol 4.2 (pages).
"""

from review import geometry
from review.annotations import Annotation
from storage.assets import Version
from webapp.routes.api.shapes import at

MEDIA_TYPE = "application/ld+json"
CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = f'{MEDIA_TYPE}; profile="{CONTEXT}"'


def annotation_page(version: Version, annotations: list[Annotation], path: str, cursor: str | None) -> dict:
    """A page of annotations and the replies under them; `path` is where it was asked for."""
    items = [item for annotation in annotations for item in (_annotation(version, annotation), *_replies(annotation))]
    page = {"@context": CONTEXT, "id": path, "type": "AnnotationPage", "items": items}
    return page | ({"next": f"/api/v1/versions/{version.id}/annotations?next={cursor}"} if cursor else {})


def _annotation(version: Version, annotation: Annotation) -> dict:
    source = f"/api/v1/versions/{version.id}/original"
    spot = _selector(version, annotation)
    return {
        "id": f"urn:uuid:{annotation.uuid}", "type": "Annotation", "motivation": "commenting", "created": at(annotation.created_at),
        "creator": _creator(annotation), "audience": {"type": "Audience", "name": annotation.audience},
        "body": _words(annotation.body, "commenting"),
        "target": {"type": "SpecificResource", "source": source, **({"selector": spot} if spot else {})},
    }


def _replies(annotation: Annotation) -> list[dict]:
    return [
        {
            "id": f"urn:uuid:{reply.uuid}", "type": "Annotation", "motivation": "replying", "created": at(reply.created_at),
            "creator": _creator(reply), "body": _words(reply.body, "replying"), "target": f"urn:uuid:{annotation.uuid}",
        }
        for reply in annotation.replies
    ]


def _selector(version: Version, annotation: Annotation) -> dict | None:
    """The mark; where there are pages or frames, which one first, refined by the mark."""
    mark = geometry.selector(geometry.parsed(annotation.shape)) if annotation.shape else None
    if annotation.frame is not None:
        return _refined({"type": "FragmentSelector", "value": f"frame={annotation.frame}"}, mark)
    if (version.blob.pages or 1) > 1 or annotation.page > 1:
        page = {"type": "FragmentSelector", "conformsTo": "http://tools.ietf.org/rfc/rfc3778", "value": f"page={annotation.page}"}
        return _refined(page, mark)
    return mark


def _refined(selector: dict, mark: dict | None) -> dict:
    return selector | ({"refinedBy": mark} if mark else {})


def _words(text: str, purpose: str) -> dict:
    return {"type": "TextualBody", "value": text, "format": "text/plain", "purpose": purpose}


def _creator(row) -> dict:
    return {"type": "Person", "name": row.author_name}
