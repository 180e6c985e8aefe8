"""The signed document with DocuSign's certificate of completion behind it: a real PDF, whatever names it holds."""

import base64
import io

import pikepdf

from integrations.sandbox.state import Body

LINE, TOP, LEFT = 15, 780, 50  # points


def combined(row: Body, *, with_certificate: bool) -> bytes:
    """The document as it was sent; behind it, on pages of its own, who did what and when."""
    with pikepdf.open(io.BytesIO(base64.b64decode(row["file"]["base64"]))) as file:
        if with_certificate:
            file.pages.append(_page(file, _lines(row)))
        made = io.BytesIO()
        file.save(made, deterministic_id=True)
    return made.getvalue()


def _page(file: pikepdf.Pdf, lines: list[str]) -> pikepdf.Page:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )  # fmt: skip
    drawn = [
        f"BT /F1 10 Tf {LEFT} {TOP - LINE * place} Td ({_escaped(text)}) Tj ET" for place, text in enumerate(lines)
    ]
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, 595, 842],
        Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
        Contents=file.make_stream("\n".join(drawn).encode("cp1252", "replace")),
    )  # fmt: skip
    return pikepdf.Page(file.make_indirect(page))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _lines(row: Body) -> list[str]:
    told = [
        "Certificate Of Completion (DocuSign stand-in, rehearsal only)",
        f"Envelope Id: {row['envelopeId'].upper()}    Status: {row['status'].title()}",
        f"Subject: {row['emailSubject']}",
        "",
    ]
    for one in row["signers"]:
        told += [
            f"{one['name']}, {one['email']}",
            f"    Sent: {one.get('sentDateTime', '-')}",
            f"    Viewed: {one.get('deliveredDateTime', '-')}",
            f"    Signed: {one.get('signedDateTime', '-')}",
            "",
        ]
    return told
