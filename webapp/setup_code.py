"""The code that guards the set-up page: known to whoever can read the terminal, and to nobody once it has been used."""

from flask import Flask

from storage.secrets import derived_token
from webapp import installation


def set_up_code(app: Flask) -> str:
    """Arm the set-up page and answer its code, the same in every process; "" when there is a workspace of our own.

    Call it in an app context.
    """
    if not installation.is_open():
        return ""
    digits = derived_token(app.extensions["backbeat.settings"].secret_key, "set-up")[:12].upper()
    code = "-".join((digits[:4], digits[4:8], digits[8:]))
    app.extensions["backbeat.setup_code"] = code
    return code
