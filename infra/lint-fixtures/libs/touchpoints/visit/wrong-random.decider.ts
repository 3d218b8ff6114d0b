// breaks: no-restricted-properties
export const pick = (): number => Math.random();
