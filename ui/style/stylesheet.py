"""The stylesheet, as text made from the tokens.

Widgets say what they are with the dynamic property `role`; the stylesheet says how that looks.
Roles: buttons `primary`, `quiet`, `flush` (quiet, its words at the edge of what is around it),
`icon`, `menu`, `rail`, `danger`, `chip`, `answer`, `link`, `anchor`; labels `title`, `heading`,
`strong`, `mute`, `small`, `danger`, `caution`, `ok`; frames `panel`, `card`, `sheet`, `notice`,
`line`.
"""

from pathlib import Path

from ui.style.tokens import (
    BAR_HEIGHT,
    HAIRLINE,
    ICON,
    RADIUS,
    TARGET_HEIGHT,
    Space,
    TextSize,
    Theme,
)

TICKS = (Path(__file__).parent / "ticks").as_posix()
"""One drawing for each theme: a stylesheet takes a picture from a file alone."""


def scaled(size: int, scale_percent: int) -> int:
    """A size of type, or of what holds type, at the person's text scale."""
    return round(size * scale_percent / 100)


def stylesheet(theme: Theme, scale_percent: int) -> str:
    """The whole stylesheet for one theme at one text scale."""

    def px(size: int) -> str:
        return f"{scaled(size, scale_percent)}px"

    # A field's text height, padding and border add up to the height of a target.
    field_height = f"{scaled(TARGET_HEIGHT, scale_percent) - 2 * Space.XS - 2 * HAIRLINE}px"
    field = (
        f"background: {theme.raised}; color: {theme.ink}; border: {HAIRLINE}px solid {theme.mute};"
        f" border-radius: {RADIUS}px; padding: {Space.XS}px {Space.S}px;"
        f" selection-background-color: {theme.accent}; selection-color: {theme.on_accent};"
    )
    return f"""
* {{ font-size: {px(TextSize.BODY)}; }}
QWidget {{ color: {theme.ink}; }}
QWidget#page, QDialog, QFileDialog {{ background: {theme.bg}; }}
QToolTip {{
    background: {theme.raised}; color: {theme.ink}; border: {HAIRLINE}px solid {theme.line};
    padding: {Space.XS}px {Space.S}px;
}}

QFrame[role="panel"] {{ background: {theme.panel}; border: none; }}
QFrame[role="card"] {{
    background: {theme.raised}; border: {HAIRLINE}px solid {theme.line}; border-radius: {RADIUS}px;
}}
QFrame[role="sheet"] {{
    background: {theme.sheet}; border: {HAIRLINE}px solid {theme.line}; border-radius: {RADIUS}px;
}}
QFrame[role="notice"] {{
    background: {theme.raised}; border: {HAIRLINE}px solid {theme.line}; border-radius: {RADIUS}px;
}}
QFrame[role="line"] {{ background: {theme.line}; border: none; }}

QLabel {{ background: transparent; border: none; }}
QLabel[role="title"] {{ font-size: {px(TextSize.TITLE)}; }}
QLabel[role="heading"] {{ font-size: {px(TextSize.HEADING)}; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="mute"] {{ color: {theme.mute}; }}
QLabel[role="small"] {{ color: {theme.mute}; font-size: {px(TextSize.SMALL)}; }}
QLabel[role="words"] {{ font-size: {px(TextSize.HEADING)}; }}
QLabel[role="danger"] {{ color: {theme.danger}; }}
QLabel[role="caution"] {{ color: {theme.caution}; }}
QLabel[role="ok"] {{ color: {theme.ok}; }}

QPushButton {{
    background: {theme.raised}; color: {theme.ink}; border: {HAIRLINE}px solid {theme.mute};
    border-radius: {RADIUS}px; padding: {Space.XS}px {Space.L}px; min-height: {field_height};
}}
QPushButton:hover {{ background: {theme.hover}; }}
QPushButton:disabled {{ color: {theme.mute}; border-color: {theme.line}; }}
QPushButton[role="primary"] {{
    background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent};
    font-weight: 600;
}}
QPushButton[role="primary"]:hover {{
    background: {theme.accent_hover}; border-color: {theme.accent_hover};
}}
QPushButton[role="primary"]:disabled {{
    background: {theme.hover}; color: {theme.mute}; border-color: {theme.hover};
}}
QPushButton[role="danger"] {{ color: {theme.danger}; border-color: {theme.danger}; }}
QPushButton[role="quiet"] {{
    background: transparent; color: {theme.accent}; border-color: transparent;
    padding: {Space.XS}px {Space.S}px;
}}
QPushButton[role="flush"] {{
    background: transparent; color: {theme.accent}; border-color: transparent;
    padding: {Space.XS}px {Space.NONE}px;
}}
QPushButton[role="flush"]:hover {{ background: {theme.hover}; }}
QPushButton[role="flush"]:disabled {{ color: {theme.mute}; }}
QPushButton[role="menu"] {{
    background: transparent; color: {theme.accent}; border-color: transparent;
    padding: {Space.XS}px {px(ICON + Space.S)};
}}
QPushButton[role="menu"]:hover {{ background: {theme.hover}; }}
QPushButton[role="quiet"]:hover {{ background: {theme.hover}; }}
QPushButton[role="quiet"]:disabled {{ color: {theme.mute}; }}
QPushButton[role="icon"] {{
    background: transparent; border-color: transparent; padding: {Space.XS}px;
    min-width: {field_height};
}}
QPushButton[role="icon"]:hover {{ background: {theme.hover}; }}
QPushButton[role="icon"]:checked {{ background: {theme.selected}; }}
QPushButton[role="rail"] {{
    background: transparent; border-color: transparent; text-align: left;
    padding: {Space.XS}px {Space.M}px;
}}
QPushButton[role="rail"]:hover {{ background: {theme.hover}; }}
QPushButton[role="rail"]:checked {{ background: {theme.selected}; font-weight: 600; }}
QPushButton[role="chip"] {{
    padding: {Space.XS}px {Space.M}px; border-color: {theme.line}; background: transparent;
}}
QPushButton[role="chip"]:checked {{ background: {theme.selected}; border-color: {theme.accent}; }}
QPushButton[role="answer"] {{ padding: {Space.XS}px {Space.M}px; }}
QPushButton[role="answer"]:checked {{
    background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent};
}}
QPushButton[role="link"] {{
    background: transparent; color: {theme.accent}; border-color: transparent; text-align: left;
    padding: {Space.XS}px {Space.NONE}px; min-height: {field_height};
}}
QPushButton[role="link"]:hover {{ background: {theme.hover}; }}
QPushButton[role="anchor"] {{
    background: transparent; color: {theme.mute}; border-color: transparent;
    padding: {Space.XS}px; min-height: {field_height};
}}
QPushButton[role="anchor"]:hover {{ color: {theme.ink}; background: {theme.hover}; }}
QPushButton[role="anchor"]:checked {{ color: {theme.accent}; }}
QPushButton::menu-indicator {{ image: none; }}

QAbstractScrollArea {{ background: transparent; border: none; }}
QLineEdit, QComboBox, QSpinBox, QDateTimeEdit {{ {field} min-height: {field_height}; }}
QPlainTextEdit, QTextEdit {{ {field} }}
QLineEdit:read-only, QPlainTextEdit[readOnly="true"], QTextEdit[readOnly="true"] {{
    background: transparent; border-color: {theme.line};
}}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{
    color: {theme.mute}; border-color: {theme.line};
}}
QLineEdit[role="title"] {{
    background: transparent; border-color: transparent; font-size: {px(TextSize.HEADING)};
    font-weight: 600; padding: {Space.XS}px {Space.XS}px; min-height: {px(TARGET_HEIGHT)};
}}
QLineEdit[role="title"]:hover {{ border-color: {theme.line}; }}
QTextEdit[role="version"] {{
    font-size: {px(TextSize.ACCOUNT)}; padding: {Space.M}px;
}}
QTextEdit[role="version"][readOnly="true"] {{ border-color: transparent; }}
QTextEdit[role="account"] {{ font-size: {px(TextSize.ACCOUNT)}; padding: {Space.M}px; }}
QComboBox::drop-down {{ border: none; width: {ICON}px; }}
QComboBox QAbstractItemView {{
    background: {theme.raised}; color: {theme.ink}; border: {HAIRLINE}px solid {theme.line};
    selection-background-color: {theme.selected}; selection-color: {theme.ink}; outline: none;
}}
QCheckBox::indicator, QRadioButton::indicator {{
    width: {px(Space.L)}; height: {px(Space.L)}; background: {theme.raised};
    border: {HAIRLINE}px solid {theme.mute};
}}
QCheckBox::indicator {{ border-radius: {Space.XS}px; }}
QRadioButton::indicator {{ border-radius: {px(Space.L // 2)}; }}
QCheckBox::indicator:checked {{
    background: {theme.accent}; border-color: {theme.accent};
    image: url("{TICKS}/{theme.name}.svg");
}}
QRadioButton::indicator:checked {{
    background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
        stop: 0 {theme.accent}, stop: 0.6 {theme.accent}, stop: 0.7 {theme.raised},
        stop: 1 {theme.raised});
    border-color: {theme.accent};
}}
QCheckBox, QRadioButton {{ spacing: {Space.S}px; min-height: {px(TARGET_HEIGHT)}; }}

QScrollArea, QScrollArea > QWidget > QWidget#scrolled {{ background: transparent; }}
QListView, QTreeView, QTableView {{
    background: transparent; border: none; outline: none;
    selection-background-color: {theme.selected}; selection-color: {theme.ink};
}}
QListView::item, QTreeView::item {{
    padding: {Space.XS}px {Space.S}px; border-radius: {RADIUS}px; color: {theme.ink};
}}
QListView::item:hover, QTreeView::item:hover {{ background: {theme.hover}; }}
QListView::item:selected, QTreeView::item:selected {{ background: {theme.selected}; }}
QHeaderView::section {{
    background: {theme.panel}; color: {theme.mute}; border: none; padding: {Space.XS}px;
}}

QMenu {{
    background: {theme.raised}; color: {theme.ink}; border: {HAIRLINE}px solid {theme.line};
    padding: {Space.XS}px;
}}
QMenu::item {{ padding: {Space.S}px {Space.L}px; border-radius: {RADIUS}px; }}
QMenu::item:selected {{ background: {theme.selected}; }}
QMenu::item:disabled {{ color: {theme.mute}; }}

QProgressBar {{
    background: {theme.line}; border: none; border-radius: {BAR_HEIGHT // 2}px;
    max-height: {BAR_HEIGHT}px; min-height: {BAR_HEIGHT}px;
}}
QProgressBar::chunk {{ background: {theme.accent}; border-radius: {BAR_HEIGHT // 2}px; }}

QSplitter::handle {{ background: {theme.line}; }}
QScrollBar:vertical {{ background: transparent; width: {Space.M}px; margin: {Space.NONE}px; }}
QScrollBar:horizontal {{ background: transparent; height: {Space.M}px; margin: {Space.NONE}px; }}
QScrollBar::handle {{
    background: {theme.line}; border-radius: {Space.XS}px; margin: {HAIRLINE * 2}px;
    min-height: {Space.XXL}px; min-width: {Space.XXL}px;
}}
QScrollBar::handle:hover {{ background: {theme.mute}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: {Space.NONE}px; height: {Space.NONE}px; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
