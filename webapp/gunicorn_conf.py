"""gunicorn's settings: gevent workers, sockets over websocket alone. The number of processes is WEB_CONCURRENCY.

`gevent-websocket` must not be installed: with it gunicorn's gevent worker answers 500 to every websocket.
"""

import os

wsgi_app = "webapp.grown:grown_app()"
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_connections = 2000
bind = os.environ.get("BACKBEAT_BIND", "127.0.0.1:8000")
backlog = 2048
timeout = 60
graceful_timeout = 10
keepalive = 5
control_socket_disable = True
limit_request_line = 8190
limit_request_fields = 100
accesslog = None
errorlog = "-"
