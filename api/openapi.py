"""The OpenAPI document as a page in the repository, so that a change of the interface shows."""

import json

from drf_spectacular.generators import SchemaGenerator


def pages() -> dict[str, str]:
    """Write the OpenAPI document."""
    document = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return {"docs/openapi.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"}
