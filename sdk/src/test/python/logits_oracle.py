"""Writes the oracle of LogitsPipelineTest with the logits processors of Hugging Face transformers.

    python logits_oracle.py > ../resources/dev/reticent/sampling/logits.json

The processors are called in Reticent's order: penalties, temperature, min-p, top-k, top-p. The
frequency and presence penalties, which transformers lacks, are written out from OpenAI's formula.
"""

import json

import torch
from transformers import (
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

V = 40
CASES = [
    {},
    {"temperature": 0.5},
    {"temperature": 1.7},
    {"top_k": 1},
    {"top_k": 7},
    {"top_k": 100},
    {"top_p": 0.1},
    {"top_p": 0.9},
    {"min_p": 0.05},
    {"min_p": 0.3},
    {"repetition_penalty": 1.3},
    {"repetition_penalty": 0.7},
    {"frequency_penalty": 0.8},
    {"presence_penalty": 1.1},
    {"repetition_penalty": 1.2, "frequency_penalty": -0.4, "presence_penalty": 0.3},
    {"temperature": 0.8, "top_k": 12, "top_p": 0.85},
    {"temperature": 1.3, "top_p": 0.95, "min_p": 0.02, "repetition_penalty": 1.1},
    {"temperature": 0.6, "top_k": 9, "top_p": 0.7, "min_p": 0.1, "frequency_penalty": 0.5},
]


def expected(logits, prompt, answer, case):
    ids = torch.tensor([prompt + answer])
    z = logits.clone()[None]
    if "repetition_penalty" in case:
        z = RepetitionPenaltyLogitsProcessor(case["repetition_penalty"])(ids, z)
    for i in set(answer):
        z[0, i] -= case.get("frequency_penalty", 0.0) * answer.count(i)
        z[0, i] -= case.get("presence_penalty", 0.0)
    penalised = z[0].tolist()
    if "temperature" in case:
        z = TemperatureLogitsWarper(case["temperature"])(ids, z)
    if "min_p" in case:
        z = MinPLogitsWarper(case["min_p"])(ids, z)
    if "top_k" in case:
        z = TopKLogitsWarper(case["top_k"])(ids, z)
    if "top_p" in case:
        z = TopPLogitsWarper(case["top_p"])(ids, z)
    return penalised, torch.softmax(z[0].double(), -1).tolist()


rows = []
generator = torch.Generator().manual_seed(7)
for case in CASES:
    for _ in range(3):
        logits = 3 * torch.randn(V, generator=generator)
        prompt = torch.randint(0, V, (6,), generator=generator).tolist()
        answer = torch.randint(0, V, (5,), generator=generator).tolist()
        answer.append(answer[0])
        penalised, probabilities = expected(logits, prompt, answer, case)
        rows.append(
            {
                "parameters": case,
                "prompt": prompt,
                "answer": answer,
                "logits": [float(f"{x:.9g}") for x in logits.tolist()],
                "penalised": [float(f"{x:.9g}") for x in penalised],
                "probabilities": [float(f"{x:.9g}") for x in probabilities],
                "logprobs": [
                    float(f"{x:.9g}") for x in torch.log_softmax(logits.double(), -1).tolist()
                ],
            }
        )
print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")
