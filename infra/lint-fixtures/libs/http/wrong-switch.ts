// breaks: @typescript-eslint/switch-exhaustiveness-check
export function size(of: 'small' | 'large'): number {
  let result = 0;
  switch (of) {
    case 'small':
      result = 1;
  }
  return result;
}
