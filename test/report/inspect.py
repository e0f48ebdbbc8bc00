"""Reads pages of `authorityc report` as XML, which forgives nothing, and prints what tests
ask about as JSON: a list with an object for each page."""
import json
import sys
import xml.etree.ElementTree as tree

LEVELS = {f"h{level}": level for level in range(1, 7)}
# Attributes that name something to load or to go to.
REFERENCES = {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite",
              "background", "ping", "manifest", "{http://www.w3.org/1999/xlink}href"}


def text(element):
    return " ".join("".join(element.itertext()).split())


def name(root, element):
    """What aria-labelledby comes to."""
    by_id = {one.get("id"): one for one in root.iter() if one.get("id")}
    return " ".join(text(by_id[one]) for one in element.get("aria-labelledby", "").split())


def table(element):
    caption = element.find("caption")
    heads = element.findall("thead/tr/th")
    rows = [[text(cell) for cell in row] for row in element.findall("tbody/tr")]
    return {
        "caption": text(caption) if caption is not None else None,
        "heads": [text(head) for head in heads],
        "scopes": sorted({cell.get("scope") for cell in element.iter("th")}, key=str),
        "rows": rows,
    }


def page(path):
    root = tree.parse(path).getroot()
    body = root.find("body")
    every = list(root.iter())
    labels = {label.get("for"): text(label) for label in root.iter("label")}
    return {
        "title": text(root.find("head/title")),
        "language": root.get("lang"),
        "elements": sorted({one.tag for one in every}),
        "scripts": [one.text for one in root.iter("script")],
        "style": [one.text for one in root.iter("style")],
        "policy": [one.get("content") for one in root.iter("meta")
                   if one.get("http-equiv") == "Content-Security-Policy"],
        "headings": [[LEVELS[one.tag], text(one)] for one in every if one.tag in LEVELS],
        "references": [value for one in every for key, value in one.attrib.items()
                       if key in REFERENCES],
        "handlers": [key for one in every for key in one.attrib
                     if key.startswith("on") or key == "style"],
        "ids": [one.get("id") for one in every if one.get("id")],
        "pictures": [{"role": one.get("role"), "name": name(root, one)}
                     for one in root.iter("svg") if one.get("aria-hidden") != "true"],
        "fields": {one.get("id"): labels.get(one.get("id")) for one in root.iter("input")},
        "numbers": {text(one.find("dt")): text(one.find("dd"))
                    for one in root.findall(".//dl[@class='numbers']/div")},
        "state": text(root.find(".//p[@class]")),
        "labels": [text(one.find("text")) for one in root.findall(".//svg/g[@class='label']")],
        "tables": [table(one) for one in root.iter("table")],
        "messages": [text(one) for one in
                     root.findall(".//section[@aria-labelledby='warnings']//li")],
        "text": text(body),
    }


json.dump([page(path) for path in sys.argv[1:]], sys.stdout)
