"""Numbers of the common model, and the line of the table."""

import resource

APPEAL = [1 + venue % 10 for venue in range(200)]
DAYS = 365
HABIT = 0.9


def say(name, agents, seconds, visits):
    best = sum(v for v, appeal in zip(visits, APPEAL) if appeal == 10) / sum(visits)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {name} | {agents} | {seconds * 1e9 / agents / DAYS:.2f} | {peak:.0f} | {100 * best:.1f} % |")
