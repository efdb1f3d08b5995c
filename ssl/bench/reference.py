#!/usr/bin/env python3
"""The recipe of ssl/bench in PyTorch with lightly's losses, for four methods.

Fashion-MNIST as Debian's dataset-fashion-mnist installs it; see --data. Results are added to
the file of results of `go run ./ssl/bench table`, which prints them beside gossl's. A training
that is in the file already is not repeated.

    python3 -m venv venv && venv/bin/pip install torch scikit-learn
    venv/bin/pip install --no-deps lightly==1.5.22     # and what it imports:
    venv/bin/pip install requests tqdm pydantic aenum python-dateutil six pytorch_lightning torchvision
    venv/bin/python ssl/bench/reference.py --methods simclr,byol --seeds 3

Encoder, views, optimiser, schedule and evaluation are those of ssl.NewSimCLR; projector,
predictor, loss and target those of each method's constructor.
"""
import argparse
import copy
import datetime
import gzip
import json
import math
import os
import time

import lightly
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from lightly.loss import BarlowTwinsLoss, NegativeCosineSimilarity, NTXentLoss, VICRegLoss
from lightly.utils.benchmarking import knn_predict
from lightly.utils.scheduler import cosine_schedule
from sklearn.linear_model import LogisticRegression

BATCH, RATE, DECAY = 256, 0.1, 5e-4


def idx(path):
    raw = gzip.open(path).read()
    shape = [int.from_bytes(raw[4 + 4 * i : 8 + 4 * i], "big") for i in range(raw[3])]
    return torch.from_numpy(np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape).copy())


def encoder():
    layers = []
    for i, o, stride in [(1, 32, 1), (32, 64, 2), (64, 128, 2), (128, 128, 2)]:
        conv = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        layers += [conv, nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def mlp(widths, norm=False, norm_last=False):
    layers = []
    for k, (i, o) in enumerate(zip(widths, widths[1:])):
        last = k == len(widths) - 2
        normed = norm_last if last else norm
        layers.append(nn.Linear(i, o, bias=not normed))
        if normed:
            layers.append(nn.BatchNorm1d(o, affine=not last))
        if not last:
            layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers)


class Model(nn.Module):
    """Networks and loss of one method; ssl.New<Method> has the same settings."""

    def __init__(self, method, steps):
        super().__init__()
        self.method, self.steps = method, steps
        self.encoder, self.predictor = encoder(), None
        if method == "simclr":
            self.projector, self.loss = mlp([128, 128, 64]), NTXentLoss(temperature=0.2)
        elif method == "barlow-twins":
            self.projector, self.loss = mlp([128, 128, 128, 128], norm=True), BarlowTwinsLoss(lambda_param=5e-3)
        elif method == "vicreg":
            self.projector, self.loss = mlp([128, 128, 128, 128], norm=True), VICRegLoss(lambda_param=25, mu_param=25, nu_param=1)
        elif method == "byol":
            self.projector, self.predictor = mlp([128, 256, 64], norm=True), mlp([64, 256, 64], norm=True)
            self.target = copy.deepcopy(nn.Sequential(self.encoder, self.projector)).requires_grad_(False)
            cosine = NegativeCosineSimilarity()
            self.loss = lambda pa, pb, ta, tb: 4 + 2 * (cosine(pa, tb) + cosine(pb, ta))
        else:
            raise SystemExit(f"method {method!r} is unknown; there are simclr, barlow-twins, vicreg and byol")

    def forward(self, views):
        z = self.projector(self.encoder(views))
        if self.predictor is None:
            return self.loss(*z.chunk(2))
        p = self.predictor(z)
        with torch.no_grad():
            t = self.target(views)
        return self.loss(*p.chunk(2), *t.chunk(2))

    @torch.no_grad()
    def follow(self, step):
        if self.predictor is None:
            return
        m = cosine_schedule(step, self.steps, 0.996, 1.0)
        for t, o in zip(self.target.parameters(), nn.Sequential(self.encoder, self.projector).parameters()):
            t.mul_(m).add_(o, alpha=1 - m)


def augment(x, g):
    n = len(x)
    r = lambda *shape: torch.rand(*shape, generator=g)
    area, ratio = 0.3 + 0.7 * r(n), torch.exp(math.log(3 / 4) + r(n) * (math.log(4 / 3) - math.log(3 / 4)))
    w, h = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = w * torch.where(r(n) < 0.5, -1.0, 1.0)
    theta[:, 0, 2], theta[:, 1, 1], theta[:, 1, 2] = (2 * r(n) - 1) * (1 - w), h, (2 * r(n) - 1) * (1 - h)
    y = F.grid_sample(x, F.affine_grid(theta, list(x.shape), align_corners=False), align_corners=False)
    do = r(n) < 0.8
    c, b = torch.where(do, 0.6 + 0.8 * r(n), 1.0), torch.where(do, 0.6 + 0.8 * r(n), 1.0)
    v = lambda t: t[:, None, None, None]
    mean = y.mean((1, 2, 3))
    return ((y - v(mean)) * v(c) + v(mean * b)).clamp(0, 1)


def rankme(z):
    s = torch.linalg.svdvals(z.double())
    p = s / s.sum() + 1e-7
    return float(torch.exp(-(p * p.log()).sum()))


@torch.no_grad()
def features(model, x):
    model.eval()
    h = torch.cat([model.encoder(b) for b in x.split(1000)])
    return h, model.projector(h)


def train(method, seed, steps, data):
    xtr, ytr, xte, yte = data
    torch.manual_seed(seed)
    model, g = Model(method, steps), torch.Generator().manual_seed(1000 + seed)
    weights = [p for p in model.encoder.parameters() if p.ndim == 4]
    ids = {id(p) for p in weights}
    rest = [p for p in model.parameters() if p.requires_grad and id(p) not in ids]
    optimizer = torch.optim.SGD([dict(params=weights, weight_decay=DECAY), dict(params=rest)], lr=RATE, momentum=0.9)
    per_epoch, losses, begun = len(xtr) // BATCH, [], time.time()
    model.train()
    for step in range(steps):
        if step % per_epoch == 0:
            order = torch.randperm(len(xtr), generator=g)
        for group in optimizer.param_groups:
            group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * step / steps))
        at = step % per_epoch * BATCH
        x = xtr[order[at : at + BATCH]]
        loss = model(torch.cat([augment(x, g), augment(x, g)]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.follow(step)
        losses.append(loss.item())
    seconds = time.time() - begun
    (htr, _), (hte, zte) = features(model, xtr), features(model, xte)
    mean, std = htr.mean(0), htr.std(0) + 1e-6
    probe = LogisticRegression(C=1.0, max_iter=300).fit(((htr - mean) / std).numpy(), ytr.numpy())
    bank = F.normalize(htr, dim=1).t().contiguous()
    knn = {k: 100 * float((torch.cat([knn_predict(q, bank, ytr, 10, k, 0.1)[:, 0] for q in F.normalize(hte, dim=1).split(500)]) == yte).float().mean())
           for k in (20, 200)}
    return dict(Loss=float(np.mean(losses[-78:])), Linear=100 * probe.score(((hte - mean) / std).numpy(), yte.numpy()),
                KNN20=knn[20], KNN200=knn[200], RankH=rankme(hte), RankZ=rankme(zte), Negligible=0, Zero=0, Seconds=seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", default="simclr,barlow-twins,byol,vicreg")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--images", type=int, default=20000)
    parser.add_argument("--steps", type=int, default=390)
    parser.add_argument("--minutes", type=float, default=0, help="begin no further training after so many; 0 for no limit")
    parser.add_argument("--data", default="/usr/share/datasets/fashion-mnist")
    parser.add_argument("--file", default="ssl/bench/results.jsonl")
    a = parser.parse_args()
    read = lambda name: idx(os.path.join(a.data, name + ".gz"))
    data = (read("train-images-idx3-ubyte")[: a.images, None].float() / 255, read("train-labels-idx1-ubyte")[: a.images].long(),
            read("t10k-images-idx3-ubyte")[:, None].float() / 255, read("t10k-labels-idx1-ubyte").long())
    done = [json.loads(line) for line in open(a.file)] if os.path.exists(a.file) else []
    library, begun = f"lightly {lightly.__version__}", time.time()
    for seed in range(a.seeds):
        for method in a.methods.split(","):
            key = dict(Method=method, Library=library, Seed=seed, Images=a.images, Steps=a.steps)
            if any(all(d.get(k) == v for k, v in key.items()) for d in done):
                continue
            if a.minutes and time.time() - begun > 60 * a.minutes:
                return
            result = {**key, **train(method, seed, a.steps, data), "Date": datetime.datetime.now(datetime.timezone.utc).date().isoformat()}
            with open(a.file, "a") as f:
                f.write(json.dumps(result) + "\n")
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
