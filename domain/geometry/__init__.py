"""Arrays in, arrays out: boxes, polygons with rings, masks as run lengths, transforms.

`rings` and `rle` are plain Python (cheap to import, used on each save); `boxes` and `masks` use numpy and are imported
only by whoever needs them.
"""
