// breaks: layer-audit
export { platform } from '@touchline/platform';
