"""Who serves the demo's people, and what is on the menu. Invented."""

from typing import Any

PROVIDERS: tuple[dict[str, str], ...] = (
    {"station": "wutong", "name": "梧桐长者食堂", "phone": "0000-660001"},
    {"station": "wutong", "name": "青禾家政", "phone": "0000-660002"},
    {"station": "liutang", "name": "柳塘陪诊服务队", "phone": "0000-660003"},
)


def _line(kind: str, name: str, name_en: str, yuan: int, *subsidy: int) -> dict[str, Any]:
    """Prices in yuan; the subsidy by grade 0 to 4."""
    fen = [100 * amount for amount in subsidy]
    return {"kind": kind, "name": name, "name_en": name_en, "price_fen": 100 * yuan, "subsidy_fen": fen}


MENU: dict[str, list[dict[str, Any]]] = {
    "梧桐长者食堂": [
        _line("meal", "午餐送餐", "Lunch at home", 15, 3, 5, 6, 8, 8),
        _line("meal", "晚餐送餐", "Supper at home", 13, 2, 4, 5, 7, 7),
    ],
    "青禾家政": [
        _line("cleaning", "居室清洁两小时", "Two hours of cleaning", 80, 0, 10, 20, 40, 40),
        _line("bathing", "上门助浴", "A bath at home", 120, 0, 20, 40, 80, 100),
    ],
    "柳塘陪诊服务队": [
        _line("medical", "陪同就诊半天", "Half a day at the doctor's", 100, 0, 20, 30, 50, 60),
        _line("escort", "陪同外出办事", "Company on errands", 60, 0, 10, 20, 30, 30),
    ],
}
