"""What the explorer answers, and to whom it does not."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

SOURCE = "he hit me with a pie"
ASKED = {"model": "looks", "source": SOURCE}


def post(client: Any, name: str, expect: int = 200, **asked: Any) -> Any:
    reply = client.post(f"/api/{name}", json=ASKED | asked)
    assert reply.status_code == expect, reply.text
    return reply.json()


def test_the_page_and_its_parts_are_there(client: Any) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    for path, kind in (
        ("/static/app.js", "text/javascript"),
        ("/static/views.css", "text/css"),
        ("/view/view.js", "text/javascript"),
        ("/view/view.css", "text/css"),
    ):
        reply = client.get(path)
        assert reply.headers["content-type"].startswith(kind)
        assert reply.headers["x-content-type-options"] == "nosniff"
    for path in (
        "/static/nothing.js",
        "/static/..%2f__init__.py",
        "/view/palette.py",
        "/docs",
        "/openapi.json",
    ):
        assert client.get(path).status_code == 404, path


def test_every_file_that_a_module_imports_is_served(client: Any) -> None:
    import re

    seen, waiting = set(), ["/static/app.js"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        text = client.get(path).text
        for name in re.findall(r'from "([^"]+)"', text):
            found = name if name.startswith("/") else path.rpartition("/")[0] + name[1:]
            assert client.get(found).status_code == 200, f"{path} imports {found}"
            if found not in seen:
                waiting.append(found)
        assert "innerHTML" not in text, path
        assert "http://" not in text.replace("http://www.w3.org/", ""), f"{path} names another host"
    assert len(seen) > 15
    told = set(re.findall(r'modulepreload" href="([^"]+)"', client.get("/").text))
    assert told == seen - {"/static/app.js"}  # so that the browser asks for all of them at once


def test_models(client: Any) -> None:
    looks, fixed, _ = client.get("/api/models").json()["models"]
    assert (looks["name"], looks["attention"], looks["checkpoints"]) == ("looks", "additive", [5, 10])
    assert looks["equations"]["attention"].startswith("score = vᵀ tanh(W s + U h_s)")
    assert looks["equations"]["context"] == "c_t = Σ_s α_{ts} h_s"
    assert (looks["index"], looks["corpus"]) == (6, 6)
    assert (fixed["equations"]["looks"], fixed["equations"]["context"], fixed["index"]) == (False, "", 0)


def test_translate_is_what_the_model_says(client: Any, folders: Any) -> None:
    from entarte.saved import load

    told = post(client, "translate")
    [output] = load(folders[0]).translate([SOURCE], n_best=3)
    assert [one["text"] for one in told["outputs"]] == [one.text for one in output.ranked()]
    best = told["outputs"][0]
    assert best["score"] == pytest.approx(output.score)
    assert len(best["tokens"]) == len(best["pieces"]) == len(best["log_probs"])
    assert best["alignment"] == output.alignment.to_dict(4) | {"notes": best["alignment"]["notes"]}
    assert [token["label"] for token in told["source"]] == [*SOURCE.split(), "⟨end⟩"]


def test_nothing_is_translated_into_nothing(client: Any) -> None:
    for source in ("", "   "):
        assert post(client, "translate", source=source)["outputs"] == []


def test_ways_to_decode(client: Any) -> None:
    assert len(post(client, "translate", way={"kind": "greedy"})["outputs"]) == 1
    assert len(post(client, "translate", way={"kind": "beam", "beam": 5})["outputs"]) > 1
    plain = post(client, "translate", way={"normalise": "none"})["outputs"][0]
    assert plain["score"] == pytest.approx(plain["log_prob"])


def test_a_target_is_forced(client: Any) -> None:
    told = post(client, "translate", target="il m' a entarté")
    assert [one["text"] for one in told["outputs"]] == ["il m' a entarté"]


def test_a_prefix_is_said_first(client: Any) -> None:
    first = post(client, "translate", target="une tarte")["outputs"][0]["tokens"][:2]
    assert post(client, "translate", prefix=first)["outputs"][0]["text"].startswith("une tarte")


def test_checkpoints_are_other_weights_of_the_same_model(client: Any) -> None:
    final = post(client, "translate", target="il m' a")["outputs"][0]["log_prob"]
    early = post(client, "translate", model="looks@5", target="il m' a")["outputs"][0]["log_prob"]
    assert early != final
    assert "no checkpoint '7'" in post(client, "translate", 400, model="looks@7")["error"]
    assert "no model 'lok'" in post(client, "translate", 400, model="lok")["error"]


def test_steps_show_every_number(client: Any) -> None:
    best = post(client, "translate")["outputs"][0]
    told = post(client, "steps", tokens=best["tokens"])
    assert told["count"] == len(told["frames"]) == len(best["tokens"])
    for frame, token, log_prob, row in zip(
        told["frames"], best["tokens"], best["log_probs"], best["alignment"]["weights"], strict=True
    ):
        assert frame["said"]["id"] == token
        said = next(one for one in frame["top"] if one["id"] == token)
        assert said["log_prob"] == pytest.approx(log_prob, abs=1e-4)
        [scores], [weights] = frame["scores"], frame["weights"]
        whole = sum(math.exp(score) for score in scores)
        assert weights == pytest.approx([math.exp(score) / whole for score in scores], abs=1e-3)
        assert weights == pytest.approx(row, abs=1e-3)
        context = [
            sum(weight * value[d] for weight, value in zip(weights, told["values"], strict=True))
            for d in range(8)
        ]
        assert frame["context"] == pytest.approx(context, abs=2e-3)
        assert set(frame["gates"][0]) == {"i", "f", "g", "o"}
    later = post(client, "steps", tokens=best["tokens"], first=1)
    assert later["frames"] == told["frames"][1:]


def test_a_fixed_vector_goes_through_the_same_view(client: Any) -> None:
    best = post(client, "translate", model="fixed")["outputs"][0]
    told = post(client, "steps", model="fixed", tokens=best["tokens"])
    contexts = [frame["context"] for frame in told["frames"]]
    assert all(context == contexts[0] for context in contexts)
    assert told["frames"][0]["scores"][0][:-1] == [None] * 6, "a slot that is ruled out has no score"
    reply = post(client, "translate", 400, model="fixed", forbidden=[0])
    assert "this model looks at nothing" in reply["error"]


def test_attention_by_hand(client: Any) -> None:
    plain = post(client, "translate")["outputs"][0]
    held = [{"step": 0, "weights": [0, 0, 0, 0, 0, 3, 1]}]
    told = post(client, "translate", held=held)["outputs"][0]
    assert told["alignment"]["weights"][0] == [0, 0, 0, 0, 0, 0.75, 0.25]
    assert told["log_probs"] != plain["log_probs"]
    hidden = post(client, "translate", forbidden=[1, 2])["outputs"][0]
    assert all(row[1] == row[2] == 0 for row in hidden["alignment"]["weights"])
    frames = post(client, "steps", tokens=told["tokens"], held=held)["frames"]
    assert frames[0]["weights"][0] == pytest.approx([0, 0, 0, 0, 0, 0.75, 0.25], abs=1e-4)


def test_the_tree_has_every_candidate(client: Any) -> None:
    told = post(client, "tree")
    assert told["format"] == "entarte-beam"
    assert {node["status"] for node in told["nodes"]} >= {"kept", "pruned", "finished"}
    node, said = told["nodes"][told["chosen"][0]], []
    while node["parent"] is not None:
        said.insert(0, node["token"])
        node = told["nodes"][node["parent"]]
    assert said == told["outputs"][0]["tokens"] == post(client, "translate")["outputs"][0]["tokens"]
    assert told["nodes"][1]["text"]


def test_the_card(client: Any) -> None:
    card = post(client, "card")
    assert card["format"] == "entarte card"
    assert card["output"] == post(client, "translate")["outputs"][0]["text"]
    second = post(client, "card", choice=1)
    assert second["output"] == post(client, "translate")["outputs"][1]["text"]
    assert "<title>" in client.post("/api/card", json=ASKED | {"ending": "html"}).text
    assert "no card of what was changed" in post(client, "card", 400, forbidden=[0])["error"]


def test_the_nearest_training_example_is_the_same_one(client: Any) -> None:
    target = post(client, "translate", target="il m' a entarté")["outputs"][0]
    told = post(client, "near", tokens=target["tokens"], first=3)["near"]
    assert told[0]["source"] == SOURCE
    assert told[0]["cosine"] == pytest.approx(1.0, abs=1e-3)
    assert (told[0]["before"].strip(), told[0]["said"]) == ("il m' a", "▁entarté")
    assert len({one["source"] for one in told}) == len(told)
    assert "has no index" in post(client, "near", 400, model="fixed", tokens=[5], first=0)["error"]
    assert "no step 9" in post(client, "near", 400, tokens=[5], first=9)["error"]


def test_the_corpus_comes_little_by_little(client: Any) -> None:
    rows: list[Any] = []
    whole = 1
    while len(rows) < whole:
        told = client.post("/api/corpus", json={"model": "looks", "known": len(rows)}).json()
        rows += told["rows"]
        whole = told["of"]
    assert [row["number"] for row in rows] == list(range(6))
    assert rows[4]["source"] == "כלב טוב"
    assert all(0 <= row["suspicion"] <= 1 and row["chrf"] is not None for row in rows)
    assert rows[0]["length"] == 6


@pytest.mark.parametrize("ending", ["svg", "html", "json", "txt", "png"])
def test_pictures(client: Any, ending: str) -> None:
    if ending in ("svg", "png"):
        pytest.importorskip("matplotlib")
    alignment = post(client, "translate")["outputs"][0]["alignment"]
    reply = client.post("/api/picture", json={"alignment": alignment, "ending": ending})
    assert reply.status_code == 200
    assert len(reply.content) > 100
    broken = client.post("/api/picture", json={"alignment": {"format": "no"}, "ending": ending})
    assert broken.status_code == 400


# -- who may not ask, and what -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example:8016"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"origin": "http://127.0.0.1:8016"}, 200),
        ({"host": "localhost:8016"}, 200),
    ],
)
def test_strangers_are_refused(client: Any, headers: dict[str, str], status: int) -> None:
    given = {"content-type": "application/json"} | headers
    reply = client.post("/api/translate", content=json.dumps(ASKED), headers=given)
    assert reply.status_code == status
    assert "content-security-policy" in reply.headers


BROKEN = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"\xff\xfe",
    b"{}",
    b'{"model": 1, "source": "a"}',
    b'{"model": "looks", "source": "a", "extra": 1}',
    b'{"model": "looks", "source": ["a"]}',
    b'{"model": "looks", "source": "a\\nb"}',
    b'{"model": "looks", "source": "\\ud800"}',
    b'{"model": "\\ud800", "source": "a"}',
    b'{"\\ud800": 1}',
    b'{"model": "looks", "source": "a", "prefix": [-1]}',
    b'{"model": "looks", "source": "a", "prefix": [99999]}',
    b'{"model": "looks", "source": "a", "prefix": [3]}',
    b'{"model": "looks", "source": "a", "prefix": [5, 5, 5, 5, 5, 5, 5, 5]}',
    b'{"model": "looks", "source": "a", "forbidden": [0, 1]}',
    b'{"model": "looks", "source": "a", "forbidden": [7]}',
    b'{"model": "looks", "source": "a", "held": [{"step": 0, "weights": [NaN, 1]}]}',
    b'{"model": "looks", "source": "a", "held": [{"step": 0, "weights": [0, 0]}]}',
    b'{"model": "looks", "source": "a", "held": [{"step": 0, "weights": [1e308, 1e308]}]}',
    b'{"model": "looks", "source": "a", "way": {"beam": 1e9}}',
    b'{"model": "looks", "source": "a", "way": {"kind": "exact"}}',
    b'{"model": "looks", "source": "' + b"a" * 5000 + b'"}',
    b"[" * 100_000,
    b"1" * 10_000,
]


@pytest.mark.parametrize("name", ["translate", "steps", "tree", "card", "near", "corpus", "picture"])
def test_what_is_broken_is_never_our_fault(client: Any, name: str) -> None:
    for body in BROKEN:
        for whole in (body, body[:-1] + b', "tokens": [999999]}' if body.endswith(b"}") else body):
            reply = client.post(f"/api/{name}", content=whole, headers={"content-type": "application/json"})
            assert 400 <= reply.status_code < 500, (name, whole[:90], reply.text)
            assert reply.json()["error"]


def test_too_much_is_refused(client: Any) -> None:
    head = {"content-type": "application/json"}
    assert client.post("/api/translate", content=b" " * 1_000_001, headers=head).status_code == 413

    def parts() -> Any:
        for _ in range(30):
            yield b" " * 100_000

    assert 400 <= client.post("/api/translate", content=parts(), headers=head).status_code < 500


def test_markup_stays_text(client: Any) -> None:
    told = post(client, "translate", source="<b>he</b> & me")
    assert told["source"][0]["label"] == "<b>he</b>"
