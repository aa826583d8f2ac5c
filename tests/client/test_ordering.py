"""Who orders, orders on the newest decision by the body's key, and learns when all are bound."""

from tests.client.stage import Stage


def order(stage: Stage, effect: str, key: str) -> tuple[object, ...]:
    return (
        *("order", stage.tender, "--effect", effect, "--cause", "A complaint is looked into"),
        *("--key", stage.key(key), "--anchors", stage.anchors),
    )


def test_a_supervisor_suspends_and_lets_go_on(published: Stage) -> None:
    overseer = published.person("overseer")

    suspended = overseer.done(*order(published, "suspend", "supervisor"))
    seen = published.supplier(0).done(
        *("fetch", published.tender, "--anchors", published.anchors),
        *("--out", published.home / "while-suspended"),
    )
    resumed = overseer.done(*order(published, "resume", "supervisor"))

    assert suspended["in_force_at"] is not None
    assert seen["notes"] == ["suspended"]
    assert resumed["in_force_at"] > suspended["in_force_at"]


def test_an_order_by_another_key_binds_nobody(published: Stage) -> None:
    code, answer = published.person("overseer").daylight(*order(published, "suspend", "agency"))

    assert code == 1
    assert answer["status"] in (400, 403, 409, 422)


def test_only_a_suspension_has_an_end(published: Stage) -> None:
    resume = order(published, "resume", "supervisor")

    code = published.person("overseer").refused(*resume, "--until", "2030-01-01T00:00:00.000000Z")

    assert code == "no-end"
