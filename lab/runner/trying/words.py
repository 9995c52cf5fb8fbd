"""What is asked in a try, and the words that systems may have for its end."""

KNOWN, ADDRESS = "known.survey.example", "192.0.2.53"
OTHER = "other.survey.example"
UNKNOWN = "nobody.survey.example"
LINE = f"{KNOWN} {ADDRESS} A"
OTHER_LINE = f"{OTHER} 192.0.2.54 A"


def answer_of(knows: str, line: str, text: str) -> str:
    """What a TS with one name answers: its line, or nothing."""
    return line if text.lower() == knows else ""
