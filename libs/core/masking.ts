// What may stand in clear where a person is hidden (domain §13.2). One place for every view, command and answer.

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const characters = (text: string): string[] => Array.from(graphemes.segment(text.trim()), ({ segment }) => segment);
const initial = (text: string): string => characters(text)[0] ?? '';

/**
 * 王芳 → 王*, Ada Lovelace → A***; never the length of what is hidden. An organisation of six characters or more keeps its
 * first two and its last two: 北京大华贸易有限公司 → 北京****公司.
 */
export function maskName(name: string, kind: 'person' | 'organisation' = 'person'): string {
  const all = characters(name);
  if (kind === 'organisation' && all.length >= 6) return `${all.slice(0, 2).join('')}****${all.slice(-2).join('')}`;
  const [first = ''] = all;
  return /^\p{Script=Han}/u.test(first) ? `${first}*` : `${first}***`;
}

/** +8613800001111 → +86138****1111, the form people know; a short number is hidden whole. */
export const maskPhone = (e164: string): string => (e164.length < 10 ? '*'.repeat(8) : `${e164.slice(0, -8)}****${e164.slice(-4)}`);

/** An identifier of any kind: of a mail address the provider is left, of the others the first character. */
export function maskIdentifier(kind: string, value: string): string {
  switch (kind) {
    case 'phone':
      return maskPhone(value);
    case 'email':
      return maskEmail(value);
    default:
      return `${initial(value)}***`;
  }
}

function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '***' : `${initial(email)}***${email.slice(at)}`;
}
