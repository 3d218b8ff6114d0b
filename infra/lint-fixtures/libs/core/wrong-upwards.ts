// breaks: layer-core
export { isAddress } from '@touchline/config';
