import type { Role } from '@touchline/core';
import type { WordSaid } from '@touchline/touchpoints/words/words.events.js';
import type { Industry } from './texts.js';

/** The group of the demonstration; every id and telephone number in it is invented. */
export const TENANT = 'demo';

export interface DemoUser {
  login: string;
  name: string;
  roles: Role[];
  sites: 'all' | string[];
}

export interface DemoSite {
  id: string;
  name: string;
  unit: { id: string; name: string };
  playbook: string;
  /** Product line → what it sells, with prices in fen. */
  productLines: Record<string, { product: string; price: number }[]>;
  consultants: string[];
  /** Who looks after complaints. */
  serviceManager: string;
  industry: Industry;
  /** Which share of callers comes, of visitors is quoted, of those signs, of those is handed over within months. */
  shares: { visits: number; quoted: number; signed: number; handedOver: number };
  daysToHandover: number;
}

export const SITES: DemoSite[] = [
  {
    id: 'pudong',
    name: '浦东展厅',
    unit: { id: 'shanghai-east', name: '上海东区' },
    playbook: 'auto-ssp9',
    productLines: {
      sedans: [
        { product: '凯旋 1.5T', price: 22_980_000 },
        { product: '凯旋 2.0T', price: 27_580_000 },
        { product: '远行 EV', price: 31_900_000 },
      ],
    },
    consultants: ['li', 'chen'],
    serviceManager: 'he',
    industry: 'cars',
    shares: { visits: 0.75, quoted: 0.6, signed: 0.5, handedOver: 0.9 },
    daysToHandover: 12,
  },
  {
    id: 'yunqili',
    name: '云栖里案场',
    unit: { id: 'hangzhou', name: '杭州公司' },
    playbook: 'real-estate-6plus2',
    productLines: {
      apartments: [
        { product: '89 平方米三房', price: 238_000_000 },
        { product: '118 平方米三房', price: 318_000_000 },
        { product: '143 平方米四房', price: 425_000_000 },
      ],
    },
    consultants: ['sun', 'ma'],
    serviceManager: 'qian',
    industry: 'homes',
    shares: { visits: 0.7, quoted: 0.5, signed: 0.45, handedOver: 0.6 },
    daysToHandover: 45,
  },
];

/** Who runs the platform of the demonstration, for all groups. */
export const OPERATOR = { login: 'ops', name: '值班 方圆' };

export const USERS: DemoUser[] = [
  { login: 'admin', name: '系统管理员', roles: ['admin'], sites: 'all' },
  { login: 'li', name: '李娜', roles: ['consultant'], sites: ['pudong'] },
  { login: 'chen', name: '陈涛', roles: ['consultant'], sites: ['pudong'] },
  { login: 'zhou', name: '周敏', roles: ['manager'], sites: ['pudong'] },
  { login: 'he', name: '何静', roles: ['service-manager'], sites: ['pudong'] },
  { login: 'sun', name: '孙悦', roles: ['consultant'], sites: ['yunqili'] },
  { login: 'ma', name: '马骏', roles: ['consultant'], sites: ['yunqili'] },
  { login: 'lin', name: '林岚', roles: ['manager'], sites: ['yunqili'] },
  { login: 'qian', name: '钱程', roles: ['service-manager'], sites: ['yunqili'] },
  { login: 'audit', name: '稽核 吴越', roles: ['analyst'], sites: 'all' },
];

export const MEDIA = ['wechat-ad', 'referral', 'outdoor', 'search', 'passing-by'] as const;

const MEDIA_LABELS: Readonly<Record<(typeof MEDIA)[number], { zh: string; en: string }>> = {
  'wechat-ad': { zh: '微信广告', en: 'WeChat ad' },
  referral: { zh: '朋友介绍', en: 'referral' },
  outdoor: { zh: '户外广告', en: 'outdoor ad' },
  search: { zh: '网络搜索', en: 'web search' },
  'passing-by': { zh: '路过', en: 'passing by' },
};

/** What of it is counted: its media sources and its products. */
export const WORDS: readonly WordSaid[] = [
  ...MEDIA.map((word) => ({ list: 'media' as const, word, ...MEDIA_LABELS[word] })),
  ...SITES.flatMap(({ productLines }) => Object.values(productLines).flat()).map(({ product }) => ({
    list: 'product' as const,
    word: product,
  })),
];

const SURNAMES = Array.from('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗');
const GIVEN = [
  '芳',
  '伟',
  '秀英',
  '强',
  '静',
  '磊',
  '洋',
  '艳',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀兰',
  '霞',
  '建国',
  '晓明',
  '思远',
  '雨桐',
  '子涵',
];

/** The n-th invented customer; names repeat as real ones do, numbers do not. */
export const demoPerson = (n: number): { name: string; phone: string } => ({
  name: `${SURNAMES[(n * 7) % SURNAMES.length]!}${GIVEN[(n * 13 + Math.floor(n / 20)) % GIVEN.length]!}`,
  phone: `+86139${String(10_000_000 + n * 7919).slice(-8)}`,
});
