"""Makes sklearn.json: multinomial logistic regression of scikit-learn, to convergence, on the embedded
Fashion-MNIST subset, each image averaged over 4x4 squares (49 features), standardised by the training
set's mean and unbiased standard deviation + 1e-6.

    pip install numpy==2.4.6 scikit-learn==1.9.1 pillow && python make_sklearn.py
"""
import json, os
import numpy as np, sklearn
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

here = os.path.dirname(os.path.abspath(__file__))
def load(stem):
    d = os.path.join(here, "..", "..", "data", "fashion")
    x = np.asarray(Image.open(os.path.join(d, stem + ".png"))).reshape(-1, 7, 4, 7, 4).mean((2, 4)).reshape(-1, 49) / 255
    return x, np.frombuffer(open(os.path.join(d, stem + "-labels.idx"), "rb").read()[8:], np.uint8)

x, y = load("train"); tx, ty = load("test")
mu, sd = x.mean(0), x.std(0, ddof=1) + 1e-6
x, tx = (x - mu) / sd, (tx - mu) / sd
out = {"sklearn": sklearn.__version__, "numpy": np.__version__, "cases": []}
for c in (1.0, 0.01):
    m = LogisticRegression(C=c, max_iter=20000, tol=1e-9).fit(x, y)
    out["cases"].append(dict(C=c, iterations=int(m.n_iter_[0]), test_accuracy=m.score(tx, ty), train_accuracy=m.score(x, y),
        test_log_loss=log_loss(ty, m.predict_proba(tx)), coef_norm=float(np.linalg.norm(m.coef_)), first=m.predict(tx[:50]).tolist()))
json.dump(out, open(os.path.join(here, "sklearn.json"), "w"), indent=1)
print(json.dumps(out))
