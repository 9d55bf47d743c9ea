"""Builds, packs and installs the TypeScript client, and runs programs that use it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "clients" / "js"
PROGRAMS = Path(__file__).parent / "programs"
_NODE_PACKAGES = ROOT / "tests" / "integration" / "node" / "node_modules"

# A hang guard; the longest of them takes ten seconds.
_ENDS_WITHIN_S = 90.0


class Package:
    """The package, built in a directory of its own: nothing left from earlier gets into it."""

    def __init__(self, directory: Path) -> None:
        modules = SOURCES / "node_modules"
        assert modules.exists(), "the client's tools are not installed: `make js` does that"
        self.directory = directory / "js"
        left_out = shutil.ignore_patterns("node_modules", "dist", "dist-test")
        shutil.copytree(SOURCES, self.directory, ignore=left_out)
        (self.directory / "node_modules").symlink_to(modules)
        run(["npm", "run", "build"], self.directory)

    def test(self) -> str:
        """Runs its own tests; returns what they print."""
        return run(["npm", "test"], self.directory)

    def pack(self, into: Path) -> Path:
        """The tarball that a registry would get."""
        return _packed(self.directory, into)


class Installed:
    """A project that has the package, beside `ws`, and nothing else."""

    def __init__(self, directory: Path, package: Package) -> None:
        self.directory = directory
        (directory / "package.json").write_text('{"private": true, "type": "module"}')
        ws = _packed(SOURCES / "node_modules" / "ws", directory)
        tarballs = [package.pack(directory).name, ws.name]
        run(["npm", "install", "--offline", "--no-audit", "--no-fund", *tarballs], directory)

    @property
    def files(self) -> set[str]:
        """What the package has brought, by paths inside it."""
        home = self.directory / "node_modules" / "vivavoce"
        return {str(path.relative_to(home)) for path in home.rglob("*") if path.is_file()}

    def run(self, name: str, *words: str, **environment: str) -> str:
        """Runs one of `programs`; returns what it prints once it has ended by itself."""
        shutil.copy(PROGRAMS / name, self.directory)
        return run(["node", name, *words], self.directory, environment)

    def run_source(self, source: str, **environment: str) -> str:
        """The same for a program that is given."""
        (self.directory / "given.mjs").write_text(source)
        return run(["node", "given.mjs"], self.directory, environment)

    def compile(self, name: str) -> Path:
        """One of `programs` in TypeScript, checked strictly."""
        shutil.copy(PROGRAMS / name, self.directory)
        return self._compiled(self.directory / name)

    def compile_source(self, source: str) -> Path:
        """The same for a program that is given."""
        given = self.directory / "given.ts"
        given.write_text(source)
        return self._compiled(given)

    def _compiled(self, program: Path) -> Path:
        compiler = SOURCES / "node_modules" / ".bin" / "tsc"
        types = ["--typeRoots", str(SOURCES / "node_modules" / "@types"), "--types", "node"]
        manner = ["--strict", "--module", "nodenext", "--target", "es2022", *types]
        run([str(compiler), *manner, program.name], self.directory)
        return program.with_suffix(".js")

    def bundle(self, name: str) -> Path:
        """One of `programs`, packed for browsers."""
        shutil.copy(PROGRAMS / name, self.directory)
        bundler = _NODE_PACKAGES / ".bin" / "esbuild"
        out = self.directory / "bundle.mjs"
        # Of Node, the program itself may use what it likes.
        kept = ["--external:node:*", "--format=esm", "--platform=browser", f"--outfile={out}"]
        run([str(bundler), name, "--bundle", *kept], self.directory)
        return out


def _packed(package: Path, into: Path) -> Path:
    command = ["npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", str(into)]
    return into / run(command, package).strip().splitlines()[-1]


def run(command: list[str], directory: Path, environment: Mapping[str, str] | None = None) -> str:
    """What a program prints; fails with all of it if the program does."""
    done = subprocess.run(
        command,
        cwd=directory,
        env=os.environ | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_ENDS_WITHIN_S,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
