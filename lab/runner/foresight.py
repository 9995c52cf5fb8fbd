"""How long a scenario will last, as far as it says so itself: what takes long had better begin first."""

from lab.scenario.model import Ask, Client, Scenario, Wait


def foreseen(scenario: Scenario) -> float:
    """Seconds that the longest of its clients will spend on what it waits for; what is not said counts as nothing."""
    return max(map(_of_client, scenario.clients), default=0.0)


def _of_client(client: Client) -> float:
    spent = 0.0
    for step in client.steps:
        if isinstance(step, Wait):
            spent = max(spent, step.moment.plus) if step.moment.on == "time" else spent + step.moment.plus
        elif isinstance(step, Ask) and step.expect is not None and not step.go_on:
            spent += (step.expect.window or (0.0, 0.0))[0]
    return spent
