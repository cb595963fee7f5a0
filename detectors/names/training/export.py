"""The trained model as a message runs it: ONNX, int8 per channel."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from detectors.names.features import FEATURES, OTHERS, TAGS


class Running(nn.Module):
    """A `Tagger` that reads one text: without padding there is no mask, and queries, keys and values are one product. It
    says the same, a sixth sooner."""

    def __init__(self, tagger: Any, longest: int) -> None:
        super().__init__()
        self.tagger, self.layers = tagger, tagger.bert.encoder.layer
        embeddings, config = tagger.bert.embeddings, tagger.bert.config
        self.words, self.begins = embeddings.word_embeddings, embeddings.LayerNorm
        places = embeddings.position_embeddings.weight[:longest] + embeddings.token_type_embeddings.weight[0]
        self.register_buffer("places", places.detach())
        self.hidden, self.heads = config.hidden_size, config.num_attention_heads
        self.each = self.hidden // self.heads
        self.attends = nn.ModuleList(self._joined(layer.attention.self) for layer in self.layers)

    def _joined(self, attention: Any) -> nn.Linear:
        joined = nn.Linear(self.hidden, 3 * self.hidden)
        query, key, value = attention.query, attention.key, attention.value
        scale = self.each**-0.5
        joined.weight = nn.Parameter(torch.cat([query.weight * scale, key.weight, value.weight]).detach())
        joined.bias = nn.Parameter(torch.cat([query.bias * scale, key.bias, value.bias]).detach())
        return joined

    def forward(self, ids: torch.Tensor, known: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """`ids` of a text's pieces and what is `known` of each -> the probabilities of `TAGS` and of `OTHERS`."""
        seen = self.begins(self.words(ids) + self.tagger.known(known) + self.places[: ids.shape[0]])
        for layer, attends in zip(self.layers, self.attends, strict=True):
            joined = attends(seen).reshape(-1, 3, self.heads, self.each).permute(1, 2, 0, 3)
            query, key, value = joined[0], joined[1], joined[2]
            heard = (query @ key.transpose(1, 2)).softmax(-1) @ value
            heard = layer.attention.output.dense(heard.transpose(0, 1).reshape(-1, self.hidden))
            seen = layer.attention.output.LayerNorm(seen + heard)
            seen = layer.output.LayerNorm(seen + layer.output.dense(layer.intermediate(seen)))
        seen = torch.cat([seen, known], dim=-1)
        return self.tagger.head(seen).softmax(-1), self.tagger.head_others(seen).softmax(-1)


def export(tagger: Any, tokenizer_file: Path, folder: Path, longest: int) -> None:
    """Write the model for texts of up to `longest` pieces, its tokenizer and what it was trained for; the heads and the
    features' layer stay in fp32."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {"ids": torch.ones(8, dtype=torch.long), "known": torch.zeros(8, len(FEATURES))}
    outputs = ["tags", "others"]
    with tempfile.TemporaryDirectory() as temporary:
        plain = Path(temporary) / "names.onnx"
        torch.onnx.export(
            Running(tagger, longest).eval(), tuple(inputs.values()), str(plain), input_names=[*inputs], output_names=outputs,
            dynamic_axes={name: {0: "pieces"} for name in (*inputs, *outputs)}, opset_version=17, dynamo=False,
        )  # fmt: skip
        spared = [
            node.name
            for node in onnx.load(plain).graph.node
            if node.op_type in ("MatMul", "Gemm") and ("head" in node.name or "/known" in node.name)
        ]
        quantize_dynamic(
            plain,
            folder / "names.onnx",
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=spared,
        )
    shutil.copy(tokenizer_file, folder / "tokenizer.json")
    about = {"features": [str(f) for f in FEATURES], "tags": [str(t) for t in TAGS], "others": list(OTHERS)}
    (folder / "names.json").write_text(json.dumps(about, indent=1) + "\n")
