"""The command line: `python -m lab VERB`, also installed as `lab`.

Results go to standard output, everything else to standard error. Each verb imports what it needs when it runs, so
that `lab --help` stays quick.
"""

import sys
import tempfile
import traceback

import click

from lab import __version__
from lab.errors import BadInput, LabTrouble, NothingToRun
from lab.verdict import EXIT_BAD_INPUT, EXIT_CODES, EXIT_INTERRUPTED, EXIT_NOTHING_TO_RUN, Verdict

EXIT_TROUBLE = EXIT_CODES[Verdict.ERROR]
VERBS = {
    "run": ("lab.cli.running", "Run scenarios: files, or folders of them."),
    "list": ("lab.cli.listing", "List scenarios: name, level, clauses, tags and story."),
    "validate": ("lab.cli.validating", "Check scenarios and profiles, and say all that is wrong with them."),
    "kinds": ("lab.cli.explaining", "Explain the kinds of fault, check, protocol and report."),
    "matrix": ("lab.cli.crossing", "Run scenarios over broken servers: who is caught by what."),
    "grade": ("lab.cli.grading", "Grade submissions, a folder each: points and reports."),
    "report": ("lab.cli.reporting", "Judge and draw a saved run again."),
    "doctor": ("lab.cli.doctoring", "Try out what the lab needs of this machine."),
    "init": ("lab.cli.beginning", "Write a first system that runs, or the profile of programs that are there."),
}
"""Each verb's module, and its line of help: so that `lab --help` imports none of them."""


class Verbs(click.Group):
    """A group whose verbs are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All verbs, in the order a newcomer meets them."""
        return list(VERBS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """The verbs with their lines of help, without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command; None if there is none of that name."""
        import importlib  # noqa: PLC0415 - as all imports of verbs

        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(VERBS[cmd_name][0]).command
        return command if isinstance(command, click.Command) else super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest verb named when there is none."""
        from lab.registry import nearest  # noqa: PLC0415 - only needed here

        if args and args[0] not in VERBS and not args[0].startswith("-"):
            near = nearest(args[0], list(VERBS))
            hint = f"did you mean {near}?" if near else f"the verbs are {', '.join(VERBS)}"
            ctx.fail(f"there is no verb {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A first step: python -m lab run scenarios/slow_ts.yaml",
)
@click.version_option(__version__, message="%(version)s")
def cli() -> None:
    """Break small servers on purpose, and judge how they cope."""


def main(arguments: list[str] | None = None) -> None:
    """Run a verb, and exit with its code: 0, 1 failed, 2 interrupted, 3 the lab's trouble, 4 bad input, 5, 7."""
    sys.exit(code_of(arguments))


def code_of(arguments: list[str] | None = None) -> int:
    """Run a verb; its exit code. Trouble is said on standard error, never as a traceback."""
    try:
        result = cli.main(args=arguments, prog_name="lab", standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except click.exceptions.Exit as ending:
        code = ending.exit_code
    except click.ClickException as error:
        error.show()
        code = EXIT_BAD_INPUT
    except (click.Abort, KeyboardInterrupt):
        code = EXIT_INTERRUPTED
    except BadInput as bad:
        code = _say(str(bad), EXIT_BAD_INPUT)
    except NothingToRun as nothing:
        code = _say(str(nothing), EXIT_NOTHING_TO_RUN)
    except LabTrouble as trouble:
        code = _say(f"the lab's own trouble: {trouble}", EXIT_TROUBLE)
    except Exception as bug:  # noqa: BLE001 - whatever it is, it is never blamed on a server
        code = _say(f"the lab's own trouble, a bug: {bug}; please report it with {_kept_trace()}", EXIT_TROUBLE)
    return code


def _kept_trace() -> str:
    """The file in which the trace of the error that is being handled is kept: it says nothing to who reads on."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="lab-bug-", suffix=".txt", delete=False) as file:
            file.write(traceback.format_exc())
    except OSError:
        return "the command"
    return file.name


def _say(text: str, code: int) -> int:
    click.echo(text.encode("utf-8", "backslashreplace").decode(), err=True)
    return code
