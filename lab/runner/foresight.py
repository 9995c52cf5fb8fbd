"""How long a scenario will last, as far as it says so itself: what takes long had better begin first."""

from lab.scenario.model import Ask, Client, Scenario, Wait


def foreseen(scenario: Scenario) -> float:
    """Seconds that the longest of its clients may spend on what it waits for, and hardly more.

    A query of which nothing is said counts as one that nobody answers: to begin too early costs nothing.
    """
    return max((_of_client(client, scenario.gives_up) for client in scenario.clients), default=0.0)


def _of_client(client: Client, gives_up: float) -> float:
    spent = 0.0
    for step in client.steps:
        if isinstance(step, Wait):
            spent = max(spent, step.moment.plus) if step.moment.on == "time" else spent + step.moment.plus
        elif isinstance(step, Ask) and not step.go_on:
            spent += gives_up if step.expect is None else (step.expect.window or (0.0, 0.0))[0]
    return spent
