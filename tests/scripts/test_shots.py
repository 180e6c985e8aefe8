"""What is pictured (make shots) is what the demo leaves."""

from __future__ import annotations

from portal.management.commands.demo import SCENES
from tests.pages import pages


def test_every_page_with_a_picture_belongs_to_a_scene_of_the_demo() -> None:
    there = [scene.name for scene in SCENES]

    assert len(there) == len(set(there))
    assert {page.at for page in pages() if page.at} <= set(there)


def test_no_two_pages_share_a_pictures_name() -> None:
    labels = [page.label for page in pages()]

    assert sorted(labels) == sorted(set(labels))
