import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { apiNamespace, incomplete } from '../zone/record-schema.js';
import { invalidInput } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';

/** An element: its text, or its children by name, each name with all elements of that name. */
export type XmlNode = string | { readonly [name: string]: readonly XmlNode[] };

/** What an answer is made of: arrays repeat their element, undefined leaves it out. */
export type XmlContent =
  string | number | boolean | undefined | readonly XmlContent[] | { readonly [name: string]: XmlContent };

/** Ends the reading of a request that the schema does not allow. */
export class RefusedRequest extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

const namedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  removeNSPrefix: true,
  parseTagValue: false,
  // Documents cannot define entities here; the five of XML and character references are decoded below, in one pass.
  processEntities: false,
  tagValueProcessor: (_name, value) => decodeReferences(value),
  isArray: () => true,
});

// eslint-disable-next-line @typescript-eslint/no-deprecated -- the package it moved to would be a second dependency for the same code
const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: false,
});

/** Reads a request body and returns its root element, which must have the given name. */
export function readXml(body: string, rootName: string, wrongRoot: Refusal): XmlNode {
  const document = parseDocument(body);
  const roots = typeof document === 'string' ? [] : (document[rootName] ?? []);
  const [root] = roots;
  if (root === undefined || roots.length > 1) throw new RefusedRequest(wrongRoot);
  return root;
}

/** Refuses children the schema does not know and children that occur twice. */
export function checkChildren(element: string, node: XmlNode, known: readonly string[]): void {
  if (typeof node === 'string') return;
  for (const [name, nodes] of Object.entries(node)) {
    if (name === '#text' || !known.includes(name) || nodes.length > 1)
      throw new RefusedRequest(unexpected(name, element));
  }
}

/** All children of that name. */
export function children(node: XmlNode, name: string): readonly XmlNode[] {
  return typeof node === 'string' ? [] : (node[name] ?? []);
}

export function child(node: XmlNode, name: string): XmlNode | undefined {
  return children(node, name)[0];
}

export function requiredChild(element: string, node: XmlNode, name: string): XmlNode {
  const found = child(node, name);
  if (found === undefined) throw new RefusedRequest(incomplete(element, name));
  return found;
}

export function text(node: XmlNode, name: string): string | undefined {
  const found = child(node, name);
  if (found !== undefined && typeof found !== 'string') throw new RefusedRequest(notSimple(name));
  return found;
}

export function requiredText(element: string, node: XmlNode, name: string): string {
  const found = text(node, name);
  if (found === undefined) throw new RefusedRequest(incomplete(element, name));
  return found;
}

export function integer(node: XmlNode, name: string): number | undefined {
  const found = text(node, name);
  if (found === undefined) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(found)) throw new RefusedRequest(notOfType(found, 'integer'));
  return Number(found);
}

export function boolean(node: XmlNode, name: string): boolean | undefined {
  const found = text(node, name);
  if (found === undefined) return undefined;
  if (!/^(true|false|1|0)$/.test(found)) throw new RefusedRequest(notOfType(found, 'boolean'));
  return found === 'true' || found === '1';
}

/** A document with the namespace of an API, Route 53's if none is given. */
export function writeXml(
  rootName: string,
  content: Readonly<Record<string, XmlContent>>,
  namespace: string = apiNamespace,
): string {
  const xml = builder.build({
    '?xml': { '@version': '1.0' },
    [rootName]: { '@xmlns': namespace, ...content },
  });
  // XML 1.0 has no way to write these; only error texts that quote a wrong request can hold them.
  return xml.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd');
}

/** A document type could define entities; no client of the API sends one. */
function parseDocument(body: string): XmlNode {
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- as for the builder
    if (!body.includes('<!DOCTYPE')) return parser.parse(body, true) as XmlNode;
  } catch {
    // Not well-formed: refused below like a document type.
  }
  const text = 'Invalid XML ; the body is not a well-formed document without a document type.';
  throw new RefusedRequest(invalidInput(text));
}

function decodeReferences(value: string): string {
  return value.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return namedEntities[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Public text: aws/aws-sdk-js#71. */
function unexpected(name: string, element: string): Refusal {
  return invalidInput(
    `Invalid XML ; cvc-complex-type.2.4.a: Invalid content was found starting with element '${name}' in '${element}'.`,
  );
}

function notSimple(name: string): Refusal {
  return invalidInput(
    `Invalid XML ; cvc-type.3.1.2: Element '${name}' is a simple type, so it must have no element information item [children].`,
  );
}

function notOfType(value: string, type: string): Refusal {
  return invalidInput(
    `Invalid XML ; cvc-datatype-valid.1.2.1: '${value.slice(0, 64)}' is not a valid value for '${type}'.`,
  );
}
