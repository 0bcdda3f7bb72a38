/** A part of an XML document: an element with its attributes and content, or text. */
export type XmlNode = string | XmlElement;

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly XmlNode[];
}

/** An element, for {@link xmlDocument}. */
export function element(
  name: string,
  attributes: XmlElement['attributes'],
  children: readonly XmlNode[] = [],
): XmlElement {
  return { name, attributes, children };
}

/**
 * An XML 1.0 document in UTF-8. Characters that XML 1.0 has no way to write become U+FFFD: most control characters and lone
 * surrogates (https://www.w3.org/TR/xml/#charsets).
 */
export function xmlDocument(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root, '')}\n`;
}

function write(node: XmlNode, indent: string): string {
  if (typeof node === 'string') return escapeXml(node).replaceAll('\r', '&#13;');
  const attributes = Object.entries(node.attributes).map(
    ([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`,
  );
  const open = `${indent}<${node.name}${attributes.join('')}`;
  if (node.children.length === 0) return `${open}/>`;
  // White space counts in text, so an element with text in it is written on one line.
  if (node.children.some(child => typeof child === 'string')) {
    return `${open}>${node.children.map(child => write(child, '')).join('')}</${node.name}>`;
  }
  return `${open}>\n${node.children.map(child => write(child, `${indent}  `)).join('\n')}\n${indent}</${node.name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, character => ENTITIES[character]!);
}

/** White space that a reader would else turn into spaces. */
function escapeAttribute(text: string): string {
  return escapeXml(text).replace(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`);
}
