// SPDX-License-Identifier: Apache-2.0
/**
 * A mock of the platform's HTTP interface (server/openapi.yaml) for work on the pages and for their browser test.
 *
 *     node dev/mock.mjs [--port 8090] [--pages dist] [--seed 42] [--no-users]
 *
 * Log-ins: desk / desk-password (operator), tenant / tenant-password (tenant of flat 2A). Faults for the test:
 * POST /mock/lose-answers?count=N commits the next N purchases without answering; POST /mock/drop-live ends every
 * WebSocket; POST /mock/hold-live?ms=N refuses new ones for so long.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Building, money, random, units } from './building.mjs';
import { acceptWebSocket } from './websocket.mjs';

const mime = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

class Problem extends Error {
  /** @param {number} status @param {string} name @param {string} detail @param {string} [field] */
  constructor(status, name, detail, field) {
    super(detail);
    this.status = status;
    this.body = { type: `urn:latchkey:problem:${name}`, title: name.replace(/_/g, ' '), status, detail, ...(field ? { field } : {}) };
  }
}

/**
 * Starts the mock.
 * @param {{ port?: number, pages?: string, seed?: number, users?: boolean }} options
 * @returns {Promise<{ port: number, close: () => void, building: Building, sold: () => number }>}
 */
export function startMock({ port = 0, pages = fileURLToPath(new URL('../dist', import.meta.url)), seed = 42, users = true } = {}) {
  const building = new Building(seed);
  const chance = random(seed + 1000);
  const meters = () => [...building.flats, building.feeder];
  /** @type {import('../src/api/types').Purchase[]} */
  const purchases = [];
  /** @type {Map<string, string>} */
  const contents = new Map();
  /** @type {import('../src/api/types').Order[]} */
  const orders = [];
  /** @type {any[]} */
  const tokens = [];
  const groups = [
    { group: '201457-1-2', key: '201457-1', loaded: true, base_date: 1993, key_expiry_number: 255, tokens_until: Date.UTC(2024, 10, 24, 4, 15), active: 0, expires: null },
    { group: '201457-2-2', key: '201457-2', loaded: true, base_date: 2014, key_expiry_number: 255, tokens_until: Date.UTC(2045, 10, 24, 4, 15), active: 0, expires: null },
    { group: '201457-3-2', key: '201457-3', loaded: false, base_date: 2014, key_expiry_number: 255, tokens_until: Date.UTC(2045, 10, 24, 4, 15), active: 0, expires: null },
  ];
  /** How far the campaign is with each meter. @type {Map<string, import('../src/api/types').CampaignMeter>} */
  const keys = new Map();
  /** @type {import('../src/api/types').NewCampaign & { ts: number, user: string } | null} */
  let campaign = null;
  /** @param {import('../src/api/types').NewCampaign} asked @param {string} user @param {number} ts */
  const begin = (asked, user, ts) => {
    campaign = { ...asked, user, ts };
    for (const flat of building.flats) {
      keys.set(flat.number, { meter: flat.number, name: building.meter(flat).name, state: 'waiting', roll_over: false, issued: null, confirmed: null });
    }
  };
  const campaignView = () => {
    const count = (/** @type {string} */ state) => [...keys.values()].filter((one) => one.state === state).length;
    return { ...campaign, tariff_index: null, waiting: count('waiting'), issued: count('issued'), done: count('done') };
  };
  const tariffs = [{ code: 'flat-120', name: 'Household', price: '1.2000' }, { code: 'night-090', name: 'Night', price: '0.9000' }];
  /** @type {import('../src/api/types').Entry[]} */
  const entries = [];
  /** @type {import('../src/api/types').Alarm[]} */
  const alarms = [];
  /** @type {Map<string, { user: string, password: string, role: 'operator' | 'tenant', customer: string | null }>} */
  const logins = new Map();
  if (users) {
    logins.set('desk', { user: 'desk', password: 'desk-password', role: 'operator', customer: null });
    logins.set('tenant', { user: 'tenant', password: 'tenant-password', role: 'tenant', customer: building.customers[3]?.id ?? null });
  }
  /** @type {Map<string, string>} */
  const sessions = new Map();
  /** Connections, and the customer whose meters each may hear of (null: all).
   * @type {Map<ReturnType<typeof acceptWebSocket>, string | null>} */
  const live = new Map();
  let lose_answers = 0;
  let hold_live_until = 0;

  /** @param {string} type @param {unknown} data */
  const tell = (type, data) => {
    const text = JSON.stringify({ type, data });
    const about = /** @type {{ meter?: string, number?: string }} */ (data);
    const flat = building.flat(about.meter ?? about.number ?? '');
    const owner = flat ? building.meter(flat).customer : null;
    for (const [one, customer] of live) if (customer === null || !flat || owner === customer) one.send(text);
  };
  begin({ id: '20000000-0000-4000-8000-000000000001', name: 'Roll-over 2014', from: '201457-1', to: '201457-2' }, 'desk', Date.now() - 86_400_000);
  [...keys.values()].slice(0, 5).forEach((one, index) => Object.assign(one, { state: index < 3 ? 'done' : 'issued', roll_over: true, issued: Date.now() - 7_200_000, confirmed: index < 3 ? Date.now() - 3_600_000 : null }));
  const site = () => ({
    name: 'Lindenhof 12', currency: 'EUR', meters: 13, meters_reachable: meters().filter((one) => one.reachable).length,
    active_power_dw: building.flats.reduce((sum, one) => sum + Math.round(one.watts * 10), 0),
    alarms_open: alarms.filter((one) => one.ended == null).length,
    sold_today: money(purchases.reduce((sum, one) => sum + units(one.amount), 0)),
    gateways: [{ name: 'gw1', online: true, ts: Date.now(), lines: [{ name: 'a', meters: 7, cycle_ms: 412 }, { name: 'b', meters: 6, cycle_ms: 388 }] }],
  });
  const raise = () => {
    for (const flat of building.flats) {
      /** @type {[import('../src/api/types').Alarm['kind'], boolean][]} */
      const kinds = [['no_credit', flat.balance <= 0], ['low_credit', flat.balance > 0 && flat.balance < 200000], ['unreachable', !flat.reachable]];
      for (const [kind, on] of kinds) {
        const open = alarms.find((one) => one.meter === flat.number && one.kind === kind && one.ended == null);
        if (on && !open) {
          alarms.unshift({ id: alarms.length + 1, kind, meter: flat.number, gateway: null, detail: '', ts: Date.now(), ended: null });
          tell('alarm', alarms[0]);
        } else if (!on && open) {
          open.ended = Date.now();
          tell('alarm', open);
        }
      }
    }
  };
  raise();

  /** @param {import('../src/api/types').Purchase} purchase */
  const deliver = (purchase) => {
    const later = (/** @type {number} */ ms, /** @type {() => void} */ what) => setTimeout(() => { what(); tell('purchase', purchase); }, ms).unref();
    purchase.state = 'sent';
    later(1600, () => {
      const flat = building.flat(purchase.meter);
      if (!flat || !flat.reachable || purchase.state === 'accepted') return;
      flat.balance += units(purchase.credited);
      flat.log(Date.now(), 2, 'token_accepted', 0, units(purchase.credited));
      purchase.state = 'accepted';
      purchase.accepted = Date.now();
    });
  };
  /** @param {{ id: string, meter: string, amount: string, deliver?: boolean }} asked @param {string} user @param {number} [ts] */
  const sell = (asked, user, ts = Date.now()) => {
    const token = Array.from({ length: 20 }, () => Math.floor(chance() * 10)).join('');
    /** @type {import('../src/api/types').Purchase} */
    const purchase = { id: asked.id, meter: asked.meter, amount: asked.amount, credited: asked.amount, token, state: 'issued', receipt: purchases.length + 1, ts, accepted: null, user };
    purchases.unshift(purchase);
    entries.unshift({
      number: entries.length + 1, ts, text: `Sale ${purchase.receipt}, meter ${purchase.meter}`, purchase: purchase.id,
      lines: [{ account: 'cash', amount: asked.amount }, { account: 'prepaid', amount: `-${asked.amount}` }],
    });
    return purchase;
  };
  building.flats.slice(0, 7).forEach((flat, index) => {
    const purchase = sell({ id: `10000000-0000-4000-8000-00000000000${index}`, meter: flat.number, amount: ['20.00', '50.00', '10.00'][index % 3] ?? '5.00' }, 'desk', Date.now() - (7 - index) * 2_700_000);
    purchase.state = 'accepted';
    purchase.accepted = purchase.ts + 2100;
    flat.log(purchase.ts + 2000, 2, 'token_accepted', 0, units(purchase.credited));
  });

  /** @param {Record<string, unknown>} body @param {string[]} fields */
  const only = (body, fields) => {
    for (const field of Object.keys(body)) if (!fields.includes(field)) throw new Problem(422, 'unknown_field', `“${field}” is not a field of this request`, field);
  };
  /** The first result for an identity that was used before. @template T @param {string} id @param {unknown} body @param {T | undefined} first */
  const before = (id, body, first) => {
    const text = JSON.stringify(body);
    if (contents.has(id) && contents.get(id) !== text) throw new Problem(409, 'id_reused', 'this id was used with other contents; make a new one', 'id');
    contents.set(id, text);
    return first;
  };

  /**
   * @param {string} method @param {string[]} path @param {URLSearchParams} query @param {any} body
   * @param {{ user: string, role: string, customer: string | null }} who
   * @returns {[number, unknown] | null}
   */
  const answer = (method, path, query, body, who) => {
    const own = () => meters().filter((one) => who.role === 'operator' || building.meter(one).customer === who.customer);
    const route = `${method} ${path[0]}${path.length > 1 ? '/*' : ''}${path.length > 2 ? `/${path[2]}` : ''}`;
    const flat = () => {
      const found = own().find((one) => one.number === path[1]);
      if (!found) throw new Problem(404, 'unknown_meter', `no meter has the number ${path[1]}`);
      return found;
    };
    const limit = Number(query.get('limit') ?? 100);
    if (who.role !== 'operator' && ['ledger', 'users'].includes(path[0] ?? '')) throw new Problem(403, 'forbidden', 'an operator may do this, a tenant not');
    switch (route) {
      case 'GET site': return [200, site()];
      case 'GET meters': return [200, { meters: own().map((one) => building.meter(one)) }];
      case 'GET meters/*': return [200, building.meter(flat())];
      case 'GET meters/*/readings': {
        const from = Number(query.get('from') ?? Date.now() - 3_600_000);
        const all = flat().readings.filter((one) => one.ts >= from);
        const most = Number(query.get('limit') ?? 1000);
        const stride = Math.max(1, Math.ceil(all.length / most));
        return [200, { readings: all.filter((_, index) => (all.length - 1 - index) % stride === 0) }];
      }
      case 'GET meters/*/events': return [200, { events: [...flat().events].reverse().slice(0, limit) }];
      case 'GET meters/*/tokens': return [200, { tokens: tokens.filter((one) => one.meter === path[1]) }];
      case 'POST meters/*/tokens': {
        only(body, ['id', 'kind', 'value', 'deliver']);
        const first = before(body.id, body, tokens.find((one) => one.id === body.id));
        if (first) return [200, first];
        const digits = (/** @type {number} */ step) => String(step).repeat(20);
        const isKey = body.kind === 'key_change';
        const token = { id: body.id, meter: flat().number, kind: body.kind, value: body.value ?? 0, effective: body.value ?? 0, token: isKey ? null : digits(7),
          key_change: isKey ? [1, 2, 3, 4].map(digits) : [], deliver: body.deliver ?? false, state: body.deliver ? 'sent' : 'issued', detail: '',
          ts: Date.now(), accepted: null, user: who.user };
        tokens.unshift(token);
        return [201, token];
      }
      case 'GET key-groups': {
        const has = (/** @type {string} */ key) => [...keys.values()].filter((one) => (one.state === 'waiting' ? campaign?.from : campaign?.to) === key).length;
        return [200, { groups: groups.map((one) => ({ ...one, meters: has(one.key), coming: one.key === campaign?.to ? campaignView().waiting : 0 })) }];
      }
      case 'GET campaigns': return [200, { campaigns: [campaignView()] }];
      case 'POST campaigns': {
        only(body, ['id', 'name', 'from', 'to', 'tariff_index']);
        if (body.from === body.to) throw new Problem(422, 'same_key', 'From and to are the same key; name another one, or a tariff index.', 'to');
        throw new Problem(422, 'no_meters', 'No meter has the old key, or all that have it are in a campaign already.', 'from');
      }
      case 'GET campaigns/*': case 'GET campaigns/*/meters': case 'POST campaigns/*/delivery': {
        if (path[1] !== campaign?.id) throw new Problem(404, 'unknown_campaign', 'There is no campaign of this id.', 'id');
        if (path[2] === 'meters') return [200, { meters: [...keys.values()] }];
        if (method === 'GET') return [200, campaignView()];
        const waiting = [...keys.values()].filter((one) => one.state === 'waiting');
        for (const one of waiting) Object.assign(one, { state: 'issued', roll_over: true, issued: Date.now() });
        return [200, { ...campaignView(), sent: waiting.length }];
      }
      case 'GET meters/*/orders': return [200, { orders: orders.filter((one) => one.meter === path[1]) }];
      case 'POST meters/*/orders': {
        only(body, ['id', 'verb', 'tariff', 'amount']);
        const first = before(body.id, body, orders.find((one) => one.id === body.id));
        if (first) return [200, first];
        const target = flat();
        /** @type {import('../src/api/types').Order} */
        const order = { id: body.id, meter: target.number, verb: body.verb, sequence: orders.length + 1, state: 'sent', ts: Date.now(), ended: null, user: who.user };
        orders.unshift(order);
        tell('order', order);
        setTimeout(() => {
          if (!target.reachable) return;
          if (body.verb === 'open') target.ordered_off = true;
          if (body.verb === 'close') target.ordered_off = false;
          target.log(Date.now(), 7, 'order_done', 0, order.sequence ?? 0);
          order.state = 'done';
          order.ended = Date.now();
          tell('order', order);
        }, 1200).unref();
        return [202, { ...order }];
      }
      case 'GET purchases': return [200, { purchases: purchases.filter((one) => own().some((meter) => meter.number === one.meter) && (!query.get('meter') || one.meter === query.get('meter'))).slice(0, limit) }];
      case 'POST purchases': {
        only(body, ['id', 'meter', 'amount', 'deliver']);
        const first = before(body.id, body, purchases.find((one) => one.id === body.id));
        if (first) return [200, first];
        const target = own().find((one) => one.number === body.meter);
        if (!target) throw new Problem(404, 'unknown_meter', `no meter has the number ${body.meter}`, 'meter');
        if (target === building.feeder) throw new Problem(422, 'bad_field', 'a feeder meter has no credit; sell to a flat', 'meter');
        const purchase = sell(body, who.user);
        const issued = { ...purchase };
        if (body.deliver !== false) { deliver(purchase); issued.state = 'sent'; }
        tell('purchase', purchase);
        tell('site', site());
        return [201, issued];
      }
      case 'GET purchases/*': case 'POST purchases/*/reissue': {
        const found = purchases.find((one) => one.id === path[1]);
        if (!found) throw new Problem(404, 'not_found', 'no such purchase');
        if (method === 'POST' && found.state !== 'accepted') deliver(found);
        return [200, found];
      }
      case 'GET orders/*': {
        const found = orders.find((one) => one.id === path[1]);
        if (!found) throw new Problem(404, 'not_found', 'no such order');
        return [200, found];
      }
      case 'GET customers': return [200, { customers: building.customers.filter((one) => who.role === 'operator' || one.id === who.customer) }];
      case 'POST customers': only(body, ['id', 'name', 'phone', 'email']); building.customers.push(body); return [201, body];
      case 'GET tariffs': return [200, { tariffs }];
      case 'POST tariffs':
        if (tariffs.some((one) => one.code === body.code)) throw new Problem(409, 'id_reused', 'this code is another tariff’s', 'code');
        tariffs.push(body);
        return [201, body];
      case 'POST users':
        if (logins.has(body.user)) throw new Problem(409, 'user_exists', 'this user name is taken', 'user');
        logins.set(body.user, { customer: null, ...body });
        return [201, { user: body.user, role: body.role, customer: body.customer ?? null }];
      case 'GET alarms': return [200, { alarms: alarms.filter((one) => own().some((meter) => meter.number === one.meter)).filter((one) => query.get('open') === 'false' || one.ended == null) }];
      case 'GET ledger/*': {
        if (path[1] === 'entries') return [200, { entries: entries.slice(0, limit) }];
        const sold = purchases.reduce((sum, one) => sum + units(one.amount), 0);
        return [200, { accounts: [{ name: 'cash', balance: money(sold) }, { name: 'prepaid', balance: money(-sold) }], sum: '0.00', balanced: true, entries: entries.length }];
      }
      default: return null;
    }
  };

  /** @param {import('node:http').IncomingMessage} request */
  const whoIs = (request) => {
    const cookie = /lk_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    return logins.get(sessions.get(cookie) ?? '');
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    const method = request.method ?? 'GET';
    /** @param {number} status @param {unknown} [body] @param {Record<string, string>} [head] */
    const reply = (status, body, head = {}) => {
      response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', ...head });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    let text = '';
    request.on('data', (part) => (text += part));
    request.on('end', () => {
      try {
        if (url.pathname.startsWith('/mock/')) {
          if (url.pathname.endsWith('/lose-answers')) lose_answers = Number(url.searchParams.get('count') ?? 1);
          if (url.pathname.endsWith('/hold-live')) hold_live_until = Date.now() + Number(url.searchParams.get('ms') ?? 0);
          if (url.pathname.endsWith('/drop-live')) for (const one of [...live.keys()]) one.drop();
          return reply(200, { sold: purchases.length });
        }
        if (!url.pathname.startsWith('/api/v1/')) return file(url.pathname, response);
        const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent);
        const body = text === '' ? {} : JSON.parse(text);
        if (path[0] === 'session' && method === 'POST') {
          if (logins.size === 0) throw new Problem(401, 'no_users', 'no user exists yet; make one with latchkey-server user add');
          const found = logins.get(body.user);
          if (!found || found.password !== body.password) throw new Problem(401, 'wrong_password', 'user name or password is wrong');
          const token = Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
          sessions.set(token, found.user);
          return reply(200, { user: found.user, role: found.role, customer: found.customer, token }, { 'set-cookie': `lk_session=${token}; HttpOnly; SameSite=Strict; Path=/` });
        }
        const who = whoIs(request);
        if (path[0] === 'session' && method === 'DELETE') return reply(204, undefined, { 'set-cookie': 'lk_session=; Max-Age=0; Path=/' });
        if (!who) throw logins.size === 0 ? new Problem(401, 'no_users', 'no user exists yet; make one with latchkey-server user add') : new Problem(401, 'not_logged_in', 'log in first');
        if (path[0] === 'session') return reply(200, { user: who.user, role: who.role, customer: who.customer });
        const result = answer(method, path, url.searchParams, body, who);
        if (!result) throw new Problem(404, 'not_found', `nothing is at ${url.pathname}`);
        if (method === 'POST' && path[0] === 'purchases' && path.length === 1 && lose_answers > 0) {
          lose_answers -= 1;
          request.socket.destroy();
          return undefined;
        }
        return reply(...result);
      } catch (error) {
        if (error instanceof Problem) return reply(error.status, error.body);
        return reply(400, { type: 'urn:latchkey:problem:bad_request', title: 'bad request', status: 400, detail: String(error) });
      }
    });
  });

  /** @param {string} path @param {import('node:http').ServerResponse} response */
  const file = (path, response) => {
    let target = join(pages, normalize(path));
    if (existsSync(target) && statSync(target).isDirectory()) target = join(target, 'index.html');
    if (!target.startsWith(pages) || !existsSync(target)) {
      response.writeHead(404).end('not found');
      return;
    }
    const type = mime[/** @type {keyof typeof mime} */ (extname(target))] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': "default-src 'self'" });
    createReadStream(target).pipe(response);
  };

  server.on('upgrade', (request, socket) => {
    if (!whoIs(request) || Date.now() < hold_live_until) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    const one = acceptWebSocket(request, socket, () => live.delete(one));
    live.set(one, whoIs(request)?.customer ?? null);
  });

  const beat = setInterval(() => {
    building.step(Date.now(), 1000);
    for (const one of meters()) if (one.reachable) tell('meter', building.meter(one));
    tell('site', site());
    raise();
  }, 1000);

  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      resolve({
        port: address.port, building, sold: () => purchases.length,
        close: () => {
          clearInterval(beat);
          for (const one of [...live.keys()]) one.drop();
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' }, pages: { type: 'string' }, seed: { type: 'string', default: '42' }, 'no-users': { type: 'boolean', default: false } } });
  const mock = await startMock({ port: Number(values.port), seed: Number(values.seed), users: !values['no-users'], ...(values.pages ? { pages: values.pages } : {}) });
  console.log(`mock of the platform at http://127.0.0.1:${mock.port} (desk / desk-password, tenant / tenant-password)`);
}
