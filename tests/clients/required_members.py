"""Checks that recorded answers fit the generated Kotlin and Dart models: required members are there, members that may
not be null are not, and words of enums are known.

Arguments: the OpenAPI document, the folders of the Kotlin and Dart clients, and a folder of answers, each beside a file
`.call` with its method, status, type of content and URL.
"""
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

document, kotlin, dart, answers = (Path(argument) for argument in sys.argv[1:])
paths = json.loads(document.read_text())["paths"]


def read_kotlin():
    """By class: its members as (class of the value, whether required, whether nullable), or its words if it is an enum."""
    models = {}
    for file in kotlin.rglob("src/main/**/models/*.kt"):
        text = file.read_text()
        if re.search(r"^enum class", text, re.M):
            models[file.stem] = set(re.findall(r'@Json\(name = "(.*)"\)', text))
        else:
            members = re.findall(r'@Json\(name = "(.*)"\)\s+val [^:]+: ([^=\n]*[^=\n, ])( = .*)?', text)
            models[file.stem] = {
                name: (kind.rstrip("?>").split("<")[-1].split(".")[-1].split(" ")[-1], not default, kind.endswith("?"))
                for name, kind, default in members
            }
    return models


def read_dart():
    """The same of the Dart models."""
    models = {}
    for file in dart.glob("lib/model/*.dart"):
        text = file.read_text()
        what, name = re.search(r"^(class|enum) (\w+) \{", text, re.M).groups()
        if what == "enum":
            models[name] = set(re.findall(r"^  \w+\._\(r'(.*)'\)", text, re.M))
        else:
            required = re.findall(r"'(\w+)'", text.split("requiredKeys = ")[1].split("}")[0])
            not_null = re.findall(r"assert\(json\[r'(\w+)'\] != null", text)
            kinds = {member: kind for kind, member in re.findall(r"(\w+)\.\w*[fF]romJson\(json\[r'(\w+)'\]", text)}
            models[name] = {
                member: (kinds.get(member, ""), member in required, member not in not_null)
                for member in {*required, *kinds}
            }
    return models


def faults(models, name, value, place):
    model = models.get(name)
    if isinstance(value, list):
        for element in value:
            yield from faults(models, name, element, place + "[]")
    elif isinstance(model, set) and isinstance(value, str) and value not in model:
        yield f"{place}: {value} is no {name}"
    elif isinstance(model, dict) and isinstance(value, dict):
        for member, (kind, required, nullable) in model.items():
            if member in value and value[member] is not None:
                yield from faults(models, kind, value[member], f"{place}.{member}")
            elif required and member not in value:
                yield f"{place}.{member} of {name} is missing"
            elif required and not nullable:
                yield f"{place}.{member} of {name} is null"


def model_of(method, path, status):
    """The name of the model of an answer; none if it is not an object with a name."""
    for template in sorted(paths, key=lambda path: path.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in paths[template]:
            content = paths[template][method]["responses"].get(status, {}).get("content", {})
            reference = content.get("application/json", {}).get("schema", {}).get("$ref", "")
            return "".join(part[:1].upper() + part[1:] for part in reference.split("/")[-1].split("_"))
    sys.exit(f"{method} {path} is not in the document")


languages = {"Kotlin": read_kotlin(), "Dart": read_dart()}
checked, found = 0, set()
for call in sorted(answers.glob("*.call")):
    method, status, kind, url = call.read_text().split(maxsplit=3)
    name = model_of(method.lower(), urlsplit(url.strip()).path, status)
    if kind.startswith("application/json") and name:
        checked += 1
        value = json.loads(call.with_suffix("").read_text())
        for language, models in languages.items():
            if name not in models:
                sys.exit(f"{language} has no model {name}")
            found |= {f"{language}: {fault}" for fault in faults(models, name, value, name)}
print(*sorted(found), sep="\n", end="\n" if found else "")
if found or not checked:
    sys.exit(f"   {len(found)} faults in {checked} answers")
print(f"   {checked} answers of the tour fit the Kotlin and Dart models")
