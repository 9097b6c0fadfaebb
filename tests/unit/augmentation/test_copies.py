"""Copies of items: regions lie where the pixels do, and the same recipe makes the same copies."""

from __future__ import annotations

import io
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from domain.augmentation import Copier, Recipe, plans
from domain.augmentation.copying import copy_name
from domain.augmentation.pixels import FILL, encoded, render
from domain.augmentation.shapes import carried, seen
from domain.elements import encode, pack
from domain.elements.chunks import decode_chunk
from domain.elements.structs import Region, region_type
from domain.formats import AssetMeta, ExportItem, FormatError
from domain.geometry.masks import encode_runs
from domain.schema import Class, LabelSchema, SkeletonTemplate
from domain.shapes import SHAPE_NAMES
from domain.shapes.box import Box
from domain.shapes.cuboid2d import Cuboid2d
from domain.shapes.ellipse import Ellipse
from domain.shapes.mask import Mask
from domain.shapes.points import Points
from domain.shapes.polygon import Polygon
from domain.shapes.polyline import Polyline
from domain.shapes.rotated_box import RotatedBox
from domain.shapes.skeleton import Skeleton
from domain.shapes.tag import Tag

WIDTH, HEIGHT = 320, 240
DISC = (np.hypot(*np.ogrid[-79.5:80.5, -79.5:80.5]) < 80).astype(np.uint8)
SHAPES = {
    "box": Box(60, 40, 180, 140),
    "rotated_box": RotatedBox(160, 120, 170, 120, 25.0),
    "ellipse": Ellipse(150, 120, 110, 70, -20.0),
    "polygon": Polygon([[[50.3, 40, 270, 60.1, 250, 200, 160.7, 150, 70, 210], [120, 80.2, 160.3, 90, 140, 120]]]),
    "mask": Mask.from_runs(encode_runs(np.pad(DISC, ((30, 50), (70, 90)))), HEIGHT),
    "cuboid2d": Cuboid2d((60.3, 60, 150, 120.2), (100, 40.1, 140, 110.7)),
}
SCHEMA = LabelSchema(
    classes=[
        Class(
            id=1,
            name="person",
            color="#3da3ff",
            shapes=list(SHAPE_NAMES),
            skeleton=SkeletonTemplate(joints=["head", "left", "right"], mirror=[(1, 2)]),
        )
    ]
)
exact = st.builds(
    lambda seed, crop: Recipe(seed=seed, flip=["horizontal", "vertical"], quarter_turns=True, crop=crop),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.4]),
)
turned = st.builds(
    lambda seed, angle, scale: Recipe(seed=seed, flip=["horizontal"], rotate=angle, scale=scale, crop=0.2),
    st.integers(0, 10**6),
    st.floats(1, 180),
    st.sampled_from([0.0, 0.4]),
)


def first_plan(recipe):
    return plans(recipe, sha256="5e" * 32, width=WIDTH, height=HEIGHT)[0]


def pixels_of(geometry, plan):
    """The copy of a picture of the shape: white where it is."""
    white = geometry.to_mask(width=WIDTH, height=HEIGHT) * 255
    return np.asarray(render(Image.fromarray(white), plan))


def mask_of(geometry, plan):
    """The shape in the copy, as a mask of the copy."""
    moved, _ = carried(geometry, plan.by)
    found = seen(moved, width=plan.width, height=plan.height)
    out = np.zeros((plan.height, plan.width), dtype=np.uint8)
    for piece in found.pieces:
        out |= piece.to_mask(width=plan.width, height=plan.height)
    return out


def overlap(a, b):
    return (a & b).sum() / max(1, (a | b).sum())


@pytest.mark.parametrize("shape", SHAPES)
def test_flips_quarter_turns_and_crops_move_regions_and_pixels_alike_to_the_pixel(shape):
    @settings(max_examples=12)
    @given(exact)
    def holds(recipe):
        plan = first_plan(recipe)
        assert plan.exact
        assert ((pixels_of(SHAPES[shape], plan) > 127) == mask_of(SHAPES[shape], plan)).all()

    holds()


@pytest.mark.parametrize("shape", SHAPES)
def test_turned_and_scaled_regions_cover_the_pixels_that_they_covered(shape):
    @settings(max_examples=12)
    @given(turned)
    def holds(recipe):
        plan = first_plan(recipe)
        want = np.abs(
            pixels_of(SHAPES[shape], plan).astype(int) - FILL
        )  # the grey beside the picture is no pixel of it
        inside = mask_of(Box(0, 0, WIDTH, HEIGHT), plan).astype(bool)
        want = inside & (pixels_of(SHAPES[shape], plan) > 127) & (want > 0)
        assert overlap(mask_of(SHAPES[shape], plan).astype(bool) & inside, want) >= 0.99

    holds()


def item_of(*geometries, split="train", **asset):
    made = [
        region_type(g.shape)(id=UUID(int=i + 1), class_id=1, geometry=g, parent=UUID(int=1) if i else None)
        for i, g in enumerate(geometries)
    ]
    chunks = [chunk.body for chunk in pack(("region", encode(region)) for region in made)]
    meta = {"name": "a/street.tiff", "sha256": "ab" * 32, "width": WIDTH, "height": HEIGHT, "id": 5} | asset
    return ExportItem(asset=AssetMeta(**meta), chunks=chunks, split=split)


def copied(recipe, item):
    """(asset, regions) of each copy, and the report."""
    copier = Copier(recipe, SCHEMA)
    found = [
        (copy.item.asset, [entry.element for body in copy.item.chunks for entry in decode_chunk(body)])
        for copy in copier.copies(item)
    ]
    return found, copier.report


def test_a_copy_says_what_it_is_of():
    item = item_of(SHAPES["box"])
    (asset, _), (other, _) = copied(Recipe(copies=2, rotate=10), item)[0]
    assert (asset.name, other.name) == ("a/street__copy1.png", "a/street__copy2.png")
    assert (asset.origin, asset.metadata["copy_of"]) == ("augmented", "a/street.tiff")
    assert asset.group == other.group == Copier(Recipe(rotate=10), SCHEMA).original(item).asset.group != ""
    assert len({5, asset.id, other.id}) == 3
    assert copy_name("b.JPG", 3) == "b__copy3.JPG"


def test_a_copy_is_no_frame_and_its_regions_belong_to_no_track():
    region = region_type("box")(id=UUID(int=1), class_id=1, geometry=SHAPES["box"], track=7)
    (chunk,) = pack([("region", encode(region))])
    ((_, (copy,)),), report = copied(Recipe(flip=["vertical"]), replace(item_of(), chunks=[chunk.body]))
    assert copy.track is None
    assert {loss.code: loss.count for loss in report.losses}["copy_untracked"] == 1


def test_a_group_of_its_own_is_kept():
    item = item_of(SHAPES["box"], group="patient 7")
    assert [asset.group for asset, _ in copied(Recipe(copies=2, rotate=10), item)[0]] == ["patient 7"] * 2


def test_only_the_asked_splits_are_copied_and_items_without_one_train():
    recipe = Recipe(flip=["vertical"])
    assert [len(copied(recipe, item_of(SHAPES["box"], split=s))[0]) for s in ("train", None, "val", "test")] == [
        1,
        1,
        0,
        0,
    ]


def test_a_flip_alone_makes_one_other_picture_and_the_copies_left_out_are_told():
    found, report = copied(Recipe(copies=3, flip=["horizontal"]), item_of(SHAPES["box"]))
    assert (len(found), report.count("copy_left_out")) == (1, 2)
    ((region,),) = [regions for _, regions in found]
    assert region.geometry == Box(WIDTH - 240, 40, 180, 140)


def test_the_same_recipe_makes_the_same_copies_and_another_seed_others():
    recipe = Recipe(copies=3, rotate=30, noise=0.05, brightness=0.3)
    once, again = (plans(recipe, sha256="ab" * 32, width=64, height=48) for _ in range(2))
    assert once == again
    assert once != plans(Recipe(copies=3, seed=1, rotate=30, noise=0.05), sha256="ab" * 32, width=64, height=48)
    picture = Image.fromarray(np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3))
    assert encoded(render(picture, once[0]), "a.jpg") == encoded(render(picture, once[0]), "a.jpg")


def test_an_option_more_leaves_what_was_drawn_for_the_others():
    plain, more = (
        plans(Recipe(rotate=30, **extra), sha256="ab" * 32, width=64, height=48)[0] for extra in ({}, {"noise": 0.1})
    )
    assert plain.by == more.by


def test_a_turned_box_is_a_rotated_box_and_a_turned_cuboid_its_silhouette_and_both_are_told():
    found, report = copied(Recipe(rotate=20, seed=3), item_of(Box(120, 90, 60, 40), SHAPES["cuboid2d"]))
    assert [region.shape for region in found[0][1]] in (["rotated_box", "polygon"], ["polygon", "rotated_box"])
    assert (report.count("box_turned"), report.count("cuboid_turned")) == (1, 1)


def test_left_and_right_joints_change_places_in_a_mirror_and_not_in_a_turn():
    pose = Skeleton({"head": (100, 50, 2), "left": (80, 90, 2), "right": (120, 90, 1)})
    ((_, (region,)),) = copied(Recipe(flip=["horizontal"]), item_of(pose))[0]
    assert region.geometry.joints == {"head": (220, 50, 2), "right": (240, 90, 2), "left": (200, 90, 1)}
    recipe = Recipe(flip=["horizontal", "vertical"], seed=next(
        s for s in range(99) if not plans(Recipe(flip=["horizontal", "vertical"], seed=s), sha256="ab" * 32, width=WIDTH, height=HEIGHT)[0].mirrored
    ))  # fmt: skip
    ((_, (region,)),) = copied(recipe, item_of(pose))[0]
    assert region.geometry.joints["left"] == (240, 150, 2)


def test_what_leaves_the_frame_is_cut_or_left_out_and_told():
    kept = seen(Box(-60, 10, 80, 20), width=100, height=50)
    assert kept == ([Box(0, 10, 20, 20)], 0.25)
    assert seen(Points([10, 10, 200, 10]), width=100, height=50) == ([Points([10, 10])], 0.5)
    pose = Skeleton({"head": (10, 10, 2), "left": (-5, 10, 2)})
    assert seen(pose, width=100, height=50).pieces == [Skeleton({"head": (10, 10, 2), "left": (0, 0, 0)})]
    assert seen(Box(200, 10, 80, 20), width=100, height=50).pieces == []
    assert seen(Tag(), width=100, height=50) == ([Tag()], 1.0)
    _, report = copied(Recipe(crop=0.9, seed=2), item_of(*[Box(x, y, 10, 10) for x in (0, 300) for y in (0, 220)]))
    assert report.count("copy_unseen") >= 2


def test_a_line_that_leaves_the_frame_and_comes_back_is_several_lines():
    line = Polyline([10, 10, 90, 10, 150, 10, 150, 40, 90, 40, 20, 40])
    pieces, share = seen(line, width=100, height=50)
    assert pieces == [Polyline([10, 10, 90, 10, 100, 10]), Polyline([100, 40, 90, 40, 20, 40])]
    assert share == pytest.approx(170 / 300)


def test_a_part_whose_whole_is_left_out_stands_alone():
    copier = Copier(Recipe(flip=["horizontal"], min_visible=0.5), SCHEMA)
    (copy,) = copier.copies(item_of(Box(-90, 0, 100, 10), Box(50, 50, 20, 20)))
    (region,) = [entry.element for body in copy.item.chunks for entry in decode_chunk(body)]
    assert isinstance(region, Region)
    assert region.parent is None


def test_ids_are_new_and_the_same_again():
    once, again = (copied(Recipe(rotate=9), item_of(*SHAPES.values()))[0] for _ in range(2))
    ids = [region.id for region in once[0][1]]
    assert ids == [region.id for region in again[0][1]]
    assert len(set(ids)) == len(SHAPES)
    assert {region.parent for region in once[0][1]} <= {None, *ids}


def test_a_recipe_that_changes_nothing_is_refused():
    with pytest.raises(FormatError, match="changes nothing"):
        Copier(Recipe(copies=3), SCHEMA)


def test_a_picture_too_large_for_a_job_is_told_and_not_copied():
    found, report = copied(Recipe(rotate=9), item_of(SHAPES["box"], width=10_000, height=10_000))
    assert (found, report.count("copy_too_large")) == ([], 1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "I", "F"])
def test_pictures_of_every_kind_can_be_copied_and_keep_their_depth(mode):
    ramp = np.linspace(0, 255, 40 * 30, dtype=np.uint8).reshape(30, 40)
    image = Image.fromarray(ramp).convert(mode) if mode != "I;16" else Image.fromarray(ramp.astype(np.uint16) * 257)
    recipe = Recipe(rotate=30, scale=0.2, brightness=0.4, contrast=0.4, saturation=0.9, noise=0.1)
    (plan,) = plans(recipe, sha256="1c" * 32, width=40, height=30)
    made = render(image, plan)
    assert made.size == (40, 30)
    with Image.open(io.BytesIO(encoded(made, "a.png"))) as back:
        assert (back.mode == "I;16") == (mode in ("I;16", "I", "F"))
        assert ("A" in back.mode) == ("A" in mode)
