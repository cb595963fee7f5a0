"""Workbooks stay workbooks: formulas, names and pivot tables after the cuts."""

import datetime

import pytest

from detectors.files.interface import Outcome
from tests.detectors.files.desk import look_into
from tests.detectors.files.office.build import changed, left, parts
from tests.detectors.files.office.sheets import Excel, opened, rows

SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"
BOOK_RELS = "xl/_rels/workbook.xml.rels"
NHS = 9434765919


def with_cell(cell: str) -> bytes:
    """A sheet whose A1 says what B1 holds."""
    data = Excel(["NHS number", 1]).data
    return changed(data, {SHEET: ('<c r="B1" t="n"><v>1</v></c>', cell)})


@pytest.mark.parametrize(
    "cell",
    [
        f'<c r="B1"><v>{NHS}</v></c>',
        '<c r="B1"><v>9.434765919E9</v></c>',
        f'<c r="B1" t="str"><f>A1</f><v>{NHS}</v></c>',
        '<c r="B1" t="inlineStr"><is><r><t>943 476</t></r><r><t> 5919</t></r></is></c>',
        f'<c r="B1"><f>9434765918+1</f><v>{NHS}</v></c>',
        f"<c><v>{NHS}</v></c>",
    ],
    ids=["number", "power", "string", "runs", "formula", "without a reference"],
)
def test_a_number_in_whatever_form_goes_with_its_formula(cell: str) -> None:
    result = look_into(with_cell(cell))
    assert result.outcome is Outcome.REDACTED, result
    assert "[NHS number hidden]" in rows(result.data)[0]
    assert left(result, "943", "<f>") == []


def test_a_number_that_identifies_nobody_stays_a_number() -> None:
    data = Excel(["NHS number", "CRP", "Seen"], [NHS, 9, datetime.date(2024, 5, 1)]).data
    result = look_into(data)
    assert result.outcome is Outcome.REDACTED
    assert rows(result.data)[1][1:] == [9, datetime.datetime(2024, 5, 1)]  # noqa: DTZ001 - a day


def test_the_same_words_in_many_cells_are_cut_in_all() -> None:
    result = look_into(Excel(["Patient name"], *[["Margaret Thompson"]] * 5).data)
    assert [r[0] for r in rows(result.data)] == ["Patient name"] + ["[Patient A]"] * 5


def test_a_shared_formula_goes_with_all_that_share_it() -> None:
    shared = (
        f'<c r="B1" t="str"><f t="shared" ref="B1:B2" si="0">"943 476 5919"</f><v>{NHS}</v></c></row>'
        '<row r="2"><c r="B2" t="str"><f t="shared" si="0"/><v>next</v></c>'
    )
    result = look_into(with_cell(shared))
    assert left(result, "<f>", "<f ", "943 476 5919", str(NHS)) == []
    assert rows(result.data)[1][1] == "next"


def test_two_sheets_never_come_to_have_one_name() -> None:
    excel = Excel(["Patient name", "Margaret Thompson"], title="Margaret Thompson")
    excel.book.create_sheet("Thompson, Margaret")
    result = look_into(excel.data)
    names = opened(result.data).sheetnames
    assert len(set(names)) == 2
    assert not any("Thompson" in n for n in names)


def test_a_threaded_comment_and_who_wrote_it_are_read() -> None:
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    more = {
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{space}"><threadedComment ref="B2" '
        f'personId="p"><text>NHS number {NHS}</text></threadedComment></ThreadedComments>',
        "xl/persons/person.xml": f'<personList xmlns="{space}"><person displayName="x" userId="ann@mail.example"/></personList>',
    }
    result = look_into(changed(Excel(["a"]).data, {}, more))
    assert {str(f.kind) for f in result.found} == {"NHS_NUMBER", "EMAIL"}
    assert left(result, str(NHS), "ann@mail.example") == []


def pivot(value: str) -> bytes:
    """A workbook with a pivot table over a column of names."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cache = "pivotCache/pivotCacheDefinition1.xml"

    def links(id: str, type: str, target: str) -> str:
        return f'<Relationships xmlns="{package}"><Relationship Id="{id}" Type="{office}/{type}" Target="{target}"/></Relationships>'

    listed = "".join(
        f'<Override PartName="/xl/{name}" ContentType="application/x-{n}+xml"/>'
        for n, name in enumerate((cache, "pivotCache/pivotCacheRecords1.xml", "pivotTables/pivotTable1.xml"))
    )
    return changed(
        Excel(["Ward list"]).data,
        {
            TYPES: ("<Override", f"{listed}<Override"),
            BOOK_RELS: ("</Rel", f'<Relationship Id="rIdP" Type="{office}/pivotCacheDefinition" Target="{cache}"/></Rel'),
            "xl/workbook.xml": (
                "</workbook>", f'<pivotCaches><pivotCache cacheId="1" r:id="rIdP" xmlns:r="{office}"/></pivotCaches></workbook>',
            ),
        },
        {
            f"xl/{cache}": f'<pivotCacheDefinition xmlns="{main}"><cacheField name="Patient"><sharedItems '
            f'minValue="{NHS}"><s v="{value}"/></sharedItems></cacheField></pivotCacheDefinition>',
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": links("r", "pivotCacheRecords", "pivotCacheRecords1.xml"),
            "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{main}"><r><s v="{value}"/></r></pivotCacheRecords>',
            "xl/worksheets/_rels/sheet1.xml.rels": links("r", "pivotTable", "../pivotTables/pivotTable1.xml"),
            "xl/pivotTables/pivotTable1.xml": f'<pivotTableDefinition xmlns="{main}" name="Pivot"/>',
            "xl/pivotTables/_rels/pivotTable1.xml.rels": links("r", "pivotCacheDefinition", f"../{cache}"),
        },
    )  # fmt: skip


def test_a_pivot_table_over_patients_becomes_plain_cells() -> None:
    result = look_into(pivot("NHS number 943 476 5919"))
    assert result.outcome is Outcome.REDACTED, result
    assert left(result, "pivotCache", "pivotTables", str(NHS)) == []
    assert rows(result.data) == [["Ward list"]]


def test_a_pivot_table_over_wards_stays() -> None:
    assert look_into(pivot("Ward 7")).outcome is Outcome.CLEAN


def test_macros_of_the_old_kind_quarantine() -> None:
    listed = '<Override PartName="/xl/macrosheets/sheet1.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/><Override'
    data = changed(Excel(["a"]).data, {TYPES: ("<Override", listed)}, {"xl/macrosheets/sheet1.xml": "<a/>"})
    assert look_into(data).outcome is Outcome.QUARANTINED


def test_the_order_of_calculation_is_left_to_excel() -> None:
    link = '<Relationship Id="rIdC" Type="x/calcChain" Target="calcChain.xml"/></Rel'
    data = changed(
        with_cell(f'<c r="B1"><f>1+1</f><v>{NHS}</v></c>'), {BOOK_RELS: ("</Rel", link)},
        {"xl/calcChain.xml": '<calcChain><c r="B1"/></calcChain>'},
    )  # fmt: skip
    copy = parts(look_into(data).data or b"")
    assert "xl/calcChain.xml" not in copy
    assert b"calcChain" not in copy[BOOK_RELS]
