// SPDX-License-Identifier: Apache-2.0
/**
 * A pretended building for the mock server: 12 flats and a feeder whose load moves like that of a household, with a day
 * of history. Repeatable: all that is random comes from the seed. Nothing of this is in the product.
 */

/** @typedef {import('../src/api/types').Meter} Meter */
/** @typedef {import('../src/api/types').Reading} Reading */

/** A small random source (mulberry32) with a seed, in [0, 1). @param {number} seed */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Money of the interface from whole units of 0.00001. @param {number} units */
export function money(units) {
  const size = Math.abs(Math.trunc(units));
  const text = `${Math.floor(size / 100000)}.${String(size % 100000).padStart(5, '0')}`;
  return (units < 0 ? '-' : '') + text.replace(/(\.\d\d)0+$/, '$1').replace(/(\.\d\d\d*?)0+$/, '$1');
}

/** Whole units of 0.00001 from money of the interface. @param {string} text */
export function units(text) {
  const [whole, part = ''] = text.replace('-', '').split('.');
  const size = Number(whole) * 100000 + Number(part.padEnd(5, '0'));
  return text.startsWith('-') ? -size : size;
}

/** The meter number with its Luhn digit. @param {number} serial */
function numberOf(serial) {
  const digits = '07' + String(serial).padStart(8, '0');
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return digits + String((10 - (sum % 10)) % 10);
}

const people = ['Amara Okafor', 'Li Wei', 'Sofia Marin', 'Jonas Weber', 'Priya Nair', 'Tomás Silva', 'Mei Chen',
  'David Mensah', 'Elena Petrova', 'Youssef Haddad', 'Grace Kimani', 'Anna Kowalska'];
const names = ['1A', '1B', '1C', '2A', '2B', '2C', '3A', '3B', '3C', '4A', '4B', '4C'];

class Flat {
  /** @param {number} serial @param {number} seed */
  constructor(serial, seed) {
    this.number = numberOf(serial);
    this.random = random(seed);
    this.base = 60 + this.random() * 120;
    /** @type {{ watts: number, until: number }[]} */
    this.running = [];
    this.balance = 0;
    this.energy = Math.floor(this.random() * 4e12);
    this.ordered_off = false;
    this.reachable = true;
    this.closed = true;
    this.watts = 0;
    this.reactive = 0;
    /** @type {Reading[]} */
    this.readings = [];
    /** @type {import('../src/api/types').MeterEvent[]} */
    this.events = [];
  }

  /** @param {number} ts @param {number} code @param {string} name @param {number} detail @param {number} value */
  log(ts, code, name, detail, value) {
    this.events.push({ ts, number: this.events.length + 1, code, name, detail, value });
  }

  /** Lets appliances come and go and takes the energy's price off the balance. @param {number} ts @param {number} ms */
  step(ts, ms) {
    const hour = new Date(ts).getHours() + new Date(ts).getMinutes() / 60;
    const busy = 0.25 + Math.exp(-((hour - 7.5) ** 2) / 3) + 1.4 * Math.exp(-((hour - 19.5) ** 2) / 7);
    const rate = (busy * ms) / 900_000;
    if (this.random() < rate) this.running.push({ watts: 1800 + this.random() * 400, until: ts + 180_000 });
    if (this.random() < rate * 0.7) this.running.push({ watts: 120 + this.random() * 500, until: ts + 3_000_000 });
    this.running = this.running.filter((one) => one.until > ts);
    const fridge = Math.floor(ts / 600_000 + this.base) % 3 === 0 ? 95 : 0;
    const load = this.base + fridge + this.running.reduce((sum, one) => sum + one.watts, 0);
    this.watts = this.closed ? load * (0.985 + this.random() * 0.03) : 0;
    this.reactive = this.closed ? this.watts * 0.11 + fridge * 0.5 : 0;
    const mj = Math.round(this.watts * ms);
    this.energy += mj;
    this.balance -= Math.round((mj / 3.6e9) * 120000 * this.speed);
    const credit = this.balance > 0;
    const closed = credit && !this.ordered_off;
    if (closed !== this.closed) {
      this.closed = closed;
      this.log(ts, closed ? 5 : 4, closed ? 'supply_closed' : 'supply_opened', closed ? 0 : credit ? 2 : 1, this.balance);
    }
  }

  speed = 1;

  /** @param {number} ts @returns {Reading} */
  reading(ts) {
    const voltage = 229.2 + Math.sin(ts / 90_000) * 1.6 + this.random() * 0.3;
    const va = Math.hypot(this.watts, this.reactive);
    /** @type {('credit' | 'order')[]} */
    const reasons = [];
    if (this.balance <= 0) reasons.push('credit');
    if (this.ordered_off) reasons.push('order');
    return {
      ts, meter_time: ts + 123, voltage_mv: Math.round(voltage * 1000), current_ma: Math.round((va / voltage) * 1000),
      active_power_dw: Math.round(this.watts * 10), reactive_power_dvar: Math.round(this.reactive * 10),
      apparent_power_dva: Math.round(va * 10), power_factor_e4: va === 0 ? 10000 : Math.round((this.watts / va) * 10000),
      frequency_mhz: Math.round(50000 + Math.sin(ts / 40_000) * 14), import_energy_mj: this.energy, export_energy_mj: 0,
      balance: money(this.balance), price: '1.2000', supply_state: this.closed ? 'closed' : 'open',
      hold_reasons: reasons,
      alarms: this.balance <= 0 ? ['no_credit'] : this.balance < 200000 ? ['low_credit'] : [],
    };
  }
}

/** The whole pretended building. */
export class Building {
  /** @param {number} seed */
  constructor(seed) {
    this.flats = names.map((_, index) => new Flat(index + 1, seed + index));
    this.feeder = new Flat(13, seed + 99);
    this.customers = people.map((name, index) => ({
      id: `00000000-0000-4000-8000-0000000000${String(index + 1).padStart(2, '0')}`, name,
      phone: `+49 30 555 01${String(index + 10)}`,
    }));
    const now = Date.now();
    const start = now - 24 * 3_600_000;
    for (const flat of this.flats) flat.balance = 2_500_000 + Math.floor(flat.random() * 3_000_000);
    for (let ts = start; ts < now; ts += 60_000) this.step(ts, 60_000);
    // Where the stories are: one flat out of credit, one low, one held by order, one silent.
    const [, second, , , fifth, , , eighth, , , eleventh] = this.flats;
    if (second) second.balance = 162_340;
    if (fifth) { fifth.balance = -120; fifth.running = []; }
    if (eighth) eighth.ordered_off = true;
    this.step(now, 1000);
    if (eleventh) eleventh.reachable = false;
  }

  /** @param {number} ts @param {number} ms */
  step(ts, ms) {
    let watts = 0;
    let reactive = 0;
    for (const flat of this.flats) {
      flat.step(ts, ms);
      watts += flat.watts;
      reactive += flat.reactive;
      if (flat.reachable) keep(flat, ts);
    }
    this.feeder.watts = watts * 1.011 + 14;
    this.feeder.reactive = reactive;
    this.feeder.energy += Math.round(this.feeder.watts * ms);
    this.feeder.balance = 0;
    this.feeder.closed = true;
    keep(this.feeder, ts);
  }

  /** @param {string} number */
  flat(number) {
    return [...this.flats, this.feeder].find((one) => one.number === number);
  }

  /** @param {Flat} flat @returns {Meter} */
  meter(flat) {
    const index = this.flats.indexOf(flat);
    const feeder = index < 0;
    const reading = flat.readings[flat.readings.length - 1] ?? null;
    const customer = feeder ? null : this.customers[index] ?? null;
    const spent = Math.max(1, 24 * 0.4 * 120000);
    return {
      number: flat.number, name: feeder ? 'Feeder' : `Flat ${names[index]}`, kind: feeder ? 'feeder' : 'flat', gateway: 'gw1',
      line: index % 2 === 0 ? 'a' : 'b', address: (index < 0 ? 13 : index + 1), customer: customer?.id ?? null,
      customer_name: customer?.name ?? null, tariff: 'flat-120', reachable: flat.reachable, reading,
      shadow: { balance: reading?.balance ?? null, difference: reading ? '0.00' : null, agrees: reading ? true : null },
      days_left: feeder ? null : Math.max(0, Math.floor(flat.balance / spent)),
    };
  }
}

/** @param {Flat} flat @param {number} ts */
function keep(flat, ts) {
  const reading = flat.reading(ts);
  if (flat.balance === 0 && flat.ordered_off === false && flat.closed) reading.alarms = [];
  flat.readings.push(reading);
  if (flat.readings.length > 6000) flat.readings.splice(0, 2000);
}
