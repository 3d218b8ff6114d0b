// breaks: no-debugger
// eslint-disable-next-line no-debugger
export const stop = (): void => {
  debugger;
};
