"""The OpenAPI document is honest enough to fuzz by, and no request it allows makes the server fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from system.town import tocsin


def test_no_documented_request_makes_the_server_fail(tmp_path: Path) -> None:
    with tocsin(tmp_path / "data") as house:
        ran = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"), "run", f"{house.url}/api/openapi.json",
                "--header", f"Authorization: Bearer {house.keys['admin_key']}",
                "--checks", "not_a_server_error", "--exclude-path", "/api/v1/live", "--phases", "examples,fuzzing",
                "--max-examples", "5", "--generation-deterministic", "--seed", "1", "--workers", "1",
                "--request-timeout", "60", "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
        assert house.get("/ledger")["balanced"]
