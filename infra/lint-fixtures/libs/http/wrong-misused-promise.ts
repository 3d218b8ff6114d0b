// breaks: @typescript-eslint/no-misused-promises
export const all = (names: string[], save: (name: string) => Promise<void>): void => names.forEach(async (name) => save(name));
