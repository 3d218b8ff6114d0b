// breaks: no-test-code
export { measured } from '../bench/main.js';
