"""Makes the tiny checkpoints of src/test/resources/families, one or more a family, and their expected outputs.

    python make_families.py [CASE ...]        # from any folder; all cases without names

As make_golden.py, whose functions it uses, with less of everything: one text of 40 tokens, one training example whose
answer is its second half, weights in bf16. Expected outputs are transformers' and PEFT's, fp32, eager attention, no cache.
"""

import json
import math
import shutil
import sys
from pathlib import Path

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file

import make_golden

ROOT = Path(__file__).resolve().parents[1] / "resources" / "families"
SHAPE = dict(
    vocab_size=80, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=128, bos_token_id=1, eos_token_id=2, pad_token_id=0,
    tie_word_embeddings=True,
)
CHUNKED = "chunked_attention"
SLIDE, FULL = "sliding_attention", "full_attention"
ALTERNATE = dict(sliding_window=6, layer_types=[SLIDE, FULL])
# Layers with the gated delta rule beside layers with attention; value heads of another number and size than key heads.
DELTA = dict(head_dim=16, linear_num_key_heads=2, linear_num_value_heads=4, linear_key_head_dim=8,
             linear_value_head_dim=12, layer_types=["linear_attention", FULL])
# Latent attention whose queries, values and turning parts are of different sizes, and experts in groups.
LATENT = dict(kv_lora_rank=16, qk_nope_head_dim=8, qk_rope_head_dim=4, v_head_dim=6)
GROUPED = dict(n_routed_experts=8, n_group=4, topk_group=2, num_experts_per_tok=3, moe_intermediate_size=12,
               n_shared_experts=2)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=16)


def case(model_type, **config):
    return model_type, {**SHAPE, **config}


def part(model_type, text_type, vision_config, mm_tokens_per_image=None, **config):
    """A multimodal model whose text part is computed."""
    more = {} if mm_tokens_per_image is None else dict(mm_tokens_per_image=mm_tokens_per_image)
    return model_type, dict(text_config=dict(model_type=text_type, **{**SHAPE, **config}), vision_config=vision_config,
                            tie_word_embeddings=True, image_token_index=0, image_token_id=0, **more)


CASES = {
    "mistral-layer-types": case("ministral", head_dim=8, **ALTERNATE),
    "ministral": case("ministral", head_dim=16, **ALTERNATE),
    "ministral3": case("ministral3", head_dim=8, rope_parameters=dict(
        YARN, llama_4_scaling_beta=0.5, mscale=1.0, mscale_all_dim=1.0)),
    "seed_oss": case("seed_oss", head_dim=16, attention_out_bias=True),
    "cwm": case("cwm", head_dim=8, rope_parameters=dict(
        rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=16), **ALTERNATE),
    "smollm3": case("smollm3", no_rope_layers=[1, 0]),
    "granite": case("granite", embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.4,
                    logits_scaling=0.5),
    "ernie4_5": case("ernie4_5", head_dim=16, use_bias=True),
    "helium": case("helium", head_dim=8),
    "hunyuan_v1_dense": case("hunyuan_v1_dense", head_dim=16),
    "hunyuan-alpha": case("hunyuan_v1_dense", head_dim=16, rope_parameters=dict(
        rope_type="dynamic", rope_theta=10000.0, alpha=50.0, factor=1.0)),
    "arcee": case("arcee"),
    "apertus": case("apertus", rope_parameters=dict(rope_type="default", rope_theta=10000.0)),
    "gemma": case("gemma", head_dim=16),
    "gemma2": case("gemma2", head_dim=16, query_pre_attn_scalar=10, attn_logit_softcapping=2.0,
                   final_logit_softcapping=3.0, **ALTERNATE),
    "gemma3": case("gemma3_text", head_dim=16, query_pre_attn_scalar=10, rope_parameters={
        FULL: dict(rope_type="linear", factor=2.0, rope_theta=10000.0),
        SLIDE: dict(rope_type="default", rope_theta=100.0)}, **ALTERNATE),
    # Wider heads and fewer keys, which are the values too, in layers that see all.
    "gemma4": case("gemma4_text", head_dim=8, global_head_dim=16, num_global_key_value_heads=1, attention_k_eq_v=True,
                   hidden_size_per_layer_input=0, final_logit_softcapping=3.0, **ALTERNATE),
    # As the small ones: an input for each layer, the last two layers on keys and values of the first two.
    "gemma4-small": part("gemma4", "gemma4_text", vision_config=dict(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1, head_dim=8,
        patch_size=2, position_embedding_size=4), head_dim=8, global_head_dim=16, hidden_size_per_layer_input=6,
        vocab_size_per_layer_input=80, num_kv_shared_layers=2, use_double_wide_mlp=True, sliding_window=6,
        num_hidden_layers=4, layer_types=[SLIDE, FULL, SLIDE, FULL]),
    "gemma4-moe": case("gemma4_text", head_dim=8, global_head_dim=8, hidden_size_per_layer_input=0, enable_moe_block=True,
                       num_experts=4, top_k_experts=2, moe_intermediate_size=12, **ALTERNATE),
    "vaultgemma": case("vaultgemma", head_dim=16, query_pre_attn_scalar=10, attn_logit_softcapping=2.0, **ALTERNATE),
    "glm": case("glm", head_dim=16),
    "glm4": case("glm4", head_dim=16, tie_word_embeddings=False),
    "olmo": case("olmo", clip_qkv=1.5),
    "olmo2": case("olmo2"),
    "olmo3": case("olmo3", rope_parameters={
        FULL: YARN, SLIDE: dict(rope_type="default", rope_theta=10000.0)}, **ALTERNATE),
    "exaone4": case("exaone4", **ALTERNATE),
    "cohere": case("cohere", logit_scale=0.7),
    "cohere2": case("cohere2", logit_scale=0.7, **ALTERNATE),
    "starcoder2": case("starcoder2", sliding_window=9),
    "stablelm": case("stablelm", use_qkv_bias=True),
    "stablelm-parallel": case("stablelm", use_parallel_residual=True),
    "nemotron": case("nemotron", tie_word_embeddings=False),
    "gpt_neox": case("gpt_neox", tie_word_embeddings=False, num_key_value_heads=4, rope_parameters=dict(
        rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5)),
    "falcon": case("falcon", new_decoder_architecture=True, num_kv_heads=2),
    "falcon-7b": case("falcon", multi_query=True, bias=True, num_key_value_heads=None),
    "mixtral": case("mixtral", num_local_experts=4, num_experts_per_tok=2, sliding_window=9),
    "mixtral-fused": case("mixtral", num_local_experts=4, num_experts_per_tok=2, sliding_window=None),
    "qwen3_moe": case("qwen3_moe", num_experts=5, num_experts_per_tok=2, moe_intermediate_size=12, head_dim=16,
                      norm_topk_prob=True, mlp_only_layers=[1]),
    "qwen2_moe-sparse": case("qwen2_moe", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=12,
                             shared_expert_intermediate_size=20, intermediate_size=24, decoder_sparse_step=2),
    "qwen2_moe": case("qwen2_moe", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=12,
                      shared_expert_intermediate_size=20),
    "qwen3_next": case("qwen3_next", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=12,
                       shared_expert_intermediate_size=20, **DELTA),
    "qwen3_5-vision": part("qwen3_5", "qwen3_5_text", vision_config=dict(
        hidden_size=8, intermediate_size=8, depth=1, num_heads=1, patch_size=2, spatial_merge_size=1,
        temporal_patch_size=1, out_hidden_size=32, num_position_embeddings=4), **DELTA),
    "qwen3_5_moe": case("qwen3_5_moe_text", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=12,
                        shared_expert_intermediate_size=20, **DELTA),
    "gpt_oss": case("gpt_oss", num_local_experts=4, num_experts_per_tok=2, head_dim=8, intermediate_size=20,
                    rope_parameters=dict(YARN, truncate=False), swiglu_limit=1.5,
                    tie_word_embeddings=False, **ALTERNATE),
    "gpt_oss-mxfp4": case("gpt_oss", num_local_experts=3, num_experts_per_tok=2, head_dim=8, intermediate_size=32,
                          num_hidden_layers=1, rope_parameters=dict(YARN, truncate=False), **dict(
                              sliding_window=6, layer_types=[SLIDE])),
    "olmoe": case("olmoe", num_experts=4, num_experts_per_tok=2, intermediate_size=20),
    "olmoe-clip": case("olmoe", num_experts=4, num_experts_per_tok=2, intermediate_size=20, clip_qkv=1.0,
                       norm_topk_prob=True),
    "phimoe": case("phimoe", num_local_experts=4, num_experts_per_tok=2, intermediate_size=20, router_jitter_noise=0.2,
                   attention_bias=True, lm_head_bias=True, tie_word_embeddings=False),
    "granitemoe": case("granitemoe", num_local_experts=4, num_experts_per_tok=2, intermediate_size=20,
                       embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.4,
                       logits_scaling=0.5),
    "deepseek_v2": case("deepseek_v2", q_lora_rank=None, topk_method="group_limited_greedy", routed_scaling_factor=1.5,
                        first_k_dense_replace=1, num_key_value_heads=4, **LATENT, **GROUPED),
    "deepseek_v3": case("deepseek_v3", q_lora_rank=12, routed_scaling_factor=1.2, first_k_dense_replace=1, num_key_value_heads=4,
                        rope_parameters=dict(YARN, mscale=0.8, mscale_all_dim=1.0), **LATENT, **GROUPED),
    "glm4_moe_lite": case("glm4_moe_lite", q_lora_rank=12, mlp_layer_types=["sparse", "dense"], num_key_value_heads=4,
                          rope_interleave=False, **{**LATENT, "v_head_dim": 12}, **{**GROUPED, "n_group": 1, "topk_group": 1}),
    "youtu": case("youtu", q_lora_rank=12, pad_token_id=None, num_key_value_heads=4, num_hidden_layers=1, rms_norm_eps=1e-3, **LATENT),
    "minicpm3": case("minicpm3", q_lora_rank=12, num_key_value_heads=4, scale_emb=3, scale_depth=0.7, dim_model_base=16,
                     **{**LATENT, "v_head_dim": None}),
    "glm4_moe": case("glm4_moe", head_dim=16, use_qk_norm=True, attention_bias=True, **GROUPED),
    "dots1": case("dots1", num_hidden_layers=1, head_dim=16, norm_topk_prob=False, routed_scaling_factor=0.7,
                  layer_types=[SLIDE], sliding_window=9, **GROUPED),
    "llama4": case("llama4_text", num_local_experts=4, num_experts_per_tok=2, head_dim=8, intermediate_size=12,
                   intermediate_size_mlp=40, interleave_moe_layer_step=2, no_rope_layers=[0, 1], layer_types=[FULL, CHUNKED],
                   attention_chunk_size=9, floor_scale=5, attn_scale=0.5),
    "llama4-vision": part("llama4", "llama4_text", vision_config=dict(
        hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=16, patch_size=8,
        vision_output_dim=8, projector_input_dim=8, projector_output_dim=8), num_local_experts=3, head_dim=8,
        num_hidden_layers=1, intermediate_size=12, attention_chunk_size=9),
    "mistral3-vision": part("mistral3", "mistral", vision_config=dict(
        model_type="pixtral", hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
        image_size=16, patch_size=8), sliding_window=None, head_dim=8),
    "gemma3-vision": part("gemma3", "gemma3_text", vision_config=dict(
        model_type="siglip_vision_model", hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1, image_size=16, patch_size=8), mm_tokens_per_image=4, head_dim=8,
        query_pre_attn_scalar=10, **ALTERNATE),
    "llama-tied-flag": case("llama"),
    "llama-f64": case("llama", num_hidden_layers=1),
    "gpt2-bare": case("gpt2", n_embd=32, n_layer=1, n_head=4, n_positions=128, n_inner=40),
    "gpt2": case("gpt2", n_embd=32, n_layer=2, n_head=4, n_positions=128, n_inner=40),
    "phi": case("phi", tie_word_embeddings=False),
}


def randomise(model, generator):
    """Weights at a scale where every part of the model moves the output."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() < 2:
                p.copy_(0.2 * noise + p)  # norms and biases begin where the library puts them
            elif "embed" in name:
                p.copy_(noise)
            else:
                p.copy_(1.2 * noise / math.sqrt(p.shape[-1]))
        for name, b in model.named_buffers():
            if name.endswith("e_score_correction_bias"):
                b.copy_(0.1 * torch.randn(b.shape, generator=generator))
            elif name.endswith("layer_scalar"):
                b.copy_(1 + 0.2 * torch.randn(b.shape, generator=generator))


def layer_types(folder):
    """As such folders are found: an architecture of old with a key of new."""
    raw = json.loads((folder / "config.json").read_text())
    raw.update(model_type="mistral", architectures=["MistralForCausalLM"])
    (folder / "config.json").write_text(json.dumps(raw, indent=2))


def untied(folder):
    """A config that says tied beside an output matrix of its own: transformers 5 takes the matrix."""
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].flip(0).contiguous()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def without_prefix(folder):
    """The first GPT-2s: no prefix, and masks beside the weights."""
    tensors = {n.removeprefix("transformer."): t for n, t in load_file(folder / "model.safetensors").items()}
    tensors["h.0.attn.bias"] = torch.ones(1, 1, 8, 8).tril().bfloat16()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def doubles(folder):
    tensors = {n: t.double() for n, t in load_file(folder / "model.safetensors").items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def mxfp4(folder):
    """Experts as their maker publishes them: 4-bit floats, each 32 of them with a power of two."""
    tensors = load_file(folder / "model.safetensors")
    generator = torch.Generator().manual_seed(3)
    for n in [n for n in tensors if n.endswith(("gate_up_proj", "down_proj"))]:
        experts, inputs, outputs = tensors.pop(n).shape
        tensors[n + "_blocks"] = torch.randint(
            0, 256, (experts, outputs, inputs // 32, 16), generator=generator, dtype=torch.uint8)
        tensors[n + "_scales"] = torch.randint(
            123, 126, (experts, outputs, inputs // 32), generator=generator, dtype=torch.uint8)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    raw = json.loads((folder / "config.json").read_text())
    raw["quantization_config"] = dict(
        quant_method="mxfp4", modules_to_not_convert=["model.layers.*.self_attn", "model.layers.*.mlp.router",
                                                      "model.embed_tokens", "lm_head"])
    (folder / "config.json").write_text(json.dumps(raw, indent=2))


REWRITTEN = {"gpt_oss-mxfp4": mxfp4, "mistral-layer-types": layer_types, "llama-tied-flag": untied, "gpt2-bare": without_prefix,
             "llama-f64": doubles}


def make(name):
    model_type, config = CASES[name]
    folder = ROOT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    config = transformers.CONFIG_MAPPING[model_type](**config)
    torch.manual_seed(1)  # for what the library itself draws
    multimodal = hasattr(config, "vision_config")
    library = transformers.AutoModelForImageTextToText if multimodal else transformers.AutoModelForCausalLM
    model = library.from_config(config, attn_implementation="eager", dtype=torch.float32)
    randomise(model, generator)
    model.to(torch.bfloat16).save_pretrained(folder, save_original_format=name != "mixtral-fused")
    for extra in folder.glob("generation_config.json"):
        extra.unlink()
    if name in REWRITTEN:
        REWRITTEN[name](folder)

    # What was stored, read back by the library itself, is what the outputs belong to.
    model = library.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager").eval()
    ids = torch.randint(3, config.get_text_config().vocab_size, (40,), generator=generator).tolist()
    golden = dict(provenance=dict(torch=torch.__version__, transformers=transformers.__version__,
                                  peft=peft.__version__), input_ids=ids)
    with torch.no_grad():
        golden["logits_last"] = make_golden.logits(model, ids)[-1].tolist()
        golden["logprobs"] = make_golden.logprobs(model, ids)
    targets = "all-linear"
    if hasattr(config, "num_experts_per_tok"):  # neither routers nor what decides how much a shared expert counts
        targets = [n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)
                   and not n.endswith(("shared_expert_gate", "router", "gate", "lm_head"))]
    if model_type == "qwen3_moe":  # of whose layers without experts PEFT 0.21 makes experts
        targets = [n for n in targets if ".mlp." not in n]
    if model_type == "qwen3_next":  # of whose shared expert PEFT 0.21 makes all experts
        targets = [n for n in targets if ".mlp." not in n]
    if model_type == "gemma4_text":  # not the router
        targets = [n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear) and ".layers." in n and ".router." not in n]
    if multimodal:
        targets = [n for n, m in model.named_modules() if "language_model." in n and ".layers." in n
                   and isinstance(m, torch.nn.Linear) and not n.endswith("router")]
    experts = [] if multimodal else list(dict.fromkeys(
        n.split(".", 3)[3] for n, p in model.named_parameters() if "experts" in n and p.dim() == 3))
    if name == "olmoe-clip" or model_type.startswith(("qwen3_next", "qwen3_5")):  # adapters of attention alone
        experts = []
    adapted = peft.get_peft_model(model, peft.LoraConfig(
        r=2, lora_alpha=4, target_modules=targets, target_parameters=experts or None, task_type="CAUSAL_LM",
        lora_dropout=0.0))
    with torch.no_grad():
        for parameter, p in adapted.named_parameters():
            if "lora_" in parameter:
                p.copy_(torch.randn(p.shape, generator=generator) / math.sqrt(p.shape[-1]))
    adapted.save_pretrained(folder / "adapter", save_embedding_layers=False)
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    make_golden.clean_adapter_config(folder / "adapter" / "adapter_config.json")
    given = dict(input_ids=ids, loss_mask=[0] * 20 + [1] * 20)
    golden["example"] = make_golden.example(adapted, given)
    (folder / "golden.json").write_text(json.dumps(make_golden.rounded(golden)))
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    print(f"{name}: {size / 1024:.0f} KiB", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for one in sys.argv[1:] or CASES:
        make(one)
