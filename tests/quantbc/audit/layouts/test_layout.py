from quantbc.audit.layouts.detect import LAYOUTS


def test_every_layout_has_a_name_and_a_line_about_itself() -> None:
    assert all(name == layout.name and layout.summary for name, layout in LAYOUTS.items())
