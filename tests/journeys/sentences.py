"""One invented sentence in each of the five languages."""

SENTENCES = {
    "Kazakh": "Ойдан шығарылған үлгі: інім Ербол мектепте мұғалім болған, қыста әкетті.",
    "Uyghur": "توقۇلما ئۈلگە: ئىنىم مەكتەپتە ئوقۇتقۇچى ئىدى، قىشتا ئېلىپ كەتتى.",
    "Russian": "Вымышленный пример: брат был учителем в школе, его увели зимой.",
    "Chinese": "虚构的例子：我弟弟在学校当老师，冬天被带走了。",
    "English": "Invented sample: my brother taught at a school; they took him in winter.",
}
