#!/usr/bin/env python3
"""Encoders between gossl and torchvision.

    compare.py load FILE IMAGES FEATURES   loads an encoder that gossl exported into torchvision's
                                           ResNet-18 and compares its features with gossl's
    compare.py make FILE IMAGES FEATURES   writes a ResNet-18 of torchvision's, with random weights
                                           and running statistics, and its features of the images

IMAGES holds float32 values [n, 3, 32, 32], FEATURES [n, 512], both without a header.
It needs torch and torchvision, and prints the largest difference relative to the largest feature.
"""
import json
import struct
import sys

import torch
import torchvision

TYPES = {"F32": torch.float32, "I64": torch.int64, "U8": torch.uint8}


def read(path):
    with open(path, "rb") as f:
        content = f.read()
    (n,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + n])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        lo, hi = entry["data_offsets"]
        flat = torch.frombuffer(bytearray(content[8 + n + lo : 8 + n + hi]), dtype=TYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    tensors.pop("gossl/checksum", None)
    return tensors


def write(path, tensors):
    header, parts, at = {}, [], 0
    names = {v: k for k, v in TYPES.items()}
    for name, t in tensors.items():
        data = t.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


def main():
    verb, path, images, features = sys.argv[1:]
    model = torchvision.models.resnet18()
    model.fc = torch.nn.Identity()
    model.eval()
    with open(images, "rb") as f:
        x = torch.frombuffer(bytearray(f.read()), dtype=torch.float32).reshape(-1, 3, 32, 32)
    if verb == "load":
        missing, unexpected = model.load_state_dict(read(path), strict=False)
        missing = [m for m in missing if not m.endswith("num_batches_tracked")]
        assert not missing and not unexpected, (missing, unexpected)
        with open(features, "rb") as f:
            want = torch.frombuffer(bytearray(f.read()), dtype=torch.float32).reshape(len(x), -1)
        with torch.no_grad():
            got = model(x)
        print(float((got - want).abs().max() / want.abs().max()))
        return
    torch.manual_seed(1)
    for name, t in model.named_buffers():
        if name.endswith("running_mean"):
            t.normal_(0, 0.1)
        elif name.endswith("running_var"):
            t.uniform_(0.5, 1.5)
    write(path, model.state_dict())
    with torch.no_grad():
        out = model(x)
    with open(features, "wb") as f:
        f.write(out.numpy().tobytes())


main()
