"""The start of a program; where a submission is graded, one that cannot be executed is a program that ends at once."""

import sys
from dataclasses import replace

from lab.errors import BadInput
from lab.runner.stage import Stage
from lab.world.base import OnExit, OnOutput, Process, Program, Troupe

STAND_IN = "import sys; print(sys.argv[1], file=sys.stderr); sys.exit(127)"
"""Says why, and ends as a shell does that cannot execute a command."""


async def start(stage: Stage, troupe: Troupe, program: Program, on_output: OnOutput, on_exit: OnExit) -> Process:
    """Start a program.

    Raises:
        BadInput: The command cannot be executed, and that is not the program's own failure here.
        LabTrouble: The keeper is gone.
    """
    try:
        return await troupe.start(program, on_output, on_exit)
    except BadInput as bad:
        if not stage.starts_anything:
            raise
        argv = (sys.executable, "-c", STAND_IN, bad.complaints[0].what)
        return await troupe.start(replace(program, argv=argv, launch="exec"), on_output, on_exit)
