"""The `backbeat` command line. Each command imports what it needs, so that the quick ones stay quick.

What cannot be done ends with one line on standard error: exit 2 where the asking is wrong, 1 where the house is.
"""

import json
import sys
from contextlib import contextmanager

import click


class Refusal(click.ClickException):
    """What was asked cannot be done; the sentence names what is wrong."""

    exit_code = 2


def main() -> None:
    """Run a command; every end that is no success says why in one line."""
    try:
        cli.main(prog_name="backbeat", standalone_mode=False)
    except click.ClickException as refusal:
        _end(refusal.exit_code, refusal.format_message())
    except (click.Abort, KeyboardInterrupt):
        _end(130, "stopped")
    except Exception as error:
        told = _fault(error)
        if told is None:
            raise
        _end(1, told)


def _end(code: int, sentence: str) -> None:
    sys.stdout.flush()
    print(f"backbeat: {' '.join(sentence.split())}", file=sys.stderr)
    sys.exit(code)


def _fault(error: Exception) -> str | None:
    """The faults of the house people can act on, in a sentence: wrong settings, no database, no store."""
    from pydantic import ValidationError
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from storage.buckets import StoreAway, StoreFull

    if isinstance(error, ValidationError):
        wrong = error.errors()[0]
        return f"the setting {'.'.join(str(part) for part in wrong['loc'])} cannot be read: {wrong['msg']}"
    if isinstance(error, ProgrammingError | OperationalError) and "no such table" in f"{error.orig}".replace("does not exist", "no such table"):
        return "the database is not at head: run `backbeat migrate` first"
    if isinstance(error, OperationalError):
        return f"the database does not answer: {error.orig}"
    if isinstance(error, StoreAway | StoreFull):
        return f"the file store cannot be used: {error}"
    return str(error) if isinstance(error, OSError | ValueError) else None


@contextmanager
def _house():
    """The app for the settings of the environment, with its context pushed."""
    from webapp import create_app

    app = create_app()
    with app.app_context():
        yield app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Backbeat: plan backward from the launch, move forward together."""


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="the next free one if busy")
@click.option("--demo", is_flag=True, help="make the demo first if nothing is here yet (BACKBEAT_DEMO=0: never)")
def serve(host: str, port: int, demo: bool) -> None:
    """Migrate, then serve app, sockets, files and worker in one process."""
    from webapp.serving import serve as serve_all

    serve_all(host, port, demo=demo)


@cli.command()
def worker() -> None:
    """Do what is owed: the deliveries' worker alone."""
    from webapp.working import work_alone

    with _house() as app:
        work_alone(app)


@cli.command()
def migrate() -> None:
    """Bring the database to head."""
    from webapp import public_url
    from webapp.migrating import migrate_to_head
    from webapp.setup_code import set_up_code

    with _house() as app:
        migrate_to_head()
        click.echo("The database is at head.")
        if code := set_up_code(app):
            click.echo(f"Start your own workspace at {public_url(app)}/setup with the code {code}")


@cli.command()
def demo() -> None:
    """Make the two demo workspaces; on a filled folder only issue new tokens. Ends with JSON."""
    from webapp.demo import make_demo
    from webapp.migrating import migrate_to_head

    with _house() as app:
        migrate_to_head()
        answer = make_demo(app, say=lambda sentence: click.echo(sentence, err=True))
    click.echo(json.dumps(answer, ensure_ascii=False))


@cli.command()
@click.option("--email", required=True, help="whose token")
@click.option("--workspace", help="its name or id; needed where the person has several")
def token(email: str, workspace: str | None) -> None:
    """Print a new API token; it belongs to one membership."""
    from storage.db import writing
    from storage.keyring import issue_token
    from webapp.finding import NotOne, one_membership

    with _house(), writing() as session:
        try:
            membership = one_membership(email, workspace)
        except NotOne as problem:
            raise Refusal(str(problem)) from problem
        issued = issue_token(membership)
        session.commit()
    click.echo(issued)


@cli.command("check-ledger")
def check_ledger() -> None:
    """Compare rows, events, objects and deliveries; a line per fault, exit 1."""
    from webapp.checks import ledger_faults

    with _house():
        _report(ledger_faults(), "The ledger is clean.")


@cli.command()
def verify() -> None:
    """Check the hash chain of every log, and that it still holds what its kept heads say; a line per fault, exit 1."""
    from webapp.checks import chain_faults

    with _house():
        _report(chain_faults(), "Every chain holds.")


def _report(faults, clean: str) -> None:
    found = 0
    for fault in faults:
        found += 1
        click.echo(fault)
    if found:
        sys.exit(1)
    click.echo(clean, err=True)


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--lang", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="language of what is said")
def retroplan(files: tuple[str, ...], form: str, lang: str) -> None:
    """Compute plan files without a database."""
    from planning.planfile import PlanError
    from webapp.plan_tables import computed, table, words_of

    words = words_of(lang)
    try:
        answers = [computed(file, lang) for file in files]
    except PlanError as error:
        raise Refusal(error.message.told(words.gettext)) from error
    for plan, notices, answer in answers:
        for notice in notices:
            click.echo(notice.told(words.gettext), err=True)
        click.echo(json.dumps(answer, ensure_ascii=False) if form == "json" else table(plan, answer, words))


@cli.command()
def vendor() -> None:
    """Fetch the vendored browser modules again, and say which changed."""
    from webapp.vendoring import refresh

    for file in refresh() or ["nothing changed"]:
        click.echo(file)


if __name__ == "__main__":
    main()
