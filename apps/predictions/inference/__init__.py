"""Running models in a worker: files fetched and checked by hash, sessions kept, new files tried in a process of their own.

onnxruntime is imported only where a model is run.
"""
