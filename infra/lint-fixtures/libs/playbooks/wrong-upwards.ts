// breaks: layer-playbooks
export { isAddress } from '@touchline/config';
