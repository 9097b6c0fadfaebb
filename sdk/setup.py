"""The package, and the formats of the server beside it: `domain` is pure Python and works offline."""

from setuptools import find_packages, setup

setup(
    packages=["labelwright", *find_packages("..", include=["domain", "domain.*"])],
    package_dir={"labelwright": "labelwright", "domain": "../domain"},
    package_data={"labelwright": ["py.typed"]},
)
