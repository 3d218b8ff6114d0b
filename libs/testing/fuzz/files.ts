import fc from 'fast-check';
import { hostileInstant, hostileText, oneIn } from './hostile.js';

const COLUMNS = ['lead', 'phone', 'name', 'media', 'at'] as const;

const at = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('2026-03-02 10:00', '2025-12-31 23:59', '1900-01-01 09:00', '2024-02-29 00:00') },
  fc.constantFrom('0001-01-01 00:00', '9999-12-31 23:59', '2026-02-30 10:00', '2026-03-02 24:00', '2026-03-02 10:00:00', ''),
  hostileInstant,
);
const phone = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 99_999_999 }).map((digits) => `139${String(digits).padStart(8, '0')}`) },
  hostileText,
);
const cell = (name: (typeof COLUMNS)[number]): fc.Arbitrary<string> =>
  name === 'at'
    ? at
    : name === 'phone'
      ? phone
      : fc.oneof({ weight: 2, arbitrary: fc.constantFrom('L1', 'L2', '王芳', 'wechat') }, hostileText);

const quoted = (text: string): string => `"${text.toWellFormed().replaceAll('"', '""')}"`;

/** Files for the mapping of leads: rows of hostile cells, line ends of every kind, bytes that are wrong. */
export const leadFiles: fc.Arbitrary<Buffer> = fc
  .record({
    rows: fc.array(fc.tuple(...COLUMNS.map(cell)), { maxLength: 12 }),
    bare: fc.boolean(),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    head: fc.constantFrom('', '\ufeff', '', ''),
    without: oneIn(12, fc.constantFrom(...COLUMNS)),
    damage: oneIn(8, fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }) })),
  })
  .map(({ rows, bare, end, head, without, damage }) => {
    const columns = COLUMNS.filter((column) => column !== without);
    const lines = rows.map((row) => row.map((text) => (bare ? text.replaceAll(/["\r\n,]/g, ' ') : quoted(text))).join());
    const bytes = Buffer.from(`${head}${[columns.join(), ...lines].join(end)}${end}`);
    if (damage !== null) bytes[damage.at % bytes.length] = damage.byte;
    return bytes;
  });
