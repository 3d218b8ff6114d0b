/** What must not become of anything that was acknowledged, sent or told. */
export type Trouble = 'lost' | 'doubled' | 'out of order';

/** What a suite says of itself. */
export interface About {
  name: string;
  /** Whom it kills, and how; or what it lets meet. */
  does: string;
  /** What it looks at afterwards. */
  checks: string;
  /** What it would have found. */
  rulesOut: readonly Trouble[];
  /** Where it draws by chance. */
  seed?: number;
}

/** What a suite leaves a line of: first what it is about, then everything it does, as it does it. */
export type Told = { about: About } | { killed: string } | { met: string };

/** `file`: the test file's absolute path. */
export type Note = Told & { file: string };

/** Reads lines of JSON; one that was cut off by a kill of the whole run is left out. */
export function readNotes(text: string): Note[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as Note];
    } catch {
      return [];
    }
  });
}
