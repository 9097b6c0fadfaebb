"""Training on accepted work, and going on with what was trained."""

from apps.learning.services.following import tend
from apps.learning.services.repeating import set_repeat
from apps.learning.services.sending import ask_server_to_train, send_labels
from apps.learning.services.training import ask_to_train, train

__all__ = ["ask_server_to_train", "ask_to_train", "send_labels", "set_repeat", "tend", "train"]
