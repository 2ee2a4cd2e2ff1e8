"""Writes the oracle of the evaluation tests: sacrebleu 2.6, rouge_score 0.1.2, scipy, scikit-learn.

    python metrics_oracle.py > ../resources/dev/reticent/evaluation/metrics.json

SQuAD's match and F1 are written out from the description in the paper and its evaluation script.
"""

import collections
import json
import random
import re
import string

import numpy as np
import sacrebleu
from rouge_score import rouge_scorer
from scipy import stats
from sklearn.metrics import cohen_kappa_score

PAIRS = [
    ("The cat sat on the mat.", "The cat sat on the mat."),
    ("A cat sat on a mat", "The cat sat on the mat."),
    ("It costs $3.50, i.e. 1,000-2,000 yen (about).", "It costs $3.50, or 1,000 - 2,000 yen."),
    ("don't stop-me now!", "do not stop me now"),
    ("", "nothing was said"),
    ("something was said", ""),
    ("", ""),
    ("one", "one"),
    ("one two", "two one"),
    ("naïve café déjà-vu 😀", "naive café deja vu 😀"),
    ("Привет, мир! Как дела?", "Привет мир, как дела?"),
    ("line one\nline two", "line one line-\ntwo"),
    ("&quot;quoted&quot; &amp; &lt;b&gt;", '"quoted" & <b>'),
    ("the the the the", "the cat the"),
    ("Table $orders has 12 columns; key: order_id.", "Table $orders has 12 columns; key is order_id."),
    ("non\u00a0breaking\u2003space", "non breaking space"),
    ("[a] {b} `c` ~d^e\\f|g", "a b c d e f g"),
    ("1.5.2, v2-3 and 4-5", "1.5.2, v2-3, and 4-5."),
    ("ΟΔΥΣΣΕΥΣ went", "οδυσσευς went"),
]
words = "the a run of job $orders daily 12 fails, because (of) disk space; it's re-tried at 3.5".split()
source = random.Random(11)
for _ in range(25):
    reference = [source.choice(words) for _ in range(source.randint(1, 14))]
    prediction = [w for w in reference if source.random() < 0.8]
    prediction += [source.choice(words) for _ in range(source.randint(0, 3))]
    PAIRS.append((" ".join(prediction), " ".join(reference)))


def normalise(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def token_f1(prediction, reference):
    said, wanted = normalise(prediction).split(), normalise(reference).split()
    if not said or not wanted:
        return float(said == wanted)
    common = sum((collections.Counter(said) & collections.Counter(wanted)).values())
    if common == 0:
        return 0.0
    p, r = common / len(said), common / len(wanted)
    return 2 * p * r / (p + r)


rouge = rouge_scorer.RougeScorer(["rougeL"])
sentence_bleu = sacrebleu.BLEU(effective_order=True)
bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
rows = []
for prediction, reference in PAIRS:
    score = rouge.score(reference, prediction)["rougeL"]
    rows.append(
        {
            "prediction": prediction,
            "reference": reference,
            "match": normalise(prediction) == normalise(reference),
            "f1": token_f1(prediction, reference),
            "rouge": [score.precision, score.recall, score.fmeasure],
            "bleu": sentence_bleu.sentence_score(prediction, [reference]).score,
            "chrf": chrf.sentence_score(prediction, [reference]).score,
        }
    )
predictions, references = map(list, zip(*PAIRS))
corpora = []
for start, end in [(0, len(PAIRS)), (0, 6), (7, 9), (19, 44), (4, 5), (7, 8)]:
    p, r = predictions[start:end], references[start:end]
    corpora.append(
        {
            "start": start,
            "end": end,
            "bleu": bleu.corpus_score(p, [r]).score,
            "chrf": chrf.corpus_score(p, [r]).score,
        }
    )

draw = np.random.default_rng(5)
samples = []
for values in [draw.integers(1, 6, 60), draw.normal(2, 3, 25).round(3), draw.random(200).round(4)]:
    interval = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=100_000, rng=draw
    ).confidence_interval
    samples.append(
        {
            "values": values.tolist(),
            "mean": float(np.mean(values)),
            "low": float(interval.low),
            "high": float(interval.high),
        }
    )
kappas = []
for n in (10, 50, 200):
    first = draw.integers(1, 6, n)
    second = np.clip(first + draw.integers(-1, 2, n), 1, 5)
    kappas.append(
        {
            "first": first.tolist(),
            "second": second.tolist(),
            "NONE": float(cohen_kappa_score(first, second)),
            "LINEAR": float(cohen_kappa_score(first, second, weights="linear")),
            "QUADRATIC": float(cohen_kappa_score(first, second, weights="quadratic")),
        }
    )
print(
    json.dumps(
        {
            "signatures": {
                "bleu": bleu.get_signature().format(),
                "sentence_bleu": sentence_bleu.get_signature().format(),
                "chrf": chrf.get_signature().format(),
            },
            "rows": rows,
            "corpora": corpora,
            "samples": samples,
            "kappas": kappas,
        },
        indent=1,
    )
)
