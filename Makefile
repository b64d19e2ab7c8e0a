# Backbeat: `make run` is all it takes. Each command says what it is doing.

.PHONY: help setup run test test-setup lint requirements clean

help:
	@echo "make setup   .venv with the pinned requirements"
	@echo "make run     set-up, the demo if the data folder is empty, then serve   (PORT=8000 HOST=127.0.0.1)"
	@echo "make test    set-up, what the tests need besides, then every test       (ARGS='tests/review -k undo')"
	@echo "make lint    ruff, pyright"
	@echo "make clean   remove .venv and what tools keep; the data folder stays"

setup: .venv/.set-up

.venv/.set-up: requirements.txt pyproject.toml .ci/set-up
	@sh .ci/set-up

.venv/.test-set-up: .venv/.set-up requirements-dev.txt
	@sh .ci/set-up dev

test-setup: .venv/.test-set-up
	@sh .ci/packages

run: setup
	@exec .venv/bin/backbeat serve --demo $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT))

lint: .venv/.test-set-up
	.venv/bin/ruff check
	.venv/bin/pyright

test: test-setup lint
	.venv/bin/pytest -q -n 3 --dist loadfile $(ARGS)

# The pinned exports, made anew from pyproject.toml; needs uv. The lock itself stays out: it holds addresses.
requirements:
	uv lock --upgrade
	uv export -q --frozen --format requirements-txt --no-dev --group build --no-emit-project --no-annotate --no-header > requirements.txt
	uv export -q --frozen --format requirements-txt --only-group dev --no-emit-project --no-annotate --no-header > requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis *.egg-info build
