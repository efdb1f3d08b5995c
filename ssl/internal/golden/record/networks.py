#!/usr/bin/env python3
"""Writes ssl/net/testdata/networks.json: torchvision's encoders, counted and run, float64.

Needs torch and torchvision. Run it in the repository's root. Parameters and running
statistics are filled by formula, the k-th in the order of state_dict without counters: value
i is u(i, k), see below, times sqrt(6/fan_in) for matrices and kernels, 0.1 for vectors, plus
1 for scales, plus 1.5 for running variances. Images are 0.5 + 0.5*u(i, 999), i over
[n, height, width, channels]. Gradients are those of the sum of u(i, 1000)*h.
"""
import json
import math

import torch
import torchvision

torch.set_default_dtype(torch.float64)


def resnet(name, small):
    m = getattr(torchvision.models, name)()
    m.fc = torch.nn.Identity()
    if small:
        m.conv1 = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        torch.nn.init.kaiming_normal_(m.conv1.weight, mode="fan_out", nonlinearity="relu")
        m.maxpool = torch.nn.Identity()
    return m


def vit(width, heads, side, patch):
    m = torchvision.models.vision_transformer.VisionTransformer(side, patch, 12, heads, width, 4 * width)
    m.heads = torch.nn.Identity()
    return m


def u(n, k):
    """n numbers in [-1, 1): murmur's finaliser of i + 7919*k."""
    mask = 0xFFFFFFFF
    h = (torch.arange(n, dtype=torch.int64) + 7919 * k) & mask
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & mask
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & mask
    h = h ^ (h >> 16)
    return h.double() / 2**31 - 1


def fill(m):
    state = m.state_dict()
    k = 0
    for name, v in state.items():
        if "num_batches" in name:
            continue
        w = u(v.numel(), k).reshape(v.shape)
        if v.ndim == 2 or v.ndim == 4:
            w *= math.sqrt(6 / (v.numel() / v.shape[0]))
        else:
            w *= 0.1
            if name.endswith("running_var"):
                w += 1.5
            elif name.endswith("weight"):
                w += 1
        v.copy_(w)
        k += 1


def rounded(v):
    return [float(x) for x in v]


def describe(m, side, n):
    params = {n: dict(shape=list(p.shape), mean=p.mean().item(), std=p.std().item()) for n, p in m.named_parameters()}
    with torch.no_grad():
        fill(m)
    x = (0.5 + 0.5 * u(n * side * side * 3, 999)).reshape(n, side, side, 3)
    x = x.permute(0, 3, 1, 2).contiguous().requires_grad_(True)
    out = {"parameters": sum(p.numel() for p in m.parameters()), "initial": params, "state": [n for n in m.state_dict() if "num_batches" not in n],
           "side": side, "images": n}
    for mode in ("eval", "train"):
        getattr(m, mode)()
        x.grad = None
        h = m(x)
        (u(h.numel(), 1000).reshape(h.shape) * h).sum().backward()
        g = x.grad.permute(0, 2, 3, 1).reshape(-1)
        out[mode] = dict(h=rounded(h.detach().reshape(-1)[:: max(1, h.numel() // 24)]), hsum=h.sum().item(), gradient=rounded(g[:: g.numel() // 24]))
    return out


torch.manual_seed(0)
json.dump({
    "resnet18": describe(resnet("resnet18", False), 64, 3),
    "resnet18 small stem": describe(resnet("resnet18", True), 16, 4),
    "resnet50 small stem": describe(resnet("resnet50", True), 8, 8),
    "vit-tiny patch 4": describe(vit(192, 3, 16, 4), 16, 2),
    "vit-small patch 8": describe(vit(384, 6, 32, 8), 32, 2),
}, open("ssl/net/testdata/networks.json", "w"), indent=0)
