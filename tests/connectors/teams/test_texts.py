"""What members read of a Teams message, and edits put back into exactly the same HTML."""

import html
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.interface import Edit
from connectors.teams import markup, texts

NUMBER = "943 476 5919"
CASES = {
    "<p>Obs for 943 476 5919: BP 90/60</p>": "Obs for 943 476 5919: BP 90/60",
    '<p>fine <emoji id="smile" alt="😀" title="Grinning"></emoji>, ta</p>': "fine 😀, ta",
    "<div>one</div>\n<div>two<br>three</div>": "one\ntwo\nthree",
    "<p>943 <b>476</b>&nbsp;<i>5919</i></p>": "943 476 5919",
    "<p>9<span style=\"x\">4</span>3</p>": "943",
    "sats &lt;92% &amp; falling": "sats <92% & falling",
    "sats <92% & falling": "sats <92% & falling",
    "see <bed 5> and <Mary>": "see <bed 5> and <Mary>",
    "<blockquote>she said</blockquote><p>yes</p>": "she said\nyes",
    "<ul><li>one</li><li>two</li></ul>": "one\ntwo",
    "<table><tr><td>Name</td><td>DOB</td></tr><tr><td>M</td><td>1/2/50</td></tr></table>": "Name\tDOB\nM\t1/2/50",
    '<codeblock class="x"><code>a = 1<br>b</code></codeblock>': "a = 1\nb",
    '<a href="mailto:mary@example.com">write</a>': "write (mailto:mary@example.com)",
    '<a href="https://x.example/">https://x.example</a>': "https://x.example",
    '<a href="https://x.example/a%20b">here</a>': "here (https://x.example/a b)",
    '<p>scan</p><img alt="wristband &amp; number" src="x">': "scan\nwristband & number",
    "<!-- hidden 943 -->seen<style>p {}</style>": "seen",
    '<attachment id="1"></attachment><p>quoted</p>': "quoted",
    '<at id="0">Dr Sam Example</at>, please': "<@sam>, please",
    '<at id="9">Mary Patient</at> is here': "Mary Patient is here",
    "<at>Chaperone</at> who": "<@bot> who",
    '<at id="0">a <b>b</b></at> c': "a b c",
    "&#57;43&#x20;476": "943 476",
    "<p></p><p>&nbsp;</p>": " ",
    "": "",
}  # fmt: skip
PEOPLE = {"0": "sam", "Chaperone": "bot"}


@pytest.mark.parametrize(("source", "shown"), CASES.items())
def test_html_reads_as_members_see_it(source: str, shown: str) -> None:
    assert markup.read(source, PEOPLE) == shown


@pytest.mark.parametrize(
    ("source", "what", "expected"),
    [
        ("<p>943 <b>476</b>&nbsp;<i>5919</i> x</p>", NUMBER, "<p>[hidden]<b></b><i></i> x</p>"),
        ("<p>a &amp; 943 476 5919 &lt;b</p>", NUMBER, "<p>a &amp; [hidden] &lt;b</p>"),
        ('<img alt="for 943 476 5919" src="s">', NUMBER, '<img alt="for [hidden]" src="s">'),
        ('<a href="tel:943 476 5919">ring</a>', NUMBER, '<a href="tel%3A%5Bhidden%5D">ring</a>'),
        ('<at id="0">Dr Sam</at> rang', "<@sam>", "[hidden] rang"),
        ("<td>943</td><td>476</td>", "943\t476", "<td>[hidden]</td><td></td>"),
    ],
)
def test_an_edit_changes_what_it_covers_and_no_tag(source: str, what: str, expected: str) -> None:
    start = markup.read(source, PEOPLE).index(what)
    assert markup.edit(source, [(start, start + len(what), "[hidden]")], PEOPLE) == expected


def test_words_put_in_are_words() -> None:
    assert markup.edit("<p>Mary</p>", [(0, 4, "<b>&")]) == "<p>&lt;b&gt;&amp;</p>"
    assert markup.edit('<img alt="Mary">', [(0, 4, '" onerror="x')]) == '<img alt="&quot; onerror=&quot;x">'


WORDS = st.text(st.sampled_from("ab 9é😀&<>\"'\u00a0;"), max_size=8)
PIECES = st.recursive(
    WORDS.map(lambda w: html.escape(w, quote=False)) | st.sampled_from(
        ['<at id="0">Dr Sam</at>', '<emoji alt="😀"></emoji>', '<img alt="a 9" src="x">', "<br>", "&eacute;", "<bed 5>",
         '<attachment id="1"></attachment>']
    ),
    lambda inner: st.tuples(
        st.sampled_from(["p", "b", "i", "div", "blockquote", "li", "td", "tr", "pre"]), st.lists(inner, max_size=3)
    ).map(lambda t: f"<{t[0]}>{''.join(t[1])}</{t[0]}>"),
    max_leaves=12,
)  # fmt: skip
TAG = re.compile(
    r"</?(?:p|b|i|div|blockquote|li|td|tr|pre|br|attachment|emoji)(?=[\s/>])[^>]*>|<img[^>]*src=\"x\">"
)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(st.lists(PIECES, max_size=4).map("".join), st.data())
def test_editing_the_html_is_editing_the_text(source: str, data: st.DataObject) -> None:
    shown = markup.read(source, PEOPLE)
    start = data.draw(st.integers(0, len(shown)))
    end = data.draw(st.integers(start, len(shown)))
    # A mention is hidden whole or not at all.
    for mention in re.finditer(r"<@sam>", shown):
        if start < mention.end() and mention.start() < end:
            start, end = min(start, mention.start()), max(end, mention.end())
    edited = markup.edit(source, [(start, end, "[x]")], PEOPLE)
    if not bare(shown[start:end]):
        return  # between two paragraphs nothing in the HTML shows what was covered
    read = markup.read(edited, PEOPLE)
    assert bare(read) == bare(shown[:start] + "[x]" + shown[end:])
    if "\n" not in shown[start:end] and "\t" not in shown[start:end] and "<img" not in source:
        assert read == shown[:start] + "[x]" + shown[end:]
    kept = [re.sub(r'alt="[^"]*"', "", t) for t in TAG.findall(source)]
    assert [re.sub(r'alt="[^"]*"', "", t) for t in TAG.findall(edited)] == kept


@given(st.text(st.sampled_from("<>&;\"'=a/ b-!p"), max_size=60))
def test_no_html_is_too_odd(source: str) -> None:
    shown = markup.read(source)
    assert markup.edit(source, [(0, len(shown), "")]) is not None
    assert markup.edit(source, []) == source


def test_long_odd_html_takes_no_long_time() -> None:
    for piece in ("<a ", '<a "', "<!--", "&#1", "<at>", "</at>", "<p", "<b><", '<a href="'):
        markup.read(piece * (28_000 // len(piece)), PEOPLE)


# --- whole messages --------------------------------------------------------------------------------------

CARD = json.dumps(
    {
        "type": "AdaptiveCard",
        "body": [{"type": "TextBlock", "text": f"for {NUMBER}", "size": "Large"}],
        "version": "1.5",
    }
)
GRAPH: dict[str, Any] = {
    "id": "1", "etag": "1", "subject": f"About {NUMBER}", "from": {"user": {"id": "u", "displayName": "Nia"}},
    "body": {"contentType": "html", "content": f'<p><at id="0">Dr Sam</at> {NUMBER}</p>'},
    "mentions": [{"id": 0, "mentionText": "Dr Sam", "mentioned": {"user": {"id": "sam"}}}],
    "attachments": [
        {"id": "f", "contentType": "reference", "contentUrl": "https://x.example/f.docx", "name": f"{NUMBER}.docx"},
        {"id": "c", "contentType": "application/vnd.microsoft.card.adaptive", "content": CARD},
        {"id": "q", "contentType": "messageReference", "content": json.dumps({"messageId": "7", "messagePreview": NUMBER})},
    ],
}  # fmt: skip
PLACES = {
    "subject": "message", "body/content": "message", "attachments/0/name": "file_name",
    "attachments/1/content/body/0/text": "message", "attachments/2/content/messagePreview": "message",
}  # fmt: skip


def test_every_place_of_a_message_is_read() -> None:
    parts = texts.parts(GRAPH)
    assert {p.location: p.surface for p in parts} == PLACES
    assert all(NUMBER in p.text for p in parts)
    assert next(p.text for p in parts if p.location == "body/content") == f"<@sam> {NUMBER}"
    assert NUMBER not in repr(parts)


def test_an_edit_in_every_place_leaves_the_rest_as_it_was() -> None:
    edits = [
        Edit(p.location, (at := p.text.index(NUMBER)), at + len(NUMBER), "[hidden]")
        for p in texts.parts(GRAPH)
    ]
    before = json.dumps(GRAPH)
    new = texts.rewrite(GRAPH, edits)
    assert json.dumps(GRAPH) == before
    assert NUMBER not in json.dumps(new)
    assert {p.location: p.text for p in texts.parts(new)} == {
        p.location: p.text.replace(NUMBER, "[hidden]") for p in texts.parts(GRAPH)
    }
    assert json.loads(json.dumps(new).replace("[hidden]", NUMBER)) == GRAPH


def test_what_no_edit_touches_stays_to_the_character() -> None:
    assert texts.rewrite(GRAPH, []) == GRAPH
    only = texts.rewrite(GRAPH, [Edit("subject", 0, 5, "On")])
    assert only["attachments"] == GRAPH["attachments"]


def test_a_place_that_is_not_there_is_an_error() -> None:
    for location in ("body", "body/content/x", "from/user/displayName", "attachments/9/name", ""):
        with pytest.raises(ValueError, match="not in the message"):
            texts.rewrite(GRAPH, [Edit(location, 0, 1, "x")])


def test_plain_bodies_are_plain() -> None:
    plain = {"body": {"contentType": "text", "content": "BP <b>90</b> &amp; x"}}
    assert [p.text for p in texts.parts(plain)] == ["BP <b>90</b> &amp; x"]
    assert texts.rewrite(plain, [Edit("body/content", 0, 2, "<")])["body"]["content"] == "< <b>90</b> &amp; x"


def test_an_activity_is_read_in_both_its_forms() -> None:
    body = {
        "text": "<at>Dr Sam</at> 943 476 5919", "channelData": {"subject": NUMBER, "tenant": {"id": "t"}},
        "entities": [{"type": "mention", "text": "<at>Dr Sam</at>", "mentioned": {"id": "29:" + "x" * 90}}],
        "attachments": [{"contentType": "text/html", "content": "<p>943 476 5919</p>"}],
    }  # fmt: skip
    found = {p.location: p.text for p in texts.parts(body)}
    assert found == {
        "text": f"<@29:{'x' * 55}> {NUMBER}", "attachments/0/content": NUMBER, "channelData/subject": NUMBER,
    }  # fmt: skip


@pytest.mark.parametrize(
    "odd", [{"attachments": None}, {"attachments": [None, 5, "x"]}, {"body": None}, {"body": "x"}, {}]
)
def test_odd_messages_have_the_texts_they_have(odd: dict[str, Any]) -> None:
    texts.parts(odd)
    assert texts.rewrite(odd, []) == odd


def test_a_bot_is_called_the_same_in_both_shapes() -> None:
    graph = {"mentions": [{"id": 0, "mentioned": {"application": {"id": "app"}}}]}
    activity = {"entities": [{"type": "mention", "text": "<at>Bot</at>", "mentioned": {"id": "28:app"}}]}
    assert texts.mentions(graph) == {"0": "28:app"}
    assert texts.mentions(activity) == {"Bot": "28:app"}
