// breaks: no-restricted-globals
export const load = (): Promise<unknown> => fetch('https://example.com');
