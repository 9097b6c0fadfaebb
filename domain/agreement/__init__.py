"""Agreement: how alike independent answers are. Matching of regions, IoU, kappa, alpha, consensus and annotator models.

Every metric here returns a value, or none with a reason; never NaN and never a silent 0 or 1.
"""
