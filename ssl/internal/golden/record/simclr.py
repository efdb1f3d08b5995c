#!/usr/bin/env python3
"""Writes ssl/testdata/simclr_steps.json: the losses of a training of SimCLR in PyTorch, float64.

It is called by `go test ./ssl -run TestTrainsAsPyTorch -pytorch PYTHON`, which hands it the
weights that the training begins with, the order of images and the random numbers of views.
Layers, views, loss and optimiser are PyTorch's own (affine_grid, grid_sample, BatchNorm2d,
cross_entropy, SGD). Recorded with torch 2.15.0.
"""
import base64
import glob
import json
import math
import os
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

torch.set_default_dtype(torch.float64)
folder, target = sys.argv[1:]
weights = {k: v.double() for k, v in load_file(glob.glob(os.path.join(folder, "run", "*.safetensors"))[0]).items() if v.is_floating_point()}
inputs = json.load(open(os.path.join(folder, "inputs.json")))
images = torch.frombuffer(bytearray(base64.b64decode(inputs["Images"])), dtype=torch.uint8)
images = images.reshape(-1, 1, inputs["Height"], inputs["Width"]).double() / 255

layers, decayed, other = [], [], []
for i, name in enumerate(("conv1", "conv2")):
    w = weights[f"/encoder/{name}/weights"].permute(3, 2, 0, 1).contiguous()  # gossl keeps height, width, in, out
    conv = torch.nn.Conv2d(w.shape[1], w.shape[0], 3, min(i + 1, 2), 1, bias=False)
    conv.weight.data = w
    norm = torch.nn.BatchNorm2d(w.shape[0])
    layers += [conv, norm, torch.nn.ReLU()]
    decayed.append(conv.weight)
    other += list(norm.parameters())
encoder = torch.nn.Sequential(*layers)
head = torch.nn.Sequential()
for name in ("layer1", "layer2"):
    w = weights[f"/projector/{name}/weights"]
    linear = torch.nn.Linear(*w.shape)
    linear.weight.data, linear.bias.data = w.t().contiguous(), weights[f"/projector/{name}/biases"]
    head.append(linear)
    if name == "layer1":
        head.append(torch.nn.ReLU())
other += list(head.parameters())


def view(x, draws):
    """The recipe of ssl/augment's Default, by PyTorch's sampling."""
    area = 0.3 + 0.7 * draws[:, 0]
    aspect = torch.exp(math.log(3 / 4) + draws[:, 1] * (math.log(4 / 3) - math.log(3 / 4)))
    w, h = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    theta = torch.zeros(len(x), 2, 3)
    theta[:, 0, 0] = torch.where(draws[:, 4] < 0.5, -w, w)
    theta[:, 0, 2] = (2 * draws[:, 2] - 1) * (1 - w)
    theta[:, 1, 1] = h
    theta[:, 1, 2] = (2 * draws[:, 3] - 1) * (1 - h)
    y = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)
    jitter = (draws[:, 5] < 0.8)[:, None, None, None]
    contrast = torch.where(jitter, (0.6 + 0.8 * draws[:, 6])[:, None, None, None], 1.0)
    brightness = torch.where(jitter, (0.6 + 0.8 * draws[:, 7])[:, None, None, None], 1.0)
    mean = y.mean((1, 2, 3), keepdim=True)
    return ((y - mean) * contrast + mean * brightness).clamp(0, 1)


def nt_xent(za, zb, temperature=0.2):
    z = F.normalize(torch.cat([za, zb]))
    similarity = (z @ z.t() / temperature).fill_diagonal_(-math.inf)
    n = len(za)
    return F.cross_entropy(similarity, torch.cat([torch.arange(n) + n, torch.arange(n)]))


optimizer = torch.optim.SGD([dict(params=decayed, weight_decay=5e-4), dict(params=other)], lr=0.1, momentum=0.9)
steps, losses = inputs["Steps"], []
for i, step in enumerate(steps):
    for group in optimizer.param_groups:
        group["lr"] = 0.1 * 0.5 * (1 + math.cos(math.pi * i / len(steps)))
    x = images[torch.tensor(step["Indices"])]
    a, b = torch.tensor(step["Draws"]).reshape(2, len(x), -1)
    za, zb = head(encoder(torch.cat([view(x, a), view(x, b)])).mean((2, 3))).chunk(2)
    loss = nt_xent(za, zb)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
with open(target, "w") as out:
    json.dump(losses, out, indent=1)
    out.write("\n")
