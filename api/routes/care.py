"""The routes of the daily work of care, in one router."""

from fastapi import APIRouter

from api.routes import (
    care_adaptations,
    care_assessments,
    care_coverage,
    care_erasure,
    care_exports,
    care_figures,
    care_handover,
    care_homes,
    care_inspections,
    care_intakes,
    care_menu,
    care_orders,
    care_organisation,
    care_people,
    care_rights,
    care_visits,
    care_volunteers,
)

router = APIRouter()
for _noun in (
    care_people, care_homes, care_intakes, care_assessments, care_coverage, care_visits, care_menu,
    care_orders, care_adaptations, care_volunteers, care_figures, care_exports,
    care_inspections, care_handover, care_organisation, care_rights, care_erasure,
):  # fmt: skip
    router.include_router(_noun.router)
