#!/usr/bin/env python3
"""Writes ssl/augment/testdata/views.json: torchvision's changes of images, float64.

Needs torch and torchvision. Run it in the repository's root. Images are 0.5 + 0.5*u(i, k),
u as in networks.py, i over [height, width, channels], k the number of the image.
"""
import itertools
import json

import torch
import torchvision.transforms.v2.functional as F
from torchvision.transforms.v2.functional import _color

torch.set_default_dtype(torch.float64)


def u(n, k):
    mask = 0xFFFFFFFF
    h = (torch.arange(n, dtype=torch.int64) + 7919 * k) & mask
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & mask
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & mask
    h = h ^ (h >> 16)
    return h.double() / 2**31 - 1


def images(height, width, channels, count=2):
    return [(0.5 + 0.5 * u(height * width * channels, k)).reshape(height, width, channels).permute(2, 0, 1) for k in range(count)]


def flat(x):
    return x.permute(1, 2, 0).reshape(-1).tolist()


def adjust_hue(x, shift):
    """F.adjust_hue, which goes through float32, in float64."""
    h, s, v = _color._rgb_to_hsv(x).unbind(-3)
    return _color._hsv_to_rgb(torch.stack((h.add(shift).remainder(1.0), s, v), -3))


out = {}
rgb = images(6, 7, 3)
for name, f, values in [
    ("brightness", F.adjust_brightness, [0.4, 1.7]), ("contrast", F.adjust_contrast, [0.3, 1.6]),
    ("saturation", F.adjust_saturation, [0.2, 1.9]), ("hue", adjust_hue, [-0.37, 0.21]), ("solarize", F.solarize, [0.3, 0.75]),
]:
    out[name] = sum((flat(f(x, v)) for x, v in zip(rgb, values)), [])
out["contrast of grey"] = sum((flat(F.adjust_contrast(x, v)) for x, v in zip(images(6, 7, 1), [0.3, 1.6])), [])
out["greyscale"] = sum((flat(F.rgb_to_grayscale(x, 3)) for x in rgb), [])
out["blur"] = sum((flat(F.gaussian_blur(x, [3, 3], [s, s])) for x, s in zip(rgb, [0.3, 1.4])), [])
out["blur of 50×4"] = sum((flat(F.gaussian_blur(x, [3, 5], [s, s])) for x, s in zip(images(50, 4, 1), [0.8, 2])), [])
out["erase"] = sum((flat(F.erase(x, i, j, h, w, torch.zeros(1))) for x, (i, j, h, w) in zip(rgb, [(1, 2, 3, 4), (0, 0, 6, 1)])), [])
boxes = [(1, 2, 4, 3), (0, 0, 6, 7)]
for size in ([6, 7], [3, 2], [11, 9]):
    crops = [F.resized_crop(x, i, j, h, w, size, antialias=True) for x, (i, j, h, w) in zip(rgb, boxes)]
    crops[1] = F.horizontal_flip(crops[1])
    out["crop to %d×%d" % tuple(size)] = sum((flat(x) for x in crops), [])
adjust = [lambda x: F.adjust_brightness(x, 0.6), lambda x: F.adjust_contrast(x, 1.5), lambda x: F.adjust_saturation(x, 0.3), lambda x: adjust_hue(x, 0.1)]
jitters = []
for p, order in enumerate(itertools.permutations(range(3))):
    for before in range(4):
        x = rgb[0]
        for k in list(order[:before]) + [3] + list(order[before:]):
            x = adjust[k](x)
        jitters.append(flat(x)[::7])
out["jitter"] = sum(jitters, [])
json.dump(out, open("ssl/augment/testdata/views.json", "w"), indent=0)
