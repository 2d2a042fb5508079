"""The routes of the daily work of care, in one router."""

from fastapi import APIRouter

from api.routes import (
    care_adaptations,
    care_assessments,
    care_coverage,
    care_homes,
    care_menu,
    care_orders,
    care_people,
    care_visits,
)

router = APIRouter()
for _noun in (
    care_people, care_homes, care_assessments, care_coverage, care_visits, care_menu, care_orders,
    care_adaptations,
):  # fmt: skip
    router.include_router(_noun.router)
