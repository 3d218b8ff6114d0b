import { plainNumber } from '../values/plain-number.js';

/** The text of an attribute as its type writes it: xs:double and xs:boolean have several forms for one value. */
export function xesText(type: string, value: string): string {
  const text = value.trim();
  switch (type) {
    case 'int':
    case 'float':
      // INF and NaN stay what they are, which is no number that can be recorded.
      return plainNumber(text) ?? text;
    case 'boolean':
      return text === '1' ? 'true' : text === '0' ? 'false' : text;
    default:
      return value;
  }
}
