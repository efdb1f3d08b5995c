#!/usr/bin/env python3
"""Writes ssl/testdata/optimizers.json: six steps of each optimiser on a tiny network, float64.

Needs torch and lightly (whose LARS is recorded). Run it in the repository's root.
The network and its inputs are those of ssl/testdata/train_steps.json: encoder 5-6 with tanh,
head 6-4 with tanh, 4-3; weights 0.3*X(shape, seed) with seeds 50, 51, 52, biases 0.5, 0.5, 0;
inputs X(8, 5, 60) and X(8, 5, 61); NT-Xent at temperature 0.5. Weights decay, biases do not.
"""
import json
import math

import torch
from lightly.loss import NTXentLoss
from lightly.utils.lars import LARS

torch.set_default_dtype(torch.float64)


def X(n, d, seed):
    return torch.tensor([[math.sin(i * 0.37 + j * 1.3 + seed * 0.71) + 0.5 * math.cos(i * j * 0.11 + seed * 1.9)
                          for j in range(d)] for i in range(n)])


def network():
    layers = [torch.nn.Linear(5, 6), torch.nn.Linear(6, 4), torch.nn.Linear(4, 3)]
    for layer, seed, bias in zip(layers, (50, 51, 52), (0.5, 0.5, 0)):
        layer.weight.data = 0.3 * X(*layer.weight.shape, seed)
        layer.bias.data.fill_(bias)
    return layers


def train(make, steps=6, clip=None, accumulate=1):
    layers = network()
    groups = [dict(params=[l.weight for l in layers]), dict(params=[l.bias for l in layers], weight_decay=0.0)]
    optimizer = make(groups)
    criterion = NTXentLoss(temperature=0.5)
    out = []
    for step in range(steps):
        # Accumulated steps see other inputs, so that their mean is a mean of different gradients.
        shift = step % accumulate
        z = [layers[2](torch.tanh(layers[1](torch.tanh(layers[0](X(8, 5, seed + 2 * shift)))))) for seed in (60, 61)]
        loss = criterion(*z)
        (loss / accumulate).backward()
        if (step + 1) % accumulate == 0:
            if clip is not None:
                torch.nn.utils.clip_grad_norm_([p for l in layers for p in l.parameters()], clip)
            optimizer.step()
            optimizer.zero_grad()
        out.append(dict(Loss=loss.item(), W1=layers[1].weight.tolist(), B1=layers[1].bias.tolist()))
    return out


sgd = lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9, weight_decay=0.01)
nesterov = lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9, weight_decay=0.01, nesterov=True)
adam = lambda groups: torch.optim.Adam(groups, lr=0.05, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.01)
adamw = lambda groups: torch.optim.AdamW(groups, lr=0.05, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)
lars = lambda groups: LARS(groups, lr=2, momentum=0.9, weight_decay=0.01, trust_coefficient=0.001)

json.dump({
    "sgd": train(sgd), "nesterov": train(nesterov), "adam": train(adam), "adamw": train(adamw), "lars": train(lars),
    "clip": train(sgd, clip=0.1), "accumulate": train(sgd, accumulate=3),
    "accumulate-adam": train(adam, accumulate=2, clip=0.1),
}, open("ssl/testdata/optimizers.json", "w"), indent=1)
