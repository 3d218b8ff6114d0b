// What the people of the demonstration say and note down.

export type Industry = 'cars' | 'homes';
/** Of a touchpoint that a playbook declares. */
export type Fields = Readonly<{ [name: string]: string | number | boolean }>;

export interface Loss {
  kind: 'bought-elsewhere' | 'gave-up' | 'unreachable';
  why: string;
  to?: string;
}

export interface Trouble {
  category: 'delivery' | 'leakage' | 'sales-promises';
  account: string;
  wish: string;
  resolution: string;
}

export const NOTES = {
  call: ['问价格和现车情况。', '朋友介绍来电,想周末过来看看。', '问首付和月供,语气比较急。', '在外地出差,下周回来再约。'],
  visit: ['带爱人一起来,比较在意空间。', '看得很细,拍了照片。', '父母同来,主要听父母意见。', '第一次了解,还没有明确预算。'],
  again: ['复看,带了家人。', '已对比另外两家,重点谈价格。', '想再确认交付时间。'],
  followUp: ['还在考虑,周末答复。', '家里意见不一,约下周再谈。', '已发资料,微信保持联系。', '关心近期活动。'],
} as const;

export const NEEDS: Readonly<{ [industry in Industry]: readonly Fields[] }> = {
  cars: [
    { use: 'family', presentCar: '无', buysWithinDays: 30, decider: 'spouse', payment: 'loan', confirmedByCustomer: true },
    { use: 'commuting', presentCar: '紧凑型轿车', buysWithinDays: 60, decider: 'self', payment: 'cash', tradeIn: true },
    { use: 'business', buysWithinDays: 15, decider: 'self', payment: 'lease', confirmedByCustomer: true },
  ],
  homes: [
    {
      use: 'first-home',
      presentHome: 'rented',
      areaFrom: 85,
      areaTo: 100,
      buysWithinDays: 90,
      decider: 'parents',
      payment: 'combined-loan',
    },
    { use: 'better-home', presentHome: 'owned', areaFrom: 110, areaTo: 145, buysWithinDays: 120, decider: 'spouse', payment: 'loan' },
    {
      use: 'for-parents',
      presentHome: 'with-family',
      areaFrom: 85,
      areaTo: 120,
      buysWithinDays: 180,
      payment: 'cash',
      confirmedByCustomer: true,
    },
  ],
};

export const LOSSES: readonly Loss[] = [
  { kind: 'bought-elsewhere', why: '价格', to: '邻近竞品' },
  { kind: 'bought-elsewhere', why: '地段' },
  { kind: 'gave-up', why: '暂不考虑' },
  { kind: 'gave-up', why: '家人反对' },
  { kind: 'unreachable', why: '三次未接' },
];

export const TROUBLE: Readonly<{ [industry in Industry]: readonly Trouble[] }> = {
  cars: [
    {
      category: 'delivery',
      account: '约定的脚垫交车时没有给,打了两次电话没有人回。',
      wish: '尽快补上脚垫。',
      resolution: '脚垫已送到家中并致歉,客户接受。',
    },
    {
      category: 'sales-promises',
      account: '答应送两次保养,交车后说只有一次。',
      wish: '按当初说的给。',
      resolution: '核对报价单承诺,补录一次保养。',
    },
  ],
  homes: [
    {
      category: 'leakage',
      account: '厨房顶棚渗水,昨夜滴到灶台上。',
      wish: '查清原因,修好顶棚。',
      resolution: '楼上地漏重做防水,顶棚已修复,雨后复查无渗漏。',
    },
    {
      category: 'sales-promises',
      account: '当初说楼下是花园,现在看到在建垃圾房。',
      wish: '请给一个书面说明。',
      resolution: '已出具规划说明并上门解释,垃圾房位置未变更。',
    },
  ],
};
