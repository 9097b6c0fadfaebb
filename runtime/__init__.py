"""What `make up` runs: builds the environment, keeps embedded PostgreSQL and Valkey, supervises the processes.

Standard library only, and nothing of Django or of the apps: the first start runs before any package is
installed, and settings, tests and benchmarks ask this package where the servers are.
"""
