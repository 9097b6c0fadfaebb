"""Settings by mode: `embedded` (make up), `server` (real servers), `test`. All build on `base`."""
