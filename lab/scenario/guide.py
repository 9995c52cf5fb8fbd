"""What the format wants at a place of a document, looked up in its JSON Schema, for complaints and their cures."""

from collections.abc import Iterator
from typing import Any

from lab.scenario.document import Document, Spot, Tree, child

Node = dict[str, Any]
EXAMPLES = {
    "array": "write a list, such as [a, b]",
    "boolean": "write true or false",
    "integer": "write a whole number",
    "number": "write a number",
    "object": "write a mapping, such as {key: value}",
    "string": "write a text",
}


class Guide:
    """Reads a JSON Schema beside a document."""

    def __init__(self, schema: Node) -> None:
        self.schema = schema

    def wanted(self, document: Document, spot: Spot) -> list[Node]:
        """The forms a value at this spot may take, best fitting first."""
        nodes = [self.schema]
        tree: Tree | None = document.tree
        for part in spot:
            nodes = [found for leaf in self._fitting(nodes, tree) for found in _inner(leaf, part)]
            tree = child(tree, part)
        return self._fitting(nodes, tree)

    def fields(self, document: Document, spot: Spot) -> dict[str, Node]:
        """The fields a mapping at this spot may have."""
        found: dict[str, Node] = {}
        for leaf in self.wanted(document, spot):
            found = {**leaf.get("properties", {}), **found}
        return found

    def cure(self, document: Document, spot: Spot) -> str:
        """What to write at this spot, in words; empty if the format has no such place."""
        leaves = self.wanted(document, spot)
        words = [str(word) for leaf in leaves for word in _words(leaf)]
        return f"write {one_of(words)}" if words else wish(leaves)

    def example(self, document: Document, spot: Spot) -> str:
        """What might stand at this spot; empty if the format shows none."""
        return next((str(leaf["examples"][0]) for leaf in self.wanted(document, spot) if leaf.get("examples")), "")

    def names(self, document: Document, spot: Spot) -> list[Node]:
        """What the names of a mapping's keys are to be like."""
        return [leaf["propertyNames"] for leaf in self.wanted(document, spot) if "propertyNames" in leaf]

    def meaning(self, pattern: str) -> Node:
        """The part of the schema that has this pattern; empty if none has."""
        return next((node for node in _all(self.schema) if node.get("pattern") == pattern), {})

    def _fitting(self, nodes: list[Node], tree: Tree | None) -> list[Node]:
        leaves = [leaf for node in nodes for leaf in self._leaves(node)]
        if not isinstance(tree, dict):
            return leaves
        scores = [_score(leaf, tree) for leaf in leaves]
        best = max(scores, default=0)
        return [leaf for leaf, score in zip(leaves, scores, strict=True) if score == best]

    def _leaves(self, node: Node) -> Iterator[Node]:
        words = {key: node[key] for key in ("description", "examples") if key in node}
        if "$ref" in node:
            target = self.schema["$defs"][node["$ref"].rpartition("/")[2]]
            yield from ({**leaf, **words} for leaf in self._leaves(target))
            return
        parts = [part for key in ("anyOf", "oneOf", "allOf") for part in node.get(key, ())]
        if not parts or "properties" in node:
            yield node
            return
        for part in parts:
            yield from ({**leaf, **words} for leaf in self._leaves(part))


def _words(leaf: Node) -> list[Any]:
    return [*leaf.get("enum", ()), *([leaf["const"]] if "const" in leaf else ())]


def wish(leaves: list[Node]) -> str:
    """What the first of these parts of a schema asks for: an example or a type, and what it means."""
    about = next((leaf["description"] for leaf in leaves if _is_phrase(leaf.get("description"))), "")
    example = next((str(leaf["examples"][0]) for leaf in leaves if leaf.get("examples")), "")
    what = f"write something such as {example}" if example else next(map(_by_type, leaves), "")
    return f"{what}: {about}" if what and about else what


def _is_phrase(description: object) -> bool:
    """Whether a description is part of a sentence; those of kinds and shapes are sentences of their own."""
    return isinstance(description, str) and not description[:1].isupper()


def _by_type(leaf: Node) -> str:
    if leaf.get("properties"):
        return f"write its fields: {', '.join(leaf.get('required') or leaf['properties'])}"
    kind = leaf.get("type", "string")
    return EXAMPLES.get(kind if isinstance(kind, str) else kind[0], EXAMPLES["string"])


def _score(leaf: Node, tree: dict[str, Tree]) -> int:
    if leaf.get("type") != "object":
        return -1
    known = sum(key in leaf.get("properties", {}) for key in tree)
    return known + len(tree) * sum(key in tree for key in leaf.get("required", ()))


def _inner(leaf: Node, part: str | int) -> list[Node]:
    if isinstance(part, int):
        items = leaf.get("items")
        prefix = leaf.get("prefixItems", [])
        return [items] if isinstance(items, dict) else prefix[part : part + 1]
    if part in leaf.get("properties", {}):
        return [leaf["properties"][part]]
    others = leaf.get("additionalProperties")
    patterned = list(leaf.get("patternProperties", {}).values())
    return patterned or ([others] if isinstance(others, dict) else [])


def _all(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for part in inner:
        yield from _all(part)


def one_of(words: list[str]) -> str:
    """Words as a choice: `a, b or c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
