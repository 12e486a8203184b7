"""A page read the way a browser's parser would complain about it."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.errors, self.tags = [], [], [], [], []
        self.references, self.chunks = [], []
        self.feed(html)
        self.close()
        if self.open:
            self.errors.append(f"never closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.errors.append(f"an attribute twice in <{tag}> at {self.getpos()}")
        self.tags.append((tag, dict(attributes)))
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "data", "srcset", "poster", "action"):
                self.links.append(value)
            if name in ("aria-labelledby", "aria-describedby"):
                self.references += value.split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.errors.append(f"</{tag}> at {self.getpos()} closes {self.open[-1:] or 'nothing'}")
            return
        self.open.pop()

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.chunks.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.chunks).split())

    def named(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]
