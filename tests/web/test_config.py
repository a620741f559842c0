"""The installation as YAML over HTTP: export, plan, apply."""

from __future__ import annotations

from web.harness import Web, told

SITE = """\
apiVersion: tocsin/v1
kind: User
metadata: {name: ann}
spec: {name: Ann}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: web}
spec:
  name: Web
  members: [ann]
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: shop}
spec: {name: Shop, team: web}
"""


def test_a_plan_says_what_a_file_would_change_and_changes_nothing() -> None:
    async def story(web: Web) -> None:
        await web.ask("PUT", "/users/ann", {"name": "Anna"})
        plan = (await web.ask("POST", "/config/plan", {"yaml": SITE})).json()
        assert [(one["act"], one["kind"], one["id"]) for one in plan["steps"]] == [
            ("change", "User", "ann"), ("create", "Team", "web"), ("create", "Service", "shop"),
        ]  # fmt: skip
        assert plan["steps"][0]["diff"] == [{"path": "name", "before": '"Anna"', "after": '"Ann"'}]
        assert (await web.ask("GET", "/teams/web")).status_code == 404

    told(story)


def test_every_document_with_a_mistake_is_named_with_its_place() -> None:
    async def story(web: Web) -> None:
        wrong = SITE.replace("members:", "member:").replace("kind: Service", "kind: Servise")
        plan = (await web.ask("POST", "/config/plan", {"yaml": wrong})).json()
        assert plan["steps"] == []
        assert [(one["document"], one["line"], one["path"]) for one in plan["problems"]] == [
            (2, 11, "member"), (3, 14, "kind"),
        ]  # fmt: skip
        assert "did you mean" in plan["problems"][1]["message"]
        torn = (await web.ask("POST", "/config/plan", {"yaml": "a: [1"})).json()
        assert len(torn["problems"]) == 1
        refused = await web.ask("POST", "/config/apply", {"yaml": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["line"]) == (422, 11)

    told(story)


def test_what_was_applied_is_the_same_and_can_be_read_again() -> None:
    async def story(web: Web) -> None:
        begun = await web.ask("POST", "/config/apply", {"yaml": SITE})
        assert begun.status_code == 202, begun.text
        job = await web.app.state.jobs.ended(begun.json()["id"])
        assert (job.state, job.done, [one.id for one in job.items]) == (
            "done", 3, ["User/ann", "Team/web", "Service/shop"],
        ), job.error  # fmt: skip
        again = (await web.ask("POST", "/config/plan", {"yaml": SITE})).json()
        assert [one["act"] for one in again["steps"]] == ["same"] * 3
        text = (await web.ask("GET", "/config")).text
        whole = (await web.ask("POST", "/config/plan", {"yaml": text, "prune": True})).json()
        assert (whole["problems"], {one["act"] for one in whole["steps"]}) == ([], {"same"})
        only = (await web.ask("GET", "/config?kind=Team")).text
        assert only.count("kind: Team") == only.count("apiVersion:") == 2

    told(story)


def test_keys_that_a_file_made_are_for_whoever_may_configure() -> None:
    async def story(web: Web) -> None:
        source = "apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: own}\nspec: {name: Own}\n"
        job = (await web.ask("POST", "/config/apply", {"yaml": source})).json()["id"]
        await web.app.state.jobs.ended(job)
        seen = {}
        for scope in ("read", "configure"):
            made = await web.ask("POST", "/users/admin/keys", {"label": "x", "scopes": [scope]})
            answers = [
                await web.ask(method, path, key=made.json()["token"])
                for method, path in (("GET", f"/jobs/{job}"), ("POST", f"/jobs/{job}/cancel"))
            ]
            seen[scope] = [(answer.status_code, "src_" in answer.text) for answer in answers]
        assert seen == {"read": [(200, False)] * 2, "configure": [(200, True)] * 2}

    told(story)


def test_a_step_that_fails_ends_the_job_and_says_why() -> None:
    async def story(web: Web) -> None:
        begun = await web.ask("POST", "/config/apply", {"yaml": SITE.replace("[ann]", "[nobody]")})
        job = await web.app.state.jobs.ended(begun.json()["id"])
        assert (job.state, [(one.id, one.ok, one.reason) for one in job.items]) == (
            "failed", [("User/ann", True, ""), ("Team/web", False, "user_unknown")],
        )  # fmt: skip
        bob = await web.key_of("bob", "responder")
        assert (await web.ask("POST", "/config/plan", {"yaml": SITE}, key=bob)).status_code == 403

    told(story)
