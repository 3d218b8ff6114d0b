import type { IdentifierKind } from '@touchline/touchpoints/customer/identifier.events.js';
import { maskPhone } from './phone.js';

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const characters = (text: string): string[] => Array.from(graphemes.segment(text.trim()), ({ segment }) => segment);
const initial = (text: string): string => characters(text)[0] ?? '';

/** 王* for a person; an organisation keeps its first two and last two characters. */
export function maskName(name: string, kind: 'person' | 'organisation' = 'person'): string {
  const all = characters(name);
  if (kind === 'person' || all.length < 6) return `${initial(name)}*`;
  return `${all.slice(0, 2).join('')}****${all.slice(-2).join('')}`;
}

/** `w***@example.com` */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${initial(email)}***${email.slice(at)}`;
}

export function maskIdentifier(kind: IdentifierKind, value: string): string {
  switch (kind) {
    case 'phone':
      return maskPhone(value);
    case 'email':
      return maskEmail(value);
    default:
      return `${initial(value)}***`;
  }
}
