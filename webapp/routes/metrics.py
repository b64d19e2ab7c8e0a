"""What the process does and what is owed, as Prometheus asks for it: behind a token, and nowhere without one."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily

from webapp import doors
from webapp.access import ANYONE, open_to
from webapp.actors import token_given
from webapp.routes.health import faults_found, figures_of

bp = Blueprint("metrics", __name__)


class House:
    """The figures of /readyz, and how many sockets this process holds."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        faults = faults_found()
        ready = GaugeMetricFamily("backbeat_ready", "1 if this part can be used, else 0.", labels=["part"])
        for part, fault in faults.items():
            ready.add_metric([part], 0 if fault else 1)
        yield ready
        for name, value in figures_of(faults).items():
            yield GaugeMetricFamily(f"backbeat_{name}", "As /readyz tells it.", value=value)
        yield GaugeMetricFamily("backbeat_sockets", "Sockets that this process holds open.", value=doors.count())


_registry = CollectorRegistry()
_registry.register(House())  # type: ignore[arg-type]
ProcessCollector(namespace="backbeat", registry=_registry)


@bp.get("/metrics")
@open_to(ANYONE)
def metrics():
    """This process's; 404 unless BACKBEAT_METRICS_TOKEN is set, 401 without it."""
    wanted = current_app.extensions["backbeat.settings"].metrics_token
    if not wanted:
        abort(404)
    if not hmac.compare_digest((token_given() or "").encode(), wanted.encode()):
        abort(401)
    return Response(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)
