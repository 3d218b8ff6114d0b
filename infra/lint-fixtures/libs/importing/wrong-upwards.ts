// breaks: layer-importing
export { platform } from '@touchline/platform';
