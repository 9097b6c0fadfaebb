#!/usr/bin/env python
"""Django's command line. Embedded settings unless DJANGO_SETTINGS_MODULE says otherwise."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"labelwright: the database refuses: {str(error).splitlines()[0]}. Is it running (`make up`)?")


if __name__ == "__main__":
    main()
