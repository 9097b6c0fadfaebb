from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "apps.quality"

    def ready(self) -> None:
        from apps.quality.services.gates import register  # models must be loaded first

        register()
