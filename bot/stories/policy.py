"""The header `policy:` of a story, such as `id_number_required, needs sex occupation`."""

import json

from bot.stories.story import BadStory


def rules_of(written: str) -> str:
    """The rules as the registry keeps them. Raises BadStory."""
    rules: dict[str, object] = {}
    for part in filter(None, (one.strip() for one in written.split(","))):
        match part.split():
            case ["id_number_required"]:
                rules["id_number_required"] = True
            case ["people_per_phone", most] if most.isdecimal():
                rules["people_per_phone"] = int(most)
            case ["needs", *keys]:
                rules["needs"] = keys
            case _:
                raise BadStory(f"no such policy: {part}")
    return json.dumps(rules)
