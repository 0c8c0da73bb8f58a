import { randomUUID } from 'node:crypto';
import type { AwsReply } from './http.ts';

/** A tree of XML: text, or elements by name. A list is an element whose children are all `member`. */
export type Xml = string | XmlElements | readonly XmlElements[];
export interface XmlElements {
  readonly [name: string]: Xml;
}

/** An answer of the AWS query protocol, whose requests are forms and whose answers are XML. */
export function queryResult(namespace: string, action: string, result: XmlElements): AwsReply {
  const body = { [`${action}Result`]: result, ResponseMetadata: { RequestId: randomUUID() } };
  return xml(200, `<${action}Response xmlns="${namespace}">${render(body)}</${action}Response>`);
}

/** An error of the AWS query protocol. */
export function queryError(status: number, code: string, message: string): AwsReply {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const body = { Error: { Type: type, Code: code, Message: message }, RequestId: randomUUID() };
  return xml(status, `<ErrorResponse>${render(body)}</ErrorResponse>`);
}

function xml(status: number, body: string): AwsReply {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function render(tree: Xml): string {
  if (typeof tree === 'string') return escapeText(tree);
  if (isList(tree)) return tree.map(member => `<member>${render(member)}</member>`).join('');
  return Object.entries(tree)
    .map(([name, value]) => `<${name}>${render(value)}</${name}>`)
    .join('');
}

function isList(tree: XmlElements | readonly XmlElements[]): tree is readonly XmlElements[] {
  return Array.isArray(tree);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
