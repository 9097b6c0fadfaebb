"""Reading what there is to learn, and trainings."""
