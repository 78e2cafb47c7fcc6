"""Compare policies with crackdown from Python.

>>> import crackdown
>>> results = crackdown.compare("kazakhstan", "auto_block", people_per_agent=50)
>>> results["effects"]

Every number comes from the program: this module calls it and reads the folder that it writes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

__all__ = ["CrackdownError", "Results", "compare", "load", "program", "run"]


class CrackdownError(Exception):
    """The program refused or failed; `findings` is what it said, `code` its exit code."""

    def __init__(self, code: int, findings: str):
        super().__init__(findings or f"crackdown ended with exit code {code}")
        self.code = code
        self.findings = findings


def program() -> str:
    """Path of the program that this package holds."""
    name = "crackdown.exe" if os.name == "nt" else "crackdown"
    schemes = [None, "posix_user" if os.name == "posix" else "nt_user"]
    for scheme in schemes:
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        path = Path(folder) / name
        if path.is_file():
            return str(path)
    beside = Path(sys.executable).with_name(name)
    if beside.is_file():
        return str(beside)
    raise FileNotFoundError(f"the program {name} is not where this package was installed: install it again")


def run(*arguments: str | os.PathLike) -> str:
    """Call the program; give what it printed. Raises CrackdownError with its findings if it refuses."""
    words = [program(), *map(os.fspath, arguments)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise CrackdownError(done.returncode, done.stderr.strip())
    return done.stdout


def compare(base, *policies, frames: str = "pandas", **options) -> Results:
    """Compare policies with a baseline; files or names of shipped scenarios.

    Options are those of `crackdown compare`, with `_` for `-`: people_per_agent=50, replications=10, out="output/mine",
    force=True, set=["policy.auto_block.bank_share=0.8"]. `frames` is "pandas" or "polars".
    """
    if len(policies) == 1 and isinstance(policies[0], (list, tuple)):
        policies = tuple(policies[0])
    if not policies:
        raise ValueError("name at least one policy: crackdown.compare('kazakhstan', 'auto_block')")
    words = ["compare", base, *policies, "--json"]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is True:
                words.append(option)
            elif one is not None and one is not False:
                words.append(f"{option}={os.fspath(one) if isinstance(one, os.PathLike) else one}")
    return load(json.loads(run(*words))["folder"], frames=frames)


def load(folder, frames: str = "pandas") -> Results:
    """The tables of a result folder."""
    return Results(Path(folder), frames)


class Results:
    """A result folder: `results["effects"]` is a table; `results.columns("effects")` says what its columns mean."""

    def __init__(self, folder: Path, frames: str = "pandas"):
        if frames not in ("pandas", "polars"):
            raise ValueError(f"frames is 'pandas' or 'polars', not {frames!r}")
        manifest = folder / "manifest.json"
        if not manifest.is_file():
            raise FileNotFoundError(f"{folder} is no result folder of crackdown: it has no manifest.json")
        self.folder = folder
        self.frames = frames
        self.manifest = json.loads(manifest.read_text(encoding="utf-8"))
        words = folder / "columns.md"
        self._columns = _columns(words.read_text(encoding="utf-8")) if words.is_file() else {}

    def __repr__(self) -> str:
        return f"<crackdown {self.manifest.get('kind', 'run')} in {self.folder}: {', '.join(self.tables)}>"

    @property
    def tables(self) -> list[str]:
        """Names of the tables."""
        return sorted({p.stem for end in ("csv", "parquet") for p in self.folder.glob(f"*.{end}")})

    def columns(self, table: str) -> dict[str, dict[str, str]]:
        """Unit and meaning of each column of a table."""
        return self._columns.get(table, {})

    @property
    def page(self) -> Path:
        """The page to open in a browser."""
        return self.folder / "report.html"

    def __getitem__(self, table: str):
        if table not in self.tables:
            raise KeyError(f"no table {table!r} in {self.folder}; there are {', '.join(self.tables)}")
        text = self.folder / f"{table}.csv"
        if self.frames == "polars":
            import polars

            return polars.read_csv(text, try_parse_dates=True) if text.is_file() else polars.read_parquet(self.folder / f"{table}.parquet")
        import pandas

        if text.is_file():
            frame = pandas.read_csv(text)
            for column in frame.columns:
                first = frame[column].dropna().head(1)
                if len(first) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(first.iloc[0])):
                    frame[column] = pandas.to_datetime(frame[column])
        else:
            frame = pandas.read_parquet(self.folder / f"{table}.parquet")
        frame.attrs["columns"] = self.columns(table)
        return frame


def _columns(text: str) -> dict[str, dict[str, dict[str, str]]]:
    """What columns.md says: by table and column."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    table = None
    for line in text.splitlines():
        if line.startswith("## "):
            table = line[3:].strip().rsplit(".", 1)[0]
        elif table and line.startswith("| ") and not line.startswith("| column "):
            cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
            if len(cells) >= 3:
                found.setdefault(table, {})[cells[0]] = {"unit": cells[1], "meaning": cells[2]}
    return found
