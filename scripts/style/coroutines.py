"""Two ways of writing a co_await that g++ 12 compiles into a double destruction.

Both are errors of that compiler with temporaries of a co_await expression: a capturing lambda written inside the
expression, and an awaiter that is an aggregate with members. So lambdas are named first, and awaiters have constructors.
"""

import re

from style.source import Finding, blank_out, line_of, match_brackets

AWAIT = re.compile(r"\bco_(?:await|yield)\b")
WORD_BEFORE = re.compile(r"(\w+)\s*$")
VALUE_GOES_ON = re.compile(r"\s*[,.)\]]")
VALUE_FOLLOWS = {"return", "co_return", "co_await", "co_yield", "case", "else", "do", "throw"}
AFTER_CAPTURES = re.compile(r"\s*(?:[({<]|->|\[\[|(?:mutable|noexcept|constexpr|static|requires)\b)")
BLOCK_OPENS_AFTER = re.compile(r"(?:\)|\b(?:else|do|try|const|noexcept|override))\s*$")
TYPE_HEAD = re.compile(
    r"\b(?:struct|class)\b(?:\s*\[\[[^\]]*\]\])?(?:\s+alignas\s*\([^)]*\))?\s*(?P<name>\w*)(?:\s*<[^;{}]*>)?"
    r"(?:\s+final)?\s*(?::(?!:)[^;{}]*)?\{"
)


def lambda_body(code, partner, position):
    """If a lambda's captures open at `position`: the positions of its body's braces."""
    before = code[:position].rstrip()[-1:]
    word = WORD_BEFORE.search(code, max(0, position - 80), position)
    subscript = before and before in ')]"' or (word and word.group(1) not in VALUE_FOLLOWS)
    if subscript or code[position + 1 : position + 2] == "[" or position not in partner:
        return None
    after = partner[position] + 1
    if not AFTER_CAPTURES.match(code, after):
        return None
    while after < len(code) and code[after] not in "{;":
        after = partner.get(after, after) + 1 if code[after] in "([" else after + 1
    if after >= len(code) or code[after] != "{" or after not in partner:
        return None
    return after, partner[after]


def statement_start(code, partner, position):
    """Where the full expression around `position` begins."""
    while position > 0:
        character = code[position - 1]
        # Braces of a value or of a lambda's body go on as an expression does; those of a block end what went before.
        inside = character == "}" and VALUE_GOES_ON.match(code, position)
        if character in ";{" or (character == "}" and not inside):
            return position
        if character in ")]}" and position - 1 in partner:
            position = partner[position - 1]
        else:
            position -= 1
    return 0


def capturing_lambdas(code, partner, start, awaits_at):
    """Capturing lambdas of the expression that begins at `start` and holds the co_await at `awaits_at`."""
    found = []
    depth = 0
    position = start
    while position < len(code):
        character = code[position]
        if character in "([":
            body = lambda_body(code, partner, position) if character == "[" else None
            if body:
                if code[position + 1 : partner[position]].strip():
                    found.append(position)
                position = body[1]
            else:
                depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "{":
            if depth <= 0 and BLOCK_OPENS_AFTER.search(code, start, position):
                break
            depth += 1
        elif character == "}":
            depth -= 1
            if depth < 0:
                break
        elif character == ";" and (depth <= 0 or position > awaits_at):
            break
        position += 1
    return found


def check_lambdas(source, code, partner):
    seen = set()
    for match in AWAIT.finditer(code):
        start = statement_start(code, partner, match.start())
        for position in capturing_lambdas(code, partner, start, match.start()):
            if position not in seen:
                seen.add(position)
                message = "a capturing lambda inside a co_await expression is destroyed twice by g++ 12; name it first"
                yield Finding(source.path, line_of(code, position), "await-lambda", message)


def own_declarations(code, partner, opening):
    """The inside of a class, without what stands in braces; each function body becomes the end of a declaration."""
    text = []
    position = opening + 1
    declaration = ""
    while position < partner[opening]:
        character = code[position]
        if character == "{" and position in partner:
            outside_templates = declaration
            while (reduced := re.sub(r"<[^<>]*>", "", outside_templates)) != outside_templates:
                outside_templates = reduced
            text.append(declaration + (";" if "(" in outside_templates else "{}"))
            declaration = ""
            position = partner[position]
        elif character == ";":
            text.append(declaration + ";")
            declaration = ""
        else:
            declaration += character
        position += 1
    return "".join(text)


def has_data(declarations):
    for declaration in declarations.split(";"):
        declaration = re.sub(r"\b(?:public|private|protected)\s*:", "", declaration)
        declaration = re.sub(r"\[\[[^\]]*\]\]", "", declaration).strip()
        if re.match(r"(?:using|typedef|friend|static|template|struct|class|enum|union)\b", declaration):
            continue
        while (reduced := re.sub(r"<[^<>]*>", "", declaration)) != declaration:
            declaration = reduced
        declaration = re.split(r"[={]", declaration)[0].strip()
        if declaration and ("(" not in declaration or re.search(r"\(\s*\*", declaration)):
            return True
    return False


def check_awaiters(source, code, partner):
    for match in TYPE_HEAD.finditer(code):
        opening = match.end() - 1
        if opening not in partner:
            continue
        declarations = own_declarations(code, partner, opening)
        if not re.search(r"\bawait_ready\s*\(", declarations) or not has_data(declarations):
            continue
        name = match.group("name")
        constructed = name and re.search(rf"(?<![~\w]){name}\s*\(", declarations)
        inherited = re.search(r"\busing\s+[\w:]*?(\w+)(?:<[^;]*>)?::\1\s*;", declarations)
        if not constructed and not inherited:
            message = f"awaiter {name or 'without a name'} has no constructor; g++ 12 destroys such a temporary twice"
            yield Finding(source.path, line_of(code, match.start()), "await-aggregate", message)


def check(source):
    if not source.is_cpp or not re.search(r"await|co_yield", source.text):
        return
    code = blank_out(source.text)
    partner = match_brackets(code)
    yield from check_lambdas(source, code, partner)
    yield from check_awaiters(source, code, partner)
