"""What others wrote and we serve is what vendor.toml says it is."""

import shutil

import pytest

from webapp import vendoring


def test_every_vendored_file_is_the_one_that_was_listed():
    vendoring.check()


def test_a_changed_file_is_named(tmp_path):
    folder = shutil.copytree(vendoring.FOLDER, tmp_path / "vendor")
    (folder / "stimulus.js").write_text("alert('hello')")

    with pytest.raises(vendoring.Tampered, match="stimulus.js"):
        vendoring.check(folder)


def test_a_missing_file_is_named(tmp_path):
    folder = shutil.copytree(vendoring.FOLDER, tmp_path / "vendor")
    (folder / "turbo.js").unlink()

    with pytest.raises(vendoring.Tampered, match="turbo.js"):
        vendoring.check(folder)


def test_the_import_map_names_the_modules_and_leaves_the_letters_out():
    imports = vendoring.import_map(lambda path: f"/assets/{path}")["imports"]

    assert imports["@hotwired/stimulus"] == "/assets/vendor/stimulus.js"
    assert set(imports) == {"@hotwired/turbo", "@hotwired/stimulus", "socket.io-client", "openseadragon", "perfect-freehand"}


def test_nothing_lies_in_the_folder_unlisted():
    listed = {vendored.file for vendored in vendoring.load()} | {"vendor.toml", "LICENCES.txt"}

    assert {path.name for path in vendoring.FOLDER.iterdir()} == listed
