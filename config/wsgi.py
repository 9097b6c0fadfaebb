"""Django's WSGI application: every request but the event stream (see `asgi.py`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()

# What the start leaves behind lives as long as the process. Walking it again and again held a request up by 40 to 90 ms.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
