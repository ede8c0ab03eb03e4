"""How long something takes, in words."""


def duration(seconds: float) -> str:
    """`40 s`, `12 min`, `5 h 36 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
