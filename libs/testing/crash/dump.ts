import type { Pool } from 'pg';

const TABLES = `
  select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema') order by 1`;

/** Every row of every table of every schema, as text: what a dump of the database holds. */
export async function dump(pool: Pool): Promise<Map<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(TABLES);
  const texts = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await pool.query<{ line: string }>(`select row_to_json(each)::text as line from ${name} as each`);
    texts.set(name, rows.map(({ line }) => line).join('\n'));
  }
  return texts;
}

/** Which of the words stand where; bytes are looked through too, as they are and in base64. */
export function findings(texts: ReadonlyMap<string, string>, words: readonly string[]): string[] {
  const forms = words.flatMap((word) => {
    const bytes = Buffer.from(word);
    // The middle of its base64 is the same wherever it begins, but for three ways of being cut.
    const encoded = [0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4),
    );
    return [word, JSON.stringify(word).slice(1, -1), bytes.toString('hex'), ...encoded.filter((form) => form.length >= 8)].map((form) => ({
      word,
      form,
    }));
  });
  return [...texts].flatMap(([place, text]) => {
    const found = new Set(forms.filter(({ form }) => text.includes(form)).map(({ word }) => word));
    return [...found].map((word) => `${place}: ${word}`);
  });
}
