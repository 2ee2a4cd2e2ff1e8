"""Writes resources/golden/nf4.safetensors: a matrix and its NF4 form by bitsandbytes (CPU).

    python make_nf4_oracle.py
"""

from pathlib import Path

import bitsandbytes.functional as bnb
import torch
from safetensors.torch import save_file

torch.manual_seed(0)
rows, columns = 150, 124  # 290 full blocks of 64 and a part of one; two blocks of 256 scales
values = (torch.randn(rows, columns) * torch.rand(rows, 1).exp())
values[3, 5] = 0.0
packed, state = bnb.quantize_4bit(values, blocksize=64, quant_type="nf4", compress_statistics=True)
save_file({
    "values": values,
    "packed": packed.flatten(),
    "absmax_codes": state.absmax,
    "absmax2": state.state2.absmax,
    "offset": state.offset.reshape(1),
    "code": state.code,
    "code2": state.state2.code,
    "dequantized": bnb.dequantize_4bit(packed, state),
}, Path(__file__).resolve().parents[1] / "resources" / "golden" / "nf4.safetensors", metadata={"format": "pt"})
