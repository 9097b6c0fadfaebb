from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "apps.assets"

    def ready(self) -> None:
        """Whoever reads an original need not know that it lies in a connected storage."""
        from apps.assets.services.linked import find_linked
        from apps.core.storage import originals_elsewhere

        originals_elsewhere(find_linked)
