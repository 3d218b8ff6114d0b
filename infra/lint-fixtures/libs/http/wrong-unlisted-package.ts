// breaks: listed-packages
export { parse } from 'acorn';
