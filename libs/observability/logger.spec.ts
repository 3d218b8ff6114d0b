import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';

interface Line {
  err: { type: string; message: string; stack: string; code?: string; cause?: Line['err'] };
}

/** What a line that was logged with this error says of it. */
function logged(err: unknown): { line: Line; text: string } {
  const lines: string[] = [];
  createLogger({ role: 'test', level: 'info', destination: { write: (line: string) => void lines.push(line) } }).warn({ err }, 'it broke');
  return { line: JSON.parse(lines.join('')) as Line, text: lines.join('') };
}

describe('an error in the log', () => {
  it('is its type, message, code and where it arose', () => {
    const { line } = logged(Object.assign(new TypeError('no such thing'), { code: 'ENOENT' }));
    expect(line.err).toEqual({
      type: 'TypeError',
      message: 'no such thing',
      code: 'ENOENT',
      stack: expect.stringContaining('logger.spec.ts'),
    });
  });

  it('shows nothing else that a driver hangs on it: connection, statement, parameters, detail', () => {
    const { text } = logged(
      Object.assign(new Error('duplicate key value violates unique constraint "person_directory_pkey"'), {
        code: '23505',
        detail: 'Key (name)=(王芳) already exists.',
        query: 'insert into people values ($1)',
        parameters: ['13800001111'],
        client: { password: 'hunter2', connectionParameters: { user: 'postgres' } },
      }),
    );
    expect(text).toContain('person_directory_pkey');
    expect(text).not.toMatch(/王芳|insert into|13800001111|hunter2|connectionParameters/);
  });

  it('keeps quiet about the data a database refuses, which its message quotes', () => {
    const refused = Object.assign(new Error('invalid input syntax for type integer: "13800001111"'), { code: '22P02' });
    expect(logged(refused).line.err).toMatchObject({ type: 'Error', message: '', code: '22P02' });
    expect(logged(refused).text).not.toContain('13800001111');
  });

  it('tells its causes in the same way, as far as they go', () => {
    const cause = Object.assign(new RangeError('too far'), { secret: 'hunter2' });
    const { line, text } = logged(new Error('gave up', { cause }));
    expect(line.err.cause).toMatchObject({ type: 'RangeError', message: 'too far' });
    expect(text).not.toContain('hunter2');
    const circular = new Error('round');
    circular.cause = circular;
    expect(logged(circular).text.match(/round/g)?.length).toBe(6);
  });

  it('is its kind alone where something else than an error was thrown', () => {
    expect(logged('王芳').line.err).toEqual({ type: 'string', message: '', stack: '' });
  });
});
