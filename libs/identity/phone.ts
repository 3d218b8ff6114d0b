import { oneLine } from '@touchline/core';
import type { CountryCode, PhoneNumber } from 'libphonenumber-js/core';
import parsePhoneNumber from 'libphonenumber-js/core';
// All that is known of each country's numbers: with less, a mobile number that lacks a digit would pass.
import metadata from 'libphonenumber-js/metadata.max';

export type PhoneRejection = 'phone.invalid' | 'phone.extension';

export type Normalised<Code extends string> = { value: string } | { code: Code; detail: string };

const parse = (text: string, country: CountryCode): PhoneNumber | undefined =>
  parsePhoneNumber(text, { defaultCountry: country, extract: false }, metadata);

/** An extension as it is written here: 转 beside what the library knows (ext., x, #, ;ext=). */
const CHINESE_EXTENSION = /转\s*\d+$/;

/** Digits behind a hyphen: an extension where what stands before is a whole number by itself. */
const AFTER_HYPHEN = /^(.*\d)\s*[-–—]\s*\d{1,6}$/;

/**
 * A telephone number as typed, in E.164 (`+8613600004444`); one without a country code is of `country`. Landlines and
 * service numbers count as well. A number with an extension is refused: the switchboard is nobody's own, and E.164 has no
 * place for the rest.
 */
export function normalisePhone(typed: string, country: CountryCode = 'CN'): Normalised<PhoneRejection> {
  const text = oneLine(typed);
  const extension = { code: 'phone.extension', detail: 'leave the extension out and put it into the note' } as const;
  if (CHINESE_EXTENSION.test(text)) return extension;
  const number = parse(text, country);
  if (number?.isValid() !== true) {
    const [, main] = AFTER_HYPHEN.exec(text) ?? [];
    if (main !== undefined && parse(main, country)?.isValid() === true) return extension;
    return { code: 'phone.invalid', detail: 'this is no telephone number' };
  }
  return number.ext === undefined ? { value: number.number } : extension;
}
