"""Trees of XML, written and read; the one door to lxml."""

from __future__ import annotations

from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element
"""lxml ships no types: to mypy it is anything."""

XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def top(tag: str, namespace: str = "") -> Element:
    """A new tree; the namespace is the default one, since SayIt loses speakers behind a prefix."""
    return (
        etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace}) if namespace else etree.Element(tag)
    )


def under(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child, in its parent's namespace; an underscore after an attribute's name falls off."""
    namespace = etree.QName(parent).namespace
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}" if namespace else tag)
    for name, value in attributes.items():
        child.set(name.rstrip("_"), value)
    child.text = text or None
    return child


def foreign(parent: Element, namespace: str, prefix: str, tag: str, text: str) -> Element:
    """A new last child of another namespace."""
    child = etree.SubElement(parent, f"{{{namespace}}}{tag}", nsmap={prefix: namespace})
    child.text = text
    return child


def into(namespace: str, root: Element) -> Element:
    """A copy of a tree without a namespace, in one."""
    copy = top(root.tag, namespace)
    _fill(copy, root)
    return copy


def _fill(copy: Element, original: Element) -> None:
    copy.text, copy.tail = original.text, original.tail
    copy.attrib.update(original.attrib)
    for child in original:
        _fill(under(copy, child.tag), child)


def as_bytes(root: Element) -> bytes:
    """The tree as a file: UTF-8, indented."""
    etree.indent(root, space="  ")
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def without(data: bytes, tag: str) -> bytes:
    """A file without the elements of a name below its root, and without namespaces that nothing in it is in."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for unused in root.findall(f"{{*}}{tag}"):
        root.remove(unused)
    etree.cleanup_namespaces(root)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def read(data: bytes) -> Element:
    """The tree of a file, its elements without their namespaces; nothing outside the file is looked at."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root
