# SPDX-License-Identifier: BSL-1.0
"""Bars as SVG: a label, a bar as long as the median, a line from the least to the greatest, and the number."""
from xml.sax.saxutils import escape

LABELS, WIDTH, ROW, RIGHT = 330, 330, 26, 70
OURS, THEIRS, INK, FAINT = "#1f6f54", "#9aa5b1", "#1b1f24", "#c9d1d9"


def bars(title, rows, line=None, unit=""):
    """A chart. `rows` are (label, median, least, greatest, whether it is ours); `line` is a value to draw across all."""
    greatest = max([row[3] for row in rows] + ([line] if line else [])) or 1
    scale = WIDTH / greatest
    height = 44 + ROW * len(rows) + 10
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABELS + WIDTH + RIGHT}" height="{height}" '
           f'font-family="sans-serif" font-size="12" role="img">', f"<title>{escape(title)}</title>",
           '<rect width="100%" height="100%" fill="#ffffff"/>',
           f'<text x="10" y="22" font-size="14" fill="{INK}">{escape(title)}</text>']
    for number, (label, median, least, most, ours) in enumerate(rows):
        y = 44 + ROW * number
        middle = y + ROW / 2 - 3
        out.append(f'<text x="{LABELS - 8}" y="{middle + 4:.1f}" text-anchor="end" fill="{INK}">{escape(label)}</text>')
        out.append(f'<rect x="{LABELS}" y="{y}" width="{median * scale:.1f}" height="{ROW - 8}" '
                   f'fill="{OURS if ours else THEIRS}"/>')
        out.append(f'<line x1="{LABELS + least * scale:.1f}" x2="{LABELS + most * scale:.1f}" y1="{middle:.1f}" '
                   f'y2="{middle:.1f}" stroke="{INK}"/>')
        end = LABELS + max(median, most) * scale + 6
        out.append(f'<text x="{end:.1f}" y="{middle + 4:.1f}" fill="{INK}">{median:.2f}{escape(unit)}</text>')
    if line:
        x = LABELS + line * scale
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="38" y2="{height - 8}" stroke="{FAINT}" stroke-dasharray="4 3"/>')
    out.append("</svg>\n")
    return "\n".join(out)
