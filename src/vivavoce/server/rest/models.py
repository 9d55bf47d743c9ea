"""The models that clients may ask for."""

from __future__ import annotations

from litestar import get

from vivavoce.server.rest.access import TheHouse, admits
from vivavoce.server.rest.catalogue import installed_languages
from vivavoce.server.rest.errors import error_responses
from vivavoce.wire.models import ShownModel, shown_models


@get("/v1/models", guards=[admits("models_read")], responses=error_responses(), tags=["models"])
async def list_models(house: TheHouse) -> tuple[ShownModel, ...]:
    """Every model id that clients of the protocol know; the same voices speak under each."""
    return shown_models(installed_languages(), house.settings.max_pending_characters)


MODEL_ROUTES = (list_models,)
