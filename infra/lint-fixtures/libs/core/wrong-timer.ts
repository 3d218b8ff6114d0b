// breaks: no-restricted-globals
export const later = (run: () => void): unknown => setTimeout(run, 1);
