// The one way in which texts are made comparable, before anything is compared, searched, counted or stored.

/** What shows nothing: format characters (directions, joiners, zero widths) and controls that are no blank. */
const INVISIBLE = /[\p{Cf}\u115f\u1160\u3164\uffa0]|(?![\t\n\v\f\r\u0085])\p{Cc}/gu;
const BLANKS = /[\s\u0085\u2800]+/gu;
/** Blanks within a line and at the end of a text; where its lines end is kept. */
const EDGES = /^[\s\u0085\u2800]+|[\s\u0085\u2800]+$/gu;

/** Such as most texts are, in letters of ASCII and the commonest of Chinese: nothing of them is invisible or has another form. */
const PLAIN_WORDS = /^[!-~\u4e00-\u9fff]+(?: [!-~\u4e00-\u9fff]+)*$/;
const PLAIN_LINES = /^[ \n!-~\u4e00-\u9fff]*$/;

/**
 * A name, a word, whatever is searched or counted: without invisible characters, full width as half width (NFKC), blanks
 * collapsed and none at the ends. Empty where there was nothing to see.
 */
export const oneLine = (text: string): string =>
  PLAIN_WORDS.test(text) ? text : visible(visible(text).normalize('NFKC')).replace(BLANKS, ' ').trim();

/** A note or an account, word for word: only what shows nothing goes, and blanks at the ends. */
export const severalLines = (text: string): string =>
  PLAIN_LINES.test(text) ? text.trim() : visible(text).normalize('NFC').replace(EDGES, '');

/**
 * Equal for words that differ in capitals only; what media, campaigns and products are told apart by. Small letters first, since
 * some capitals (ẞ) stand for a small one that has others (SS).
 */
export const withoutCase = (text: string): string => oneLine(oneLine(text).toLowerCase().toUpperCase().toLowerCase());

const visible = (text: string): string => text.replace(INVISIBLE, '');
