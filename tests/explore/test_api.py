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
        ("/static/page.js", "text/javascript"),
        ("/static/page.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
    ):
        reply = client.get(path)
        assert reply.headers["content-type"].startswith(kind)
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert path in page.text
    for path in (
        "/static/nothing.js",
        "/static/app.py",
        "/static/..%2f__init__.py",
        "/docs",
        "/openapi.json",
    ):
        assert client.get(path).status_code == 404, path


def test_the_page_holds_what_it_would_ask_first(client: Any) -> None:
    text = client.get("/").text
    data = text.partition('id="models">')[2].partition("</script>")[0]
    assert json.loads(data) == client.get("/api/models").json()


def test_a_test_sentence_is_no_markup_in_the_page() -> None:
    from types import SimpleNamespace

    from fastapi.testclient import TestClient

    from entarte.example import Example
    from entarte.explore.app import create
    from entarte.explore.browse import Library

    nasty = "he </script><script>alert(1)</script> & <!-- me"
    shelf: Any = SimpleNamespace(models={"one": None}, facts=lambda name: {"name": name})
    library = Library(shelf, {"one": [Example(nasty, "il")]})
    with TestClient(create(shelf, library), base_url="http://127.0.0.1:8016") as client:
        data = client.get("/").text.partition('id="models">')[2].partition("</script>")[0]
    assert json.loads(data)["models"][0]["examples"] == [nasty]


def test_all_modules_are_in_one_file(client: Any) -> None:
    """So that the browser asks once. None of them makes markup of text, or names another host."""
    from importlib.resources import files

    text = client.get("/static/page.js").text
    own = {path.name for path in files("entarte.explore").joinpath("static").iterdir()}
    for name in (name for name in own if name.endswith(".js")):
        assert f"\n{text}".count(f"\n// /static/{name}\n") == 1, name
    assert "// /view/view_heat.js\n" in text
    assert "innerHTML" not in text
    assert "http://" not in text.replace("http://www.w3.org/", "")


@pytest.mark.parametrize("line", ['import "./b.js";', "export default 1;", "export let one = 1;"])
def test_a_form_that_the_bundle_does_not_know_is_refused(line: str) -> None:
    from entarte.explore.bundle import bundle

    with pytest.raises(ValueError, match=r"/static/a\.js: "):
        bundle({"/static/a.js": f"{line}\n"}.__getitem__, "/static/a.js")
    with pytest.raises(ValueError, match="imports itself"):
        bundle(lambda path: 'import { a } from "./a.js";\n', "/static/a.js")


def test_models(client: Any) -> None:
    looks, fixed, *_ = client.get("/api/models").json()["models"]
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
            sum(weight * value[d] for weight, value in zip(weights, told["values"][0], strict=True))
            for d in range(8)
        ]
        assert frame["context"] == pytest.approx(context, abs=2e-3)
        assert set(frame["gates"][0]) == {"i", "f", "g", "o"}
    later = post(client, "steps", tokens=best["tokens"], first=1)
    assert later["frames"] == told["frames"][1:]


def test_a_transformer_takes_steps_layer_by_layer(client: Any) -> None:
    [facts] = [one for one in client.get("/api/models").json()["models"] if one["name"] == "layers"]
    known = facts["equations"]
    assert (known["layers"], known["layer"], known["heads"]) == (2, 1, 4)
    assert known["cell"][0] == "u = x + SelfAttention(norm(x))"
    assert known["reads"] == "x = √E y_{t−1} + p_t"
    assert known["back"].startswith("head_i = softmax((x W_Q)(x W_K)ᵀ / √d) x W_V")
    assert known["attention"].startswith("Scaled dot product of projected query and key")
    assert known["context"].startswith("head_i = Σ_s")
    best = post(client, "translate", model="layers")["outputs"][0]
    for layer in (1, 2):
        told = post(client, "steps", model="layers", tokens=best["tokens"], layer=layer)
        assert told["layer"] == layer
        for t, frame in enumerate(told["frames"]):
            assert frame["said"]["id"] == best["tokens"][t]
            assert len(frame["weights"]) == 4
            assert [len(head) for head in frame["passage"]["back"]] == [t + 1] * 2
            assert all(sum(head) == pytest.approx(1, abs=1e-3) for head in frame["weights"])
            assert frame["gates"] == []
    lead = post(client, "steps", model="layers", tokens=best["tokens"])
    mean = [sum(head[s] for head in lead["frames"][0]["weights"]) / 4 for s in range(7)]
    assert mean == pytest.approx(best["alignment"]["weights"][0], abs=1e-3)
    assert "no layer 3" in post(client, "steps", 400, model="layers", tokens=[5], layer=3)["error"]


def test_one_head_of_a_transformer_is_changed_by_hand(client: Any) -> None:
    plain = post(client, "translate", model="layers", target="il m' a")["outputs"][0]
    held = [{"step": 1, "layer": 2, "head": 3, "weights": [0, 0, 0, 0, 0, 3, 1]}]
    told = post(client, "translate", model="layers", target="il m' a", held=held)["outputs"][0]
    assert told["log_probs"][0] == plain["log_probs"][0]
    assert told["log_probs"][1] != plain["log_probs"][1]
    frames = post(client, "steps", model="layers", tokens=told["tokens"], held=held, layer=2)["frames"]
    assert frames[1]["weights"][2] == pytest.approx([0, 0, 0, 0, 0, 0.75, 0.25], abs=1e-4)
    assert frames[1]["weights"][1] != frames[1]["weights"][2]
    held[0]["head"] = 5
    assert "no head 2.5" in post(client, "translate", 400, model="layers", held=held)["error"]
    every = [{"step": 0, "weights": [1, 0, 0, 0, 0, 0, 0]}]
    frames = post(client, "steps", model="layers", tokens=told["tokens"], held=every)["frames"]
    assert all(head[0] == 1 for head in frames[0]["weights"])


@pytest.mark.parametrize("model", ["heads", "layers-copy"])
def test_a_pointer_goes_through_every_view(client: Any, model: str) -> None:
    """Words that can only be copied have ids behind the vocabulary's, in steps and trees too."""
    source = "he hit me with a zeppelin"
    best = post(client, "translate", model=model, source=source)["outputs"][0]
    assert len(post(client, "steps", model=model, source=source, tokens=best["tokens"])["frames"]) > 1
    copied = post(client, "translate", model=model, source=source, target="il zeppelin")["outputs"][0]
    assert copied["text"] == "il zeppelin"
    frames = post(client, "steps", model=model, source=source, tokens=copied["tokens"])["frames"]
    assert frames[1]["said"]["text"].strip() == "zeppelin"
    tree = post(client, "tree", model=model, source=source, prefix=copied["tokens"][:2])
    assert tree["outputs"][0]["text"].startswith("il zeppelin")
    assert post(client, "card", model=model, source=source)["output"] == best["text"]


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


def test_a_picture_is_of_words_or_of_pieces(client: Any) -> None:
    alignment = post(client, "translate", source="he hit me with a pie")["outputs"][0]["alignment"]
    alignment["source"]["tokens"] = [
        {"text": "▁pi", "start": 0, "end": 2},
        {"text": "e", "start": 2, "end": 3},
    ]
    alignment["source"]["text"] = "pie"
    alignment["weights"] = [[0.5, 0.5] for _ in alignment["weights"]]
    alignment.pop("heads", None)
    texts = {
        level: client.post(
            "/api/picture", json={"alignment": alignment, "ending": "txt", "level": level}
        ).text
        for level in ("words", "pieces")
    }
    assert texts["words"] != texts["pieces"]
    page = client.post("/api/picture", json={"alignment": alignment, "ending": "html", "mode": "links"}).text
    assert '"mode":"links"' in page


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
