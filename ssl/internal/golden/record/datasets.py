#!/usr/bin/env python3
"""Writes the small files of ssl/data/testdata as their makers' libraries write them.

Needs numpy, pyarrow and pillow. Run it in the repository's root.
"""
import io
import json
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

# A batch of CIFAR-10's Python version with two images, by the oldest and a new protocol.
# Pixel i of image k is (7*i + 50*k) mod 256.
pixels = ((7 * np.arange(3072)[None] + 50 * np.arange(2)[:, None]) % 256).astype(np.uint8)
for protocol in (2, 5):
    batch = {"batch_label": "testing", "labels": [3, 8], "data": pixels, "filenames": ["a.png", "b.png"]}
    with open(f"ssl/data/testdata/batch_protocol{protocol}.pickle", "wb") as f:
        pickle.dump(batch, f, protocol=protocol)

# Three rows of an image data set of Hugging Face's.
def png(color):
    out = io.BytesIO()
    Image.new("RGB", (4, 4), color).save(out, "PNG")
    return {"bytes": out.getvalue(), "path": None}


table = pa.table({
    "image": pa.array([png((255, 0, 0)), png((0, 255, 0)), png((0, 0, 255))], pa.struct({"bytes": pa.binary(), "path": pa.string()})),
    "label": pa.array([0, 1, 0], pa.int64()),
})
features = {"image": {"_type": "Image"}, "label": {"names": ["warm", "cold"], "_type": "ClassLabel"}}
table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
pq.write_table(table, "ssl/data/testdata/images.parquet", compression="snappy", row_group_size=2)
