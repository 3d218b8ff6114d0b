/** Beyond this a number is none that a field could hold. */
const MOST_DIGITS = 400;

const SCIENTIFIC = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The digits of a number in any form of xs:double, with a plain point and no exponent; null where it is none. Exact: digits
 * are moved, never multiplied as floating point.
 */
export function plainNumber(text: string): string | null {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = SCIENTIFIC.exec(text) ?? [];
  const digits = whole + fraction;
  if (digits === '') return null;
  const point = whole.length + Number(exponent);
  if (Math.abs(point) > MOST_DIGITS || digits.length > MOST_DIGITS) return null;
  const padded = digits.padStart(digits.length + Math.max(0, 1 - point), '0').padEnd(point, '0');
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const right = padded.slice(at).replace(/0+$/, '');
  return `${sign === '-' ? '-' : ''}${left}${right === '' ? '' : `.${right}`}`;
}
