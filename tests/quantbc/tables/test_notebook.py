"""HTML for notebooks."""

from quantbc.tables.notebook import html_table


def test_what_a_file_says_is_escaped() -> None:
    page = html_table(["<script>"], [("<b>", False)], [["<i>"]])
    assert "<script>" not in page
    assert "&lt;b&gt;" in page
    assert "&lt;i&gt;" in page
