"""What the intake tells the apps below it, without knowing them."""

from django.dispatch import Signal

# Sent after figures came in.
figures_changed = Signal()
